"""What the words that somebody quotes say, and where: so that a value entered by hand has its sentence, too."""

import re
from collections.abc import Sequence
from typing import Any

from funding.extraction import Span, dates, detect_language, money, stages, vocabulary
from funding.extraction.money import Amount
from funding.extraction.text import Document
from funding.models.rounds import STAGE_OF_CONTRACT
from funding.values import Money, PartialDate, Value


class Quote:
    """The words quoted for an entry, read in the language that fits them best. `amounts` are the sums in them.

    `published` is what "on Monday" is counted from. A quote in a language without a vocabulary has no amounts.
    """

    def __init__(self, text: str, published: PartialDate | None = None) -> None:
        self.text = text
        detected = detect_language(text)
        codes = [detected] if detected else sorted(vocabulary.languages())
        readings = [_Reading(text, code) for code in codes]
        # A short quote tells its language only by what can be read of it: the more words, the better the fit.
        self._reading = max(readings, key=lambda reading: reading.reach) if text else None
        self._published = published

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The sums in the quote, in order."""
        return self._reading.amounts if self._reading else ()

    def backing(self, value: Value | None) -> Amount | None:
        """The first sum in the quote that says as much as `value` does or more."""
        if not isinstance(value, Money):
            return None
        return next((amount for amount in self.amounts if backs(amount.value, value)), None)

    def contradicting(self, raised: Value | None, others: Sequence[Money | None]) -> Amount | None:
        """The first sum that is neither the amount raised, where none is, nor one of the other amounts entered."""
        if not isinstance(raised, Money) or self.backing(raised):
            return None
        explained = {amount.span for amount in self.amounts for one in others if one and backs(amount.value, one)}
        return next((amount for amount in self.amounts if amount.span not in explained), None)

    def of_money(self, value: Value | None) -> list[dict[str, Any]]:
        """The words that state an amount."""
        amount = self.backing(value)
        return self._cut(*amount.spans) if amount else []

    def of_name(self, name: str) -> list[dict[str, Any]]:
        """The words that name somebody."""
        match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self.text, re.IGNORECASE)
        return self._cut(Span(*match.span())) if match else []

    def of_stage(self, stage: str) -> list[dict[str, Any]]:
        """The words that name a stage."""
        found = stages.find_stages(self._reading.document, self._reading.words) if self._reading else []
        named = [one.span for one in found if STAGE_OF_CONTRACT.get(one.code, one.code) == stage]
        return self._cut(*named[:1])

    def of_date(self, date: PartialDate) -> list[dict[str, Any]]:
        """The words that give a date, at least as exactly."""
        if self._reading is None:
            return []
        found = dates.find_dates(self._reading.document, self._reading.words, self._published)
        given = [
            one.span for one in found if date.first_day <= one.value.first_day <= one.value.last_day <= date.last_day
        ]
        return self._cut(*given[:1])

    def whole(self) -> list[dict[str, Any]]:
        """All of the quote."""
        return self._cut(Span(0, len(self.text))) if self.text else []

    def _cut(self, *spans: Span) -> list[dict[str, Any]]:
        return [{"start": span.start, "end": span.end, "text": self.text[span.start : span.end]} for span in spans]


class _Reading:
    """A quote read in one language."""

    def __init__(self, text: str, code: str) -> None:
        self.words = vocabulary.load(code)
        self.document = Document(text, self.words.abbreviations)
        self.amounts = tuple(money.find_amounts(self.document, self.words))

    @property
    def reach(self) -> int:
        """How many characters its amounts take, their "about" and "more than" included."""
        return sum(amount.span.end - amount.span.start for amount in self.amounts)


def backs(quoted: Money, entered: Money) -> bool:
    """Whether words that say `quoted` say `entered`, which may be less exact than they are, but never more."""
    if quoted.currency != entered.currency:
        return False
    if entered.is_exact:
        return quoted.is_exact and quoted.low == entered.low
    low, high, low_open, high_open = entered.admits()
    above = low is None or (quoted.low is not None and (quoted.low > low or (quoted.low == low and not low_open)))
    below = high is None or (
        quoted.high is not None and (quoted.high < high or (quoted.high == high and not high_open))
    )
    strictly_above = low_open and quoted.low == low and quoted.low_open
    strictly_below = high_open and quoted.high == high and quoted.high_open
    return (above or strictly_above) and (below or strictly_below)
