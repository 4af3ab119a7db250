"""What a backup says of itself: its version, its migrations, and what every table must hold."""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

FORMAT: Final = 1
DUMP: Final = "database.dump"
MANIFEST: Final = "manifest.json"
LONGEST_MANIFEST: Final = 5_000_000  # bytes
CHUNK: Final = 1024 * 1024  # bytes read and written at a time
# What reading an archive raises that is none, or of which any byte is another than it was.
TORN: Final = (zipfile.BadZipFile, EOFError, ValueError, OSError, RuntimeError, zlib.error)
PROJECT: Final = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"


class BackupError(Exception):
    """A backup cannot be made or restored; the message is one sentence for whoever asked for it."""


@dataclass(frozen=True)
class Table:
    """How many rows a table has, and a checksum of all of them that does not depend on their order."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Manifest:
    """What is in a backup. `server` is PostgreSQL's major version, `migrations` are names such as `funding.0001_x`.

    `size` (in bytes) and `sha256` are those of the dump.
    """

    roundbook: str
    made_at: str
    server: int
    migrations: list[str]
    tables: dict[str, Table]
    size: int
    sha256: str

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def version() -> str:
    """The version of this Roundbook."""
    return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])


def write(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Put the manifest into an archive that has its dump."""
    archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1, sort_keys=True))


def read(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an archive whose dump is as it was written. Raises BackupError where anything is amiss."""
    try:
        found = _parsed(archive)
        entry = archive.getinfo(DUMP)
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != found.size:
            raise BackupError("The backup is damaged: its dump has not the length that its manifest gives.")
        with archive.open(DUMP) as dump:
            if digest_of(dump) != found.sha256:
                raise BackupError("The backup is damaged: its dump is not the one that its manifest gives.")
    except KeyError as error:
        raise BackupError(f"This is no backup of Roundbook: {error.args[0]}") from None
    except TORN as error:
        raise BackupError(f"The backup is damaged: {error}") from None
    return found


def _parsed(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
        raise BackupError("The manifest of this backup is longer than any that Roundbook writes.")
    try:
        told: dict[str, Any] = json.loads(archive.read(MANIFEST))
        number = told.pop("format")
        if isinstance(number, int) and number > FORMAT:
            raise BackupError(
                f"The backup was made by a newer Roundbook ({told.get('roundbook')}); restore it with that one."
            )
        tables = {str(name): Table(int(one["rows"]), str(one["checksum"])) for name, one in told["tables"].items()}
        migrations = [str(name) for name in told["migrations"]]
        columns = {"roundbook": str(told["roundbook"]), "made_at": str(told["made_at"]), "sha256": str(told["sha256"])}
        return Manifest(
            **columns, server=int(told["server"]), migrations=migrations, tables=tables, size=int(told["size"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("The manifest of this backup cannot be read.") from None


def digest_of(file: Any) -> str:
    """The SHA-256 of what is left to read of a file."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """A backup to read. Raises BackupError where it is none, or is torn."""
    try:
        return zipfile.ZipFile(file)
    except TORN:
        raise BackupError("This is no backup of Roundbook, or not the whole of one.") from None
