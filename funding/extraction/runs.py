"""Find names that stand in a row: "from Alpha, the family office Beta and the angels C and D"."""

from dataclasses import dataclass

from funding.extraction.names import Name
from funding.extraction.reading import Reading

LONGEST_GAP = 12  # tokens between two names of a row; an apposition fits
# Cues that end a row: what follows them is said in another way.
ENDING = frozenset({"raise", "lead_by", "leads", "joins", "joins_after", "valued", "total", "founded_by"})


@dataclass(frozen=True, slots=True)
class Run:
    """Names in a row, at least one."""

    names: tuple[Name, ...]

    @property
    def first(self) -> int:
        """Its first token."""
        return self.names[0].first

    @property
    def last(self) -> int:
        """The end of its last token."""
        return self.names[-1].last


def find_runs(reading: Reading) -> dict[int, Run]:
    """The row that each name stands in, by the name's first token; a name alone is a row of one."""
    found: dict[int, Run] = {}
    for sentence in reading.sentences:
        ends = {cue.first for cue in reading.cues[sentence.index] if cue.kind in ENDING}
        row: list[Name] = []
        for name in reading.names_in(sentence.first, sentence.last):
            if row and not _joins(row[-1].last, name.first, ends, reading):
                _keep(row, found)
                row = []
            row.append(name)
        if row:
            _keep(row, found)
    return found


def _keep(row: list[Name], found: dict[int, Run]) -> None:
    run = Run(tuple(row))
    for name in row:
        found[name.first] = run


def _joins(first: int, last: int, ends: set[int], reading: Reading) -> bool:
    """Whether the words between two names put them side by side."""
    if last - first > LONGEST_GAP or any(place in ends or place in reading.sum_starts for place in range(first, last)):
        return False
    gap = [reading.tokens[place] for place in range(first, last)]
    if any(token.raw in ";:.!?" for token in gap):
        return False
    return any(token.raw in ",&+/" or token.word in reading.lexicon["conjunctions"] for token in gap) or not gap
