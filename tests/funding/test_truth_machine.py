"""Whatever is told, marked, merged, split and taken back, in any order: the records follow from the rest."""

import random
from typing import Any

import pytest
from factories import make_source, make_user, say
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from test_projection import _clean_slate, beliefs, sets_of_facts, snapshot

from companies.models import Company, Investor
from funding import recording
from funding.models import Assignment, Change, Judgement, Mark, Mention, Participation, Round, Statement

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NAMES = ["Halden Robotics", "Halden-Robotics AS", "Mirelle", "Mirelle Health"]


class Truth(RuleBasedStateMachine):
    """A database in which people and rules do what they may."""

    def __init__(self) -> None:
        super().__init__()
        self.slate = _clean_slate()
        self.slate.__enter__()
        self.person = make_user()
        self.changes: list[Change] = []
        self.is_checked = True

    def teardown(self) -> None:
        self.slate.__exit__(None, None, None)

    def done(self, change: Change) -> None:
        """Keep a change so that it can be taken back."""
        self.changes.append(change)
        self.is_checked = False

    @rule(
        facts=st.sampled_from(sets_of_facts()), name=st.sampled_from([*NAMES, ""]), names_seen=st.booleans(),
    )  # fmt: skip
    def tell(self, facts: dict[str, Any], name: str, names_seen: bool) -> None:
        told = facts | ({"company": name} if name else {})
        self.done(say(make_source(), **told, names_seen=names_seen))

    @rule(data=st.data(), kind=st.sampled_from(Mark.Kind.values))
    def mark(self, data: st.DataObject, kind: str) -> None:
        statement = self.one(data, Statement.objects.live())
        if statement is None or (statement.mark and statement.mark.kind == kind):
            return
        self.done(recording.mark(statement, kind, by=self.person, reason="Seen."))

    @rule(data=st.data())
    def unmark(self, data: st.DataObject) -> None:
        statement = self.one(data, Statement.objects.live().filter(marks__retracted_at=None, marks__isnull=False))
        if statement is not None:
            self.done(recording.unmark(statement, by=self.person, reason="Not so."))

    @rule(data=st.data(), model=st.sampled_from([Company, Investor]))
    def merge(self, data: st.DataObject, model: Any) -> None:
        self.of_two(data, model.objects.live(), recording.merge)

    @rule(data=st.data())
    def merge_rounds(self, data: st.DataObject) -> None:
        first = self.one(data, Round.objects.live())
        if first is not None:
            self.of_two(data, Round.objects.live().filter(company=first.company), recording.merge)

    @rule(data=st.data(), model=st.sampled_from([Company, Investor]))
    def tell_apart(self, data: st.DataObject, model: Any) -> None:
        self.of_two(data, model.objects.live(), recording.judge_different)

    @rule(data=st.data(), model=st.sampled_from([Company, Investor, Round]))
    def split(self, data: st.DataObject, model: Any) -> None:
        record = self.one(data, model.objects.live())
        if record is None:
            return
        held = Assignment.objects.live().filter(**{model._meta.model_name: record})
        mentions = list(Mention.objects.filter(pk__in=held.values("mention")).order_by("pk"))
        if len(mentions) > 1:
            going = mentions[: data.draw(st.integers(1, len(mentions) - 1))]
            self.done(recording.split(record, going, by=self.person, reason="Two."))

    @precondition(lambda self: self.changes)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        change = self.changes.pop(data.draw(st.integers(0, len(self.changes) - 1)))
        recording.undo(change, self.person)
        self.is_checked = False

    def one(self, data: st.DataObject, rows: Any) -> Any:
        """One of these rows, None where there are none."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.model.objects.get(pk=data.draw(st.sampled_from(ids))) if ids else None

    def of_two(self, data: st.DataObject, rows: Any, what: Any) -> None:
        """Do something with two of these rows, where there are two."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if len(ids) > 1:
            kept, gone = data.draw(st.permutations(ids))[:2]
            first, second = rows.model.objects.get(pk=kept), rows.model.objects.get(pk=gone)
            self.done(what(first, second, by=self.person, reason="So it is."))

    @invariant()
    def recomputing_changes_nothing(self) -> None:
        if self.is_checked:
            return
        before = snapshot()
        recording.rebuild()
        assert snapshot() == before
        self.is_checked = True


class UndoneTruth(Truth):
    """The same, and at the end all of it is taken back, in any order."""

    def teardown(self) -> None:
        chance = random.Random(len(self.changes))
        chance.shuffle(self.changes)
        for change in self.changes:
            recording.undo(change, self.person)
        assert beliefs() == [[], []]
        for model in (Assignment, Statement, Judgement, Mark):
            assert not model.objects.live().exists(), model
        assert not Participation.objects.exists()
        super().teardown()

    @invariant()
    def recomputing_changes_nothing(self) -> None:
        """Left to the other machine."""


OF_MACHINES = settings(
    max_examples=15, stateful_step_count=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@pytest.mark.parametrize("machine", [Truth, UndoneTruth])
def test_the_records_follow_from_what_is_said_and_decided(machine: type[Truth]) -> None:
    run_state_machine_as_test(machine, settings=OF_MACHINES)
