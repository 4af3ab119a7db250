"""The reports that come with Roundbook: rows, filters and columns to begin with, for anybody to make their own of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy

_ROUND: Final = (
    "company,announced_on,stage,status,raised_low,raised_high,raised_currency,converted_low,converted_currency,rate,"
    "rate_on,lead_investors,investors,source_url,quote"
)
_QUALITY: Final = (
    "company,announced_on,stage,status,raised_disclosure,raised_low,raised_currency,has_source,has_conflict"
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A report to begin with: what it is called and for, and what the form of a report is filled with."""

    title: Any
    purpose: Any
    fields: Mapping[str, str]


READY: Final = (
    Ready(
        gettext_lazy("Rounds of a period"),
        gettext_lazy("Closed rounds of the last whole quarter, the largest first, with their investors and sources."),
        {
            "rows": "rounds",
            "filters": "status=closed&order=largest",
            "period": "quarter",
            "columns": _ROUND,
        },
    ),
    Ready(
        gettext_lazy("League table of investors"),
        gettext_lazy("Who took part in most closed rounds of the last whole year, and led most."),
        {"rows": "league", "filters": "status=closed", "period": "year", "columns": ""},
    ),
    Ready(
        gettext_lazy("Valuation history"),
        gettext_lazy("Every valuation, stated or derived, with its multiple, its step-up and its source."),
        {
            "rows": "valuations",
            "columns": "company,valued_on,stage,valuation_low,valuation_high,valuation_currency,valuation_basis,"
            "valuation_origin,multiple_low,step_up_low,unicorn,proof,source_url,quote",
        },
    ),
    Ready(
        gettext_lazy("Unicorns"),
        gettext_lazy("Companies that are worth $1bn or more by their latest value."),
        {
            "rows": "companies",
            "filters": "unicorn=yes&order=valuation",
            "columns": "company,country,city,sectors,founded_on,valued_on,valuation_low,valuation_high,"
            "valuation_currency,valuation_basis,valuation_origin,converted_low,converted_currency,raised_total,"
            "raised_total_currency,source_url,quote",
        },
    ),
    Ready(
        gettext_lazy("Quarterly totals"),
        gettext_lazy(
            "Closed rounds by quarter and stage: how many, how many without an amount, and what they raised."
        ),
        {"rows": "quarters", "filters": "status=closed", "columns": ""},
    ),
    Ready(
        gettext_lazy("Rounds without a source"),
        gettext_lazy("Data quality: rounds that no quote and no address stands behind."),
        {"rows": "rounds", "filters": "source=none", "columns": _QUALITY},
    ),
    Ready(
        gettext_lazy("Rounds on which sources differ"),
        gettext_lazy("Data quality: rounds about which sources do not agree."),
        {"rows": "rounds", "filters": "conflict=yes", "columns": f"{_QUALITY},quote_of,source_url,quote"},
    ),
    Ready(
        gettext_lazy("Stale rumours"),
        gettext_lazy("Data quality: rounds that are rumoured, of which no source has told for a year."),
        {"rows": "rounds", "filters": "stale=yes", "columns": f"{_QUALITY},source_url,published_on"},
    ),
)
