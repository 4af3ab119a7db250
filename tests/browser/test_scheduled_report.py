"""An analyst makes a report of a list, schedules it, and gets it by mail."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from alert_jobs import make_analyst, run_jobs
from browsing import ON_LIVE_SERVER, signed_in
from django.utils import timezone
from factories import make_round
from mail_server import MailServer
from playwright.sync_api import Browser, expect

from funding import tasks
from funding.models import Report
from funding.values import PartialDate, Text

pytestmark = ON_LIVE_SERVER


@pytest.fixture
def mails(settings: Any, live_server: Any) -> Iterator[MailServer]:
    """A mail server on the loopback."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        settings.SITE_ADDRESS = live_server.url
        yield server
        server.shutdown()


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without scripts"])
def test_an_analyst_schedules_a_report_and_receives_it(
    browser: Browser, live_server: Any, mails: MailServer, is_scripted: bool
) -> None:
    make_round("Halden Robotics", stage=Text("series_b"), announced_on=PartialDate(2024, 3, 4))
    make_round("Mirelle Foods", stage=Text("seed"), announced_on=PartialDate(2024, 2, 4))
    context = signed_in(browser, live_server, make_analyst(), java_script_enabled=is_scripted)
    page = context.new_page()
    page.goto("/rounds/?stage=series_b")
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.locator(".report-preview tbody tr")).to_have_count(1)
    page.get_by_label("Columns", exact=True).fill("company, announced_on,\nraised_low, source_title")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator(".report-preview thead th")).to_have_text(
        ["company", "announced_on", "raised_low", "source_title"]
    )
    page.get_by_label("Name").fill("Series B rounds")
    page.get_by_role("button", name="Keep the report").click()
    expect(page.locator("h1")).to_have_text("Series B rounds")
    page.get_by_label("Goes out", exact=True).select_option("week")
    page.get_by_label("Of a week, on").select_option("1")
    page.get_by_role("button", name="Keep the schedule").click()
    expect(page.get_by_role("heading", name="What went out")).to_be_visible()

    assert mails.taken == []
    Report.objects.update(next_at=timezone.now())  # Monday has come
    for _twice in range(2):
        tasks.send_due_reports()
        run_jobs("report")
    [message] = [email.message_from_bytes(text.encode(), policy=email.policy.default) for text in mails.taken]
    [attached] = message.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(attached.get_content().decode(), newline="")))
    assert [(row["company"], row["announced_on"], row["raised_low"]) for row in rows] == [
        ("Halden Robotics", "2024-03-04", "10000000")
    ]
    page.reload()
    row = page.locator("section[aria-labelledby=runs] tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("sent")
    expect(row).to_contain_text("to ana@desk.example")
    context.close()
