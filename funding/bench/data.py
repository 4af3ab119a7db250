"""Measure data in and out: one file imported and exported again, and exports of made-up populations."""

import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.programs import CannotStart
from funding import importing
from funding.formats import Refused

from . import data_export, data_files, data_import, folders, peers
from .data_report import Report, Set, lines

__all__ = ["lines", "run"]

Say = Callable[[str], None]


def run(
    data: Path, file: Path | None, rows: int | None, sizes: list[int], seed: int, say: Say, *, has_peers: bool
) -> Report:
    """The figures of a file, and of populations of these sizes, in folders under `data`.

    Raises CannotStart where servers cannot be had, or the file is none that can be imported.
    """
    data.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()

    def timed(words: str) -> None:
        say(f"{time.monotonic() - began:6.0f} s  {words}")

    with _working(data) as working:
        try:
            source = data_files.prepare(working, file, rows, seed)
            with folders.emptied(data / "files", timed):
                report = _in_and_out(source, data, working, timed, has_peers=has_peers)
        except (OSError, Refused, importing.Unusable) as problem:
            raise CannotStart(f"The file cannot be imported: {problem}") from None
        for companies in sizes:
            with folders.filled(data / str(companies), companies, seed, timed):
                title = f"{companies:,} made-up companies"
                report.sets.append(_out(title, data, working, timed, has_peers=has_peers))
    return report


@contextmanager
def _working(data: Path) -> Iterator[Path]:
    """A folder for files of this run alone."""
    place = Path(tempfile.mkdtemp(prefix="data-", dir=data))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _in_and_out(source: Path, data: Path, working: Path, say: Say, *, has_peers: bool) -> Report:
    """Read and import the file into the empty database, and export what came of it."""
    say(f"reading {source.name}")
    read = data_import.read(source)
    with peers.twin():
        say("importing")
        imported = data_import.record(source)
        folders.loading.tidy()
        say("INSERT … SELECT of the same rows")
        floor = data_import.floor()
        report = Report(platform.python_version(), folders.server_version(), read, imported, floor)
        report.sets.append(_out(source.name, data, working, say, has_peers=has_peers))
        if has_peers:
            say(f"{peers.IMPORT_EXPORT} imports")
            report.import_peers = [peers.import_by_import_export(data, working / data_export.OWN)]
    return report


def _out(title: str, data: Path, working: Path, say: Say, *, has_peers: bool) -> Set:
    """Export all rounds of the database that Django speaks to."""
    say(f"exporting: {title}")
    found = Set(title, data_export.measure(working), data_export.bulk())
    if has_peers:
        say(f"{peers.IMPORT_EXPORT} exports")
        found.peers.append(peers.export_by_import_export(data, working))
        say(f"{peers.DATASETTE} streams")
        found.peers.append(peers.serve_by_datasette(data, working / data_export.OWN, working))
    return found
