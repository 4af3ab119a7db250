"""What stands on the overview, read from the sums beside the rounds or from an index, each in one query or two."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import log10
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from companies import sectors
from companies.models import Company, Investor
from config import unchanged
from config.queries import Given, KeptQuery
from funding import totals
from funding.cells import OF_VALUE
from funding.charts import quarters
from funding.charts.quarters import History
from funding.models import Participation, Round, Stage, Valuation
from funding.totals import Ranked, Shares, Sizes, Spread
from funding.values import Money

from .overview_filter import NO_COUNTRY, OverviewFilter, country_words
from .rounds import for_listing, with_parties

ROUNDS_SHOWN: Final = 8
RANKED: Final = 7
COUNTED: Final = 500  # rounds over which investors are counted


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a ranking, with the lengths of its bar and of the solid part of it in percent of the longest.

    `is_chosen` is whether the page is asked for it.
    """

    of: Any
    bar: str
    solid: str = ""
    money: Money | None = None
    label: str = ""
    query: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Active:
    """The most active investors; `of` is how many rounds they were counted over, None for all there are."""

    bars: list[Bar]
    of: int | None
    matching: int

    @property
    def is_cut(self) -> bool:
        """Whether only the newest of the rounds asked for were counted."""
        return self.of is not None and self.matching > self.of


