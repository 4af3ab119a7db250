"""The embedded PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import psycopg

from config.embedded import programs, socket_dir
from config.embedded.detached import Detached
from config.embedded.programs import Account, CannotStart

DATABASE: Final = "roundbook"
NOBODY: Final = 65534

SETTINGS: Final = {
    "listen_addresses": "",
    "cluster_name": "roundbook",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "log_checkpoints": "off",
}
# Of the machine's memory an eighth, within bounds: what many pages need is read from the disk once.
MEMORY_SHARE: Final = 8
LEAST_MEMORY, MOST_MEMORY = 128, 2_048  # megabytes; the least is also what a throw-away server has
FORGETFUL_SETTINGS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# The same rules for upper and lower case everywhere, and an order by code point, whatever the machine's language is.
INITDB_OPTIONS: Final = (
    "--username=postgres",
    "--auth=trust",  # the socket's folder is private
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


def shared_memory() -> int:
    """The megabytes that a server keeps of its tables."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return max(LEAST_MEMORY, min(megabytes // MEMORY_SHARE, MOST_MEMORY))


class Postgres(Detached):
    name = "postgres"
    stop_signal = signal.SIGINT  # SIGTERM would wait for every client to leave

    def __init__(self, data: Path, *, is_throwaway: bool = False) -> None:
        super().__init__(data, is_throwaway=is_throwaway)
        self.cluster = data / "postgres"

    def account(self) -> Account | None:
        """Whom the server runs as: None is ourselves; for root the owner of the cluster, or nobody."""
        if os.geteuid() != 0:
            return None
        if self.cluster.is_dir() and (owner := self.cluster.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            return Account(NOBODY, NOBODY)
        return Account(nobody.pw_uid, nobody.pw_gid)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of its own, outside Django."""
        return psycopg.connect(
            host=str(socket_dir(self.data)), user="postgres", dbname=database, connect_timeout=2, autocommit=True
        )

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def ensure(self) -> bool:
        is_new = super().ensure()
        with self.connect() as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f"create database {DATABASE}")
        return is_new

    def launch(self, lock: int) -> subprocess.Popen[bytes]:
        account = self.account()
        found = programs.postgres_programs(account)
        self._check_cluster(found)
        if not self.cluster.exists():
            self._make_cluster(found, account)
        self._remove_stale_files()
        sockets = socket_dir(self.data)
        # Seen from the cluster, for another account may not be able to come to the folder from the root.
        near = os.path.relpath(sockets, self.cluster) if sockets.is_relative_to(self.data) else str(sockets)
        argv: list[str | Path] = [found / "postgres", "-D", _here(account), "-k", near]
        for name, value in self._settings().items():
            argv += ["-c", f"{name}={value}"]
        return self.spawn(argv, lock, cwd=self.cluster, **(account.popen_options() if account else {}))

    def _settings(self) -> dict[str, str]:
        if self.is_throwaway:
            return {**SETTINGS, "shared_buffers": f"{LEAST_MEMORY}MB", **FORGETFUL_SETTINGS}
        return {**SETTINGS, "shared_buffers": f"{shared_memory()}MB"}

    def _check_cluster(self, found: Path) -> None:
        """Refuse a folder that is no cluster of this PostgreSQL's major version."""
        if not self.cluster.exists():
            return
        try:
            version = (self.cluster / "PG_VERSION").read_text("ascii").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            raise CannotStart(
                f"{self.cluster} is not a PostgreSQL data folder, for it has no PG_VERSION; "
                "restore it from a backup, or move it away to start empty."
            ) from None
        ours = programs.major_version(found)
        if version != str(ours):
            raise CannotStart(
                f"{self.cluster} was made by PostgreSQL {version}, and the installed one is {ours}; "
                "it has to be dumped with the former and restored with the latter."
            )

    def _make_cluster(self, found: Path, account: Account | None) -> None:
        """Initialise a new cluster beside its place and move it there, so that an interrupted one is never taken."""
        making = self.cluster.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(0o700)
        if account:
            os.chown(making, account.uid, account.gid)
        done = subprocess.run(
            [found / "initdb", "-D", _here(account), *INITDB_OPTIONS, *(["--no-sync"] if self.is_throwaway else [])],
            cwd=making,
            capture_output=True,
            text=True,
            **(account.popen_options() if account else {}),
        )
        if done.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            said = done.stderr.strip().splitlines() or ["initdb says nothing"]
            raise CannotStart(f"PostgreSQL cannot make its data folder in {self.data}: {said[-1]}")
        making.rename(self.cluster)

    def _remove_stale_files(self) -> None:
        """Remove what a killed server left behind, for its process id may be a zombie's or another program's by now.

        We hold the lock that every server of ours keeps, so none of ours runs; one started by hand on this folder
        is recognised by its command line or working folder, and left alone.
        """
        file = self.cluster / "postmaster.pid"
        try:
            number = int(file.read_text("ascii").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            number = 0
        if number > 0 and self._is_postgres_of_this_folder(number):
            raise CannotStart(
                f"A PostgreSQL that was started by hand (process {number}) uses {self.cluster}; stop it."
            )
        file.unlink(missing_ok=True)
        (socket_dir(self.data) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _is_postgres_of_this_folder(self, number: int) -> bool:
        try:
            return os.path.samefile(f"/proc/{number}/cwd", self.cluster)
        except OSError:  # no such process, a zombie, not ours to look at, or a system without /proc
            pass
        try:
            command = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            if sys.platform == "linux":
                return False
            command = subprocess.run(["ps", "-o", "command=", "-p", str(number)], capture_output=True).stdout
        return os.fsencode(self.cluster) in command


def _here(account: Account | None) -> str:
    """The working folder as PostgreSQL's argument.

    Another account need not be able to reach the folder from the root, which may lead through a private home;
    the kernel's own link to the working folder is always open to it.
    """
    return "/proc/self/cwd" if account and sys.platform == "linux" else "."
