"""What a change did, and which alerts that concerns: told once, of what is watched, by who may watch it."""

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, told, watching_list
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from factories import company, make_round, make_source, make_user, say, usd

from config.accounts.roles import give_role
from funding import jobs, recording
from funding.models import Alert, AlertEvent, Change, Job, Mark, Round, SavedSearch, Statement
from funding.values import Multiple, PartialDate, Text

pytestmark = pytest.mark.django_db
SERIES_B = {"announced_on": PartialDate(2025, 6, 2), "raised": usd(40_000_000), "stage": Text("series_b")}
NAME = "Halden Robotics, Series B, 2 Jun 2025"


@pytest.fixture
def alert() -> Alert:
    """On a list with a company of one old round."""
    make_round()
    return make_alert(watching_list(make_analyst(), "Halden Robotics"))


def say_round(**fields) -> Change:
    return say(make_source(), rounds={"b": SERIES_B | fields})


def test_a_new_round_is_told_with_what_is_said_of_it(alert):
    say_round(leads=["Northgate Capital"])
    [job] = run_jobs()
    assert (job.kind, job.state, job.result) == ("alert", "done", "1 events for 1 alerts")
    event = AlertEvent.objects.get()
    assert (event.kind, event.record, event.company) == ("new_round", NAME, company())
    assert event.get_absolute_url() == Round.objects.get(stage="series_b").get_absolute_url()
    said = {row["label"]: row["after"] for row in event.rows}
    assert said["Amount raised"] == ["$40m"]
    assert said["Investor"] == ["Northgate Capital, lead"]
    assert event.sources == [["The Daily Round, 1 Mar 2024", make_path(event)]]


def make_path(event: AlertEvent) -> str:
    source = Statement.objects.filter(added_in=event.change).first().mention.source
    return source.get_absolute_url()


def test_the_same_round_from_a_second_source_that_adds_nothing_is_not_told(alert):
    say_round()
    run_jobs()
    say_round()
    run_jobs()
    assert told(alert) == [("new_round", NAME)]


def test_a_changed_round_is_told_with_what_was_before(alert):
    say_round()
    run_jobs()
    say_round(closed_on=PartialDate(2025, 7))
    run_jobs()
    assert told(alert) == [("new_round", NAME), ("round", NAME)]
    assert AlertEvent.objects.last().rows == [
        {"field": "closed_on", "label": "Closed", "before": [], "after": ["Jul 2025"]}
    ]


def test_sources_that_begin_to_differ_are_told_with_all_they_say(alert):
    say_round()
    run_jobs()
    say_round(raised=usd(44_000_000))
    run_jobs()
    kinds = dict(told(alert))
    assert "conflict" in kinds
    row = AlertEvent.objects.get(kind="conflict").rows[0]
    assert row["label"] == "Amount raised"
    assert sorted(row["after"]) == ["$40m", "$44m"]


def test_sources_that_differ_already_are_not_told_to_differ_again(alert):
    say_round()
    say_round(raised=usd(44_000_000))
    run_jobs()
    say_round(raised=usd(48_000_000))
    run_jobs()
    assert AlertEvent.objects.filter(kind="conflict").count() == 1


def test_a_company_fact_that_sources_differ_about_is_told_and_a_plain_one_is_not(alert):
    say(make_source(), facts={"founded_on": PartialDate(2016)})
    run_jobs()
    assert told(alert) == []
    say(make_source(), facts={"founded_on": PartialDate(2018)})
    run_jobs()
    assert told(alert) == [("conflict", "Halden Robotics")]


def test_a_valuation_stated_or_bounded_is_told_apart_from_its_round(alert):
    say_round(valuation=usd(300_000_000))
    say_round(valuation_ratio=Multiple(2, None, low_open=True))
    run_jobs()
    assert told(alert) == [("new_round", NAME), ("valuation", NAME), ("valuation", NAME)]
    labels = [row["label"] for event in AlertEvent.objects.filter(kind="valuation") for row in event.rows]
    assert labels == ["Valuation", "Multiple of the value before"]


def test_a_round_that_is_taken_back_is_told_as_changed(alert):
    change = say_round()
    run_jobs()
    recording.undo(change, None)
    run_jobs()
    assert [kind for kind, _ in told(alert)] == ["new_round", "round"]
    raised = next(row for row in AlertEvent.objects.last().rows if row["label"] == "Amount raised")
    assert (raised["before"], raised["after"]) == (["$40m"], [])


def test_a_pin_that_changes_what_is_believed_is_told(alert):
    say_round()
    say_round(raised=usd(44_000_000))
    run_jobs()
    believed = Round.objects.get(stage="series_b").resolved["raised"]
    recording.mark(
        Statement.objects.get(pk=believed["differing"][0]), Mark.Kind.PIN, by=make_user(), reason="They told us"
    )
    run_jobs()
    last = AlertEvent.objects.order_by("pk").last()
    assert (last.kind, [row["label"] for row in last.rows]) == ("round", ["Amount raised"])


