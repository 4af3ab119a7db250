"""The page that shows how pages look: every token and component with the classes that pages use. It reads no data."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from funding.values import Money, Multiple, PartialDate, Value

COLOURS: Final = (
    ("paper", gettext_lazy("the ground")),
    ("paper-raised", gettext_lazy("menus and inputs")),
    ("paper-sunk", gettext_lazy("the row under the pointer")),
    ("ink", gettext_lazy("text")),
    ("ink-soft", gettext_lazy("second lines")),
    ("ink-faint", gettext_lazy("labels")),
    ("line", gettext_lazy("hairlines")),
    ("line-strong", gettext_lazy("edges of controls")),
    ("accent", gettext_lazy("what can be followed or is chosen")),
    ("accent-soft", gettext_lazy("the ground of what is chosen")),
    ("marker", gettext_lazy("quoted words, and only those")),
    ("conflict", gettext_lazy("sources that differ, always beside a word")),
    ("error", gettext_lazy("what is wrong, always beside a word")),
    ("positive", gettext_lazy("what was done, always beside a word")),
)
SIZES: Final = ("3xl", "2xl", "xl", "lg", "md", "sm", "xs")
SPACES: Final = ("1", "2", "3", "4", "5", "6", "7")
SERIES: Final = ("1", "2", "3", "4", "5", "6", "7", "8")
STAGES: Final = ("1", "2", "3", "4", "5", "other")


@dataclass(frozen=True, slots=True)
class Sample:
    """A kind of figure with how a page writes one of it."""

    kind: str | Promise
    value: Value


SAMPLES: Final = (
    Sample(gettext_lazy("exact"), Money.exact(235_000_000, "USD")),
    Sample(gettext_lazy("approximate"), Money.about(200_000_000, "USD")),
    Sample(gettext_lazy("more than"), Money.at_least(4_000_000_000, "USD", strictly=True)),
    Sample(gettext_lazy("at least"), Money.at_least(1_000_000_000, "USD")),
    Sample(gettext_lazy("less than"), Money.at_most(2_250_000_000, "USD", strictly=True)),
    Sample(gettext_lazy("at most"), Money.at_most(5_000_000, "EUR")),
    Sample(gettext_lazy("interval"), Money(Decimal(10) ** 8, Decimal(2_250_000_000), True, True, currency="USD")),
    Sample(gettext_lazy("another currency"), Money.exact(1_400_000_000, "SEK")),
    Sample(gettext_lazy("multiple"), Multiple(Decimal("2.25"), Decimal("2.25"))),
    Sample(gettext_lazy("day"), PartialDate(2023, 8, 24)),
    Sample(gettext_lazy("month"), PartialDate(2022, 5)),
    Sample(gettext_lazy("year"), PartialDate(2019)),
)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    context = {
        "colours": COLOURS,
        "sizes": SIZES,
        "spaces": SPACES,
        "samples": SAMPLES,
        "series": SERIES,
        "stages": STAGES,
    }
    return render(request, "funding/design.html", context)
