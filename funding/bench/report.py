"""The figures of the pages at two sizes, and which of the goals they meet."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from .timing import Timed

MOST_QUERIES: Final = 12
MOST_GROWTH: Final = 1.5  # of the median, from the smaller size to the larger
MOST_TIMES_BASE: Final = 8
MOST_TIMES_PREFIX: Final = 3  # a search with one typo, beside an exact prefix
LEAST_TIMES_FASTER: Final = 25  # aggregates, than the same sums over the rounds
MOST_FIRST_BYTES: Final = 120_000


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The same sums, read from those kept and from the rounds, in milliseconds."""

    name: str
    kept_ms: float
    raw_ms: float

    @property
    def times_faster(self) -> float:
        return round(self.raw_ms / self.kept_ms, 1)


@dataclass(slots=True)
class Size:
    """All that was measured with so many companies; `first_bytes` are those of each file of the first page."""

    companies: int
    base: Timed
    pages: dict[str, Timed] = field(default_factory=dict)
    aggregates: list[Aggregate] = field(default_factory=list)
    first_bytes: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """The figures of each size, smallest first, and what they were measured with."""

    python: str
    postgresql: str
    requests: int
    seed: int
    prefix: str
    typo: str
    sizes: list[Size] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(self.sizes[0].pages) if self.sizes else []

    def growth(self, name: str) -> float | None:
        """How many times the median at the smallest size that at the largest is; None of one size.

        Each is told by the base page, which was asked for in turn with it and costs the same at any size: minutes lie
        between the two, and a machine is not as fast all the time.
        """
        if len(self.sizes) < 2:
            return None
        small, large = (size.pages[name] for size in (self.sizes[0], self.sizes[-1]))
        return round(large.median_ms / large.base_ms / (small.median_ms / small.base_ms), 2)

    def times_base(self, name: str) -> float:
        """How many times the base page's median the page's is, at the largest size."""
        page = self.sizes[-1].pages[name]
        return round(page.median_ms / page.base_ms, 1)

    def times_base_first(self, name: str) -> float:
        """The same of the first reader after a record changed, for whom nothing is kept."""
        page = self.sizes[-1].pages[name]
        return round(page.first_ms / page.first_base_ms, 1)

    def missed(self, name: str) -> list[str]:
        """The goals that a page misses, in words."""
        found = []
        growth, times = self.growth(name), self.times_base(name)
        queries = max(size.pages[name].queries for size in self.sizes)
        if queries > MOST_QUERIES:
            found.append(f"{queries} queries")
        if growth is not None and growth > MOST_GROWTH:
            found.append(f"grows {growth} times")
        if times > MOST_TIMES_BASE:
            found.append(f"{times} times the base page")
        if (first := self.times_base_first(name)) > MOST_TIMES_BASE:
            found.append(f"first asked {first} times")
        return found + [problem for size in self.sizes if (problem := size.pages[name].problem)]

    @property
    def times_prefix(self) -> float | None:
        """How many times a search by an exact prefix one with a typo takes, at the largest size."""
        pages = self.sizes[-1].pages
        if self.prefix not in pages or self.typo not in pages:
            return None
        return round(pages[self.typo].median_ms / pages[self.prefix].median_ms, 2)

    def as_json(self) -> dict[str, Any]:
        """Everything, with what follows from it."""
        pages = {
            name: {
                "growth": self.growth(name),
                "times_base": self.times_base(name),
                "times_base_first": self.times_base_first(name),
                "missed": self.missed(name),
            }
            for name in self.names
        }
        aggregates = {one.name: one.times_faster for one in self.sizes[-1].aggregates}
        follows = {"pages": pages, "times_faster": aggregates, "typo_times_prefix": self.times_prefix,
                   "first_page_bytes": sum(self.sizes[-1].first_bytes.values())}  # fmt: skip
        return {**asdict(self), "goals": GOALS, "follows": follows}


GOALS: Final[Mapping[str, float]] = {
    "queries": MOST_QUERIES,
    "growth": MOST_GROWTH,
    "times_base": MOST_TIMES_BASE,
    "typo_times_prefix": MOST_TIMES_PREFIX,
    "aggregates_times_faster": LEAST_TIMES_FASTER,
    "first_page_bytes": MOST_FIRST_BYTES,
}


def lines(report: Report) -> Iterator[str]:
    """The figures in words, a line a page."""
    yield f"Python {report.python}, PostgreSQL {report.postgresql}, {report.requests} requests a page, milliseconds"
    for size in report.sizes:
        base = size.base
        yield f"{size.companies:>9,} companies: the base page takes {base.median_ms:.2f} (p95 {base.p95_ms:.2f})"
    sizes = " | ".join(f"{f'{size.companies:,}':>9}: db   median      p95" for size in report.sizes)
    yield f"{'':38} queries | {sizes} |   KB  packed | growth  × base  first"
    for name in report.names:
        yield _line(report, name)
    yield f"Goals: at most {MOST_QUERIES} queries, growth {MOST_GROWTH}, {MOST_TIMES_BASE} times the base page."
    if report.times_prefix is not None:
        yield (
            f"A search with one typo takes {report.times_prefix} times one by an exact prefix"
            f" (goal: at most {MOST_TIMES_PREFIX})."
        )
    for one in report.sizes[-1].aggregates:
        yield (
            f"{one.name}: {one.kept_ms} ms from the sums kept, {one.raw_ms} ms over the rounds, {one.times_faster}"
            f" times faster (goal: at least {LEAST_TIMES_FASTER})."
        )
    first = sum(report.sizes[-1].first_bytes.values())
    yield f"The first page is {first / 1000:.0f} KB, compressed, without charts (goal: {MOST_FIRST_BYTES / 1000:.0f})."


def _line(report: Report, name: str) -> str:
    timed = [size.pages[name] for size in report.sizes]
    sizes = " | ".join(f"{one.database_ms:13.2f} {one.median_ms:8.2f} {one.p95_ms:8.2f}" for one in timed)
    last, growth = timed[-1], report.growth(name)
    grown = "     -" if growth is None else f"{growth:6.2f}"
    times = f"{report.times_base(name):7.1f} {report.times_base_first(name):6.1f}"
    missed = report.missed(name)
    weight = f"{last.raw_bytes / 1000:4.0f} {last.gzip_bytes / 1000:7.1f}"
    queries = max(one.queries for one in timed)
    words = f"   missed: {', '.join(missed)}" if missed else ""
    return f"{name:38} {queries:7} | {sizes} | {weight} | {grown} {times}{words}"