def test_a_round_that_comes_with_a_merged_company_is_told_with_whose_it_was(alert):
    say(make_source(), company="Haldane Arms", rounds={"b": SERIES_B | {"investors": ["Fjordline Partners"]}})
    run_jobs()
    assert told(alert) == []
    recording.merge(company(), company("Haldane Arms"), by=make_user(), reason="One firm")
    run_jobs()
    event = AlertEvent.objects.get()
    assert (event.kind, event.record) == ("round", NAME)
    assert event.rows == [
        {"field": "company", "label": "Company", "before": ["Haldane Arms"], "after": ["Halden Robotics"]}
    ]


def test_only_what_is_chosen_is_told(alert):
    Alert.objects.update(on_rounds=False, on_conflicts=False)
    say_round(valuation=usd(300_000_000))
    run_jobs()
    assert told(alert) == [("valuation", NAME)]


def test_an_investor_on_a_list_is_told_of_by_the_rounds_it_takes_part_in(db):
    make_round(investors=["Northgate Capital"])
    alert = make_alert(watching_list(make_analyst(), investors=("Northgate Capital",)))
    say(make_source(), company="Mirelle Foods", rounds={"b": SERIES_B | {"investors": ["Northgate Capital"]}})
    say(make_source(), company="Orsted Labs", rounds={"b": SERIES_B | {"investors": ["Fjordline Partners"]}})
    run_jobs()
    assert told(alert) == [("new_round", "Mirelle Foods, Series B, 2 Jun 2025")]


def test_a_company_that_was_merged_is_watched_as_the_one_it_is_now(alert):
    make_round("Haldane Arms")
    other = make_alert(watching_list(make_analyst("otto"), "Haldane Arms"), token_hash="1" * 64)
    recording.merge(company(), company("Haldane Arms"), by=make_user(), reason="One firm")
    run_jobs()
    AlertEvent.objects.all().delete()
    say_round()
    run_jobs()
    assert told(other) == told(alert) == [("new_round", NAME)]


@pytest.mark.parametrize(
    ("page", "query", "is_told"),
    [
        ("rounds", "raised_min=30m", True),
        ("rounds", "raised_min=50m", False),
        ("rounds", "investor=northgate-capital", True),
        ("companies", "q=halden", True),
        ("companies", "q=mirelle", False),
        ("investors", "q=northgate", True),
        ("investors", "q=fjordline", False),
        ("rounds", "colour=blue", False),
    ],
)
def test_a_saved_search_is_told_of_what_it_finds(db, page, query, is_told):
    make_round(investors=["Northgate Capital"])
    search = SavedSearch.objects.create(owner=make_analyst(), name="S", page=page, query=query)
    alert = make_alert(search)
    say_round(investors=["Northgate Capital"])
    run_jobs()
    assert told(alert) == ([("new_round", NAME)] if is_told else [])


def test_nobody_is_told_who_may_not_watch_or_has_stopped(alert):
    say_round()
    for stop in (
        lambda: Alert.objects.update(is_active=False),
        lambda: Alert.objects.update(is_active=True) and give_role(alert.owner, "reader"),
        lambda: alert.owner.groups.clear(),
    ):
        stop()
        say_round(announced_label=Text("another word"))
        run_jobs()
        assert told(alert) == []


def test_a_shared_list_tells_others_until_it_is_shared_no_longer(db):
    make_round()
    shared = watching_list(make_analyst(), "Halden Robotics")
    shared.is_shared = True
    shared.save()
    alert = make_alert(shared, owner=make_analyst("otto"))
    say_round()
    run_jobs()
    assert told(alert) == [("new_round", NAME)]
    shared.is_shared = False
    shared.save()
    say_round(closed_on=PartialDate(2025, 7))
    run_jobs()
    assert told(alert) == [("new_round", NAME)]


def test_a_change_that_is_looked_at_twice_is_told_once(alert):
    say_round()
    run_jobs()
    Job.objects.filter(kind="alert").delete()
    jobs.enqueue("alert", "again", {"change": AlertEvent.objects.get().change_id})
    run_jobs()
    assert told(alert) == [("new_round", NAME)]


def test_recording_where_nobody_has_an_alert_costs_one_query_more():
    with CaptureQueriesContext(connection) as asked:
        say_round()
    assert len([one for one in asked if "funding_alert" in one["sql"]]) == 1
    assert not Job.objects.exists()


def test_a_recording_that_is_rolled_back_tells_nothing(alert):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say_round()
        raise ZeroDivisionError
    assert run_jobs() == []
