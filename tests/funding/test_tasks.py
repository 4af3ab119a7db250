"""What Celery calls: a few lines each, known to the app and to its schedule."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from config.celery import app
from funding import intake, tasks
from funding.management.commands.relay import Command
from funding.models import Article, Feed, Job
from tests.servers import ROOT


@pytest.mark.django_db
def test_a_message_runs_the_job_it_names():
    text = "Halden Robotics has raised $40 million in a Series B led by Northgate Capital, the company said on Monday."
    article, _ = intake.add_text(text)
    tasks.run_job(article.job.pk)
    article.refresh_from_db()
    assert article.state == Article.State.READ


@pytest.mark.django_db
def test_beat_queues_the_feeds_that_are_due():
    Feed.objects.create(url="https://ledger.example/feed", next_fetch_at=timezone.now() - timedelta(minutes=1))
    tasks.fetch_due_feeds()
    tasks.fetch_due_feeds()
    assert Job.objects.get().kind == "feed"


def test_what_is_scheduled_and_sent_is_known_to_the_workers():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled | {"funding.tasks.run_job"} <= set(app.tasks)


def test_the_relay_command_needs_the_database_and_stops_when_told(tmp_path):
    assert Command.needs == "database"
    log = tmp_path / "relay.log"
    command = [sys.executable, "-m", "django", "relay", "--settings", "config.settings"]
    with log.open("wb") as said:
        relay = subprocess.Popen(
            command, cwd=ROOT, stdout=said, stderr=said, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
    try:
        deadline = time.monotonic() + 60
        while "looks for due jobs" not in log.read_text() and relay.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(20) == 0
    finally:
        relay.kill()
        relay.wait()
    assert "Traceback" not in log.read_text()
