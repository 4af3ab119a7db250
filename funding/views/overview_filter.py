"""What the overview is asked for: a period, stages, a country, a sector and a currency."""

import datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from companies import countries
from companies.filters.fields import NO_COUNTRY, NOT_STATED, STAGES
from companies.models import Sector
from companies.sectors import key_of
from config import paging
from config.filters import MANY, ChoicesField, Phrase, QueryFilter, phrase
from config.markup import markup
from funding.charts.quarters import SHOWN, Quarter, query_of
from funding.models import Round
from funding.models.rounds import counts_in_total
from funding.models.totals import ANY, ANY_SECTOR
from funding.totals import COLUMNS, COUNTED, Cut

MOST_QUARTERS: Final = 60
CURRENCY_WORDS: Final = {
    "USD": gettext_lazy("US dollars"),
    "EUR": gettext_lazy("euros"),
    "GBP": gettext_lazy("pounds sterling"),
}

Period = tuple[Quarter, Quarter]


class QuarterField(forms.CharField):
    """A quarter, or a year for its first quarter, or as the end of a period for its last."""

    def __init__(self, label: Any, *, is_end: bool = False) -> None:
        self.is_end = is_end
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> Quarter | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Quarter.read(text, is_end=self.is_end)
        except ValueError:
            message = _("“%(text)s” is no quarter and no year. Write 2024-Q3 or 2024.") % {"text": text}
            raise ValidationError(message) from None


_BOX: Final = '<label class="check"><input type="checkbox" name="stage" value="{}"{}>{}</label>'


