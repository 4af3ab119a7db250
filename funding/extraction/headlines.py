"""Say which rounds are the news of a text: its company's newest, or in a roundup every company's."""

from funding.extraction.events import Round
from funding.extraction.names import Name
from funding.extraction.raises import HEAD
from funding.extraction.reading import Reading
from funding.extraction.rounds import LEAST_ITEMS, SURE, RoundFinder


def mark_headlines(finder: RoundFinder, *, is_news: bool) -> None:
    """Mark the rounds that the article reports: its company's newest, and in a roundup every company's."""
    if not is_news:
        return
    main = finder.main
    fresh = [r for r in finder.rounds if not r.is_previous and not all(event.is_aside for event in r.events)]
    listed = [r for r in fresh if any(event.rule == "raise.listed" and not event.is_aside for event in r.events)]
    if main is None and len(listed) >= LEAST_ITEMS:
        fresh = listed
    if main is None and len(fresh) == 1 and not any(event.rule in SURE for event in fresh[0].events):
        return
    takes_all = _is_roundup(finder, fresh)
    seen: set[str] = set()
    for found in fresh:
        is_own = main is not None and found.company.key == main.key
        if (is_own or takes_all) and found.company.key not in seen:
            found.is_headline = True
            seen.add(found.company.key)


def _is_roundup(finder: RoundFinder, fresh: list[Round]) -> bool:
    """Whether the article tells of several companies' rounds alike.

    So it does where it has no main company, where the title names none or several of them, or where at least two
    others open a paragraph.
    """
    main, reading = finder.main, finder.reading
    others = [r for r in fresh if main is None or r.company.key != main.key]
    if main is None or not others:
        return bool(others)
    titled = [
        r for r in fresh if any(reading.sentences[reading.sentence_of(n.first)].is_title for n in r.company.names)
    ]
    if len(titled) >= 2 or (not titled and len(others) >= 2):
        return True
    return sum(any(_opens_paragraph(name, reading) for name in r.company.names) for r in others) >= 2


def _opens_paragraph(name: Name, reading: Reading) -> bool:
    """Whether a name is among the first words of a paragraph."""
    index = reading.sentence_of(name.first)
    sentence = reading.sentences[index]
    starts = index == 0 or reading.sentences[index - 1].paragraph != sentence.paragraph
    follows = index > 0 and reading.sentences[index - 1].last - reading.sentences[index - 1].first <= 2
    return (starts or follows) and name.first - sentence.first <= HEAD
