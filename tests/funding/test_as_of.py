"""What was known or public on a day, read by the code of the present from shadow tables."""

import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_projection import _clean_slate, snapshot
from test_projection_in_any_order import beliefs, recordings

from companies.models import Company, Investor
from funding import as_of, recording
from funding.as_of import scopes, shadows
from funding.models import Change

pytestmark = pytest.mark.django_db


def just_after(change: Change) -> as_of.Moment:
    """All that was recorded up to a change, itself included."""
    return as_of.Moment(known=change.at.date(), before=change.at + datetime.timedelta(microseconds=1))


def of(company: Company, believed: list[Any]) -> list[Any]:
    """What is believed of one company and its rounds."""
    return [[row for row in each if row[0] == company.key] for each in believed[:2]]


@given(st.data())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_every_moment_is_shown_as_it_was(data: st.DataObject) -> None:
    with _clean_slate():
        all_of_it = recordings()
        order = data.draw(st.permutations(range(len(all_of_it))))[: data.draw(st.integers(2, 10))]
        then: list[tuple[Change, Any]] = []
        for at in order:
            then.append((all_of_it[at](), beliefs()))
            if data.draw(st.booleans()):
                change = data.draw(st.sampled_from([change for change, _ in then]))
                if not Change.objects.filter(undoes=change).exists() and change.kind != "undo":
                    then.append((recording.undo(change, None), beliefs()))
        now = snapshot()
        for change, believed in then:
            with as_of.shown(just_after(change), as_of.Scope()):
                assert beliefs() == believed
            for one in Company.objects.all():
                with as_of.shown(just_after(change), scopes.of_company(one.slug)):
                    assert of(one, beliefs()) == of(one, believed)
        assert snapshot() == now


@given(st.data())
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_as_of_of_now_is_now(data: st.DataObject) -> None:
    with _clean_slate(), pytest.MonkeyPatch.context() as patch:
        all_of_it = recordings()
        changes = [all_of_it[at]() for at in data.draw(st.permutations(range(len(all_of_it))))]
        for change in data.draw(st.sets(st.sampled_from(changes))):
            recording.undo(change, None)
        now = snapshot()
        today = as_of.Moment.of(known=timezone.localdate())
        with as_of.shown(today, as_of.Scope()):
            assert snapshot() == now
        # Nothing differs, so nothing was projected; projected again, all of it is the same.
        patch.setattr(shadows, "differing", lambda moment, scope: (all_ids(Company), all_ids(Investor)))
        with as_of.shown(today, as_of.Scope()):
            assert live(snapshot()) == live(now)


def all_ids(model: Any) -> list[int]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def live(records: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The rows that a list may show: what nothing is said of is not there in the past."""
    return {name: [row for row in rows if row.get("is_live", True)] for name, rows in records.items()}
