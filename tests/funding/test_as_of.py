"""What was known or public on a day, read by the code of the present from shadow tables."""

import datetime
import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_projection import _clean_slate, snapshot
from test_projection_in_any_order import beliefs, recordings

from companies.models import Company, Investor
from funding import as_of, recording
from funding.as_of import scopes, shadows
from funding.models import Assignment, Change, Round

pytestmark = pytest.mark.django_db


def just_after(change: Change) -> as_of.Moment:
    """All that was recorded up to a change, itself included."""
    return as_of.Moment(known=change.at.date(), before=change.at + datetime.timedelta(microseconds=1))


def pages() -> dict[str, Any]:
    """By address, what the page of each company rests on, the ids of its rounds among it."""
    found = {}
    for one in Company.objects.live():
        rounds = Round.objects.live().filter(company=one).order_by("pk")
        said = [(r.pk, r.stage, r.announced_on, str(r.raised), r.status, r.has_conflict) for r in rounds]
        parts = one.rounds.filter(is_live=True).values_list("pk", "participations__investor__slug")
        people = sorted(one.roles.values_list("person__name", "title"))
        columns = (one.name, one.city, one.rounds_count, one.raised_usd, one.valuation_usd, one.has_conflict)
        found[one.slug] = (columns, said, sorted(parts, key=repr), people)
    return found


def act_of(act: str, changes: list[Change], data: st.DataObject) -> Change | None:
    """What a person does to the records, None where there is nothing to do it to."""
    by = User.objects.get(username="editor of all")
    if act == "undo":
        change = data.draw(st.sampled_from(changes))
        is_done = change.kind == Change.Kind.UNDO or Change.objects.filter(undoes=change).exists()
        return None if is_done else recording.undo(change, by)
    if act == "merge":
        model: Any = data.draw(st.sampled_from([Company, Investor, Round]))
        pairs = list(itertools.permutations(model.objects.filter(is_live=True).order_by("pk"), 2))
        pairs = [pair for pair in pairs if model is not Round or pair[0].company_id == pair[1].company_id]
        return recording.merge(*data.draw(st.sampled_from(pairs)), by=by, reason="One.") if pairs else None
    if act == "split":
        held = Assignment.objects.live().filter(company__isnull=False).select_related("company")
        several = [one for one in held.order_by("pk") if held.filter(company=one.company).count() > 1]
        one = data.draw(st.sampled_from(several)) if several else None
        return recording.split(one.company, [one.mention], by=by, reason="Two.") if one else None
    return None


@given(st.data())
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example takes seconds, and shrinking hundreds
)
def test_every_moment_is_shown_as_it_was(data: st.DataObject) -> None:
    with _clean_slate():
        all_of_it = recordings()
        order = data.draw(st.permutations(range(len(all_of_it))))[: data.draw(st.integers(2, 5))]
        then: list[tuple[Change, Any, Any]] = []
        for at in order:
            then.append((all_of_it[at](), beliefs(), pages()))
            act = data.draw(st.sampled_from(["nothing", "undo", "merge", "split"]))
            if change := act_of(act, [change for change, *_ in then], data):
                then.append((change, beliefs(), pages()))
        now = snapshot()
        for change, believed, shown in then:
            with as_of.shown(just_after(change), as_of.Scope()):
                assert beliefs() == believed
                assert pages() == shown
            for one in Company.objects.all():
                with as_of.shown(just_after(change), scopes.of_company(one.slug)):
                    assert pages().get(one.slug) == shown.get(one.slug)
        assert snapshot() == now


@given(st.data())
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_as_of_of_now_is_now(data: st.DataObject) -> None:
    with _clean_slate(), pytest.MonkeyPatch.context() as patch:
        all_of_it = recordings()
        changes = [all_of_it[at]() for at in data.draw(st.permutations(range(len(all_of_it))))]
        for change in data.draw(st.sets(st.sampled_from(changes))):
            recording.undo(change, None)
        now = records()
        today = as_of.Moment.of(known=timezone.localdate())
        with as_of.shown(today, as_of.Scope()):
            assert records() == now
        # Nothing differs, so nothing was projected; projected again, all of it is the same.
        patch.setattr(shadows, "differing", lambda moment, scope: (all_ids(Company), all_ids(Investor)))
        with as_of.shown(today, as_of.Scope()):
            assert live(records()) == live(now)


def records() -> dict[str, list[dict[str, Any]]]:
    """What is held, without the sums over all rounds, for which no page of the past asks."""
    return {name: rows for name, rows in snapshot().items() if name != "sums"}


def all_ids(model: Any) -> list[int]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def live(records: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The rows that a list may show: what nothing is said of is not there in the past."""
    return {name: [row for row in rows if row.get("is_live", True)] for name, rows in records.items()}
