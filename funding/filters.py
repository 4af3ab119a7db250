"""The filters of the list of rounds and of what is exported along with rounds."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from companies.filters import (
    CONFLICT_WORDS,
    CONFLICTS,
    STAGES,
    DateField,
    RecordField,
    StageFilter,
    WordsField,
    between,
    by_stage,
    dates_phrase,
    named,
    phrase,
    require_order,
    stage_phrase,
)
from companies.models import Company, Investor
from config import paging
from config.filters import ChoicesField, OptionField, Phrase, QueryFilter
from funding import figures
from funding.models import Assignment, Participation, Round, Statement, Valuation
from funding.recording.fields import Field

AMOUNT = re.compile(r"(?:\$|usd)?\s*(\d+(?:,\d{3})*(?:\.\d+)?|\d*\.\d+)\s*(k|m|bn)?(?:\s*usd)?", re.IGNORECASE)
SCALES = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9}
MOST = Decimal(10) ** 16

FIELDS = [(code, code) for name, code in vars(Field).items() if name.isupper()]
DISCLOSED, UNDISCLOSED, NOT_STATED = "disclosed", "undisclosed", "not_stated"
AMOUNTS = [(DISCLOSED, "stated"), (UNDISCLOSED, "undisclosed"), (NOT_STATED, "not stated")]
AMOUNT_WORDS = {DISCLOSED: "with an amount", UNDISCLOSED: "undisclosed", NOT_STATED: "without any word on the amount"}


class DollarsField(forms.CharField):
    """An amount in US dollars: `25m`, `1.2bn`, `1,200,000`."""

    def __init__(self, label: str) -> None:
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        read = AMOUNT.fullmatch(text)
        if not read:
            raise ValidationError(f"“{text}” is no amount in US dollars. Write 25m, 1.2bn or 1,200,000.")
        amount = Decimal(read[1].replace(",", "")) * SCALES[(read[2] or "").lower()]
        if amount >= MOST:
            raise ValidationError(f"“{text}” is more money than there is.")
        return amount


class RoundFilter(StageFilter):
    """`/rounds/`, and its export."""

    NOUN = ("round", "rounds")
    ORDERS = {
        "newest": paging.Order("the newest first", "announced_on", paging.DAY),
        "largest": paging.Order("the largest first", "raised_usd", paging.AMOUNT),
        "recorded": paging.Order("the last recorded first"),
    }

    q = WordsField("Company name or alias")
    company = RecordField(Company)
    investor = RecordField(Investor)
    stage = ChoicesField("stage", STAGES, label="Stage")
    status = ChoicesField("status", Round.Status.choices, label="Status")
    since = DateField("Announced, from")
    until = DateField("Announced, to")
    raised_min = DollarsField("Raised, from")
    raised_max = DollarsField("Raised, to")
    amount = OptionField(AMOUNTS, label="Amount")
    conflict = OptionField(CONFLICTS, label="Sources")
    source = OptionField([("none", "no source"), ("some", "a source")], label="Provenance")

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        low, high = self.cleaned_data.get("raised_min"), self.cleaned_data.get("raised_max")
        if low is not None and high is not None and low > high:
            self.add_error("raised_max", f"{_dollars(high)} is less than {_dollars(low)}.")
        return super().clean()

    def apply(self, rows: QuerySet[Round]) -> QuerySet[Round]:
        """The rounds asked for; none where the query string cannot be read."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["q"]:
            rows = rows.filter(company__in=named(Company.objects.live(), asked["q"]))
        if asked["company"]:
            rows = rows.filter(company=asked["company"])
        if asked["investor"]:
            part = Participation.objects.filter(round=OuterRef("pk"), investor=asked["investor"])
            rows = rows.filter(Exists(part))
        if asked["stage"]:
            rows = by_stage(rows, asked["stage"])
        if asked["status"]:
            rows = rows.filter(status__in=asked["status"])
        rows = between(rows, "announced_on", asked["since"], asked["until"])
        rows = _of_amount(rows, asked)
        if asked["conflict"]:
            rows = rows.filter(has_conflict=asked["conflict"] == "yes")
        return rows.filter(has_source=asked["source"] == "some") if asked["source"] else rows

    def phrases(self) -> list[Phrase]:
        asked = self.cleaned_data
        statuses = self.fields["status"]
        assert isinstance(statuses, ChoicesField)
        return [
            *phrase("q", "of companies named", f"“{asked['q']}”", asked["q"]),
            *phrase("company", "of", str(asked["company"]), asked["company"]),
            *phrase("investor", "with", str(asked["investor"]), asked["investor"]),
            *stage_phrase(self, "of the stage"),
            *phrase("status", "", statuses.words(asked["status"]), asked["status"]),
            *dates_phrase("announced", ("since", "until"), asked),
            *_amounts_phrase(asked),
            *phrase("amount", "", AMOUNT_WORDS.get(asked["amount"], ""), asked["amount"]),
            *phrase("conflict", "", CONFLICT_WORDS.get(asked["conflict"], ""), asked["conflict"]),
            *phrase(
                "source", "", "without a source" if asked["source"] == "none" else "with a source", asked["source"]
            ),
        ]


