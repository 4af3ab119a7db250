"""What the filters of lists are made of: fields that read names, dates, amounts, countries and sectors."""

import datetime
import re
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from companies import countries
from companies.models import Alias, Company, Investor, SearchEntry, Sector
from companies.names import fold
from companies.search.indexing import token
from companies.search.spelling import LONGEST_BEGINNING
from companies.sectors import in_words, key_of
from config.facets import Facet
from config.filters import ChoicesField, QueryFilter, either
from funding import figures
from funding.models import Stage
from funding.values import PartialDate

AMOUNT = re.compile(r"(?:\$|usd)?\s*(\d+(?:,\d{3})*(?:\.\d+)?|\d*\.\d+)\s*(k|m|bn)?(?:\s*usd)?", re.IGNORECASE)
SCALES = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9}
MOST = Decimal(10) ** 16
NOT_STATED, NO_COUNTRY = "not_stated", "none"
STAGES = [(NOT_STATED, gettext_lazy("not stated")), *Stage.choices]
CONFLICTS = [("yes", gettext_lazy("sources differ")), ("no", gettext_lazy("no sources differ"))]
# Whether the records are read as they were (`funding.as_of`): what is held for the search is of the present alone.
READS_PAST: ContextVar[bool] = ContextVar("READS_PAST", default=False)
SILENCE = datetime.timedelta(days=365)  # without news, after which a record is stale
CERTAINLY, POSSIBLY = "certainly", "possibly"
MATCHES = [(CERTAINLY, gettext_lazy("certainly")), (POSSIBLY, gettext_lazy("possibly"))]


class WordsField(forms.CharField):
    """Words of a name, as somebody types them."""

    def __init__(self, label: Any = None) -> None:
        super().__init__(required=False, max_length=200, label=label or gettext_lazy("Name or alias"))


class DateField(forms.CharField):
    """A day, month or year."""

    def __init__(self, label: Any) -> None:
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> PartialDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return PartialDate.from_iso(text)
        except ValueError:
            message = _("“%(text)s” is no date. Write 2023-08-24, 2023-08 or 2023.")
            raise ValidationError(message % {"text": text}) from None


class DollarsField(forms.CharField):
    """An amount in US dollars: `25m`, `1.2bn`, `1,200,000`."""

    def __init__(self, label: Any) -> None:
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        read = AMOUNT.fullmatch(text)
        if not read:
            message = _("“%(text)s” is no amount in US dollars. Write 25m, 1.2bn or 1,200,000.")
            raise ValidationError(message % {"text": text})
        amount = Decimal(read[1].replace(",", "")) * SCALES[(read[2] or "").lower()]
        if amount >= MOST:
            raise ValidationError(_("“%(text)s” is more money than there is.") % {"text": text})
        return amount


class CountField(forms.CharField):
    """A whole number."""

    def __init__(self, label: Any) -> None:
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise ValidationError(_("“%(text)s” is no count. Write a whole number, such as 5.") % {"text": text})
        return int(text)


class RecordField(forms.CharField):
    """One company or investor, by its address name, name or alias."""

    def __init__(self, model: type[Company] | type[Investor], label: Any = "") -> None:
        self.model = model
        super().__init__(required=False, max_length=200, label=label or model._meta.verbose_name.capitalize())

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = find_record(self.model, text)
        if found is None:
            is_company = self.model is Company
            message = _("No company is called “%(text)s”.") if is_company else _("No investor is called “%(text)s”.")
            raise ValidationError(message % {"text": text})
        return found


class CountriesField(ChoicesField):
    """Any of several countries by their ISO codes; `none` is that no country is known."""

    def __init__(self, label: Any) -> None:
        unknown = gettext_lazy("“%(value)s” is no country. Write its two letters, such as FR.")
        super().__init__([], unknown=unknown, label=label)

    def to_python(self, value: Any) -> list[str]:
        return [one if one == NO_COUNTRY else one.upper() for one in super().to_python(value)]

    def valid_value(self, value: str) -> bool:
        return value == NO_COUNTRY or value in countries.names("en")

    def words(self, chosen: Any) -> str:
        return either([country_in_words(code) for code in chosen])


class SectorsField(ChoicesField):
    """Any of several sectors by name, however it is spelled."""

    def __init__(self, label: Any) -> None:
        super().__init__([], unknown="", label=label)

    def clean(self, value: Any) -> list[Sector]:  # type: ignore[override]
        asked = [text.strip() for text in value or [] if text.strip()]
        if not asked:
            return []
        # Sectors are few beside companies, and read by their name only where somebody asks for one.
        keys = {key_of(text): text for text in asked}
        found = {sector.key: sector for sector in Sector.objects.filter(key__in=list(keys))}
        for key, text in keys.items():
            if key not in found:
                message = _("No company is said to be in the sector “%(text)s”.")
                raise ValidationError(message % {"text": text[:80]})
        return [found[key] for key in keys]

    def words(self, chosen: Any) -> str:
        return either([in_words(sector.name) for sector in chosen])


def country_in_words(code: str) -> str:
    """The name of a country in the reader's language, or that none is known."""
    return _("no known country") if code in ("", NO_COUNTRY) else countries.name_of(code, get_language() or "en")


# From one country to the next in the index, for a million companies are of a few dozen.
_HELD_COUNTRIES = """
    with recursive held(country) as (
        (select country from {0} where is_live and merged_into_id is null order by country limit 1)
        union all
        select (select country from {0} where is_live and merged_into_id is null and country > held.country
                 order by country limit 1)
          from held where held.country is not null
    ) select country from held where country is not null"""


