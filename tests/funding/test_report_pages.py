"""Reports as pages: to begin with, looked at, kept, shared, scheduled; and what cannot be read is said in place."""

import dataclasses
from urllib.parse import parse_qs

import pytest
from alert_jobs import make_analyst
from django.contrib.auth.models import User
from django.db import connection
from factories import make_rate, make_round, make_user, usd
from test_report_schedule import make_report

from funding import exports
from funding.models import Report, ReportRun
from funding.reporting import ready, schedule
from funding.reporting.reports import OF_A_PERIOD
from funding.values import PartialDate
from funding.views import reports as pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(analyst_client):
    """Whom the client is signed in as."""
    user = User.objects.get(username="ana")
    User.objects.filter(pk=user.pk).update(email="ana@desk.example")
    user.refresh_from_db()
    return user


def text(response) -> str:
    return " ".join(response.content.decode().split())


def fields(**given) -> dict:
    return {"rows": "rounds", "filters": "", "columns": "company,raised_low", "form": "csv", "name": "Seeds"} | given


def test_a_report_is_looked_at_before_it_is_kept(analyst_client):
    make_round("=Quillwork", raised=usd("1200.50"))
    page = text(analyst_client.post("/reports/new/", fields(preview="1", name="")))
    assert '<td>&#x27;=Quillwork</td><td class="num">1200.5</td>' in page
    assert "<code>raised_low</code>" in page
    assert not Report.objects.exists()


def test_a_report_is_kept_and_gives_the_file_of_its_address(analyst_client):
    make_round("Quillwork", announced_on=PartialDate(2024, 2, 1))
    make_round("Halden Robotics", announced_on=PartialDate(2021, 2, 1))
    make_rate("SEK", "11", PartialDate(2024, 2, 1).first_day)
    answer = analyst_client.post("/reports/new/", fields(filters="/rounds/?since=2023&columns=stage", currency="sek"))
    report = Report.objects.get()
    assert answer["Location"] == f"/reports/{report.pk}/"
    assert parse_qs(report.query) == {"since": ["2023"], "currency": ["SEK"], "columns": ["company,raised_low"]}
    page = text(analyst_client.get(answer["Location"]))
    assert "Quillwork" in page and "Halden" not in page
    for form in ("csv", "xlsx", "jsonl"):
        assert f"/export/rounds.{form}?since=2023&amp;currency=SEK&amp;columns=company%2Craised_low" in page
    file = b"".join(analyst_client.get(f"/export/rounds.csv?{report.query}").streaming_content)
    assert file == b"company,raised_low\r\nQuillwork,10000000\r\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "Give the report a name."),
        ({"filters": "colour=blue"}, "“colour” is no filter of this list."),
        ({"filters": "stage=x"}, "“x” is no stage."),
        ({"filters": "currency=EUR"}, "“currency” has a field of its own below."),
        ({"filters": "&".join(["a=1"] * 1500)}, "at most 2000 characters"),
        ({"columns": "colour"}, "“colour” is no column of this file"),
        ({"columns": "company,company"}, "“company” is given more than once."),
        ({"currency": "XAU"}, "There are no rates of “XAU”"),
        ({"known": "tomorrow"}, "“tomorrow”"),
        ({"rows": "users"}, "users is not one of the available choices"),
        ({"period": "week", "filters": "since=2023"}, "The filters have dates of their own."),
        ({"period": "week", "rows": "companies", "columns": ""}, "These rows have no dates to choose from."),
        ({"rows": "quarters", "columns": "", "filters": "order=largest"}, "These rows have one order alone."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(analyst_client, given, message):
    answer = analyst_client.post("/reports/new/", fields(**given))
    assert answer.status_code == 200
    assert message in text(answer)
    for value in given.values():
        assert value[:50].replace("&", "&amp;") in text(answer)
    assert not Report.objects.exists()


def test_a_name_is_ones_own_once(analyst_client, ana):
    make_report(owner=ana)
    assert "You have one named “SEEDS” already." in text(analyst_client.post("/reports/new/", fields(name="SEEDS")))


@pytest.mark.parametrize("one", ready.READY, ids=lambda one: str(one.title))
def test_every_report_to_begin_with_opens_with_its_preview_and_can_be_kept(analyst_client, one):
    make_round(valuation=usd(2_000_000_000), leads=["Northgate"])
    page = analyst_client.get("/reports/new/", dict(one.fields) | {"name": str(one.title)})
    assert page.status_code == 200
    assert page.context["shown"]["problems"] == [] and page.context["shown"]["heads"]
    assert not page.context["form"].errors
    answer = analyst_client.post("/reports/new/", fields(columns="") | dict(one.fields) | {"name": str(one.title)})
    assert answer.status_code == 302, text(answer)[:2000]
    assert str(one.title) in text(analyst_client.get("/reports/"))


def test_every_kind_of_rows_has_words_and_the_periods_are_of_some(analyst_client):
    assert set(pages.ROWS) == set(exports.ROWS)
    for name in exports.ROWS:
        page = analyst_client.get("/reports/new/", {"rows": name, "period": "year"})
        assert ("period" not in page.context["form"].errors) == (name in OF_A_PERIOD)


def test_a_report_is_changed_and_deleted_by_its_owner(analyst_client, ana):
    report = make_report(owner=ana, query="stage=seed&columns=company&known=2024-01-01")
    page = text(analyst_client.get(f"/reports/{report.pk}/edit/"))
    assert 'value="stage=seed"' in page and 'value="2024-01-01"' in page and "> company</textarea>" in page
    answer = analyst_client.post(f"/reports/{report.pk}/edit/", fields(name="Others", is_shared="on"))
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.name, report.query, report.is_shared) == ("Others", "columns=company%2Craised_low", True)
    analyst_client.post(f"/reports/{report.pk}/delete/")
    assert not Report.objects.exists()


