"""No import is lost and none takes effect twice, whichever process is killed when; plain messages do lose some."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.db import connection

from config.embedded import database_url
from config.embedded.programs import broker_program
from funding import dispatch, intake
from funding.models import Article, Job, Review
from tests.servers import ROOT

IMPORTS = 200
KILLS = {"broker": 4, "relay": 3, "worker a": 3, "worker b": 3, "worker a, worker b": 1}
PATIENCE = 120.0  # seconds; a loaded machine starts slowly
QUICK = {
    "ROUNDBOOK_JOB_LEASE": "4",
    "ROUNDBOOK_JOB_RESEND": "1.5",
    "ROUNDBOOK_JOB_BACKOFF": "0.5",
    "ROUNDBOOK_JOB_ATTEMPTS": "20",
    "ROUNDBOOK_RELAY_INTERVAL": "0.2",
    "ROUNDBOOK_LOG_LEVEL": "WARNING",
    "C_FORCE_ROOT": "1",
}


class Servers:
    """A broker that keeps nothing, workers and a relay, each in a process group that can be killed and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "b.sock"
        self.env = {
            **os.environ,
            **QUICK,
            "DATABASE_URL": self._database_url(),
            "REDIS_URL": f"redis+socket://{self.socket}",
            "ROUNDBOOK_QUEUE": "chaos",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "funding")]),
        }
        self.app = Celery(broker=self.env["REDIS_URL"])
        self.app.conf.task_default_queue = self.env["ROUNDBOOK_QUEUE"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        celery = [sys.executable, "-m", "celery", "-A", "chaos_app", "worker", "-c", "2", "--loglevel", "ERROR"]
        celery += ["--without-gossip", "--without-mingle"]
        broker = [str(broker_program()), "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.commands = {
            "broker": [*broker, "--appendonly", "no", "--dir", str(folder)],
            "relay": [sys.executable, "-m", "django", "relay", "--settings", "config.settings"],
            "worker a": [*celery, "-n", "a@chaos"],
            "worker b": [*celery, "-n", "b@chaos"],
        }

    @staticmethod
    def _database_url() -> str:
        """The address of this test's own database on the server of this run."""
        address, _, options = database_url(Path(os.environ["ROUNDBOOK_DATA"])).partition("?")
        return f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"

    def start(self, *names: str) -> None:
        for name in names:
            log = (self.folder / f"{name}.log").open("ab")
            self.running[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """`kill -9` of a process and its children."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def said(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in sorted(self.folder.glob("*.log")))


@pytest.fixture
def servers(tmp_path_factory, transactional_db, monkeypatch, settings) -> Iterator[Servers]:
    servers = Servers(tmp_path_factory.mktemp("chaos"))
    # What this process sends right after a commit goes to the same broker, alive or not.
    settings.JOB_RESEND = float(QUICK["ROUNDBOOK_JOB_RESEND"])
    monkeypatch.setattr(
        dispatch, "publish", lambda pk: servers.app.send_task("funding.tasks.run_job", [pk], retry=False)
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE chaos_tally (of text NOT NULL)")
    try:
        yield servers
    finally:
        servers.stop()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            cursor.execute("DROP TABLE chaos_tally")


def article(number: int) -> str:
    """A short report that is unlike the others."""
    return (
        f"Halden Robotics {number} raises ${number + 3} million\n\n"
        f"Oslo, 5 March 2024. Halden Robotics {number}, which builds sorting arms, has raised ${number + 3} million "
        f"in a Series A round led by Northgate Capital. Bruma Ventures took part as well."
    )


def tally() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT of FROM chaos_tally")
        return [of for (of,) in cursor.fetchall()]


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def strike(servers: Servers, victims: str) -> None:
    """Kill processes, workers with a job in hand or the broker with a message to pass on, and start them again."""
    if "worker" in victims:
        wait_until(Job.objects.filter(state=Job.State.RUNNING).exists, 10)
    elif victims == "broker":
        wait_until(Job.objects.filter(state=Job.State.QUEUED, sent_at__isnull=False).exists, 1)
    for victim in victims.split(", "):
        servers.kill(victim)
    servers.start(*victims.split(", "))


def test_no_import_is_lost_or_doubled_whatever_is_killed(servers):
    chance = random.Random(20230824)
    servers.start("broker", "relay", "worker a", "worker b")
    faults = [victim for victim, times in KILLS.items() for _ in range(times)]
    chance.shuffle(faults)
    given = 0
    for struck, victim in enumerate(faults, start=1):
        # As they come in during real life: some before each fault, the last ones after it.
        while given < IMPORTS * struck // len(faults):
            intake.add_text(article(given))
            given += 1
        strike(servers, victim)
        time.sleep(chance.uniform(0.3, 2.0))
    assert given == IMPORTS
    wait_until(lambda: not Job.objects.open().exists())

    ended = dict(Job.objects.values_list("pk", "state"))
    took_effect = tally()
    attempts = Job.objects.filter(attempt__gt=1).count()
    print(
        f"{IMPORTS} imports, {len(faults)} kills: {IMPORTS - len(set(took_effect))} lost, "
        f"{len(took_effect) - len(set(took_effect))} doubled, {attempts} taken up again"
    )
    assert set(ended.values()) == {"done"}, servers.said()
    assert len(ended) == IMPORTS
    assert sorted(took_effect, key=int) == [str(pk) for pk in sorted(ended)]
    assert Article.objects.filter(state=Article.State.READ).count() == IMPORTS
    assert Review.objects.count() == IMPORTS
    # Else no kill hit anything, and nothing would be proven.
    assert attempts > 0


def test_plain_messages_lose_imports_when_the_broker_is_killed(servers):
    """The control of the test above: the same texts as messages that nothing but the broker holds."""
    servers.start("broker", "worker a", "worker b")
    assert wait_until(servers.socket.exists)

    def send(text: str) -> None:
        servers.app.send_task("chaos_app.plain_import", [text])

    for number in range(IMPORTS):
        send(article(number))
    assert wait_until(lambda: len(tally()) >= 10), servers.said()
    servers.kill("broker")
    servers.start("broker")
    # One more shows that the workers are back and would have done what they were told.
    last = article(IMPORTS)
    assert wait_until(lambda: _is_sent(send, last))
    assert wait_until(lambda: last in tally()), servers.said()
    lost = IMPORTS - len({of for of in tally() if of != last})
    print(f"{IMPORTS} imports as plain messages, one kill of the broker: {lost} lost")
    assert lost > 0


def _is_sent(send: Callable[[str], None], text: str) -> bool:
    try:
        send(text)
    except Exception:  # whatever the transport raises while the broker starts
        return False
    return True