@dataclass(frozen=True, slots=True)
class Row:
    """The sizes of the rounds of one stage, and where they lie in percent of the axis."""

    of: Spread
    label: str
    median: Money
    lower: Money
    upper: Money
    x: str
    width: str
    at: str

    @property
    def middle_half(self) -> Money:
        """From the lower quartile to the upper."""
        return Money(self.lower.low, self.upper.high, is_approx=True, currency="USD")


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the page tells of what is asked for."""

    history: History
    shares: Shares
    newest: list[Round]
    largest: list[Round]
    active: Active
    unicorns: list[Valuation]


def figures(chosen: OverviewFilter) -> Figures | None:
    """What the page tells, None where nothing is recorded; it is kept until a record changes."""
    return unchanged.found(
        ("overview", chosen.query, chosen.currency_code, chosen.shown_currency), lambda: _figures(chosen)
    )


def _figures(chosen: OverviewFilter) -> Figures | None:
    by_quarter = history(chosen)
    found = shares(chosen, by_quarter)
    newest, largest = newest_and_largest(chosen, by_quarter, found.sizes)
    if not newest and not Round.objects.live().exists():
        return None
    return Figures(by_quarter, found, newest, largest, most_active(chosen, by_quarter), new_unicorns(chosen))


def history(chosen: OverviewFilter) -> History:
    """The sums by quarter, as they are drawn."""
    rows = totals.per_quarter(chosen.cut, chosen.currency_code, chosen.today)
    return quarters.history(rows, chosen.currency_code, chosen.today, chosen.period, chosen.beside_dates)


def shares(chosen: OverviewFilter, shown: History) -> Shares:
    """What the rounds of the quarters shown come to by country, sector and size."""
    cut = chosen.cut.within(shown.first.first_day, shown.last.shifted(1).first_day)
    return totals.shares(cut, chosen.currency_code, ROUNDS_SHOWN)


def newest_and_largest(chosen: OverviewFilter, shown: History, sizes: Sizes) -> tuple[list[Round], list[Round]]:
    """The latest rounds asked for, and the largest of the quarters shown, read in one go."""
    closed = chosen.apply(Round.objects.live().filter(status=Round.Status.CLOSED))
    wanted = closed.newest_first().values("pk")[:ROUNDS_SHOWN]
    if sizes.at_least is not None:
        # The sizes say how far down the index of amounts the largest reach, so it is read no farther.
        within = closed.filter(
            raised_usd__gte=sizes.at_least,
            stage__in=chosen.cut.stages,
            announced_on__range=(shown.first.first_day, shown.last.last_day),
        )
        by_amount = within.order_by(F("raised_usd").desc(nulls_last=True), "-id")
        # A union, for of two conditions joined by "or" the database reads every round there is.
        wanted = wanted.union(by_amount.values("pk")[:ROUNDS_SHOWN])
    rounds = with_parties(_NEWEST_FIRST.ask(rounds=wanted), chosen.shown_currency)
    newest = rounds[:ROUNDS_SHOWN]
    sized = [one for one in rounds if one.raised_usd and _is_within(one, chosen, shown)]
    return newest, sorted(sized, key=lambda one: (-one.raised_usd, -one.pk))[:ROUNDS_SHOWN]


_NEWEST_FIRST: Final = KeptQuery(lambda: for_listing().filter(pk__chosen=Given("rounds")).newest_first())


def _is_within(one: Round, chosen: OverviewFilter, shown: History) -> bool:
    on = one.announced_on
    return on is not None and shown.first.first_day <= on <= shown.last.last_day and one.stage in chosen.cut.stages


def most_active(chosen: OverviewFilter, shown: History, most: int = RANKED) -> Active:
    """Investors by the closed rounds they took part in: of all rounds, or of the newest that are asked for."""
    if not chosen.is_narrowed:
        return Active(_bars_of_investors(_busiest(most).ask()), None, 0)
    newest = of_quarters(chosen, shown).newest_first().values("pk")[:COUNTED]
    text, given = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE.format(newest=text), [*given, most, most])
        rows = [dict(zip(("name", "slug", "rounds", "led"), row, strict=True)) for row in cursor.fetchall()]
    return Active(_bars_of_investors(rows), COUNTED, shown.rounds)


@cache
def _busiest(most: int) -> KeptQuery:
    held = Investor.objects.live().filter(rounds_count__gt=0).order_by("-rounds_count", "-id")
    columns = {"rounds": F("rounds_count"), "led": F("led_count")}
    return KeptQuery(lambda: held.values("name", "slug", **columns)[:most])


# Of hundreds of investors only those of the first places are looked up by their names.
_ACTIVE: Final = f"""
    select name, slug, counted.rounds, counted.led from (
        select investor_id, count(*) as rounds, count(*) filter (where is_lead) as led,
               rank() over (order by count(*) desc, count(*) filter (where is_lead) desc) as place
          from {Participation._meta.db_table} where round_id in ({{newest}}) group by investor_id
      ) counted join {Investor._meta.db_table} investor on investor.id = investor_id
     where place <= %s order by counted.rounds desc, counted.led desc, name limit %s"""


def of_quarters(chosen: OverviewFilter, shown: History) -> QuerySet[Round]:
    """The rounds that are in the sums of the quarters shown."""
    closed = Round.objects.live().filter(status=Round.Status.CLOSED, stage__in=chosen.cut.stages)
    dates = (shown.first.first_day, shown.last.last_day)
    return chosen.apply(closed).filter(announced_on__range=dates).exclude(announced_precision="year")


def _bars_of_investors(rows: list[dict[str, Any]]) -> list[Bar]:
    rows.sort(key=lambda row: (-row["rounds"], -row["led"], row["name"]))
    longest = rows[0]["rounds"] if rows else 1
    return [Bar(row, _percent(row["rounds"], longest), _percent(row["led"], longest)) for row in rows]


def ranking(chosen: OverviewFilter, found: list[Ranked], name: str) -> list[Bar]:
    """The first countries or sectors as bars, each with the query string that asks for it as well."""
    rows = found[:RANKED]
    key = chosen.cut.country if name == "country" else chosen.chosen_sector
    longest = max((row.amount for row in rows), default=Decimal(0)) or Decimal(1)
    others = chosen.query_without(name)
    return [
        Bar(
            row,
            _percent(row.amount, longest),
            money=row.money(chosen.currency_code),
            label=label_of(row, name),
            query=_asking(others, name, row),
            is_chosen=row.key == key,
        )
        for row in rows
    ]


def label_of(row: Ranked, name: str) -> str:
    """A country or sector in words."""
    return country_words(row.key) if name == "country" else sectors.in_words(row.name) or _("sector not stated")


def _asking(others: str, name: str, row: Ranked) -> str:
    """The query string that asks for a country or sector beside the rest; empty for no sector, which none asks for."""
    value = (row.key or NO_COUNTRY) if name == "country" else row.name
    return "&".join(filter(None, [others, urlencode({name: value})])) if value else ""


def sizes_by_stage(found: Sizes) -> list[Row]:
    """The sizes of each stage and of all, along one logarithmic axis of whole powers of ten."""
    rows = [*found.by_stage, *([found.all] if found.all else [])]
    if not rows:
        return []
    first = min(one.lower for one in rows).adjusted()
    last = max(max(one.upper for one in rows).adjusted() + 1, first + 1)
    labels = dict(Stage.choices)

    def place(amount: Decimal) -> float:
        return 100 * (log10(amount) - first) / (last - first)

    return [
        Row(
            one,
            _("All of them") if one is found.all else str(labels.get(one.stage) or _("not stated")),
            *(Money(amount, amount, is_approx=True, currency="USD") for amount in (one.median, one.lower, one.upper)),
            f"{place(one.lower):.1f}",
            f"{place(one.upper) - place(one.lower):.1f}",
            f"{place(one.median) - 1:.1f}",
        )
        for one in rows
    ]


def new_unicorns(chosen: OverviewFilter, most: int = ROUNDS_SHOWN) -> list[Valuation]:
    """The last companies of the country and sector asked for to become unicorns, by the value that made them one."""
    asked = chosen.cleaned_data
    companies = Company.objects.live().filter(unicorn_on__isnull=False)
    if asked["country"]:
        companies = companies.filter(country=chosen.cut.country)
    if asked["sector"]:
        companies = companies.filter(sector_ids__contains=[asked["sector"].pk])
    if period := chosen.period:
        companies = companies.filter(unicorn_on__range=(period[0].first_day, period[1].last_day))
    newest = companies.order_by(F("unicorn_on").desc(), "-id").values("pk")[:most]
    rows = _THAT_MADE_THEM.ask(companies=newest)
    return list({one.company_id: one for one in reversed(rows)}.values())[::-1]


def _that_made_them() -> QuerySet[Valuation]:
    """The values of the day on which companies became unicorns, the last first."""
    values = Valuation.objects.filter(company__chosen=Given("companies"), valued_on=F("company__unicorn_on"))
    of_unicorns = values.filter(unicorn="yes").select_related("company", "round")
    shown = ("resolved", *OF_VALUE, "company__name", "company__slug", "company__city", "round__resolved")
    return of_unicorns.order_by("-valued_on", "-company_id", "-usd").only(*shown)


_THAT_MADE_THEM: Final = KeptQuery(_that_made_them)


def _percent(part: Decimal | int, whole: Decimal | int) -> str:
    return f"{100 * part / whole:.1f}"
