"""A mail arrives once although its sender is killed between the server's "taken" and its own mark; control: twice."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, watching_list
from django.db import connection
from django.utils import timezone
from factories import make_round, make_source, say, usd
from mail_server import MailServer

from config.embedded import database_url
from funding.models import Delivery, Job
from funding.values import PartialDate
from tests.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90.0  # seconds; a loaded machine starts slowly


class Senders:
    """Processes that send, one after the other, to a server that kills the first as soon as it has taken a mail."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        address, _, options = database_url(Path(os.environ["ROUNDBOOK_DATA"])).partition("?")
        self.env = {
            **os.environ,
            "DATABASE_URL": f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}",
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}?timeout=80",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "funding")]),
        }

    def run(self, how: str, number: int, *, is_killed: bool = False) -> int:
        """Let a process send; its exit status."""
        command = [sys.executable, str(ROOT / "tests" / "funding" / "chaos_mail.py"), how, str(number)]
        is_started = threading.Event()

        def strike() -> None:
            is_started.wait(PATIENCE)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)

        self.server.on_message = strike if is_killed else lambda: None
        process = subprocess.Popen(command, cwd=ROOT, env=self.env)
        is_started.set()
        return process.wait(PATIENCE)


@pytest.fixture
def senders() -> Iterator[Senders]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Senders(server)
        server.shutdown()


@pytest.fixture
def job() -> Job:
    """A mail that waits to be sent."""
    make_round()
    make_alert(watching_list(make_analyst(), "Halden Robotics"), "mail")
    say(make_source(), rounds={"b": {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000)}})
    run_jobs("alert")
    return Job.objects.get(kind="delivery")


def test_a_mail_is_handed_over_once_although_its_sender_is_killed(senders, job):
    assert senders.run("delivery", job.pk, is_killed=True) == -signal.SIGKILL, Delivery.objects.get().answer
    assert len(senders.server.taken) == 1
    assert Delivery.objects.get().state == "sending"
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert senders.run("delivery", job.pk) == 0
    job.refresh_from_db()
    assert len(senders.server.taken) == 1
    assert (job.state, Delivery.objects.get().state) == ("done", "unsure")


def test_sending_first_and_marking_after_hands_a_mail_over_twice(senders, job):
    """The control of the test above: the same mail, the same kill."""
    delivery = job.payload["delivery"]
    assert senders.run("plain", delivery, is_killed=True) == -signal.SIGKILL
    assert senders.run("plain", delivery) == 0
    assert len(senders.server.taken) == 2
    assert Delivery.objects.get().state == "sent"
