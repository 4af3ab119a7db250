"""The made-up population as rows of tables, with all that projecting it would write on the records themselves."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.db.models import Model
from django.utils.text import slugify

from companies.models import Alias, Company, Investor, Person, Role, held_amount
from funding.models import Participation, Round, Valuation
from funding.models.rounds import counts_in_total
from funding.rates import Rates
from funding.recording.round_facts import CURRENCIES
from funding.values import APPROXIMATELY, PartialDate, hedge_of_sum

from .population import MadeCompany, MadeRound, Population

MADE_AT: Final = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
THOUSAND_MILLION: Final = 1_000_000_000
CompanySector: Final = Company.sectors.through

Row = tuple[Any, ...]
# The columns that rows give; the others of a table hold their defaults.
COLUMNS: Final[dict[type[Model], str]] = {
    Company: "id name key slug is_live founded_on founded_precision city country sector_ids rounds_count"
    " undisclosed_count last_round_on last_stage last_told_on raised_usd raised_hedge valuation_usd valuation_low_usd"
    " valuation_high_usd unicorn was_unicorn unicorn_on",
    CompanySector: "company_id sector_id",
    Alias: "company_id name key",
    Person: "id name key slug is_live resolved_for_id",
    Role: "person_id company_id title is_founder",
    Round: "id company_id is_live stage status announced_on announced_precision raised_low raised_high raised_low_open"
    " raised_is_approx raised_currency raised_undisclosed raised_low_usd raised_high_usd raised_usd raised_eur"
    " raised_gbp rate_on country sector_ids has_source",
    Participation: "round_id investor_id is_lead",
    Valuation: "company_id round_id valued_on valued_precision low high currency basis origin usd eur gbp rate_on"
    " unicorn",
    Investor: "id name key slug is_live",
}


class Slugs:
    """Addresses for names, numbered where one is taken, as `recording.settling.free_slug` gives them."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def take(self, key: str) -> str:
        """The next free address of a name, which is plain words."""
        stem = key.replace(" ", "-")
        self._given[stem] += 1
        return stem if self._given[stem] == 1 else f"{stem}-{self._given[stem]}"


class Worth:
    """Amounts in the stored currencies at the rates of their days, each rate looked up once."""

    def __init__(self) -> None:
        self._rates = Rates()
        self._held: dict[tuple[str, datetime.date | None, str], tuple[list[Decimal | None], Any]] = {}

    def of(self, one: MadeRound, low: int | None, high: int | None) -> tuple[list[list[Decimal | None]], Any]:
        """The two ends and the middle in each stored currency, and the day that the rate is of."""
        key = (one.currency, one.on, one.precision)
        if key not in self._held:
            self._held[key] = self._look_up(*key)
        rates, on = self._held[key]
        return [_converted(low, high, rate) for rate in rates], on

    def _look_up(self, currency: str, day: datetime.date | None, precision: str) -> tuple[list[Decimal | None], Any]:
        on = PartialDate.of(day, precision) if day else None
        rates: list[Decimal | None] = []
        rate_on = None
        for into in CURRENCIES:
            found = self._rates.between(currency, into, on) if into != currency else None
            rates.append(Decimal(1) if into == currency else found.rate if found else None)
            rate_on = found.on if found else rate_on
        return rates, rate_on


def _converted(low: int | None, high: int | None, rate: Decimal | None) -> list[Decimal | None]:
    if rate is None:
        return [None, None, None]
    ends = [None if end is None else round(end * rate, 2) for end in (low, high)]
    known = [end for end in ends if end is not None]
    return [*ends, held_amount(sum(known, Decimal(0)) / len(known)) if known else None]


def investor_rows(population: Population) -> Iterator[Row]:
    """The investors; what they took part in is counted afterwards."""
    slugs = Slugs()
    for number, name in enumerate(population.investors, 1):
        key = name.lower()
        yield number, name, key, slugs.take(key), True


