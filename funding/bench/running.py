"""Measure all pages at each size, one after the other."""

import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from config import garbage
from config.embedded.programs import CannotStart
from funding.models import Round, RoundTotal
from funding.models.totals import ANY, ANY_SECTOR

from . import folders, pages, targets, timing
from .report import Aggregate, Report, Size, lines

__all__ = ["SIZES", "lines", "run"]

SIZES: Final = (10_000, 1_000_000)
_ROUNDS, _TOTALS = Round._meta.db_table, RoundTotal._meta.db_table
_OF_ROUNDS: Final = f"""select date_trunc('quarter', announced_on) as quarter, stage, count(*), sum(raised_usd)
    from {_ROUNDS}
    where is_live and status = 'closed' and announced_on is not null and announced_precision <> 'year'"""
# By name: the sums as they are kept, and the same over the rounds.
AGGREGATES: Final = {
    "Raised by quarter and stage": (
        f"select quarter, stage, sum(rounds), sum(usd) from {_TOTALS}"
        f" where country = '{ANY}' and sector = {ANY_SECTOR} group by 1, 2",
        f"{_OF_ROUNDS} group by 1, 2",
    ),
    "Raised by quarter and stage in one country": (
        f"select quarter, stage, sum(rounds), sum(usd) from {_TOTALS}"
        f" where country = 'FR' and sector = {ANY_SECTOR} group by 1, 2",
        f"{_OF_ROUNDS} and country = 'FR' group by 1, 2",
    ),
}

Say = Callable[[str], None]
IN_MEMORY: Final = 60.0  # seconds after which the tables are read again, for some machines let go of what nobody reads


def run(data: Path, sizes: list[int], seed: int, requests: int, only: list[str], say: Say) -> Report:
    """The figures of each size, in folders under `data`. Raises CannotStart where servers cannot be had."""
    chosen = [page for page in pages.PAGES if not only or any(words in page.name for words in only)]
    if not chosen:
        known = ", ".join(page.name for page in pages.PAGES)
        raise CannotStart(f"No page is called “{'” or “'.join(only)}”; they are: {known}.")
    report = Report(platform.python_version(), "", requests, seed, pages.PREFIX.name, pages.TYPO.name)
    data.mkdir(parents=True, exist_ok=True)
    for companies in sizes:
        began = time.monotonic()
        with folders.filled(data / str(companies), companies, seed, _timed(say, began)), timing.bench_addresses():
            report.postgresql = folders.server_version()
            read = partial(folders.read_through, data / str(companies))
            report.sizes.append(_measure(companies, chosen, requests, read, _timed(say, began)))
    return report


def _measure(companies: int, chosen: list[pages.Page], requests: int, read: Callable[[], None], say: Say) -> Size:
    visitor, about = timing.Visitor(), targets.find(requests)
    garbage.settle()  # as the process that serves pages does
    size = Size(companies, timing.measure(visitor, pages.BASE, about, requests))
    read_at = -IN_MEMORY
    for page in chosen:
        if time.monotonic() - read_at > IN_MEMORY:
            read()
            read_at = time.monotonic()
        found = size.pages[page.name] = timing.measure(visitor, page, about, requests)
        say(f"{page.name}: {found.queries} queries, {found.median_ms} ms, base page {found.base_ms} {found.problem}")
    size.aggregates = [
        Aggregate(name, timing.fastest(kept), timing.fastest(raw)) for name, (kept, raw) in AGGREGATES.items()
    ]
    size.first_bytes = timing.first_page(visitor, pages.FIRST)
    return size


def _timed(say: Say, began: float) -> Say:
    """Say each step with the seconds that have gone by."""
    return lambda words: say(f"{time.monotonic() - began:6.0f} s  {words}")
