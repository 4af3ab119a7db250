"""The embedded broker: Valkey, or any server that speaks Redis.

It keeps nothing on disk. PostgreSQL holds the jobs, and the relay sends again what a broker forgot.
"""

from __future__ import annotations

import signal
import socket
import subprocess

from config.embedded import programs, socket_dir
from config.embedded.detached import Detached


class Broker(Detached):
    name = "broker"
    stop_signal = signal.SIGTERM

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(socket_dir(self.data) / "broker.sock"))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def launch(self, lock: int) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(socket_dir(self.data) / "broker.sock"),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "dir": str(self.data),
        }
        argv: list[str] = [str(programs.broker_program())]
        for name, value in options.items():
            argv += [f"--{name}", value]
        return self.spawn(argv, lock)
