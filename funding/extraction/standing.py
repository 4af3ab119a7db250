"""How a party stands in a text: the features by which the company that raises is told from all other names."""

from collections.abc import Iterator

from funding.extraction import vocabulary
from funding.extraction.companies import Cast, Group
from funding.extraction.names import Name
from funding.extraction.parties import is_member
from funding.extraction.reading import Reading
from funding.extraction.runs import find_runs
from funding.extraction.scoring import bucket
from funding.extraction.subjects import is_candidate

BESIDE = 4  # tokens in which a cue is beside a name
ROW_REACH = 6  # tokens in which a cue is beside a row of names
MOST_MENTIONS = 12  # of a party that are looked at
# What is said of a company rather than of an investor, a customer or a town.
TOLD = frozenset({"founded", "founded_by", "founds", "founder", "officer", "employs", "employees", "revenue", "based"})


class Standing:
    """Describes the parties of one text."""

    def __init__(self, reading: Reading, cast: Cast, raised: dict[int, float]) -> None:
        self.reading = reading
        self.cast = cast
        self.raised = raised  # how likely each sum was raised, by its place in `reading.amounts`
        self.most = max((len(group.names) for group in cast.groups.values()), default=1)
        ranked = sorted(cast.groups.values(), key=lambda group: (-len(group.names), group.names[0].first))
        self.rank = {group.key: place for place, group in enumerate(ranked)}
        self.runs = find_runs(reading)
        self._static: dict[str, list[str]] = {}
        self._kinds: dict[str, str] = {}

    def features(self, group: Group) -> list[str]:
        """The features of a party, each once."""
        if group.key not in self._static:
            found = [*self._made(group), *self._often(group)]
            for name in group.names[:MOST_MENTIONS]:
                found += self._beside(name)
            self._static[group.key] = list(dict.fromkeys(found))
        return self._static[group.key]

    def kind(self, group: Group) -> str:
        """What sort of name it is, in a word."""
        if group.key not in self._kinds:
            self._kinds[group.key] = self._kind(group)
        return self._kinds[group.key]

    def _kind(self, group: Group) -> str:
        cast = self.cast
        if any(name.known for name in group.names):
            return "known"
        if cast.is_person(group):
            return "person"
        if cast.is_paper(group):
            return "paper"
        if cast.is_town(group):
            return "town"
        if cast.is_investor(group):
            return "firm"
        if cast.is_place(group):
            return "place"
        return "name"

    def _made(self, group: Group) -> Iterator[str]:
        """What the name itself says."""
        yield f"kind:{self.kind(group)}"
        words = group.text.split()
        yield f"words:{min(len(words), 4)}"
        firm_words = vocabulary.firm_words()
        if any(word in firm_words for word in words):
            yield "firm-word"
        if any(word in self.reading.lexicon["institutions"] for word in words):
            yield "institution"
        if group.text.isupper():
            yield f"upper:{min(len(group.text), 5)}"
        if not group.text[0].isupper():
            yield "lower"
        if any(c.isdigit() for c in group.text):
            yield "digit"
        if any(c.isupper() for c in group.text[1:].replace(" ", "")) and not group.text.isupper() and len(words) == 1:
            yield "camel"

    def _often(self, group: Group) -> Iterator[str]:
        """How often it stands, and where first."""
        reading = self.reading
        yield f"count:{bucket(len(group.names))}"
        yield f"rank:{min(self.rank[group.key], 5)}"
        if len(group.names) == self.most:
            yield "most"
        sentences = [reading.sentence_of(name.first) for name in group.names]
        first = next((s for s in sentences if not reading.sentences[s].is_title), None)
        yield f"first:{'none' if first is None else bucket(first)}"
        if reading.sentences[sentences[0]].is_title:
            yield "titled"
            yield "titled-only" if first is None else "titled-too"
            opens = group.names[0].first - reading.sentences[sentences[0]].first
            yield f"title-place:{bucket(opens)}"
        spread = len({reading.sentences[s].paragraph for s in sentences})
        yield f"paragraphs:{min(spread, 5)}"

    def _beside(self, name: Name) -> Iterator[str]:
        """What one mention has beside it."""
        reading, tokens = self.reading, self.reading.tokens
        index = reading.sentence_of(name.first)
        sentence = reading.sentences[index]
        where = "title" if sentence.is_title else "body"
        if name.first > sentence.first:
            before = tokens[name.first - 1]
            if before.word in reading.lexicon["company_heads"]:
                yield "head-before"
            yield f"{reading.words.code}:-1:{before.word}"
            if name.first - 2 >= sentence.first:
                yield f"{reading.words.code}:-2:{tokens[name.first - 2].word}"
        else:
            yield f"opens:{where}"
        if name.last < sentence.last:
            after = tokens[name.last]
            yield f"{reading.words.code}:+1:{after.word}"
            if after.word in vocabulary.legal_suffixes():
                yield "legal"
            if after.raw == "," and name.last + 1 < sentence.last:
                follows = tokens[name.last + 1].word
                if follows in reading.lexicon["determiners"] or follows in reading.lexicon["relatives"]:
                    yield "apposed"
        if any(word in vocabulary.legal_suffixes() for word in [t.word for t in tokens[name.last - 1 : name.last]]):
            yield "legal"
        if not is_member(name, name.first, reading):
            yield "tied"
        elif is_candidate(name, sentence.first, reading, self.cast):
            yield f"free:{where}"
        for cue in reading.cues[index]:
            if 0 <= name.first - max(cue.last, cue.tail) < BESIDE:
                yield f"after-cue:{cue.kind}"
            elif 0 <= cue.first - name.last < BESIDE:
                yield f"before-cue:{cue.kind}"
            elif cue.kind in ("raise", "round", "lead_by", "leads", "joins_after", "joins", "inject", "valued") or (
                cue.kind in TOLD
            ):
                side = "far-after" if cue.last <= name.first else "far-before"
                yield f"{side}:{cue.kind}"
        yield from self._in_row(name)
        for number, placed in reading.amounts_of[index]:
            chance = self.raised.get(number, 0.0)
            if chance >= 0.5:
                side = "before" if name.last <= placed.first else "after"
                gap = placed.first - name.last if side == "before" else name.first - placed.last
                yield f"{side}-raised:{bucket(gap)}:{where}"

    def _in_row(self, name: Name) -> Iterator[str]:
        """The row of names that it stands in: how many, of which sort, and the cues at its ends."""
        run = self.runs[name.first]
        yield f"row:{min(len(run.names), 4)}"
        for other in run.names:
            if other.first != name.first:
                yield f"row-with:{self.kind(self.cast.group(other))}"
        reading = self.reading
        index = reading.sentence_of(name.first)
        tokens = reading.tokens
        if run.first > reading.sentences[index].first and len(run.names) > 1:
            yield f"{reading.words.code}:row-1:{tokens[run.first - 1].word}"
        for cue in reading.cues[index]:
            if 0 <= run.first - max(cue.last, cue.tail) <= ROW_REACH:
                yield f"row-after:{cue.kind}"
            elif 0 <= cue.first - run.last <= ROW_REACH:
                yield f"row-before:{cue.kind}"
