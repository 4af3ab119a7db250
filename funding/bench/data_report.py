"""The figures of data in and out, and which of the goals they meet."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

MEGABYTE: Final = 1024 * 1024
# The least of each figure that is a goal; of memory the most.
GOALS: Final[Mapping[str, float]] = {
    "rows read a second": 40_000,
    "import beside the floor": 0.25,
    "import beside django-import-export": 10,
    "export beside psql": 0.7,
    "export beside django-import-export": 10,
    "export beside Datasette": 10,
}
MOST_GROWTH_MB: Final = 32  # of the process while it exports, however many rows


def per_second(rows: int, seconds: float) -> int:
    """Whole rows a second."""
    return round(rows / seconds) if seconds else 0


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read and understood, with nothing kept."""

    file: str
    format: str
    rows: int
    refused: int
    seconds: float

    @property
    def rows_per_second(self) -> int:
        return per_second(self.rows, self.seconds)


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was imported: seconds by step, bytes by which the process grew, and the rows of each table."""

    rows: int
    recorded: int
    arriving: float
    checking: float
    recording: float
    growth: int
    written: Mapping[str, int]

    @property
    def seconds(self) -> float:
        return self.arriving + self.checking + self.recording

    @property
    def rows_per_second(self) -> int:
        return per_second(self.rows, self.seconds)


@dataclass(frozen=True, slots=True)
class Floor:
    """So many rows of all tables, written by INSERT … SELECT alone."""

    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Exported:
    """All rounds as a file, by our own code and by psql; `is_same` says that psql wrote as many bytes."""

    rows: int
    bytes: int
    seconds: float
    psql_seconds: float
    growth: int
    is_same: bool

    @property
    def rows_per_second(self) -> int:
        return per_second(self.rows, self.seconds)

    @property
    def psql_rows_per_second(self) -> int:
        return per_second(self.rows, self.psql_seconds)


@dataclass(frozen=True, slots=True)
class Bulk:
    """All rounds as lines of JSON from the API."""

    rows: int
    bytes: int
    seconds: float

    @property
    def rows_per_second(self) -> int:
        return per_second(self.rows, self.seconds)


@dataclass(frozen=True, slots=True)
class Peer:
    """What another program took for so many of the same rows; `problem` says why it could not be measured."""

    name: str
    rows: int = 0
    seconds: float = 0.0
    problem: str = ""

    @property
    def rows_per_second(self) -> int:
        return per_second(self.rows, self.seconds)


@dataclass(slots=True)
class Set:
    """One set of rows as it goes out."""

    title: str
    exported: Exported
    bulk: Bulk
    peers: list[Peer] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """Everything that was measured in one run."""

    python: str
    postgresql: str
    read: Read
    imported: Imported
    floor: Floor
    import_peers: list[Peer] = field(default_factory=list)
    sets: list[Set] = field(default_factory=list)

    @property
    def floor_rows_per_second(self) -> int:
        return per_second(self.imported.recorded, self.floor.seconds)

    def ratios(self) -> Iterator[tuple[str, str, float]]:
        """Each figure that has a goal: its name there, the rows it is of, and what it came to."""
        file = self.read.file
        yield "rows read a second", file, self.read.rows_per_second
        own = self.imported.rows_per_second
        yield "import beside the floor", file, _times(own, self.floor_rows_per_second)
        for peer in self.import_peers:
            if not peer.problem:
                yield f"import beside {peer.name}", file, _times(own, peer.rows_per_second)
        for one in self.sets:
            own = one.exported.rows_per_second
            yield "export beside psql", one.title, _times(own, one.exported.psql_rows_per_second)
            for peer in one.peers:
                if not peer.problem:
                    yield f"export beside {peer.name}", one.title, _times(own, peer.rows_per_second)

    def missed(self) -> list[str]:
        """The goals that are missed, in words."""
        found = [
            f"{name} ({of}): {value:,} of {GOALS[name]:,}" for name, of, value in self.ratios() if value < GOALS[name]
        ]
        for one in self.sets:
            if one.exported.growth > MOST_GROWTH_MB * MEGABYTE:
                found.append(f"memory of an export ({one.title}): {_mb(one.exported.growth)} of {MOST_GROWTH_MB} MB")
            if not one.exported.is_same:
                found.append(f"psql wrote another file ({one.title})")
        return found

    def as_json(self) -> dict[str, Any]:
        """Everything, with what follows from it."""
        ratios = [{"name": name, "of": of, "value": value, "goal": GOALS[name]} for name, of, value in self.ratios()]
        return {**asdict(self), "ratios": ratios, "most_growth_mb": MOST_GROWTH_MB, "missed": self.missed()}


def _times(own: int, other: int) -> float:
    return round(own / other, 2) if other else 0.0


def _mb(size: int) -> str:
    return f"{size / MEGABYTE:.0f} MB"


def lines(report: Report) -> Iterator[str]:
    """The figures in words."""
    read, done = report.read, report.imported
    yield f"Python {report.python}, PostgreSQL {report.postgresql}; rows a second"
    yield f"{read.file} ({read.format}): {read.rows:,} rows, {read.refused:,} refused"
    yield _line("read", read.rows_per_second, read.seconds)
    steps = f"arriving {done.arriving:.1f} s, checking {done.checking:.1f} s, recording {done.recording:.1f} s"
    yield _line("imported", done.rows_per_second, done.seconds, f"{steps}; memory grew by {_mb(done.growth)}")
    tables = ", ".join(f"{number:,} {table}" for table, number in done.written.items() if number)
    yield _line("INSERT … SELECT", report.floor_rows_per_second, report.floor.seconds, f"the same {tables}")
    yield from map(_peer_line, report.import_peers)
    for one in report.sets:
        out = one.exported
        yield f"{one.title}: {out.rows:,} rows, {_mb(out.bytes)}"
        yield _line("exported", out.rows_per_second, out.seconds, f"memory grew by {_mb(out.growth)}")
        yield _line("psql \\copy", out.psql_rows_per_second, out.psql_seconds)
        yield from map(_peer_line, one.peers)
        yield _line("API bulk", one.bulk.rows_per_second, one.bulk.seconds)
    for name, of, value in report.ratios():
        yield f"{name} ({of}): {value:,} (goal: {GOALS[name]:,})"
    missed = report.missed()
    yield f"Missed: {'; '.join(missed)}." if missed else "All goals are met."


def _line(name: str, rate: int, seconds: float, more: str = "") -> str:
    return f"  {name:22} {rate:>11,}  {seconds:8.2f} s  {more}".rstrip()


def _peer_line(peer: Peer) -> str:
    if peer.problem:
        return f"  {peer.name:22} {'-':>11}  not measured: {peer.problem}"
    return _line(peer.name, peer.rows_per_second, peer.seconds, f"{peer.rows:,} rows")
