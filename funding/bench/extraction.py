"""How fast the engine reads articles, beside a finder of dates alone; needs no database."""

import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Final

from funding.extraction import extract

SAMPLES: Final = Path(__file__).resolve().parents[1] / "samples"
LENGTH: Final = 5_000  # characters of the texts that are timed
LONG: Final = 100_000  # characters of the hostile texts by which growth is told
TRIES: Final = 3  # of which the quickest counts
# Pieces of which hostile texts are made: much to look at, and never an end of a name, a list, a sum or a sentence.
HOSTILE: Final = {
    "sums": "$1m ",
    "figures": "1 ",
    "rounds": "Acme raised $5m. ",
    "names": "Acme ",
    "hyphens": "A-",
    "lists": "led by A, ",
    "elisions": "l'",
    "brackets": "(",
    "links": "[a](",
    "words": "un ",
}


@dataclass(frozen=True, slots=True)
class Timed:
    """A text with its language, and what to call it."""

    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds for a hostile text of 5,000 and of 100,000 characters, and their ratio where 1 is linear."""

    text: str
    short: float
    long: float
    growth: float


@dataclass(frozen=True, slots=True)
class Dateparser:
    """Milliseconds for the same texts by dateparser's search, and how many times the engine's that is."""

    version: str
    samples_ms_per_5000: float
    samples_times_slower: float
    hostile_ms_per_5000: float
    hostile_times_slower: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured: processor time of one core."""

    python: str
    articles: int
    articles_per_second: float
    ms_per_5000: float
    hostile_ms_per_5000: float
    growth: list[Growth]
    worst_growth: float
    dateparser: Dateparser | None


def measure() -> Report:
    """Time the engine on every text, and dateparser where it is installed."""
    articles = read_articles()
    long_enough = [Timed(a.name, a.language, lengthened(a.text + "\n\n", LENGTH)) for a in articles]
    hostile = [Timed(name, "en", lengthened(piece, LENGTH)) for name, piece in HOSTILE.items()]
    whole = sum(seconds(lambda a=a: extract(a.text, language=a.language)) for a in articles)
    ours = sum(seconds(lambda t=t: extract(t.text, language=t.language)) for t in long_enough)
    growth = [grow(text) for text in hostile]
    ours_hostile = sum(row.short for row in growth)
    return Report(
        python=platform.python_version(),
        articles=len(articles),
        articles_per_second=round(len(articles) / whole, 1),
        ms_per_5000=per_text(ours, len(long_enough)),
        hostile_ms_per_5000=per_text(ours_hostile, len(hostile)),
        growth=growth,
        worst_growth=max(row.growth for row in growth),
        dateparser=compare(long_enough, ours, hostile, ours_hostile),
    )


def as_json(report: Report) -> dict[str, Any]:
    """The figures by name."""
    return asdict(report)


def lines(report: Report) -> Iterator[str]:
    """The figures in words, line by line."""
    yield f"Python {report.python}, processor time of one core, the quickest of {TRIES} runs"
    yield f"{report.articles} sample articles: {report.articles_per_second:,.0f} articles a second"
    yield f"{report.ms_per_5000:.1f} ms for 5,000 characters of the samples"
    yield f"{report.hostile_ms_per_5000:.1f} ms for 5,000 characters of hostile text"
    yield "Growth from 5,000 to 100,000 characters of hostile text; 1.0 is linear:"
    for row in report.growth:
        yield f"  {row.text:9} {row.short * 1000:7.1f} ms {row.long * 1000:8.1f} ms   {row.growth:.2f}"
    other = report.dateparser
    if other is None:
        yield "dateparser is not installed, so nothing was compared with its search_dates."
        return
    yield f"dateparser {other.version}, search_dates on the same texts of 5,000 characters:"
    yield f"  samples {other.samples_ms_per_5000:.1f} ms, {other.samples_times_slower:.1f} times the engine's time"
    yield f"  hostile {other.hostile_ms_per_5000:.1f} ms, {other.hostile_times_slower:.1f} times the engine's time"


def read_articles() -> list[Timed]:
    """The samples that come with the project, in order; their language is the end of their name."""
    paths = sorted(SAMPLES.rglob("*.txt"))
    return [Timed(path.stem, path.stem.rpartition(".")[2], path.read_text("utf-8")) for path in paths]


def lengthened(piece: str, length: int) -> str:
    """A text of exactly so many characters, made by repeating a piece."""
    return (piece * (length // len(piece) + 1))[:length]


def seconds(work: Callable[[], object]) -> float:
    """The processor time that a piece of work takes, the least of several tries."""
    found = []
    for _ in range(TRIES):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def per_text(total: float, texts: int) -> float:
    """Milliseconds for one text of so many."""
    return round(1000 * total / texts, 2)


def grow(short: Timed) -> Growth:
    """How the time for a hostile text grows with its length."""
    long = lengthened(HOSTILE[short.name], LONG)
    first = seconds(lambda: extract(short.text, language=short.language))
    second = seconds(lambda: extract(long, language=short.language))
    return Growth(short.name, round(first, 5), round(second, 5), round(second / first * LENGTH / LONG, 2))


def compare(texts: list[Timed], ours: float, hostile: list[Timed], ours_hostile: float) -> Dateparser | None:
    """The same texts by dateparser's search, or None where it is not installed."""
    try:
        search = import_module("dateparser.search")
    except ImportError:
        return None
    theirs, theirs_hostile = (
        sum(seconds(lambda t=t: search.search_dates(t.text, languages=[t.language])) for t in group)
        for group in (texts, hostile)
    )
    return Dateparser(
        version=metadata.version("dateparser"),
        samples_ms_per_5000=per_text(theirs, len(texts)),
        samples_times_slower=round(theirs / ours, 1),
        hostile_ms_per_5000=per_text(theirs_hostile, len(hostile)),
        hostile_times_slower=round(theirs_hostile / ours_hostile, 1),
    )
