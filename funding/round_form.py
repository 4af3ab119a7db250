"""The form in which a round is entered by hand: plain fields, read into an `entry.Entry`, every error in words."""

import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import candidates
from companies.names import fold
from funding import entry, figures, typed
from funding.deal_form import BOUNDS, NOT_STATED, PRECISIONS, UNDISCLOSED, DealForm, shared_currency
from funding.editing import interval
from funding.models import Round, Stage
from funding.models.rounds import counts_as_equity
from funding.retelling import retold
from funding.texts import clean_line, clean_text
from funding.values import Money, Multiple, PartialDate, Undisclosed

TIMES = "times"
COMPARED = {
    "": gettext_lazy("not stated"),
    "higher": gettext_lazy("higher"),
    "flat": gettext_lazy("the same (flat)"),
    "lower": gettext_lazy("lower (down round)"),
    TIMES: gettext_lazy("so many times"),
}
RATIOS = {
    "higher": Multiple(Decimal(1), None, low_open=True),
    "flat": Multiple(Decimal(1), Decimal(1)),
    "lower": Multiple(None, Decimal(1), high_open=True),
}
MOST_INVESTORS = 100


class RoundForm(DealForm):
    """A round with its source. `today` bounds the announcement; a valid form has its `entry`.

    What could be read is there by field (`raised_money`, `pre`, `post`, `company_held`) also where the form is not
    valid, so that the page can show what it adds up to.
    """

    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"), required=False, choices=[("", gettext_lazy("not stated")), *Stage.choices]
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Round.Status, initial=Round.Status.CLOSED)
    announced = forms.CharField(label=gettext_lazy("Announced"), required=False, max_length=60)
    announced_to = forms.ChoiceField(
        label=gettext_lazy("Precision of the announcement"), required=False, choices=PRECISIONS
    )
    closed = forms.CharField(label=gettext_lazy("Closed"), required=False, max_length=60)
    closed_to = forms.ChoiceField(label=gettext_lazy("Precision of the closing"), required=False, choices=PRECISIONS)
    bound = forms.ChoiceField(label=gettext_lazy("How exact"), choices=BOUNDS, initial="exactly")
    raised = forms.CharField(label=gettext_lazy("Raised"), required=False, max_length=60)
    pre_money = forms.CharField(label=gettext_lazy("Pre-money"), required=False, max_length=60)
    post_money = forms.CharField(label=gettext_lazy("Post-money"), required=False, max_length=60)
    valued = forms.CharField(label=gettext_lazy("Valued at, basis not stated"), required=False, max_length=60)
    compared = forms.ChoiceField(
        label=gettext_lazy("Compared with the round before"), required=False, choices=COMPARED
    )
    times = forms.CharField(label=gettext_lazy("How many times"), required=False, max_length=40)
    as_stated = forms.BooleanField(label=gettext_lazy("The source says so: keep all three as stated"), required=False)
    is_extension = forms.BooleanField(
        label=gettext_lazy("Part of an earlier round: a tranche, an extension or a second close"),
        required=False,
    )
    investors = forms.CharField(
        label=gettext_lazy("Who took part"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    # A name in the field of the script that was not added to the list; it counts as one more line.
    investor = forms.CharField(required=False, max_length=200)
    same_as = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: datetime.date, record: Round | None = None, **kwargs: Any) -> None:
        super().__init__(*args, today=today, of=record.company if record else None, **kwargs)
        self.record = record
        self.entry: entry.Entry | None = None
        self.raised_money: Money | None = None
        self.pre: Money | None = None
        self.post: Money | None = None
        self.valued: Money | None = None
        for name in ("raised", "pre_money", "post_money", "valued"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"

    @cached_property
    def rounds_held(self) -> list[Round]:
        """The live rounds of that company, newest first."""
        if self.company_held is None:
            return []
        found = self.company_held.rounds.live().newest_first().select_related("valuation")
        return list(found.exclude(pk=self.record.pk) if self.record else found)

    @cached_property
    def near(self) -> list[entry.Near]:
        """The held rounds that this one may be; none where it is one of them, or a further part of one."""
        if self.record or (self.is_bound and self.data.get("is_extension")):
            return []
        stage = self.data.get("stage", "") if self.is_bound else ""
        return entry.rounds_near(self.company_held, stage, self.on, self.raised_money, self.rounds_held)

    @property
    def same_round(self) -> Round | None:
        """The held round that the person says this one is."""
        chosen = self._choice
        return next((one for one in self.rounds_held if str(one.pk) == chosen), None)

    @property
    def is_another(self) -> bool:
        """Whether the person says that it is none of the held rounds that it was shown beside."""
        return bool(self.near) and self._choice == self.as_another

    @property
    def held_keys(self) -> str:
        """The rounds that it may be, by which a page tells whether they are still the ones it showed."""
        return ",".join(str(near.round.pk) for near in self.near)

    @property
    def as_another(self) -> str:
        """What is posted to say that it is none of them; a round that comes into view later is asked about anew."""
        return f"new {self.held_keys}"

    @property
    def is_undecided(self) -> bool:
        """Whether it may be a round that we hold, and nobody has said yet."""
        return bool(self.near) and not self.is_another and self.same_round is None

    @property
    def _choice(self) -> str:
        return str(self.data.get("same_as", "")) if self.is_bound else ""

    def clean_announced_to(self) -> str:
        # Both halves of a date are known only with the second of them.
        self.set_date("announced", is_past=True)
        return str(self.cleaned_data["announced_to"])

    def clean_closed_to(self) -> str:
        self.set_date("closed", is_past=False)
        return str(self.cleaned_data["closed_to"])

    def clean_investors(self) -> tuple[entry.Share, ...]:
        lines = clean_text(self.cleaned_data["investors"]).split("\n") + [clean_line(self.data.get("investor", ""))]
        shares = [_share(line) for line in lines if line.strip(" *")]
        if len(shares) > MOST_INVESTORS:
            raise forms.ValidationError(
                _("%(shares)s investors are named; %(most_investors)s is the most for a round.")
                % {"shares": len(shares), "most_investors": MOST_INVESTORS}
            )
        seen: dict[str, str] = {}
        for share in shares:
            key = fold(self.read_name(share.investor, "investor"))
            if key in seen:
                raise forms.ValidationError(
                    _("“%(investor)s” is named twice. Keep one of the lines.") % {"investor": share.investor}
                )
            seen[key] = share.investor
        return tuple(shares)

    def clean(self) -> dict[str, Any]:
        """Read the amounts, then hold everything against each other."""
        cleaned = super().clean() or self.cleaned_data
        self.on = cleaned.get("announced") if isinstance(cleaned.get("announced"), PartialDate) else None
        raised = self._raised()
        self.raised_money = raised if isinstance(raised, Money) else None
        self.pre, self.post, self.valued = (self._value(name) for name in ("pre_money", "post_money", "valued"))
        self.check_source()
        ratio = self._ratio()
        self._hold_against_quote(raised)
        self._hold_against_each_other()
        if not self.errors:
            self.entry = self._entry(raised, ratio)
            if not self.entry.says_something:
                self.add_error(
                    "raised", _("Nothing is said of the round yet. Enter an amount, a date or an investor.")
                )
        return cleaned

    def _entry(self, raised: Money | Undisclosed | None, ratio: Multiple | None) -> entry.Entry:
        cleaned = self.cleaned_data
        # Another spelling of a name that we hold says nothing about the name.
        named = candidates.investors_named(one.investor for one in cleaned["investors"])
        shares = tuple(entry.Share(named.get(one.investor, one.investor), one.is_lead) for one in cleaned["investors"])
        return entry.Entry(
            company=self.company_held.name if self.company_held else cleaned["company"],
            stage=cleaned["stage"],
            status=cleaned["status"],
            announced=self.on,
            closed=cleaned.get("closed") or None,
            raised=raised,
            pre=self.pre,
            post=self.post,
            valued=self.valued,
            ratio=ratio,
            investors=shares,
            is_extension=cleaned["is_extension"],
            url=cleaned["url"],
            publisher=cleaned["publisher"],
            published=cleaned["published"],
            quote=cleaned["quote"],
        )

    def _raised(self) -> Money | Undisclosed | None:
        """The amount raised as its bound makes it, None where it is not stated or not readable."""
        words, bound = clean_line(self.cleaned_data.get("raised", "")), self.cleaned_data.get("bound", "")
        if not bound or "raised" in self.errors:
            return None
        if bound in (UNDISCLOSED, NOT_STATED):
            if words:
                differ = _("“%(words)s” is typed, and yet “%(bounds)s” is chosen.") % {
                    "words": words,
                    "bounds": BOUNDS[bound],
                }
                self.add_error("raised", " ".join([differ, _("Clear the amount, or say how exact it is.")]))
            return Undisclosed() if bound == UNDISCLOSED else None
        if not words:
            self.add_error("raised", _("No amount is typed. Enter it, or choose “undisclosed” or “not stated”."))
            return None
        return self.read_money("raised", words, bound)

    def _value(self, field: str) -> Money | None:
        """A value before or after the money; how exact it is stands in front of it (`≈ 300m`)."""
        words = clean_line(self.cleaned_data.get(field, ""))
        return self.read_money(field, words, "") if words and field not in self.errors else None

    def _ratio(self) -> Multiple | None:
        """How the value compares with that of the round before, None where it is not stated or not readable."""
        chosen, words = self.cleaned_data.get("compared", ""), clean_line(self.cleaned_data.get("times", ""))
        if chosen != TIMES:
            if words:
                self.add_error(
                    "times",
                    _("“%(words)s” is typed, and yet “%(compared)s” is chosen. Make them agree.")
                    % {"words": words, "compared": COMPARED[chosen]},
                )
            return RATIOS.get(chosen)
        if not words:
            self.add_error(
                "times", _("No number is typed. Write how many times the value before it is: 2.5, more than 2.")
            )
            return None
        try:
            return typed.read_multiple(words)
        except ValueError as error:
            self.add_error("times", retold(str(error)))
            return None

    def currency_elsewhere(self) -> str:
        """The currency that the amount raised was typed with, which holds for the values, too."""
        return self.raised_money.currency if self.raised_money else ""

    @property
    def contradicted_by(self) -> Money | None:
        """The amount in the quote that speaks against the one entered."""
        found = self.quoted.contradicting(self.raised_money, (self.pre, self.post, self.valued))
        return found.value if found else None

    def _hold_against_quote(self, raised: Money | Undisclosed | None) -> None:
        found = self.contradicted_by if isinstance(raised, Money) else None
        if found:
            entered = figures.money(raised)
            told = {"quoted": figures.money(found), "entered": entered}
            if raised.is_exact:
                differ = _("The quote says %(quoted)s; you entered exactly %(entered)s.") % told
            else:
                differ = _("The quote says %(quoted)s; you entered %(entered)s.") % told
            mend = _("Quote the words for %(entered)s, or take %(quoted)s from the quote.") % told
            self.add_error("quote", f"{differ} {mend}")

    def _hold_against_each_other(self) -> None:
        """What was before, what was raised and what is after, unless the source itself does not add up."""
        if self.post and self.valued:
            self.add_error(
                "valued",
                _("%(post)s is given as post-money. One of the two says which it is: keep one.")
                % {"post": figures.money(self.post)},
            )
        if self.cleaned_data.get("as_stated"):
            return
        before, raised, after = self.pre, self.raised_money, self.post
        made = entry.makes(before, raised)
        if made and not entry.adds_up(before, raised, after):
            self.add_error(
                "post_money",
                _(
                    "%(before)s before and %(raised)s raised make %(made)s, not %(after)s. Correct one of "
                    "the three, or leave post-money empty."
                )
                % {
                    "before": figures.money(before),
                    "raised": figures.money(raised),
                    "made": figures.money(made),
                    "after": figures.money(after),
                },
            )
        elif counts_as_equity(self.cleaned_data.get("stage", "")) and entry.falls_short(raised, after or self.valued):
            self.add_error(
                "post_money" if after else "valued",
                _(
                    "%(after)s after the round is no more than the %(raised)s raised in it. The value after "
                    "a round holds the money: correct one of the two."
                )
                % {"after": figures.money(after or self.valued), "raised": figures.money(raised)},
            )

    def with_amount_of_quote(self) -> "RoundForm":
        """The same form with the amount that the quote says in place of the one entered."""
        found = self.contradicted_by
        if found is None:
            return self
        data = self.data.copy()
        bound, number = _as_typed(found)
        data["bound"], data["raised"], data["currency"] = bound, number, found.currency
        return RoundForm(data, today=self.today, record=self.record)


def filled_with(held: entry.Entry, *, with_currency: bool = True) -> dict[str, Any]:
    """What a form is filled with that changes a round: what is held of it, as somebody would have typed it.

    The currency is chosen beside the amounts, or stands in each of them.
    """
    bound, number = NOT_STATED, ""
    currency = shared_currency(held.raised, held.pre, held.post, held.valued) if with_currency else ""
    if isinstance(held.raised, Money):
        bound, number = _as_typed(held.raised)
        number = number if currency else f"{number} {held.raised.currency}"
    elif held.raised:
        bound = UNDISCLOSED
    known = next((name for name, ratio in RATIOS.items() if ratio == held.ratio), "")
    return {
        "version": entry.version_of(held),
        "company": held.company,
        "stage": held.stage,
        "status": held.status,
        "announced": figures.date(held.announced),
        "closed": figures.date(held.closed),
        "bound": bound,
        "raised": number,
        "currency": currency,
        "pre_money": interval(held.pre, currency) if held.pre else "",
        "post_money": interval(held.post, currency) if held.post else "",
        "valued": interval(held.valued, currency) if held.valued else "",
        "compared": known or (TIMES if held.ratio else ""),
        "times": interval(held.ratio) if held.ratio and not known else "",
        "investors": "\n".join(f"* {one.investor}" if one.is_lead else one.investor for one in held.investors),
        "is_extension": held.is_extension,
    }


def _share(line: str) -> entry.Share:
    """An investor from a line of the list; a star before or after the name marks a lead."""
    words = clean_line(line)
    return entry.Share(words.strip("* "), is_lead=words.startswith("*") or words.endswith("*"))


def _as_typed(money: Money) -> tuple[str, str]:
    """The bound and the amount as somebody would type them; a range goes by its middle, about."""
    number = figures.as_typed(money.middle, has_unit=True)
    if money.bound in ("approx", "range"):
        return "about", number
    if money.bound == "exact":
        return "exactly", number
    if money.bound == "at_least":
        return "more_than" if money.low_open else "at_least", number
    return "less_than" if money.high_open else "at_most", number
