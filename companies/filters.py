"""The filters of the lists of companies and investors, and those by name that other lists share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from companies.models import Alias, Company, Investor, Sector
from companies.names import fold
from config import paging
from config.filters import ChoicesField, OptionField, Phrase, QueryFilter
from funding import figures
from funding.models import Participation, Round, Stage
from funding.values import PartialDate

NOT_STATED = "not_stated"
STAGES = [(NOT_STATED, "not stated"), *Stage.choices]
CONFLICTS = [("yes", "sources differ"), ("no", "no sources differ")]
# By the latest value, but for the last, which is by any value it ever had.
UNICORNS = [("yes", "yes"), ("no", "no"), ("undetermined", "undetermined"), ("was", "now or once")]
UNICORN_WORDS = {
    "yes": "valued as a unicorn",
    "no": "valued below a unicorn",
    "undetermined": "that may be a unicorn or not",
    "was": "now or once valued as a unicorn",
}
CONFLICT_WORDS = {"yes": "on which sources differ", "no": "on which no sources differ"}


class WordsField(forms.CharField):
    """Words of a name, as somebody types them."""

    def __init__(self, label: str = "Name or alias") -> None:
        super().__init__(required=False, max_length=200, label=label)


class DateField(forms.CharField):
    """A day, month or year."""

    def __init__(self, label: str) -> None:
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> PartialDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return PartialDate.from_iso(text)
        except ValueError:
            raise ValidationError(f"“{text}” is no date. Write 2023-08-24, 2023-08 or 2023.") from None


class RecordField(forms.CharField):
    """One company or investor, by its address name, name or alias."""

    def __init__(self, model: type[Company] | type[Investor]) -> None:
        self.model = model
        super().__init__(required=False, max_length=200, label=model._meta.verbose_name.capitalize())

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = find_record(self.model, text)
        if found is None:
            raise ValidationError(f"No {self.model._meta.verbose_name} is called “{text}”.")
        return found


def find_record(model: Any, text: str) -> Any:
    """The company or investor of this address name, name or alias, wherever it was merged to; None for none."""
    held_as = Alias.objects.filter(key=fold(text)).values(model._meta.model_name)
    named = Q(slug=text) | Q(key=fold(text)) | Q(pk__in=held_as)
    found = list(model.objects.filter(named).select_related("merged_into").order_by("pk")[:20])
    # The address name says most, an alias least; a record in its own right comes before one that was merged.
    found.sort(key=lambda one: (one.slug != text, one.key != fold(text), one.merged_into_id is not None))
    return (found[0].merged_into or found[0]) if found else None


def named(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The companies or investors of whose name, or one alias, some word begins with each word of `text`.

    Accents and case do not matter.
    """
    words = fold(text).split()
    if not words:
        return rows.none()
    side = str(rows.model._meta.model_name)
    # Read once, not once a row: there are few aliases of such words.
    known_as = Alias.objects.filter(_words(words), **{f"{side}__isnull": False}).values(side)
    return rows.filter(_words(words) | Q(pk__in=known_as))


def _words(words: list[str]) -> Q:
    found = Q()
    for word in words:
        found &= Q(key__startswith=word) | Q(key__contains=f" {word}")
    return found


def by_stage(rows: QuerySet[Any], stages: list[str], column: str = "stage") -> QuerySet[Any]:
    """The rows of one of these stages, an empty one being that no source states one."""
    return rows.filter(**{f"{column}__in": ["" if stage == NOT_STATED else stage for stage in stages]})


class StageFilter(QueryFilter):
    """A filter with a choice of stages, of which the first few are shown and the others behind a fold."""

    USUAL_STAGES = 10

    @property
    def usual_stages(self) -> list[Any]:
        """The choices shown at once."""
        return list(self["stage"])[: self.USUAL_STAGES]

    @property
    def other_stages(self) -> list[Any]:
        """The choices behind the fold."""
        return list(self["stage"])[self.USUAL_STAGES :]

    @property
    def has_other_stage(self) -> bool:
        """Whether one behind the fold is chosen, so that it is open."""
        return any(choice.data["selected"] for choice in self.other_stages)


