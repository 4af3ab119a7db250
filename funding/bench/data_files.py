"""The rows that `bench data` imports: a file of rounds that is there, or one made of the population."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

from funding import formats

from .population import MadeCompany, MadeRound, Population

FOUND: Final = settings.BASE_DIR.parent / "shared" / "data" / "crunchbase-2015" / "rounds2.csv.gz"
MADE_ROWS: Final = 100_000
ROUNDS_OF_COMPANY: Final = 3  # of a thousand companies and their like; of fewer there may be less
SPARE_COMPANIES: Final = 1_000
HEADER: Final = (
    "company", "announced_on", "announced_on_precision", "stage", "status", "raised_disclosure", "raised_low",
    "raised_high", "raised_low_open", "raised_high_open", "raised_is_approx", "raised_currency", "lead_investors",
    "investors", "valuation_low", "valuation_high", "valuation_currency", "valuation_basis", "valuation_origin",
    "round_id",
)  # fmt: skip
DAY_LENGTHS: Final = {"day": 10, "month": 7, "year": 4}


def prepare(folder: Path, file: Path | None, rows: int | None, seed: int) -> Path:
    """The file to import: `file`, else the one found beside the project, else one made; of at most so many rows.

    Raises OSError where `file` cannot be read, and formats.Refused where it is no table.
    """
    source = file or (FOUND if FOUND.exists() else None)
    if source is None:
        return _write(folder / "made-up-rounds.csv", HEADER, made_rows(rows or MADE_ROWS, seed))
    if rows is None:
        with source.open("rb"):
            return source
    table = formats.open_table(source)
    return _write(folder / "first-rows.csv", table.header, islice((cells for _, cells in table.rows()), rows))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def made_rows(number: int, seed: int) -> Iterator[list[str]]:
    """So many rounds of the population, as Roundbook's own export of rounds has them."""
    population = Population(number // ROUNDS_OF_COMPANY + SPARE_COMPANIES, seed)
    rounds = ((made, one) for made in population.companies() for one in made.rounds)
    for at, (made, one) in enumerate(islice(rounds, number), 1):
        yield [*_of_round(made, one), *_of_parties(population, one), *_of_value(one), str(at)]


def _of_round(made: MadeCompany, one: MadeRound) -> list[str]:
    is_stated = one.low is not None
    flags = [is_stated and one.high is None, False, one.is_approx]
    return [
        made.name,
        one.on.isoformat()[: DAY_LENGTHS[one.precision]] if one.on else "",
        one.precision,
        one.stage,
        one.status,
        "stated" if is_stated else "undisclosed" if one.is_undisclosed else "not_stated",
        *("" if end is None else str(end) for end in (one.low, one.high)),
        *(str(flag).lower() if is_stated else "" for flag in flags),
        one.currency,
    ]


def _of_parties(population: Population, one: MadeRound) -> list[str]:
    named = [(population.investors[who], is_lead) for who, is_lead in one.parts]
    return ["; ".join(name for name, is_lead in named if is_lead), "; ".join(name for name, _ in named)]


def _of_value(one: MadeRound) -> list[str]:
    if one.valuation is None:
        return [""] * 5
    return [str(one.valuation), str(one.valuation), one.currency, one.basis, "stated"]