def test_a_report_is_its_owners_alone_unless_it_is_shared(analyst_client):
    other = make_user("otto", "analyst")
    hidden = make_report(owner=other, name="Hidden")
    shared = make_report(owner=other, name="Shared", is_shared=True)
    page = text(analyst_client.get("/reports/"))
    assert "Shared" in page and "Hidden" not in page
    assert analyst_client.get(f"/reports/{hidden.pk}/").status_code == 404
    seen = text(analyst_client.get(f"/reports/{shared.pk}/"))
    assert "kept by otto" in seen and "Keep the schedule" not in seen and "/edit/" not in seen
    assert "/reports/new/?rows=rounds&amp;filters=stage%3Dseed" in seen or "filters=stage%3Dseed" in seen
    for action in ("edit", "schedule", "run", "delete"):
        assert analyst_client.post(f"/reports/{shared.pk}/{action}/").status_code == 404
    run = schedule.ask(shared, "attachment")
    ReportRun.objects.update(state="failed", ended_at=run.due_at)
    assert analyst_client.post(f"/reports/runs/{run.pk}/again/").status_code == 404


def test_readers_have_no_reports(reader_client):
    assert reader_client.get("/reports/").status_code == 403
    assert "/reports/" not in text(reader_client.get("/companies/"))


def test_a_report_is_scheduled_and_taken_off_again(analyst_client, ana):
    report = make_report(owner=ana)
    address = f"/reports/{report.pk}/schedule/"
    weekly = {"every": "week", "weekday": "3", "monthday": "9", "hour": "6", "way": "attachment"}
    analyst_client.post(address, weekly)
    report.refresh_from_db()
    assert (report.every, report.day, report.hour, report.way) == ("week", 3, 6, "attachment")
    assert (report.next_at.isoweekday(), report.next_at.hour) == (3, 6)
    analyst_client.post(address, weekly | {"every": "month"})
    report.refresh_from_db()
    assert (report.day, report.next_at.day) == (9, 9)
    analyst_client.post(address, weekly | {"every": ""})
    report.refresh_from_db()
    assert (report.every, report.next_at) == ("", None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hour": "24"}, "24 is not one of the available choices"),
        ({"every": "hour"}, "hour is not one of the available choices"),
        ({"weekday": "8"}, "8 is not one of the available choices"),
        ({"way": "folder"}, "folder is not one of the available choices"),
    ],
)
def test_a_schedule_that_cannot_be_is_said(analyst_client, ana, given, message):
    report = make_report(owner=ana)
    usual = {"every": "week", "weekday": "1", "monthday": "1", "hour": "6", "way": "link"}
    answer = analyst_client.post(f"/reports/{report.pk}/schedule/", usual | given)
    assert answer.status_code == 422
    assert message in text(answer)
    report.refresh_from_db()
    assert report.every == ""


