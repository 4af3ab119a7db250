"""Which part of the company each round sold, and what is left of what was held before it: an upper-level estimate.

The part sold is the money by the value after it, and only where the money bought new shares of a known price. Where
the value is an interval, or its source does not say whether it is before or after the money, so is the part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.markup import NOTHING, markup
from funding import cells, evidence, figures, intervals
from funding.cells import link, second
from funding.evidence import Mark
from funding.models import Round, Stage, Valuation
from funding.models.rounds import counts_as_equity
from funding.values import Money, Multiple

from .company_rounds import RoundRow

WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Sale:
    """A round with the part it sold, in words, and what holders of before it still have of theirs.

    `why` says why the part is not known; `left` is empty where nothing bounds it.
    """

    row: RoundRow
    after: Money | None
    sold: str
    why: str
    left: str

    @property
    def cells(self) -> SafeString:
        """The cells of its line."""
        row, one = self.row, self.row.round
        return SafeString(
            "".join(
                [
                    markup('<th scope="row">{}{}</th>', link(one.get_absolute_url(), one.label), _dated(one)),
                    _cell(cells.money(row.raised) if row.raised else NOTHING, row.raised_words, row.raised_marks),
                    _cell(cells.money(self.after) if self.after else NOTHING, _("not known"), row.valuation_marks),
                    _part(self.sold, self.why),
                    _part(self.left),
                ]
            )
        )


def _dated(one: Round) -> SafeString:
    return second(figures.date(one.announced))


def _cell(amount: SafeString, unknown: str, marked: Sequence[Mark]) -> SafeString:
    classes = "num" if amount else "num absent"
    return markup(
        '<td class="{}">{}<span class="marks">{}</span></td>', classes, amount or unknown, cells.marks(marked)
    )


def _part(part: str, why: str = "") -> SafeString:
    if not part:
        return markup('<td class="num absent">{}{}</td>', _("not known"), second(why) if why else "")
    proof = '<a class="mark is-proof" href="#ownership-rule" title="{}">∴</a>'
    return markup('<td class="num">{}{}</td>', part, markup(proof, _("How it is reckoned")))


def sales(rows: Iterable[RoundRow]) -> list[Sale]:
    """The dated rounds that took place and count as equity, newest first; older ones change nothing of it."""
    counted = [row for row in rows if sold_in([row.round])]
    ordered = sorted(counted, key=lambda row: (row.round.announced_on, row.round.pk), reverse=True)
    found: list[Sale] = []
    kept: Multiple | None = Multiple(WHOLE, WHOLE)
    for row in ordered:
        after = _after(row.valuation)
        stake, why = _stake(row.round, after)
        kept = _kept(kept, stake)
        sold = figures.percent(stake) if stake else ""
        found.append(Sale(row, after, sold, why, figures.percent(kept) if kept else ""))
    return found


def sold_in(rounds: Iterable[Round]) -> list[Round]:
    """The rounds that sold a part of the company: dated, of equity, and they took place."""
    closed = (one for one in rounds if one.status == Round.Status.CLOSED and one.announced_on)
    return [one for one in closed if counts_as_equity(one.stage)]


def is_any_known(rounds: Iterable[Round]) -> bool:
    """Whether the part that some round sold is bounded at all."""
    return any(_stake(one, _after(getattr(one, "valuation", None)))[0] for one in sold_in(rounds))


def _after(valuation: Valuation | None) -> Money | None:
    """The value after the money: where the source does not say which it gives, from it to it and the money."""
    if valuation is None:
        return None
    after, value = evidence.after_of(valuation), valuation.money
    is_said = valuation.basis != Valuation.Basis.UNSPECIFIED or valuation.origin == Valuation.Origin.DERIVED
    if is_said or (after and after.low == after.high and after.currency == value.currency and after != value):
        return after
    raised = _raised(valuation.round, value.currency) if valuation.round else None
    if raised is None or value.low is None:
        return value
    high = value.high + raised.high if value.high is not None and raised.high is not None else None
    is_approx = value.is_approx or raised.is_approx
    return Money(value.low, high, value.low_open, value.high_open or raised.high_open, is_approx, value.currency)


def _raised(record: Round, currency: str) -> Money | None:
    """The amount in a currency, approximate where it had to be converted; None without a rate."""
    amount = evidence.in_currency(record, currency, "raised_")
    if amount is None or record.raised is None or record.raised.currency == currency:
        return amount
    return replace(amount, is_approx=True)


def _stake(record: Round, after: Money | None) -> tuple[Multiple | None, str]:
    """The part sold, or None and why nothing says it."""
    if record.stage == Stage.CONVERTIBLE_NOTE:
        return None, _("a note: its price is set later")
    if record.raised is None:
        return None, _("the amount is undisclosed") if record.raised_undisclosed else _("the amount is not stated")
    if after is None:
        return None, _("no value after the money is known")
    raised = _raised(record, after.currency)
    if raised is None:
        return None, _("no rate converts the amount into the currency of the value")
    stake = intervals.stake_sold(raised, after)
    return stake, "" if stake else _("nothing bounds the value from above")


def _kept(kept: Multiple | None, stake: Multiple | None) -> Multiple | None:
    """What is left after one round more; None where it may be anything from nothing to all."""
    low = WHOLE - stake.high if stake and stake.high is not None else None
    high = WHOLE - stake.low if stake and stake.low is not None else WHOLE
    before_low, before_high = (kept.low, kept.high) if kept else (None, None)
    least = low * before_low if low is not None and before_low is not None else None
    most = high * (WHOLE if before_high is None else before_high)
    # That no more is left than there was says nothing.
    bound = None if most == WHOLE else most
    if least is None and bound is None:
        return None
    is_exact = least == bound
    low_open = least is not None and not is_exact and bool((kept and kept.low_open) or (stake and stake.high_open))
    high_open = bound is not None and not is_exact and bool((kept and kept.high_open) or (stake and stake.low_open))
    is_approx = bool((kept and kept.is_approx) or (stake and stake.is_approx))
    return Multiple(least, bound, low_open, high_open, is_approx)
