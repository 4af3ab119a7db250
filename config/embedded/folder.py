"""A data folder and its servers: whoever uses them holds a shared lock, and whoever leaves last stops them."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from config.embedded import SECRET_KEY_FILE, locks, socket_dir
from config.embedded.broker import Broker
from config.embedded.detached import Detached
from config.embedded.postgres import Postgres
from config.embedded.programs import CannotStart

USERS_LOCK: Final = "users.lock"
START_LOCK: Final = "start.lock"


class DataFolder:
    """The servers of one folder. `has_broker` is False where jobs go to a broker of somebody else's."""

    def __init__(self, path: Path, *, has_broker: bool = True, is_throwaway: bool = False) -> None:
        self.path = path.resolve()
        self.postgres = Postgres(self.path, is_throwaway=is_throwaway)
        self.servers: list[Detached] = [self.postgres]
        if has_broker:
            self.servers.append(Broker(self.path, is_throwaway=is_throwaway))

    @contextmanager
    def use(self) -> Iterator[None]:
        """Have the servers running meanwhile; stop them afterwards unless somebody else uses them.

        Raises CannotStart, with one sentence, where the folder or a server is unusable.
        """
        self.prepare()
        with locks.alone(self.path / START_LOCK):
            users = locks.take(self.path / USERS_LOCK, is_shared=True, is_patient=True)
            assert users is not None
            try:
                self._ensure()
            except BaseException:
                self._leave(users)
                raise
        try:
            yield
        finally:
            with locks.alone(self.path / START_LOCK):
                self._leave(users)

    def revive(self) -> list[str]:
        """Start again whichever server has died; their names. Raises CannotStart."""
        if all(server.is_alive() for server in self.servers):
            return []
        with locks.alone(self.path / START_LOCK):
            return self._ensure()

    def prepare(self) -> None:
        """Make the folder with what it needs. Raises CannotStart where it cannot be used."""
        with self._explained():
            self._make()
            self._make_secret_key()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the system refuses, as one sentence."""
        try:
            yield
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            raise CannotStart(f"The data folder {self.path} cannot be used: {reason} ({error.filename}).") from None

    def _make(self) -> None:
        is_new = not self.path.exists()
        self.path.mkdir(parents=True, exist_ok=True)
        if not is_new and not (self.path / START_LOCK).exists() and any(self.path.iterdir()):
            raise CannotStart(f"{self.path} is not empty and not a data folder of Roundbook; choose another.")
        account = self.postgres.account()
        if is_new:
            self.path.chmod(0o700)
        if account:
            # PostgreSQL's account must be able to pass through it to the sockets, but not to list it.
            self.path.chmod(stat.S_IMODE(self.path.stat().st_mode) | 0o011)
        os.close(os.open(self.path / START_LOCK, os.O_RDWR | os.O_CREAT, 0o600))

    def _make_socket_dir(self) -> None:
        """Each time, for what lies under /tmp may have been tidied away."""
        account = self.postgres.account()
        sockets = socket_dir(self.path)
        sockets.mkdir(mode=0o700, exist_ok=True)
        found = sockets.lstat()
        allowed = {os.geteuid(), account.uid if account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
            raise CannotStart(f"{sockets}, where the servers would listen, belongs to another account.")
        sockets.chmod(0o700)
        if account:
            os.chown(sockets, account.uid, account.gid)

    def _make_secret_key(self) -> None:
        """Put a key there whole or not at all, for others may be reading it."""
        key = self.path / SECRET_KEY_FILE
        if key.exists():
            return
        descriptor, making = tempfile.mkstemp(dir=self.path)  # readable for us alone
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        with suppress(FileExistsError):
            os.link(making, key)
        os.unlink(making)

    def _ensure(self) -> list[str]:
        """Have every server running. Only for the holder of the start lock."""
        with self._explained():
            self._make_socket_dir()
            return [server.name for server in self.servers if server.ensure()]

    def _leave(self, users: int) -> None:
        """Stop the servers where nobody else is left. Only for the holder of the start lock."""
        try:
            if locks.become_only_holder(users):
                for server in reversed(self.servers):
                    server.stop()
                sockets = socket_dir(self.path)
                if not sockets.is_relative_to(self.path):
                    with suppress(OSError):
                        sockets.rmdir()
        finally:
            os.close(users)
