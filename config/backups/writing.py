"""Make a backup: one consistent look at the database, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from config.backups import database, manifest
from config.backups.manifest import BackupError, Manifest


def write(path: Path, say: Callable[[str], None] = lambda words: None) -> tuple[Manifest, str]:
    """Write a backup of the whole database to a file; what it holds, and the file's SHA-256.

    The file appears under its name, readable for its owner alone, only when it is whole and on the disk; one that was
    there before stays until then. `say` hears what is being done. Raises BackupError.
    """
    with database.connected() as held, _appearing(path) as file:
        found = _write(file, held, say)
        file.flush()
        file.seek(0)
        digest = manifest.digest_of(file)
    return found, digest


def _write(file: BinaryIO, held: psycopg.Connection[Any], say: Callable[[str], None]) -> Manifest:
    """Counts, checksums and dump are of one snapshot, which the transaction here keeps open."""
    server = database.server_version(held)
    program = database.program("pg_dump", server)
    held.isolation_level, held.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    with held.transaction():
        row = held.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        names = database.table_names(held)
        say(f"Counting and summing up {len(names)} tables.")
        tables = {name: database.contents(held, name) for name in names}
        migrations = database.migrations(held)
        say("Writing the dump.")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            with archive.open(manifest.DUMP, "w", force_zip64=True) as part:
                size, digest = _dump(program, row[0], part)
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            found = Manifest(manifest.version(), made_at, server, migrations, tables, size, digest)
            manifest.write(archive, found)
    return found


def _dump(program: Path, snapshot: str, part: Any) -> tuple[int, str]:
    """Let pg_dump write the database of a snapshot; how many bytes, and their SHA-256."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-table-data=public.{database.LEFT_OUT}"]
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as errors:
        command = [program, *options, f"--snapshot={snapshot}"]
        process = subprocess.Popen(command, env=database.environment(), stdout=subprocess.PIPE, stderr=errors)
        try:
            assert process.stdout is not None
            while chunk := process.stdout.read(manifest.CHUNK):
                digest.update(chunk)
                size += len(chunk)
                part.write(chunk)
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        if status != 0:
            raise BackupError(f"pg_dump did not end well: {last_words(errors)}")
    return size, digest.hexdigest()


def last_words(errors: BinaryIO) -> str:
    """What a program said at last, of what it wrote to its error stream."""
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip().splitlines()
    return said[-1] if said else "it said nothing"


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole; taken away where that does not come about. Raises BackupError."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise BackupError(f"{path} is there and is no file, so no backup can be written under that name.")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            os.fsync(file.fileno())
        unfinished.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # or the name is lost with the power
        finally:
            os.close(folder)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
