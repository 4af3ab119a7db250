"""What happens before a command runs: the servers it needs are there, and the database is as the code wants it.

A command says what it needs by an attribute of its class, `needs`: "nothing", "database" or "jobs"; one that says
nothing gets the database. This concerns the embedded servers only; with DATABASE_URL, servers and workers are the
business of whoever set it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from environs import EnvError

from config import embedded, streams
from config.embedded import locks
from config.embedded.folder import DataFolder
from config.embedded.programs import CannotStart

NEEDS: Final = ("nothing", "database", "jobs")
# Commands of Django and other packages, which say nothing; all others get the database.
NEED_NOTHING: Final = frozenset(
    {
        *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
        *("makemigrations", "sendtestemail", "startapp", "startproject", "version"),
    }
)
# Those for which outstanding migrations must be left as they are.
FIND_MIGRATIONS: Final = frozenset({"dbshell", "migrate", "showmigrations", "sqlmigrate", "squashmigrations"})
UP_LOCK: Final = "up.lock"


def run(argv: Sequence[str]) -> None:
    """Run one command line, with the servers it needs. Exits with status 1 and a sentence where they cannot be had."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    name = argv[1] if len(argv) > 1 else ""
    if name == "test":
        from config import suite

        suite.run(argv[2:])
    if name == "up":
        prepare_for_up(argv[2:])
    if os.environ.get("ROUNDBOOK_DATA"):
        # Our own processes run in the project's folder, and must come to the same place.
        os.environ["ROUNDBOOK_DATA"] = os.path.abspath(os.environ["ROUNDBOOK_DATA"])
    streams.open_closed()
    try:
        with streams.end_in_a_sentence(argv):
            _run_command(list(argv), name)
    except CannotStart as error:
        sys.exit(str(error))
    except EnvError as error:
        sys.exit(f"A setting is missing or wrong: {error} (docs/settings.md lists them all)")


def prepare_for_up(options: Sequence[str]) -> None:
    """`up` chooses the data folder, and serves this machine whoever's servers it uses; settings must see both."""
    for position, option in enumerate(options):
        if option == "--data" and position + 1 < len(options):
            os.environ["ROUNDBOOK_DATA"] = options[position + 1]
        elif option.startswith("--data="):
            os.environ["ROUNDBOOK_DATA"] = option.removeprefix("--data=")
    os.environ.setdefault("ROUNDBOOK_LOCAL", "true")


def _run_command(argv: list[str], name: str) -> None:
    import django
    from django.conf import settings
    from django.core.management import execute_from_command_line

    django.setup()
    need = need_of(argv)
    if need != "nothing":
        # Without this a polite end would leave behind the servers, or what a command has begun.
        signal.signal(signal.SIGTERM, _end)
    if need == "nothing" or not settings.IS_EMBEDDED:
        execute_from_command_line(argv)
        return
    with ExitStack() as stack:
        stack.enter_context(data_folder().use())
        adopt_secret_key()
        if name not in FIND_MIGRATIONS:
            migrate_if_outstanding()
        if need == "jobs":
            stack.enter_context(workers_where_none_run())
        execute_from_command_line(argv)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def need_of(argv: Sequence[str]) -> str:
    """What a command line needs; nothing for one that only asks for help or does not exist. Django must be set up."""
    from django.core.management import get_commands, load_command_class

    name = argv[1] if len(argv) > 1 else ""
    app = get_commands().get(name)
    if app is None or name in NEED_NOTHING or any(option in ("-h", "--help") for option in argv[2:]):
        return "nothing"
    command = load_command_class(app, name) if isinstance(app, str) else app
    need = getattr(command, "needs", "database")
    if need not in NEEDS:
        raise ValueError(f"The command {name} needs {need!r}, which is none of {', '.join(NEEDS)}.")
    return str(need)


def data_folder() -> DataFolder:
    """The data folder of the settings, with a broker where no other is set."""
    from django.conf import settings

    is_own_broker = embedded.redis_url(settings.DATA_DIR) == settings.CELERY_BROKER_URL
    return DataFolder(settings.DATA_DIR, has_broker=is_own_broker)


def adopt_secret_key() -> None:
    """Take the key that the data folder got after the settings had been read."""
    from django.conf import settings

    if not os.environ.get("SECRET_KEY") and (key := embedded.secret_key(settings.DATA_DIR)):
        settings.SECRET_KEY = key


def migrate_if_outstanding() -> None:
    """Bring the database to what the code wants, one process at a time."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config import health

    with locks.alone(Path(settings.DATA_DIR) / "migrate.lock"):
        if health.is_migrated():
            return
        print("Bringing the database up to date.", file=sys.stderr, flush=True)
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()


@contextmanager
def workers_where_none_run() -> Iterator[None]:
    """Relay and worker for as long as a command runs, unless an `up` has its own on this data folder."""
    from django.conf import settings

    from config import processes

    data = Path(settings.DATA_DIR)
    if locks.is_held(data / UP_LOCK):
        yield
        return
    with open(data / "jobs.log", "a", encoding="utf-8") as log, processes.running(processes.job_programs(), log):
        yield