class Writer:
    """Turns companies into rows of all tables, numbering them from one on; `put` takes each row with its table."""

    def __init__(self, put: Callable[[type[Model], Row], None], sector_ids: list[int]) -> None:
        self._put = put
        self._sector_ids = sector_ids
        self._worth = Worth()
        self._slugs, self._person_slugs = Slugs(), Slugs()
        self._companies, self._rounds, self._people = count(1), count(1), count(1)

    def write(self, made: MadeCompany) -> None:
        """The rows of one company, its rounds and its people."""
        company = next(self._companies)
        sectors = sorted(self._sector_ids[place] for place in made.sectors)
        listed = "{" + ",".join(map(str, sectors)) + "}"
        rounds = [(next(self._rounds), one) for one in made.rounds]
        sums = [self._round(pk, company, one, made.country, listed) for pk, one in rounds]
        values = [value for pk, one in rounds if (value := self._valuation(pk, company, one))]
        key = made.name.lower()
        founded = datetime.date(made.founded, 1, 1)
        self._put(
            Company,
            (company, made.name, key, self._slugs.take(key), True, founded, "year", made.city, made.country,
             listed, *_of_rounds(rounds, sums), *_of_values(values)),
        )  # fmt: skip
        for sector in sectors:
            self._put(CompanySector, (company, sector))
        if made.alias and made.alias != made.name:
            self._put(Alias, (company, made.alias, made.alias.lower()))
        for name, title in made.people:
            person = next(self._people)
            slug = self._person_slugs.take(slugify(name))
            self._put(Person, (person, name, name.lower(), slug, True, company))
            self._put(Role, (person, company, title, title.startswith("co-founder")))

    def _round(self, pk: int, company: int, one: MadeRound, country: str, sectors: str) -> Decimal | None:
        """The rows of a round and who took part; what it raised in US dollars."""
        (usd, eur, gbp), rate_on = self._worth.of(one, one.low, one.high) if one.currency else ([[None] * 3] * 3, None)
        low, high, middle = usd
        is_open = one.low is not None and one.high is None
        if one.is_approx and low is not None and high is not None:
            low, high = round(low * (1 - APPROXIMATELY), 2), round(high * (1 + APPROXIMATELY), 2)
        self._put(
            Round,
            (pk, company, True, one.stage, one.status, one.on, one.precision, one.low, one.high, is_open,
             one.is_approx, one.currency, one.is_undisclosed, low, high, middle, eur[2], gbp[2], rate_on, country,
             sectors, True),
        )  # fmt: skip
        for investor, is_lead in one.parts:
            self._put(Participation, (pk, investor + 1, is_lead))
        return middle

    def _valuation(self, pk: int, company: int, one: MadeRound) -> Row | None:
        """The row of a round's value; when it was, in dollars, the round and the verdict, where the round closed."""
        if one.valuation is None:
            return None
        ((_, _, usd), (_, _, eur), (_, _, gbp)), rate_on = self._worth.of(one, one.valuation, one.valuation)
        is_large = usd is not None and usd >= THOUSAND_MILLION
        verdict = "yes" if is_large else "undetermined" if usd is None or one.basis == "pre" else "no"
        self._put(
            Valuation,
            (company, pk, one.on, one.precision, one.valuation, one.valuation, one.currency, one.basis, "imported",
             usd, eur, gbp, rate_on, verdict),
        )  # fmt: skip
        return (one.on, usd, pk, verdict) if one.status == "closed" else None


def _of_rounds(rounds: Iterable[tuple[int, MadeRound]], sums: Iterable[Decimal | None]) -> Row:
    """What a company's row holds of its closed rounds."""
    closed = [(pk, one, usd) for (pk, one), usd in zip(rounds, sums, strict=True) if one.status == "closed"]
    dated = [(one.on, pk, one.stage) for pk, one, _ in closed if one.on]
    last_on, _, last_stage = max(dated, default=(None, 0, ""))
    raised = [usd for _, one, usd in closed if usd is not None and counts_in_total(one.stage)]
    hedges = [_hedge(one) for _, one, usd in closed if usd is not None and counts_in_total(one.stage)]
    unstated = sum(one.currency == "" for _, one, _ in closed)
    told_on = max((one.on for _, one in rounds if one.on), default=None)
    total = sum(raised, Decimal(0)) if raised else None
    return len(closed), unstated, last_on, last_stage, told_on, total, hedge_of_sum(hedges)


def _hedge(one: MadeRound) -> str:
    if one.high is None:
        return "more_than"
    return "approx" if one.is_approx or one.low != one.high else ""


def _of_values(values: list[Row]) -> Row:
    """What a company's row holds of its values: the latest and its ends, whether it makes a unicorn, any did, when."""
    dated = sorted((row for row in values if row[0]), key=lambda row: (row[0], row[1] or 0, row[2]))
    deciding = dated or values
    usd = deciding[-1][1] if deciding else None
    said = {row[3] for row in deciding}
    ever = next((verdict for verdict in ("yes", "undetermined", "no") if verdict in said), "")
    first = next((row[0] for row in dated if row[3] == "yes"), None)
    return usd, usd, usd, deciding[-1][3] if deciding else "", ever, first
