"""The portfolio of an investor page by page: which of its companies are asked for, and how each of them went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Investor
from config import paging
from config.currencies import AS_STATED, PARAMETER
from config.filters import AFTER
from config.paging import BadPlace, Order, Page
from config.queries import KeptRows
from funding import portfolio
from funding.drawn import OfRecords
from funding.evidence import converting
from funding.models import Investment, Stage
from funding.portfolio import NOWHERE, Course
from funding.values import PartialDate

NOT_STATED: Final = "not_stated"
LED: Final = "yes"
WITHIN: Final = 2_000  # companies that a filter looks through
NEWEST: Final = Order(gettext_lazy("the latest round first"), "last_on", paging.DAY)
SHOWN: Final = KeptRows(
    lambda: Investment.objects.select_related("company", "entry").only(
        *("investor", "company", "rounds", "led", "entry", "last_on", "last_precision"),
        *("company__name", "company__slug", "company__city"),
        *("entry__stage", "entry__announced_on", "entry__announced_precision"),
    )
)


@dataclass(frozen=True, slots=True)
class Row(OfRecords):
    """A line of the table."""

    held: Investment
    last: PartialDate | None
    course: Course


@dataclass(slots=True)
class Portfolio:
    """One page of the companies asked for, how many there are, and what of the address could not be read.

    `currency` is that of the address, `shown_currency` the one that amounts are shown in, empty for as stated.
    """

    stage: str = ""
    led: str = ""
    currency: str = ""
    shown_currency: str = ""
    page: Page = field(default_factory=lambda: Page([], "", True))
    number: int = 0
    is_bounded: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The status of an answer with it: 422 where it could not be read."""
        return 422 if self.problems else 200

    @property
    def is_filtered(self) -> bool:
        """Whether not all companies were asked for."""
        return bool(self.stage or self.led)

    @property
    def within(self) -> int:
        """How many companies a filter looks through."""
        return WITHIN

    @property
    def count(self) -> str:
        """How many companies there are of those asked for, in words."""
        return paging.count_in_words(self.number)

    @property
    def query(self) -> str:
        """The filters in use as a query string."""
        return self._query()

    @property
    def next_query(self) -> str:
        """The query string of the page after this one; empty on the last."""
        return self._query(**{AFTER: self.page.next}) if self.page.next else ""

    def _query(self, **more: str) -> str:
        query = QueryDict(mutable=True)
        asked = {"stage": self.stage, "led": self.led, PARAMETER: self.currency} | more
        query.update({name: value for name, value in asked.items() if value})
        return query.urlencode()

    @property
    def entries(self) -> dict[int, int]:
        """The rounds of entry by company, of this page."""
        return {one.company_id: one.entry_id for one in self.page.rows}

    def address(self, request: HttpRequest) -> str:
        """The address of this page without empty parameters, which htmx is to show; none where it is there already."""
        place = request.GET.get(AFTER, "")
        query = self._query(**{AFTER: place}) if place else self.query
        address = f"{request.path}?{query}" if query else request.path
        return "false" if request.htmx.current_url_abs_path == address else address  # type: ignore[attr-defined]

    def rows(self, found: Mapping[int, Course]) -> list[Row]:
        """The lines of the table."""
        return [
            Row(
                one,
                PartialDate.of(one.last_on, one.last_precision) if one.last_on else None,
                found.get(one.company_id, NOWHERE),
            )
            for one in self.page.rows
        ]


def read(request: HttpRequest, investor: Investor) -> Portfolio:
    """The page of an investor's companies that the address asks for."""
    asked = Portfolio(stage=request.GET.get("stage", ""), led=request.GET.get("led", ""))
    if asked.stage and asked.stage not in (NOT_STATED, *Stage.values):
        asked.problems.append(_("“%(value)s” is no stage.") % {"value": asked.stage[:60]})
    if asked.led not in ("", LED):
        told = {"value": asked.led[:60], "known": LED}
        asked.problems.append(_("“%(value)s” is not known here; it is one of: %(known)s.") % told)
    shown = converting.asked_of(request)
    asked.shown_currency = "" if shown == AS_STATED else shown
    asked.currency = shown if request.GET.get(PARAMETER) else ""
    if asked.problems:
        asked.stage = asked.led = ""
        return asked
    rows = _asked_for(asked, investor)
    try:
        asked.page = paging.take(rows, NEWEST, request.GET.get(AFTER, ""), shown=SHOWN)
    except BadPlace as error:
        asked.problems.append(str(error))
        return asked
    asked.number = paging.count(rows) if asked.is_filtered else investor.companies_count
    return asked


def _asked_for(asked: Portfolio, investor: Investor) -> QuerySet[Investment]:
    """The investments that the filters leave, of the newest ones where there are many to look through."""
    every = portfolio.investments(investor)
    if not asked.is_filtered:
        return every
    asked.is_bounded = investor.companies_count > WITHIN
    rows = Investment.objects.filter(pk__in=every.values("pk")[:WITHIN]) if asked.is_bounded else every
    if asked.stage:
        rows = rows.filter(entry__stage="" if asked.stage == NOT_STATED else asked.stage)
    return rows.filter(led__gt=0) if asked.led else rows


def stages(used: set[str]) -> list[tuple[str, Any]]:
    """The stages that can be chosen: those of which the investor has a round, in their order."""
    found: list[tuple[str, Any]] = [(str(stage), stage.label) for stage in Stage if stage in used]
    return [*found, *([(NOT_STATED, _("not stated"))] if "" in used else [])]