class CompanyFilter(StageFilter):
    """`/companies/`, and its export."""

    NOUN = ("company", "companies")
    ORDERS = {
        "last_round": paging.Order("the latest round first", "last_round_on", paging.DAY),
        "valuation": paging.Order("the highest stated valuation first", "valuation_usd", paging.AMOUNT),
        "raised": paging.Order("the most raised first", "raised_usd", paging.AMOUNT),
        "name": paging.Order("by name", "key", is_descending=False),
    }

    q = WordsField()
    sector = forms.CharField(required=False, max_length=80)
    city = forms.CharField(required=False, max_length=100)
    stage = ChoicesField("stage", STAGES, label="Stage of the last round")
    since = DateField("Last round, from")
    until = DateField("Last round, to")
    founded_since = DateField("Founded, from")
    founded_until = DateField("Founded, to")
    conflict = OptionField(CONFLICTS, label="Sources")
    unicorn = OptionField(UNICORNS, label="Unicorn")

    def clean_sector(self) -> str:
        asked = self.cleaned_data["sector"]
        if not asked:
            return ""
        name = Sector.objects.filter(name__iexact=asked).values_list("name", flat=True).first()
        if name is None:
            raise ValidationError(f"No company is said to be in the sector “{asked}”.")
        return str(name)

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        require_order(self, "founded_since", "founded_until")
        return super().clean()

    def apply(self, rows: QuerySet[Company]) -> QuerySet[Company]:
        """The companies asked for; none where the query string cannot be read."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["q"]:
            rows = named(rows, asked["q"])
        if asked["sector"]:
            rows = rows.filter(sectors__name=asked["sector"])
        if asked["city"]:
            rows = rows.filter(city__iexact=asked["city"])
        if asked["stage"]:
            # Who ever had such a round is found fast; only for those is the last one looked up.
            ever = by_stage(Round.objects.live(), asked["stage"]).values("company")
            rows = by_stage(rows.filter(pk__in=ever).alias(last_stage=last_stage()), asked["stage"], "last_stage")
        rows = between(rows, "last_round_on", asked["since"], asked["until"])
        rows = between(rows, "founded_on", asked["founded_since"], asked["founded_until"])
        if asked["unicorn"]:
            rows = (
                rows.filter(was_unicorn="yes") if asked["unicorn"] == "was" else rows.filter(unicorn=asked["unicorn"])
            )
        return rows.filter(has_conflict=asked["conflict"] == "yes") if asked["conflict"] else rows

    def phrases(self) -> list[Phrase]:
        asked = self.cleaned_data
        return [
            *phrase("q", "named", f"“{asked['q']}”", asked["q"]),
            *phrase("sector", "in", asked["sector"], asked["sector"]),
            *phrase("city", "of", asked["city"], asked["city"]),
            *stage_phrase(self, "whose last round was"),
            *dates_phrase("whose last round was announced", ("since", "until"), asked),
            *dates_phrase("founded", ("founded_since", "founded_until"), asked),
            *phrase("unicorn", "", UNICORN_WORDS.get(asked["unicorn"], ""), asked["unicorn"]),
            *phrase("conflict", "", CONFLICT_WORDS.get(asked["conflict"], ""), asked["conflict"]),
        ]


class InvestorFilter(StageFilter):
    """`/investors/`, and its export."""

    NOUN = ("investor", "investors")
    ORDERS = {
        "name": paging.Order("by name", "key", is_descending=False),
        "rounds": paging.Order("the most rounds first", "rounds_count", paging.COUNT),
    }

    q = WordsField()
    company = RecordField(Company)
    stage = ChoicesField("stage", STAGES, label="Took part in")
    lead = OptionField([("yes", "said to have led a round")], label="Led")

    def apply(self, rows: QuerySet[Investor]) -> QuerySet[Investor]:
        """The investors asked for, with `rounds_count` where they are ordered by it."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["q"]:
            rows = named(rows, asked["q"])
        parts = Participation.objects.filter(investor=OuterRef("pk"), round__is_live=True)
        narrowed = parts
        if asked["company"]:
            narrowed = narrowed.filter(round__company=asked["company"])
        if asked["stage"]:
            narrowed = by_stage(narrowed, asked["stage"], "round__stage")
        if asked["lead"]:
            narrowed = narrowed.filter(is_lead=True)
        if narrowed is not parts:
            rows = rows.filter(Exists(narrowed))
        if self.ordering.column == "rounds_count":
            counted = parts.order_by().values("investor").annotate(n=Count("pk")).values("n")
            rows = rows.annotate(rounds_count=Coalesce(Subquery(counted), 0))
        return rows

    def phrases(self) -> list[Phrase]:
        asked = self.cleaned_data
        return [
            *phrase("q", "named", f"“{asked['q']}”", asked["q"]),
            *phrase("company", "of", str(asked["company"]), asked["company"]),
            *stage_phrase(self, "that took part in a round of the stage"),
            *phrase("lead", "", "said to have led", asked["lead"]),
        ]


def last_stage() -> Subquery:
    """The stage of a company's latest closed round; null where it has none, empty where none is stated."""
    last = Round.objects.live().filter(company=OuterRef("pk"), status=Round.Status.CLOSED).newest_first()
    return Subquery(last.values("stage")[:1], output_field=CharField())


def between(rows: QuerySet[Any], column: str, since: PartialDate | None, until: PartialDate | None) -> QuerySet[Any]:
    """The rows whose date, a month or year standing for its first day, lies in a range that includes both ends."""
    if since:
        rows = rows.filter(**{f"{column}__gte": since.first_day})
    return rows.filter(**{f"{column}__lte": until.last_day}) if until else rows


def require_order(form: QueryFilter, first: str, last: str) -> None:
    """Refuse a range of dates whose ends are the wrong way round."""
    since, until = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if since and until and since.first_day > until.last_day:
        form.add_error(last, f"{figures.date(until)} lies before {figures.date(since)}.")


def phrase(name: str, before: str, words: str, is_asked: Any) -> list[Phrase]:
    """One filter in words, where it is asked for."""
    return [Phrase((name,), before, words)] if is_asked else []


def stage_phrase(form: QueryFilter, before: str) -> list[Phrase]:
    """The stages in words."""
    field, chosen = form.fields["stage"], form.cleaned_data["stage"]
    assert isinstance(field, ChoicesField)
    return phrase("stage", before, field.words(chosen), chosen)


def dates_phrase(before: str, names: tuple[str, str], asked: dict[str, Any]) -> list[Phrase]:
    """A range of dates in words, one end or both."""
    since, until = asked[names[0]], asked[names[1]]
    if not since and not until:
        return []
    if since == until:
        words = f"in {figures.date(since)}"
    else:
        ends = (("since" if not until else "from", since), ("to" if since else "up to", until))
        words = " ".join(f"{word} {figures.date(end)}" for word, end in ends if end)
    return [Phrase(names, before, words)]
