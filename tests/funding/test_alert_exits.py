"""Alerts tell of exits: once, with what is believed now and what was before, and of sources that begin to differ."""

import pytest
from alert_jobs import make_alert, make_analyst, run_jobs, told, watching_list
from factories import company, make_round, make_source, usd
from test_exits import BOUGHT, LISTED, tell_exit

from funding import recording
from funding.models import Alert, AlertEvent, Change
from funding.tellings import NewMention, NewStatement
from funding.values import Text

pytestmark = pytest.mark.django_db
SOLD = "Halden Robotics, acquisition, May 2022"


@pytest.fixture
def alert() -> Alert:
    """On a list with a company of one old round."""
    make_round()
    return make_alert(watching_list(make_analyst(), "Halden Robotics"))


def test_a_new_exit_of_a_watched_company_is_told_with_what_is_said_of_it(alert) -> None:
    tell_exit(**BOUGHT)
    run_jobs()
    event = AlertEvent.objects.get()
    assert (event.kind, event.record, event.company) == ("exit", SOLD, company())
    said = {row["label"]: row["after"] for row in event.rows}
    assert said["Acquirer"] == ["Nordhavn Group"]
    assert said["Price"] == ["$400m"]
    assert said["Status of the exit"] == ["completed"]


def test_what_a_second_source_only_repeats_is_not_told_again(alert) -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT)
    run_jobs()
    assert told(alert) == [("exit", SOLD)]


def test_an_announced_deal_that_is_done_is_told_with_what_it_was(alert) -> None:
    tell_exit(**BOUGHT | {"exit_status": Text("announced")})
    run_jobs()
    tell_exit(**BOUGHT)
    run_jobs()
    row = {"field": "exit_status", "label": "Status of the exit", "before": ["announced"], "after": ["completed"]}
    assert AlertEvent.objects.last().rows == [row]


def test_two_exits_that_one_source_tells_of_are_one_event(alert) -> None:
    mentions = [NewMention("company:0", "company", "Halden Robotics")]
    statements = [NewStatement("company:0", "name", Text("Halden Robotics"))]
    for key, fields in (("exit:0", BOUGHT), ("exit:1", LISTED | {"exit_status": Text("cancelled")})):
        mentions.append(NewMention(key, "exit", "Halden Robotics", "company:0"))
        statements += [NewStatement(key, field, value) for field, value in fields.items()]
    recording.record(make_source(), mentions, statements, origin="engine test", kind=Change.Kind.REVIEW)
    run_jobs()
    assert told(alert) == [("exit", f"{SOLD}, IPO, 11 May 2022")]
    assert {row["label"] for row in AlertEvent.objects.get().rows} >= {"Acquirer", "Price", "Exchange", "Ticker"}


def test_sources_that_begin_to_differ_about_a_price_are_told_with_all_they_say(alert) -> None:
    tell_exit(**BOUGHT)
    run_jobs()
    tell_exit(**BOUGHT | {"price": usd(300_000_000)})
    run_jobs()
    conflict = AlertEvent.objects.get(kind="conflict")
    assert conflict.record == "Halden Robotics"
    [row] = conflict.rows
    assert (row["label"], sorted(row["after"])) == ("Price", ["$300m", "$400m"])


def test_an_exit_that_is_taken_back_is_told(alert) -> None:
    change = tell_exit(**BOUGHT)
    run_jobs()
    recording.undo(change, None)
    run_jobs()
    last = AlertEvent.objects.last()
    assert last.kind == "exit"
    assert {"field": "acquirer", "label": "Acquirer", "before": ["Nordhavn Group"], "after": []} in last.rows


def test_whoever_wants_no_rounds_hears_of_no_exits(alert) -> None:
    Alert.objects.update(on_rounds=False)
    tell_exit(**BOUGHT)
    run_jobs()
    assert told(alert) == []


def test_the_exit_of_a_company_that_nobody_watches_is_not_told(alert) -> None:
    tell_exit(name="Mirelle", **BOUGHT)
    run_jobs()
    assert told(alert) == []
