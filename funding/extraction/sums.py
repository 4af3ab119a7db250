"""What stands around a sum of money: the features by which it is told to be raised, a valuation, or something else."""

import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from funding.extraction.reading import PlacedAmount, Reading
from funding.extraction.roles import read_roles
from funding.extraction.scoring import Scorer, bucket
from funding.values import agree

ROLES = ("raised", "valuation", "total", "revenue", "other")
WINDOW = 24  # tokens on either side in which a cue is looked at
OTHER_COUNTS = 0.6  # what the chance that a sum is none of these counts beside theirs: most sums are none
HINTED = 0.05  # from here the nearest cue is believed
MAY_BE_RAISED = 0.3  # from here a sum may make a round, if the text turns out to be about it
NEIGHBOURS = 2  # words before and after that count by themselves


class SumReader:
    """Describes the sums of one text."""

    def __init__(self, reading: Reading, cheapest: dict[int, str]) -> None:
        self.reading = reading
        self.cheapest = cheapest
        own = [placed for placed in reading.amounts if not placed.amount.is_conversion]
        self.largest = max((placed.amount.value.middle for placed in own), default=Decimal(0))
        self.kinds = Counter(kind for row in reading.cues for kind in {cue.kind for cue in row})
        self.lede = {cue.kind for row in reading.cues[:4] for cue in row}
        titles = [s.index for s in reading.sentences if s.is_title]
        self.titled = {cue.kind for index in titles for cue in reading.cues[index]}
        self.title_sums = [placed for placed in own if placed.sentence in titles]
        self.first = own[0] if own else None
        self.values = Counter((p.amount.value.currency, p.amount.value.middle) for p in reading.amounts)

    def features(self, index: int) -> list[str]:
        """The features of the sum at a position of `reading.amounts`."""
        placed = self.reading.amounts[index]
        found = ["bias", f"cheapest:{self.cheapest.get(index, 'none')}"]
        found += self._cues(placed, index)
        found += self._place(placed, index)
        found += self._value(placed, index)
        found += self._words(placed)
        return found

    def _cues(self, placed: PlacedAmount, index: int) -> Iterator[str]:
        """The cues of the sentence, by kind, side and distance, and the kinds of the sentences around."""
        reading = self.reading
        spans = [(cue.kind, cue.first, cue.last, max(cue.tail, cue.last)) for cue in reading.cues[placed.sentence]]
        spans += [("stage", s.first, s.last, s.last) for s in reading.stages_of[placed.sentence]]
        spans += [("date", d.first, d.last, d.last) for d in reading.dates_of[placed.sentence]]
        before: dict[str, tuple[int, bool]] = {}
        after: dict[str, tuple[int, bool]] = {}
        for kind, first, last, tail in spans:
            if last <= placed.first:
                end = tail if tail <= placed.first else last
                gap, side, between = placed.first - end, before, range(end, placed.first)
            elif first >= placed.last:
                gap, side, between = first - placed.last, after, range(placed.last, first)
            else:
                yield f"on:{kind}"
                continue
            crossed = any(reading.sum_starts.get(i, index) != index for i in between)
            if gap <= WINDOW and (kind not in side or (crossed, gap) < (side[kind][1], side[kind][0])):
                side[kind] = (gap, crossed)
        for name, side in (("before", before), ("after", after)):
            for kind, (gap, crossed) in side.items():
                yield f"{name}:{kind}:x" if crossed else f"{name}:{kind}:{bucket(gap)}"
            open_kinds = [(gap, kind) for kind, (gap, crossed) in side.items() if not crossed]
            yield f"nearest:{name}:{min(open_kinds)[1] if open_kinds else 'none'}"
        for kind in {kind for kind, *_ in spans} - before.keys() - after.keys():
            yield f"far:{kind}"
        for kind in self._around(placed.sentence - 1):
            yield f"previous:{kind}"

    def _around(self, index: int) -> set[str]:
        if index < 0:
            return set()
        return {cue.kind for cue in self.reading.cues[index]} | ({"sum"} if self.reading.amounts_of[index] else set())

    def _place(self, placed: PlacedAmount, index: int) -> Iterator[str]:
        """Where the sum stands in its text, and what the text is about."""
        reading = self.reading
        sentence = reading.sentences[placed.sentence]
        yield "in:title" if sentence.is_title else f"in:{bucket(sentence.index)}"
        paragraph = sentence.paragraph
        yield f"paragraph:{min(paragraph, 6)}"
        if placed is self.first:
            yield "first"
        others = [i for i, p in reading.amounts_of[placed.sentence] if not p.amount.is_conversion]
        yield f"order:{min(others.index(index), 3) if index in others else 'none'}/{min(len(others), 4)}"
        for kind in ("fund", "acquisition", "listing", "raise", "round", "rumour", "lead_by", "revenue"):
            if kind in self.titled:
                yield f"title:{kind}"
            if kind in self.lede:
                yield f"lede:{kind}"
        for kind in ("fund", "acquisition", "listing", "round", "lead_by", "leads", "joins_after"):
            yield f"text:{kind}:{min(self.kinds[kind], 3)}"
        tokens = reading.tokens
        if placed.first and tokens[placed.first - 1].raw in "(:,-–":
            yield f"mark:{tokens[placed.first - 1].raw}"
        if placed.last < len(tokens) and tokens[placed.last].raw in "),.;:":
            yield f"mark-after:{tokens[placed.last].raw}"
        names = reading.names_in(sentence.first, placed.first)
        yield f"names-before:{min(len(names), 3)}"
        if names:
            yield f"name-gap:{bucket(placed.first - names[-1].last)}"
        if tokens[sentence.first].raw in "-–•*":
            yield "bullet"

    def _value(self, placed: PlacedAmount, index: int) -> Iterator[str]:
        """How large the sum is beside others, how it is hedged, and whether it comes again."""
        value = placed.amount.value
        yield f"size:{round(2 * math.log10(value.middle)) / 2 if value.middle > 0 else 0}"
        if value.middle == self.largest:
            yield "largest"
        yield f"bound:{value.bound}"
        yield f"again:{min(self.values[value.currency, value.middle] - 1, 2)}"
        if not self.reading.sentences[placed.sentence].is_title:
            if any(agree(p.amount.value, value) for p in self.title_sums):
                yield "titled"
            elif self.title_sums:
                yield "not-titled"
        if self.first is not None and self.first.amount.value.currency != value.currency:
            yield "other-currency"

    def _words(self, placed: PlacedAmount) -> Iterator[str]:
        """The words beside the sum, in their language."""
        reading = self.reading
        sentence = reading.sentences[placed.sentence]
        code = reading.words.code
        for step in range(1, NEIGHBOURS + 1):
            if placed.first - step >= sentence.first:
                yield f"{code}:{-step}:{reading.tokens[placed.first - step].word}"
            if placed.last + step - 1 < sentence.last:
                yield f"{code}:+{step}:{reading.tokens[placed.last + step - 1].word}"


def read_sums(reading: Reading, scorer: Scorer) -> tuple[dict[int, str], dict[int, float], dict[int, float]]:
    """The role of every sum that is no conversion, and how likely it was raised and is a valuation.

    All by the place of the sum among the amounts.
    """
    cheapest = read_roles(reading)
    reader = SumReader(reading, cheapest)
    roles: dict[int, str] = {}
    raised: dict[int, float] = {}
    worth: dict[int, float] = {}
    for index in cheapest:
        chances = scorer.label("sum", reading.amounts[index], reader.features(index), ROLES)
        raised[index], worth[index] = chances[0], chances[1]
        weighed = [*chances[:-1], chances[-1] * OTHER_COUNTS]
        roles[index] = ROLES[weighed.index(max(weighed))]
        if roles[index] == "other" and chances[0] >= MAY_BE_RAISED:
            roles[index] = "raised"
        for place, role in ((2, "total"), (3, "revenue")):
            if roles[index] == "other" and cheapest[index] == role and chances[place] >= HINTED:
                roles[index] = role
        if cheapest[index] == "part" and roles[index] == "raised":
            roles[index] = "part"
    return roles, raised, worth
