"""The value that a person puts in the place of what was read: how it is typed, and what was typed made of it again."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funding import figures, typed
from funding.models import Proposal, Round, Stage
from funding.tellings import Field
from funding.texts import clean_line
from funding.values import Interval, Money, Multiple, PartialDate, Quantity, Reference, Text, Undisclosed, Value

AMOUNTS = {Field.RAISED, Field.VALUATION, Field.REVENUE, Field.TOTAL_RAISED}
DATES = {Field.ANNOUNCED_ON, Field.CLOSED_ON, Field.FOUNDED_ON}
CHOICES: Mapping[str, Mapping[str, str]] = {
    Field.STAGE: dict(Stage.choices),
    Field.STATUS: dict(Round.Status.choices),
}
NEVER = {Field.IS_UNICORN}  # either so or not: accepted or rejected, there is nothing to write
UNDISCLOSED = "undisclosed"
LONGEST = 200
BOUNDS = {"approx": gettext_lazy("about"), "at_least": gettext_lazy("at least"), "at_most": gettext_lazy("at most")}
STRICTLY = {"at_least": gettext_lazy("more than"), "at_most": gettext_lazy("less than")}


def is_editable(proposal: Proposal) -> bool:
    """Whether another value can be written for it."""
    return proposal.field not in NEVER


def choices(proposal: Proposal) -> list[tuple[str, str]]:
    """The values to choose from, with their words; none where a value is typed."""
    return list(CHOICES.get(proposal.field, {}).items())


def as_typed(proposal: Proposal, names: Mapping[str, str]) -> str:
    """What was read, as a person would type it; empty where it has no such form, as for a range."""
    value = proposal.said
    match value:
        case Money() | Quantity() | Multiple():
            return interval(value)
        case PartialDate():
            return figures.date(value)
        case Undisclosed():
            return UNDISCLOSED
        case Reference():
            return names.get(value.key, "")
    return value.text


def interval(value: Interval, currency: str = "") -> str:
    """A number as a person would type it; empty for a range, which has no such form.

    It has its bound, and its currency but where that is the `currency` chosen beside it.
    """
    if value.bound == "range":
        return ""
    end = value.low if value.low is not None else value.high
    assert end is not None  # an interval has an end
    is_strict = value.low_open if value.high is None else value.high_open
    bound = str(STRICTLY[value.bound] if is_strict else BOUNDS.get(value.bound, ""))
    own = value.currency if isinstance(value, Money) else ""
    words = (bound, figures.as_typed(end, has_unit=bool(own)), own if own != currency else "")
    return " ".join(word for word in words if word)


def read(proposal: Proposal, words: str) -> Value | None:
    """The value that was typed; None where it is the one that was read.

    Raises ValueError with a sentence for the person who typed.
    """
    words = clean_line(words, LONGEST)
    if not is_editable(proposal):
        raise ValueError(_("This is either so or not. Accept it, or reject it."))
    if not words:
        raise ValueError(_("Nothing is written. Write the value, or reject the fact."))
    value = _read(proposal, words)
    return None if value == proposal.said else value


def _read(proposal: Proposal, words: str) -> Value:
    field, before = proposal.field, proposal.said
    if field in CHOICES:
        if words not in CHOICES[field]:
            raise ValueError(_("“%(words)s” is none of the values to choose from.") % {"words": words})
        return Text(words)
    if field in AMOUNTS:
        return _amount(words, before)
    if field in DATES:
        return typed.read_date(words)
    if field == Field.EMPLOYEES:
        return typed.read_count(words)
    if field == Field.VALUATION_RATIO:
        return typed.read_multiple(words)
    if field == Field.WEBSITE and (" " in words or "." not in words):
        raise ValueError(_("“%(words)s” is no web address. Write it as lumio.example.") % {"words": words})
    return Text(words)


def _amount(words: str, before: Value) -> Value:
    if words.casefold() == UNDISCLOSED:
        return Undisclosed()
    amount = typed.read_amount(words)
    own = before.currency if isinstance(before, Money) else ""
    # A bare "$" stands for the dollars that the article speaks of.
    currency = own if own and amount.may_be_in(own) else amount.currency
    if not currency:
        raise ValueError(_("“%(words)s” names no currency. Write it as 12m USD or €12m.") % {"words": words})
    return typed.money_of(amount.number, currency, amount.bound)