class ParticipationFilter(RoundFilter):
    """Who took part in the rounds asked for; of one investor only its own parts."""

    NOUN = ("participation", "participations")

    def apply_to_parts(self, rows: QuerySet[Participation]) -> QuerySet[Participation]:
        """The participations in the rounds asked for."""
        rounds = super().apply(Round.objects.live())
        if not self.is_valid():
            return rows.none()
        rows = rows.filter(round__in=rounds.order_by().values("pk"))
        investor = self.cleaned_data["investor"]
        return rows.filter(investor=investor) if investor else rows


class ValuationFilter(QueryFilter):
    """What is exported of valuations."""

    NOUN = ("valuation", "valuations")
    ORDERS = {"newest": paging.Order("the newest first", "valued_on", paging.DAY)}

    company = RecordField(Company)
    origin = ChoicesField("origin", Valuation.Origin.choices, label="Origin")
    basis = ChoicesField("basis", Valuation.Basis.choices, label="Basis")
    since = DateField("From")
    until = DateField("To")
    conflict = OptionField(CONFLICTS, label="Sources")

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        return super().clean()

    def apply(self, rows: QuerySet[Valuation]) -> QuerySet[Valuation]:
        """The valuations asked for; none where the query string cannot be read."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["company"]:
            rows = rows.filter(company=asked["company"])
        for name in ("origin", "basis"):
            if asked[name]:
                rows = rows.filter(**{f"{name}__in": asked[name]})
        rows = between(rows, "valued_on", asked["since"], asked["until"])
        return rows.filter(has_conflict=asked["conflict"] == "yes") if asked["conflict"] else rows


class StatementFilter(QueryFilter):
    """What is exported of statements."""

    NOUN = ("statement", "statements")
    ORDERS = {"recorded": paging.Order("the last recorded first")}

    company = RecordField(Company)
    field = ChoicesField("field of a statement", FIELDS, label="Field")

    def apply(self, rows: QuerySet[Statement]) -> QuerySet[Statement]:
        """The statements asked for; none where the query string cannot be read."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["company"]:
            is_its, is_live = Q(company=asked["company"]), Q(retracted_at=None)
            own = Assignment.objects.filter(is_its & is_live).values("mention")
            rows = rows.filter(Q(mention__in=own) | Q(mention__company__in=own))
        return rows.filter(field__in=asked["field"]) if asked["field"] else rows


def _of_amount(rows: QuerySet[Round], asked: dict[str, Any]) -> QuerySet[Round]:
    """By amount in dollars at the rate of its day, a range standing for its middle and a bound for its end."""
    if asked["raised_min"] is not None:
        rows = rows.filter(raised_usd__gte=asked["raised_min"])
    if asked["raised_max"] is not None:
        rows = rows.filter(raised_usd__lte=asked["raised_max"])
    has_amount = Q(raised_low__isnull=False) | Q(raised_high__isnull=False)
    match asked["amount"]:
        case "disclosed":
            return rows.filter(has_amount)
        case "undisclosed":
            return rows.filter(raised_undisclosed=True)
        case "not_stated":
            return rows.filter(~has_amount, raised_undisclosed=False)
    return rows


def _dollars(amount: Decimal) -> str:
    return str(figures.number(amount, "$"))


def _amounts_phrase(asked: dict[str, Any]) -> list[Phrase]:
    low, high = asked["raised_min"], asked["raised_max"]
    if low is None and high is None:
        return []
    if low is None or high is None:
        words = f"at least {_dollars(low)}" if high is None else f"at most {_dollars(high)}"
    else:
        words = f"{_dollars(low)} to {_dollars(high)}"
    return [Phrase(("raised_min", "raised_max"), "that raised", words)]