def test_without_an_address_nothing_goes_by_mail(analyst_client, ana):
    User.objects.filter(pk=ana.pk).update(email="")
    report = make_report(owner=ana)
    given = {"every": "day", "weekday": "1", "monthday": "1", "hour": "6", "way": "link"}
    answer = analyst_client.post(f"/reports/{report.pk}/schedule/", given)
    assert "Your account has no mail address to send to." in text(answer)


def test_the_folder_can_be_chosen_where_the_owner_of_the_site_allows_it(analyst_client, ana, settings, tmp_path):
    report = make_report(owner=ana)
    assert "into the folder" not in text(analyst_client.get(f"/reports/{report.pk}/"))
    settings.REPORT_FOLDER = str(tmp_path)
    given = {"every": "day", "weekday": "1", "monthday": "1", "hour": "6", "way": "folder"}
    assert analyst_client.post(f"/reports/{report.pk}/schedule/", given).status_code == 302


def test_the_runs_are_told_with_rows_hash_and_reason(analyst_client, ana):
    report = make_report(owner=ana, way="link")
    analyst_client.post(f"/reports/{report.pk}/run/")
    run = ReportRun.objects.get()
    assert "asked for" in text(analyst_client.get(f"/reports/{report.pk}/"))
    ReportRun.objects.update(
        state="failed", ended_at=run.due_at, rows=1234, sha256="ab" * 32, answer="The mail server refused it: no"
    )
    page = text(analyst_client.get(f"/reports/{report.pk}/"))
    assert "1,234" in page and "ab" * 32 in page and "The mail server refused it: no" in page and "Try again" in page
    analyst_client.post(f"/reports/runs/{run.pk}/again/")
    run.refresh_from_db()
    assert run.state == "waiting"
    answer = analyst_client.post(f"/reports/runs/{run.pk}/again/", follow=True)
    assert "This is no run that was given up" in text(answer)


def test_a_list_leads_to_a_report_of_what_it_shows(analyst_client):
    make_round()
    page = analyst_client.get("/rounds/?since=2020&columns=stage").content.decode()
    assert 'href="/reports/new/?rows=rounds&amp;filters=since%3D2020"' in page
    form = analyst_client.get("/reports/new/?rows=rounds&filters=since%3D2020")
    assert form.context["form"]["filters"].value() == "since=2020"
    assert len(form.context["shown"]["rows"]) == 1


def test_rows_that_take_too_long_for_a_page_can_still_be_kept(analyst_client, monkeypatch):
    make_round()
    slow = dataclasses.replace(exports.ROWS["rounds"], columns=(exports.Column("company", "pg_sleep(60)::text"),))
    monkeypatch.setitem(exports.ROWS, "rounds", slow)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300ms'")
    page = text(analyst_client.post("/reports/new/", fields(columns="company", preview="1")))
    assert "These rows take too long to be looked at here." in page
    assert analyst_client.post("/reports/new/", fields(columns="company")).status_code == 302
    assert Report.objects.get().name == "Seeds"


def test_report_pages_ask_few_questions(analyst_client, ana, django_assert_max_num_queries):
    make_round(leads=["Northgate"])
    for number in range(5):
        report = make_report(owner=ana, name=f"Report {number}", way="link")
        schedule.ask(report, "link")
    make_report(owner=make_analyst("otto"), name="Shared", is_shared=True)
    for address in ("/reports/", f"/reports/{report.pk}/", "/reports/new/?rows=rounds", f"/reports/{report.pk}/edit/"):
        with django_assert_max_num_queries(12):
            assert analyst_client.get(address).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["rows=users", "rows=rounds&filters=%01", "rows=rounds&known=%01", "rows=rounds&columns=%01", "form=exe", "pk=1"],
)
def test_addresses_that_make_no_sense_break_nothing(analyst_client, query):
    assert analyst_client.get(f"/reports/new/?{query}").status_code == 200