class OverviewFilter(QueryFilter):
    """`/`, its charts and their files."""

    ORDERS = {"newest": paging.Order("the newest first", "announced_on", paging.DAY)}

    since = QuarterField(gettext_lazy("From"))
    until = QuarterField(gettext_lazy("To"), is_end=True)
    stage = ChoicesField(
        [(code, label) for code, label in STAGES if counts_in_total(code)],
        unknown=gettext_lazy("“%(value)s” is no stage that counts in a sum."),
        label=gettext_lazy("Stage"),
    )
    country = forms.CharField(required=False, max_length=40, label=gettext_lazy("Country"))
    sector = forms.CharField(required=False, max_length=80, label=gettext_lazy("Sector"))
    currency = forms.CharField(required=False, max_length=40, label=gettext_lazy("Currency"))

    def __init__(self, query: QueryDict, today: datetime.date, readers: str = "") -> None:
        """`readers` is the currency that the reader chose, which stands where the address gives none; else dollars."""
        super().__init__(query)
        self.today, self.readers, self.own = today, readers, readers or next(iter(COLUMNS))
        del self.fields["order"]  # there is but one

    def clean_country(self) -> str:
        asked = str(self.cleaned_data["country"])
        if asked and asked != NO_COUNTRY and asked.upper() not in countries.names("en"):
            raise ValidationError(_("“%(code)s” is no code of a country. FR is one.") % {"code": asked})
        return asked if asked == NO_COUNTRY else asked.upper()

    def clean_sector(self) -> Sector | None:
        asked = self.cleaned_data["sector"]
        if not asked:
            return None
        found = Sector.objects.filter(key=key_of(asked)).first()
        if found is None:
            raise ValidationError(_("No company is said to be in the sector “%(name)s”.") % {"name": asked})
        return found

    def clean_currency(self) -> str:
        asked = str(self.cleaned_data["currency"]).upper()
        if asked and asked not in COLUMNS:
            known = ", ".join(COLUMNS)
            raise ValidationError(
                _("Sums are not kept in “%(asked)s”, only in: %(known)s.") % {"asked": asked, "known": known}
            )
        return asked or self.own

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and since > Quarter.of(self.today):
            self.add_error("since", _("%(since)s has not begun yet.") % {"since": since})
        elif since and until and since > until:
            self.add_error("until", _("%(until)s is before %(since)s.") % {"until": until, "since": since})
        elif (period := self._period()) and period[0].until(period[1]) > MOST_QUARTERS:
            words = _("That is %(number)d quarters; at most %(most)d are shown at once.")
            self.add_error("since", words % {"number": period[0].until(period[1]), "most": MOST_QUARTERS})
        return super().clean()

    def _period(self) -> Period | None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        running = Quarter.of(self.today)
        last = min(until or running, running)
        if since:
            return since, last
        return (last.shifted(1 - SHOWN), last) if until else None

    def query_without(self, *names: str) -> str:
        """The query string less some parameters, and less the reader's currency, which goes without saying."""
        given = [(name, value) for name in self.data if name in self.fields for value in self.data.getlist(name)]
        own = ("currency", self.own)
        return urlencode([one for one in given if one[1] and one[0] not in names and one != own])

    @property
    def period(self) -> Period | None:
        """The quarters asked for; up to now where no end is given, twelve where no beginning is, None for neither."""
        return self._period()

    @property
    def currency_code(self) -> str:
        """The currency of the sums; that of the page where the one asked for cannot be read."""
        return str(self.cleaned_data.get("currency") or self.own)

    @property
    def shown_currency(self) -> str:
        """The currency of single amounts: empty where nobody chose one, for each in that which it is stated in."""
        return self.currency_code if self.readers or self.data.get("currency") else ""

    @property
    def currency_words(self) -> str:
        """That of the sums, in words."""
        return str(CURRENCY_WORDS[self.currency_code])

    @property
    def chosen_sector(self) -> str:
        """The key of the sector asked for, empty for none."""
        asked = self.cleaned_data["sector"]
        return str(asked.pk) if asked else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether less is asked for than all rounds."""
        return any(self.cleaned_data[name] for name in ("since", "until", "stage", "country", "sector"))

    @property
    def cut(self) -> Cut:
        """The cells of the sums that are asked for."""
        asked = self.cleaned_data
        country = "" if asked["country"] == NO_COUNTRY else asked["country"] or ANY
        stages = tuple("" if stage == NOT_STATED else stage for stage in asked["stage"]) or COUNTED
        whole = Cut(stages, country, asked["sector"].pk if asked["sector"] else ANY_SECTOR)
        if (period := self.period) is None:
            return whole
        return whole.within(period[0].first_day, period[1].shifted(1).first_day)

    def apply(self, rows: QuerySet[Round], without: str = "") -> QuerySet[Round]:
        """The rounds asked for; none where the query string cannot be read."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if period := self.period:
            rows = rows.filter(announced_on__gte=period[0].first_day, announced_on__lte=period[1].last_day)
        if asked["stage"]:
            rows = rows.filter(stage__in=self.cut.stages)
        if asked["country"]:
            rows = rows.filter(country="" if asked["country"] == NO_COUNTRY else asked["country"])
        return rows.filter(sector_ids__contains=[asked["sector"].pk]) if asked["sector"] else rows

    @property
    def beside_dates(self) -> list[tuple[str, str]]:
        """What is asked for beside the period, as the list of rounds asks for it."""
        asked = self.cleaned_data
        pairs = [("stage", stage) for stage in asked["stage"]]
        pairs += [("country", asked["country"])] if asked["country"] else []
        return pairs + ([("sector", asked["sector"].name)] if asked["sector"] else [])

    def query_of_rounds(self, first: Quarter, last: Quarter) -> str:
        """The query string of the list of the rounds that are in the sums of these quarters."""
        return query_of(first, last, self.beside_dates)

    def phrases(self, number: int = MANY) -> list[Phrase]:
        """What is asked for, in words."""
        asked, stages = self.cleaned_data, self.fields["stage"]
        assert isinstance(stages, ChoicesField)
        found = []
        if period := self.period:
            found.append(phrase(("since", "until"), _("%(first)s to %(last)s"), first=period[0], last=period[1]))
        if asked["stage"]:
            found.append(phrase("stage", "%(stages)s", stages=stages.words(asked["stage"])))
        if asked["country"]:
            found.append(phrase("country", "%(country)s", country=country_words(asked["country"])))
        if asked["sector"]:
            found.append(phrase("sector", "%(sector)s", sector=asked["sector"]))
        if self.currency_code != self.own:
            found.append(phrase("currency", _("in %(currency)s"), currency=self.currency_words))
        return found

    @property
    def stage_boxes(self) -> SafeString:
        """The stages as boxes to tick, those asked for being ticked."""
        stages = self.fields["stage"]
        assert isinstance(stages, ChoicesField)
        asked = set(self["stage"].value() or [])
        boxes = [
            markup(_BOX, code, SafeString(" checked" if code in asked else ""), label)
            for code, label in stages.choices
        ]
        return SafeString("\n    ".join(boxes))

    @property
    def country_options(self) -> SafeString:
        """Countries as options, as the reader's language names them, the one asked for being chosen."""
        options = _country_options(get_language() or "en")
        chosen = format_html('value="{}"', self.cleaned_data.get("country") or "none of them")
        return mark_safe(options.replace(chosen, f"{chosen} selected"))


@cache
def _country_options(language: str) -> str:
    """Written once a language, for there are some 250 of them."""
    choices = [*countries.names(language).items(), (NO_COUNTRY, _("not known"))]
    return format_html_join("", '<option value="{}">{}</option>', choices)


def country_words(code: str) -> str:
    """A country, or that none is known."""
    if code in ("", NO_COUNTRY):
        return _("country not known")
    return countries.name_of(code, get_language() or "en")
