"""Choose the seat and the founders of the company whose round is the news, among the names of the text."""

from collections.abc import Iterator, Mapping

from funding.extraction import vocabulary
from funding.extraction.companies import Cast, Group
from funding.extraction.facts import Span
from funding.extraction.names import Name
from funding.extraction.reading import Reading
from funding.extraction.scoring import Scorer, bucket
from funding.extraction.standing import Standing

SURE = 0.5
MOST = 8  # mentions of a name that are looked at
FAR = 4  # sentences from the company's own within which, in a text of several, a name may be its founder or seat
REACH = 8  # tokens in which a cue is near a name
FOUNDING = ("founder", "founded_by", "founds")
CUES = frozenset({"founder", "founded_by", "founds", "founded", "officer", "based", "city", "backer", "adviser",
                  "customer", "lead_by", "leads", "joins", "joins_after", "appointment", "employs",
                  "employees"})  # fmt: skip


class ProfileReader:
    """Reads what a text tells by the way of one of its companies."""

    def __init__(
        self, reading: Reading, cast: Cast, standing: Standing, company: Group, scorer: Scorer, *, only: bool
    ) -> None:
        self.reading = reading
        self.cast = cast
        self.standing = standing
        self.company = company
        self.scorer = scorer
        self.only = only  # whether the text has no other company with news
        self.own = sorted({reading.sentence_of(name.first) for name in company.names})

    def seats(self, ruled: Mapping[str, str]) -> list[tuple[Name, tuple[Span, ...]]]:
        """The places where the company sits, each with what is said; `ruled` has the rules that name a place already.

        A city that only an adjective names is not among them.
        """
        found: list[tuple[Name, tuple[Span, ...]]] = []
        for group in self._near():
            if self.standing.kind(group) not in ("town", "place", "name") or group.text in vocabulary.regions():
                continue
            features = [*self._features(group), f"ruled:{ruled.get(group.text, 'none')}"]
            features += ["listed"] if group.text in vocabulary.places() else []
            if self.scorer.ask("seat", (self.company, group), features) >= SURE:
                name = self._nearest(group)
                found.append((name, (name.span,)))
        return found

    def founders(self, ruled: Mapping[str, str], investors: frozenset[str]) -> list[tuple[Group, Name, Span]]:
        """Who founded the company, each with the words that tell of a founder, which must stand near."""
        found = []
        for group in self._near():
            said = self.reading.words_near(group.names[:MOST], *FOUNDING)
            if said is None or self.standing.kind(group) not in ("person", "name"):
                continue
            features = [*self._features(group), f"ruled:{ruled.get(group.key, 'none')}"]
            features += ["investor"] if group.key in investors else []
            if self.scorer.ask("founder", (self.company, group), features) >= SURE:
                found.append((group, *said))
        return found

    def _near(self) -> list[Group]:
        groups = [group for group in self.cast.groups.values() if group.key != self.company.key]
        if self.only:
            return groups
        near = {i for s in self.own for i in range(s - FAR, s + FAR + 1)}
        return [g for g in groups if any(self.reading.sentence_of(n.first) in near for n in g.names[:MOST])]

    def _nearest(self, group: Group) -> Name:
        """The mention in whose sentence most is said: with a cue of a seat, or with the company."""
        sentence = self.reading.sentence_of
        return min(
            group.names[:MOST],
            key=lambda n: (
                not self.reading.has(sentence(n.first), "based"),
                min(abs(sentence(n.first) - s) for s in self.own),
                n.first,
            ),
        )

    def _features(self, group: Group) -> list[str]:
        """The features of a name beside the company."""
        found = ["bias", "only" if self.only else "one-of-several", *self.standing.features(group)]
        for name in group.names[:MOST]:
            found += self._mention(name)
        return list(dict.fromkeys(found))

    def _mention(self, name: Name) -> Iterator[str]:
        reading = self.reading
        index = reading.sentence_of(name.first)
        sentence = reading.sentences[index]
        gap = min((index - s for s in self.own), key=abs)
        yield f"gap:{max(-3, min(gap, 3))}"
        if gap == 0:
            beside = [n for n in self.company.names if sentence.first <= n.first < sentence.last]
            yield f"company:{bucket(min((abs(n.first - name.first) for n in beside), default=99))}"
        for cue in reading.cues[index]:
            if cue.kind not in CUES:
                continue
            end = max(cue.last, cue.tail)
            if 0 <= name.first - end <= REACH:
                yield f"from:{cue.kind}:{bucket(name.first - end)}"
            elif 0 <= cue.first - name.last <= REACH:
                yield f"to:{cue.kind}:{bucket(cue.first - name.last)}"
        others = [
            n for n in reading.names_in(sentence.first, name.first) if self.cast.group(n).key != self.company.key
        ]
        kinds = {self.standing.kind(self.cast.group(n)) for n in others}
        for kind in kinds & {"known", "firm", "name"}:
            yield f"behind:{kind}"
        if index <= 1 and name.first - sentence.first <= 3 and not sentence.is_title:
            yield "dateline"
