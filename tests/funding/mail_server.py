"""A mail server on the loopback, enough of SMTP to be handed a mail, that does what a test says before it answers."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """The server: what it took is in `taken`. `answers` are its replies by command, where they are not the usual ones.

    `on_message` is called once a mail is taken, before that is said.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.taken: list[str] = []
        self.answers: dict[str, str] = {}
        self.on_message: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def serving(settings: Any) -> Iterator[MailServer]:
    """A running server, to which the site's mails go meanwhile."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server
        server.shutdown()


class Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            command = line[:4].decode("ascii", "replace").upper().strip()
            if answer := self.server.answers.get(command):
                self.say(answer)
            elif command == "DATA":
                self.say("354 go on")
                self.server.taken.append(self.read_message())
                self.server.on_message()
                self.say(self.server.answers.get("END", "250 taken"))
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 well")

    def read_message(self) -> str:
        lines = []
        while (line := self.rfile.readline()) and line.rstrip(b"\r\n") != b".":
            lines.append(line.decode("utf-8"))
        return "".join(lines)

    def say(self, words: str) -> None:
        if words == "hang up":
            self.connection.close()
            raise ConnectionAbortedError
        self.wfile.write(words.encode() + b"\r\n")
