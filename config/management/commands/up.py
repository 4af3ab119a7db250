"""`up`: the whole of Roundbook on this machine, until Ctrl-C."""

from __future__ import annotations

import http.client
import io
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import launch
from config.accounts.links import one_time_link
from config.accounts.roles import ensure_owner
from config.embedded import locks
from config.embedded.folder import DataFolder
from config.embedded.programs import CannotStart
from config.processes import CrashLoop, ProcessTree, Program, child_environ, site_programs
from funding.models import Source

HOST: Final = "127.0.0.1"
STOP_ORDER: Final = ("samples", "web", "beat", "worker", "relay")
TICK: Final = 0.25  # seconds between two looks at what runs
WEB_PATIENCE: Final = 60.0  # seconds that the web may take until it answers
SAMPLES_WANTED: Final = "samples-wanted"


def port_number(text: str) -> int:
    """A port as the command line gives it."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"“{text}” is no port; it is a number from 1 to 65535")
    return int(text)


class Command(BaseCommand):
    help = "Start Roundbook: its servers, the site, the worker, and at the first start the sample articles."
    needs = "nothing"  # it starts the servers itself, after a look at the port
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000, help="where the site answers (default: 8000)")
        parser.add_argument("--data", metavar="DIR", help="the data folder (default: .roundbook, or ROUNDBOOK_DATA)")
        parser.add_argument("--no-samples", action="store_true", help="start without the sample articles")

    def handle(self, *args: Any, **options: Any) -> None:
        self.port: int = options["port"]
        self.data = Path(settings.DATA_DIR)
        self.is_stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            with ExitStack() as stack:
                self._run(stack, wants_samples=not options["no_samples"])
        except KeyboardInterrupt:
            self.stdout.write("Roundbook has stopped.")
        except (CannotStart, CrashLoop) as error:
            raise CommandError(str(error)) from None

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """The first wish to stop interrupts whatever is being done; later ones do not disturb the stopping."""
        if not self.is_stopping:
            self.is_stopping = True
            raise KeyboardInterrupt

    def _run(self, stack: ExitStack, *, wants_samples: bool) -> None:
        folder = launch.data_folder() if settings.IS_EMBEDDED else None
        (folder or DataFolder(self.data, has_broker=False)).prepare()
        launch.adopt_secret_key()
        self._claim(stack)
        self._check_port()
        if folder:
            stack.enter_context(folder.use())
        launch.migrate_if_outstanding()
        call_command("load_rates", verbosity=0, stdout=io.StringIO())
        owner = ensure_owner()
        os.environ.setdefault("ROUNDBOOK_SITE", f"http://{HOST}:{self.port}")
        tree = ProcessTree(site_programs(HOST, self.port), sys.stdout, child_environ())
        stack.callback(self._stop, tree)
        tree.start()
        self._wait_for_web(tree, folder)
        self.stdout.write(f"\nRoundbook is up: http://{HOST}:{self.port}{one_time_link(owner)}")
        self.stdout.write("This address signs you in as its owner, once. Ctrl-C stops everything.\n\n")
        if self._has_samples_to_import(wants_samples):
            tree.run_once(Program("samples", (sys.executable, "manage.py", "import_samples"), patience=1))
        connection.close()
        while True:
            time.sleep(TICK)
            self._look_after(tree, folder)

    def _claim(self, stack: ExitStack) -> None:
        """Be the only `up` on this data folder. Whoever asks whether one runs holds the lock for a moment."""
        for _ in range(10):
            lock = locks.take(self.data / launch.UP_LOCK)
            if lock is not None:
                stack.callback(os.close, lock)
                return
            time.sleep(0.05)
        raise CannotStart(f"Roundbook already runs on the data folder {self.data}; stop that one, or give --data DIR.")

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # After a kill -9 the site of before may need a moment to notice that it is alone.
            for _ in range(20):
                try:
                    probe.bind((HOST, self.port))
                    return
                except PermissionError:
                    raise CannotStart(
                        f"This account may not use port {self.port}; give another with --port N."
                    ) from None
                except OSError:
                    time.sleep(0.1)
        raise CannotStart(f"Port {self.port} is in use by another program; give another with --port N.")

    def _wait_for_web(self, tree: ProcessTree, folder: DataFolder | None) -> None:
        deadline = time.monotonic() + WEB_PATIENCE
        while not self._web_answers():
            self._look_after(tree, folder)
            if time.monotonic() > deadline:
                raise CannotStart(f"The site does not answer on port {self.port}; its lines above say why.")
            time.sleep(0.05)

    def _web_answers(self) -> bool:
        web = http.client.HTTPConnection(HOST, self.port, timeout=10)
        try:
            web.request("GET", "/health/")
            return web.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def _has_samples_to_import(self, wants_samples: bool) -> bool:
        """Whether this is a first start, or the first one was cut off before its samples were in."""
        note = self.data / SAMPLES_WANTED
        if wants_samples and not Source.objects.exists():
            note.touch()
        return wants_samples and note.exists()

    def _look_after(self, tree: ProcessTree, folder: DataFolder | None) -> None:
        """Start again whatever has died, servers first; not where a wish to stop has come, heard by nobody so far.

        For Python ignores what a signal raises while it clears objects away, and later signals raise nothing.
        """
        if self.is_stopping:
            raise KeyboardInterrupt
        for name in folder.revive() if folder else ():
            tree.say(name, "was gone; it is started again.")
        for name, status in tree.tick():
            if name == "samples" and status == 0:
                (self.data / SAMPLES_WANTED).unlink(missing_ok=True)

    def _stop(self, tree: ProcessTree) -> None:
        self.is_stopping = True
        self.stdout.write("Stopping.")
        tree.stop(STOP_ORDER)
