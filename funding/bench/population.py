"""A made-up population with the skew of the field: companies, their rounds, who took part, what they were valued at.

Pure Python, and the same for the same seed and number. Of a thousand companies and their rounds the numbers are
exact: three thousand rounds, six thousand participations. Investors are chosen as Zipf found words are, amounts are
log-normal, rounds grow with the years.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from math import exp
from random import Random
from typing import Final

from . import names

FIRST_DAY: Final = datetime.date(2011, 10, 1)
DAYS: Final = 15 * 365
GROWTH: Final = 0.62  # the power that a uniform number is raised to, so that later days have more rounds
# The numbers of rounds of a thousand companies, and of investors in a thousand rounds: how many have so many.
ROUNDS: Final = {1: 300, 2: 235, 3: 165, 4: 110, 5: 70, 6: 48, 7: 27, 8: 19, 9: 13, 10: 8, 12: 4, 71: 1}
PARTS: Final = {0: 110, 1: 360, 2: 260, 3: 130, 4: 70, 5: 34, 6: 20, 8: 10, 12: 4, 16: 2}
ZIPF_OFFSET: Final = 10  # the most active investor has about one participation in a hundred
SECTORS: Final = [
    "Artificial intelligence",
    "Fintech",
    "Health care",
    "Software",
    "E-commerce",
    "Biotech",
    "Climate",
    "Logistics",
    "Education",
    "Security",
    "Gaming",
    "Mobility",
    "Real estate",
    "Food",
    "Travel",
    "Marketing",
    "Insurance",
    "Energy",
    "Robotics",
    "Media",
    "Human resources",
    "Legal",
    "Semiconductors",
    "Space",
    "Agriculture",
    "Fashion",
    "Sports",
    "Music",
    "Telecommunications",
    "Payments",
    "Lending",
    "Wealth",
    "Data",
    "Developer tools",
    "Cloud",
    "Medical devices",
    "Diagnostics",
    "Mental health",
    "Elderly care",
    "Pets",
    "Construction",
    "Manufacturing",
    "Materials",
    "Chemistry",
    "Water",
    "Waste",
    "Batteries",
    "Solar",
    "Hydrogen",
    "Nuclear",
    "Aviation",
    "Shipping",
    "Rail",
    "Defence",
    "Government",
    "Charity",
    "Events",
    "Design",
    "Quantum",
    "Photonics",
]
# Countries with how often they occur, their currency and cities; of one company in twenty no country is known.
COUNTRIES: Final = {
    "US": (36, "USD", ("San Francisco", "New York", "Boston", "Austin")),
    "GB": (14, "GBP", ("London", "Cambridge", "Manchester")),
    "FR": (11, "EUR", ("Paris", "Lyon", "Nantes")),
    "DE": (10, "EUR", ("Berlin", "Munich", "Hamburg")),
    "IN": (8, "USD", ("Bengaluru", "Mumbai", "Delhi")),
    "NL": (5, "EUR", ("Amsterdam", "Utrecht")),
    "SE": (4, "SEK", ("Stockholm", "Malmö")),
    "ES": (3, "EUR", ("Barcelona", "Madrid")),
    "IL": (2, "USD", ("Tel Aviv", "Haifa")),
    "CA": (2, "CAD", ("Toronto", "Montreal")),
    "": (5, "USD", ("",)),
}
# The sequence of stages, with the median amount in thousands.
LADDER: Final = (("pre_seed", 500), ("seed", 2_000), ("series_a", 9_000), ("series_b", 24_000), ("series_c", 52_000),
                 ("series_d", 95_000), ("series_e", 150_000), ("series_f", 210_000), ("growth", 260_000))  # fmt: skip
# What comes beside the sequence, with how often of a hundred rounds.
ASIDE: Final = (("", 6_000, 5), ("debt_financing", 12_000, 3), ("convertible_note", 1_200, 3), ("bridge", 2_500, 2),
                ("grant", 700, 2), ("series_unknown", 5_000, 2), ("secondary_market", 40_000, 1))  # fmt: skip
STEP_OF_YEARS: Final = 4  # how far up the sequence a company comes for sure


@dataclass(slots=True)
class MadeRound:
    """`low` and `high` are units of `currency`, both None where no amount is known; `parts` are (investor, leads)."""

    stage: str
    on: datetime.date | None
    precision: str
    status: str
    currency: str = ""
    low: int | None = None
    high: int | None = None
    is_approx: bool = False
    is_undisclosed: bool = False
    valuation: int | None = None
    basis: str = ""
    parts: list[tuple[int, bool | None]] = field(default_factory=list)


@dataclass(slots=True)
class MadeCompany:
    """`sectors` are places in SECTORS; `people` are (name, title)."""

    name: str
    country: str
    city: str
    founded: int
    sectors: list[int]
    alias: str
    people: list[tuple[str, str]]
    rounds: list[MadeRound]


class Population:
    """So many companies, and a tenth as many investors. Going through `companies` again gives the same ones."""

    def __init__(self, number: int, seed: int = 5) -> None:
        self.number = number
        self.seed = seed
        self.investors_number = max(number // 10, 20)
        random = Random(f"{seed} names")
        self.vocabulary = names.words(random, max(number * 3 // 10, 1_000))
        self.investors = names.investor_names(random, self.vocabulary, self.investors_number)
        self._ratio = self.investors_number / ZIPF_OFFSET + 1

    def companies(self) -> Iterator[MadeCompany]:
        """Each company with all that is known of it."""
        random = Random(f"{self.seed} companies")
        rounds = _dealt(random, ROUNDS)
        parts = _dealt(random, PARTS)
        sectors = list(accumulate(1 / place for place in range(1, len(SECTORS) + 1)))
        countries, shares = list(COUNTRIES), list(accumulate(share for share, _, _ in COUNTRIES.values()))
        places = range(len(SECTORS))
        for _ in range(self.number):
            country = random.choices(countries, cum_weights=shares)[0]
            _, currency, cities = COUNTRIES[country]
            name = names.company_name(random, self.vocabulary)
            made = self._rounds(random, next(rounds), currency)
            for one in made:
                one.parts = self._parts(random, next(parts))
            dated = [one.on.year for one in made if one.on]
            yield MadeCompany(
                name=name,
                country=country,
                city=cities[int(random.random() * len(cities))],
                founded=min(dated, default=2020) - int(random.random() * 4),
                sectors=sorted(set(random.choices(places, cum_weights=sectors, k=1 + int(random.random() * 2.2)))),
                alias=names.company_name(random, self.vocabulary) if random.random() < 0.1 else "",
                people=self._people(random) if random.random() < 0.15 else [],
                rounds=made,
            )

    def _rounds(self, random: Random, number: int, currency: str) -> list[MadeRound]:
        """Rounds in the order of their days, up the sequence of stages."""
        days = sorted(int(DAYS * random.random() ** GROWTH) for _ in range(number))
        step = int(random.random() ** 2 * STEP_OF_YEARS)
        scale = exp(random.gauss(0, 0.6))  # companies that raise much do so in each round
        made = []
        for day in days:
            stage, median = LADDER[min(step, len(LADDER) - 1)]
            at, limit = random.random() * 100, 0
            for aside, amount, share in ASIDE:
                limit += share
                if at < limit:
                    stage, median = aside, amount
                    break
            else:
                step += 1
            made.append(_round(random, stage, median * scale, day, currency))
        return made

    def _parts(self, random: Random, number: int) -> list[tuple[int, bool | None]]:
        """Who takes part, the few most often; the first is said to lead in three rounds of five."""
        chosen: dict[int, None] = {}
        while len(chosen) < min(number, self.investors_number):
            chosen[int(ZIPF_OFFSET * self._ratio ** random.random() - ZIPF_OFFSET)] = None
        leads = random.random() < 0.6
        return [(investor, True if leads and not at else None) for at, investor in enumerate(chosen)]

    def _people(self, random: Random) -> list[tuple[str, str]]:
        titles = ("co-founder and CEO", "co-founder and CTO", "chief financial officer")
        made = {names.person_name(random, self.vocabulary): title for title in titles if random.random() < 0.7}
        return list(made.items())


def _dealt(random: Random, shares: dict[int, int]) -> Iterator[int]:
    """The numbers in the shares given, shuffled, and again from the start."""
    deck = [number for number, share in shares.items() for _ in range(share)]
    while True:
        random.shuffle(deck)
        yield from deck


def _round(random: Random, stage: str, median: float, day: int, currency: str) -> MadeRound:
    """A round with its date and amount as exact as sources give them."""
    at = random.random()
    on = None if at < 0.01 else FIRST_DAY + datetime.timedelta(day)
    precision = "" if on is None else "year" if at < 0.04 else "month" if at < 0.16 else "day"
    if on and precision != "day":
        on = on.replace(day=1, month=on.month if precision == "month" else 1)
    at = random.random()
    made = MadeRound(stage, on, precision, "rumoured" if at < 0.02 else "cancelled" if at < 0.025 else "closed")
    at = random.random()
    if at < 0.14:
        made.is_undisclosed = at < 0.07
        return made
    made.currency = currency if random.random() < 0.8 else "USD"
    amount = _rounded(median * 1000 * exp(random.gauss(0, 0.8)))
    made.low = made.high = amount
    if at < 0.2:
        made.is_approx = True
    elif at < 0.23:
        made.high = None
    elif at < 0.25:
        made.high = _rounded(amount * 1.2)
    if random.random() < 0.38 and stage != "debt_financing":
        made.valuation = _rounded(amount * (3 + 6 * random.random()))
        made.basis = ("post", "post", "pre", "unspecified")[int(random.random() * 4)]
    return made


def _rounded(amount: float) -> int:
    """To two digits, as the news has it; never less than ten thousand."""
    unit = int(10 ** (len(str(int(amount))) - 2)) if amount >= 100_000 else 10_000
    return max(round(amount / unit), 1) * unit