def held_countries() -> list[str]:
    """The codes of the countries that companies have their seats in, by name; `NO_COUNTRY` last, if some have none."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_COUNTRIES.format(Company._meta.db_table))
        codes = [code or NO_COUNTRY for (code,) in cursor.fetchall()]
    return sorted(codes, key=lambda code: (code == NO_COUNTRY, fold(country_in_words(code))))


MOST_CALLED = 200


def called(model: Any, text: str) -> QuerySet[Any]:
    """The companies or investors of this address name, name or alias, some of them where there are very many.

    Each of the three goes by an index of its own; of a condition that is any of them all records would be read.
    """
    by_alias = Alias.objects.filter(key=fold(text)).values_list(model._meta.model_name)
    by_slug = model.objects.filter(slug=text).values_list("pk")
    by_name = model.objects.filter(key=fold(text)).order_by("pk").values_list("pk")
    return model.objects.filter(pk__in=by_slug.union(by_name[:MOST_CALLED], by_alias))


def find_record(model: Any, text: str) -> Any:
    """The company or investor of this address name, name or alias, wherever it was merged to; None for none."""
    found = list(called(model, text).select_related("merged_into").order_by("pk")[:20])
    # The address name says most, an alias least; a record in its own right comes before one that was merged.
    found.sort(key=lambda one: (one.slug != text, one.key != fold(text), one.merged_into_id is not None))
    return (found[0].merged_into or found[0]) if found else None


def named(model: type[Company] | type[Investor], text: str) -> Q:
    """That of the name of a company or investor, or of one alias, some word begins with each word of `text`.

    Accents and case do not matter.
    """
    words = list(dict.fromkeys(fold(text).split()))
    if not words:
        return Q(pk__in=[])
    side = str(model._meta.model_name)
    if READS_PAST.get():
        known_as = Alias.objects.filter(_words(words), **{f"{side}__isnull": False}).values(side)
        return _words(words) | Q(pk__in=known_as)
    held = SearchEntry.objects.filter(tokens__contains=[token(side, word[:LONGEST_BEGINNING]) for word in words])
    long = [word for word in words if len(word) > LONGEST_BEGINNING]
    return Q(pk__in=held.filter(_words(long), **{f"{side}__isnull": False}).values(side))


def _words(words: list[str]) -> Q:
    found = Q()
    for word in words:
        found &= Q(key__startswith=word) | Q(key__contains=f" {word}")
    return found


def of_stages(stages: list[str], column: str = "stage") -> Q:
    """That a row is of one of these stages, an empty one being that no source states one."""
    return Q(**{f"{column}__in": ["" if stage == NOT_STATED else stage for stage in stages]})


def of_countries(codes: list[str]) -> Q:
    """That a row is of one of these countries, an empty one being that none is known."""
    return Q(country__in=["" if code == NO_COUNTRY else code for code in codes])


def of_sectors(sectors: list[Sector]) -> Q:
    """That a row is of one of these sectors."""
    return Q(sector_ids__overlap=[sector.pk for sector in sectors])


def between(column: str, since: PartialDate | None, until: PartialDate | None) -> Q:
    """That a date, a month or year standing for its first day, lies in a range that includes both ends."""
    found = Q()
    if since:
        found &= Q(**{f"{column}__gte": since.first_day})
    return found & Q(**{f"{column}__lte": until.last_day}) if until else found


def within(low: str, high: str, least: Decimal | None, most: Decimal | None, match: str) -> Q:
    """That an interval lies in a range of dollars: with all that it may be, or possibly, with a part of it.

    `low` and `high` are the columns of its ends, null where they are open, and both null where nothing is known.
    """
    found = Q()
    if match == POSSIBLY:
        if least is not None:
            found &= Q(**{f"{high}__gte": least}) | Q(**{f"{high}__isnull": True, f"{low}__isnull": False})
        if most is not None:
            found &= Q(**{f"{low}__lte": most}) | Q(**{f"{low}__isnull": True, f"{high}__isnull": False})
        return found
    if least is not None:
        found &= Q(**{f"{low}__gte": least})
    return found & Q(**{f"{high}__lte": most}) if most is not None else found


def require_order(form: QueryFilter, first: str, last: str) -> None:
    """Refuse a range of dates or numbers whose ends are the wrong way round."""
    since, until = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if since is None or until is None:
        return
    if isinstance(since, PartialDate):
        if since.first_day > until.last_day:
            words = {"until": figures.date(until), "since": figures.date(since)}
            form.add_error(last, _("%(until)s lies before %(since)s.") % words)
    elif since > until:
        is_money = isinstance(since, Decimal)
        words = {"most": dollars(until) if is_money else until, "least": dollars(since) if is_money else since}
        form.add_error(last, _("%(most)s is less than %(least)s.") % words)


def dollars(amount: Decimal) -> str:
    """`$2.5m`, as the reader's language has it."""
    return str(figures.number(amount, "$"))


def choice_of(otherwise: str | None = None, **choices: Q) -> Case:
    """The name of the first of several conditions that a row meets, for counting."""
    cases = [When(condition, then=Value(name)) for name, condition in choices.items()]
    return Case(*cases, default=Value(otherwise), output_field=CharField())


SECTOR_FACET = Facet("sector", F("sector_ids"), (Sector, "name"), is_indexed=True)
COUNTRY_FACET = Facet(
    "country",
    Case(When(country="", then=Value(NO_COUNTRY)), default=F("country"), output_field=CharField()),
    is_indexed=True,
)
STAGE_FACET = Facet(
    "stage",
    Case(When(stage="", then=Value(NOT_STATED)), default=F("stage"), output_field=CharField()),
    is_indexed=True,
)
CONFLICT_FACET = Facet("conflict", choice_of("no", yes=Q(has_conflict=True)))
