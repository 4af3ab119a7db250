"""Choose the company that a text is about, by how its names stand in the text, and say whether it has one."""

from collections.abc import Iterator, Sequence

from funding.extraction.companies import Cast, Group
from funding.extraction.events import Round
from funding.extraction.reading import Reading
from funding.extraction.scoring import Scorer, bucket, decile
from funding.extraction.standing import Standing

KINDS = ("none", "single", "several")  # how many companies' rounds a text reports
ABOUT = ("raise", "round", "rumour", "lead_by", "leads", "joins", "joins_after", "fund", "acquisition", "listing",
         "revenue", "valued", "inject", "undisclosed", "crowd", "other_money", "previous", "results", "closure",
         "appointment", "programme", "backer", "customer", "roundup")  # fmt: skip
MOST = 20  # mentions of a company that are looked at
HEAD = 5  # sentences that tell what a text is about
SURE, MAYBE = 0.5, 0.3  # from here a sum was raised, or may have been
OPENS = 3  # tokens from the start of a paragraph at which its subject still stands


def likeliest(kinds: Sequence[float]) -> str:
    """The kind of text that is likeliest."""
    return KINDS[max(range(len(KINDS)), key=lambda place: kinds[place])]


def rank_companies(cast: Cast, standing: Standing, scorer: Scorer) -> list[tuple[float, Group]]:
    """Every party with how likely it is the company that the text is about, the likeliest first."""
    groups = list(cast.groups.values())
    shares = scorer.choose("main", None, [(group, standing.features(group)) for group in groups])
    return sorted(zip(shares, groups, strict=True), key=lambda row: (-row[0], row[1].names[0].first))


class TextReader:
    """Describes what a whole text is: news of a round, of several, or of none."""

    def __init__(
        self, reading: Reading, standing: Standing, raised: dict[int, float], ranking: list[tuple[float, Group]]
    ) -> None:
        self.reading = reading
        self.standing = standing
        self.raised = raised
        self.ranking = ranking

    def features(self, rounds: Sequence[Round]) -> list[str]:
        """The features of the text, in which these rounds may be told."""
        return ["bias", *self._cues(), *self._sums(), *self._company(), *self._rounds(rounds)]

    def _rounds(self, rounds: Sequence[Round]) -> Iterator[str]:
        """How many companies raised anew, and whether each has a paragraph of its own."""
        reading = self.reading
        fresh: dict[str, int] = {}
        opening: set[str] = set()
        paragraphs: set[int] = set()
        for found in rounds:
            for event in found.events:
                if event.amount is None or event.is_previous:
                    continue
                place = reading.sum_starts.get(event.amount.first, -1)
                if self.raised.get(place, 0.0) < SURE:
                    continue
                fresh[found.company.key] = fresh.get(found.company.key, 0) + 1
                sentence = reading.sentences[event.sentence]
                paragraphs.add(sentence.paragraph)
                for name in found.company.names[:MOST]:
                    index = reading.sentence_of(name.first)
                    starts = not index or reading.sentences[index - 1].paragraph != reading.sentences[index].paragraph
                    if starts and name.first - reading.sentences[index].first <= OPENS:
                        opening.add(found.company.key)
        yield f"firms:{min(len(fresh), 5)}"
        yield f"opening:{min(len(opening), 5)}"
        yield f"firm-paragraphs:{min(len(paragraphs), 6)}"
        main = self.ranking[0][1].key if self.ranking else ""
        share = fresh.get(main, 0) / sum(fresh.values()) if fresh else 0.0
        yield f"main-share:{decile(share)}"
        yield f"firms:{min(len(fresh), 5)}:main-share:{decile(share)}"

    def _cues(self) -> Iterator[str]:
        reading = self.reading
        titles = {s.index for s in reading.sentences if s.is_title}
        for name, rows in (
            ("title", [reading.cues[i] for i in titles]),
            ("head", reading.cues[:HEAD]),
            ("text", reading.cues),
        ):
            kinds = [cue.kind for row in rows for cue in row]
            for kind in ABOUT:
                if kind in kinds:
                    yield f"{name}:{kind}:{min(kinds.count(kind), 3)}"
                elif kind in ("raise", "round"):
                    yield f"{name}:{kind}:0"
        staged = {stage.sentence for stage in reading.stages}
        yield f"stages:{min(len(reading.stages), 3)}"
        if staged & titles:
            yield "title:stage"
        bullets = sum(reading.tokens[s.first].raw in "-–•*▪" for s in reading.sentences)
        yield f"bullets:{min(bullets, 4)}"
        yield f"sentences:{bucket(len(reading.sentences))}"

    def _sums(self) -> Iterator[str]:
        """How many sums were raised, and where."""
        reading = self.reading
        sure = [reading.amounts[i] for i, chance in self.raised.items() if chance >= SURE]
        values = {placed.amount.value for placed in sure}
        yield f"raised:{min(len(values), 5)}"
        yield f"best:{decile(max(self.raised.values(), default=0.0))}"
        paragraphs = {reading.sentences[placed.sentence].paragraph for placed in sure}
        yield f"raised-paragraphs:{min(len(paragraphs), 5)}"
        if any(reading.sentences[placed.sentence].is_title for placed in sure):
            yield "raised-in-title"
        if any(placed.sentence < HEAD for placed in sure):
            yield "raised-in-head"
        likely = {
            reading.sentences[reading.amounts[i].sentence].paragraph for i, c in self.raised.items() if c >= MAYBE
        }
        yield f"likely-paragraphs:{min(len(likely), 7)}"
        led = {
            reading.sentences[i].paragraph for i in range(len(reading.sentences)) if reading.has(i, "lead_by", "leads")
        }
        yield f"led-paragraphs:{min(len(led), 5)}"
        title = [i for i, p in enumerate(reading.amounts) if reading.sentences[p.sentence].is_title]
        yield f"title-sums:{min(len(title), 2)}"

    def _company(self) -> Iterator[str]:
        if not self.ranking:
            yield "no-name"
            return
        chance, group = self.ranking[0]
        yield f"main:{decile(chance)}"
        yield f"main-kind:{self.standing.kind(group)}"
        yield f"main-count:{bucket(len(group.names))}"
        features = set(self.standing.features(group))
        for feature in ("titled", "legal", "head-before", "firm-word", "institution", "most"):
            if feature in features:
                yield f"main:{feature}"
        opening = set()
        for index, sentence in enumerate(self.reading.sentences):
            if index and self.reading.sentences[index - 1].paragraph == sentence.paragraph:
                continue
            for name in self.reading.names_in(sentence.first, min(sentence.last, sentence.first + 6))[:1]:
                party = self.standing.cast.group(name)
                if self.standing.kind(party) == "name":
                    opening.add(party.key)
        yield f"openers:{min(len(opening), 6)}"
        if len(self.ranking) > 1:
            yield f"second:{decile(self.ranking[1][0])}"
