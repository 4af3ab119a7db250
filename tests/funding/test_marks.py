"""A person pins a statement or says that it no longer counts; records follow, and all of it can be taken back."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from factories import company, make_source, make_user, say, tell_story, usd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_projection import snapshot

from companies.models import Investor
from funding import recording
from funding.models import Mark, Participation, Round, Source, Statement, Valuation
from funding.values import PartialDate, Quantity, Text

pytestmark = pytest.mark.django_db
PIN, DEPRECATION = Mark.Kind.PIN, Mark.Kind.DEPRECATION
AUGUST = PartialDate(2023, 8, 24)


def told(**fields: Any) -> Source:
    """One more source of the one round."""
    source = make_source()
    held = Round.objects.live().filter(announced_on=AUGUST.first_day).first()
    say(source, rounds={"0": {"announced_on": AUGUST} | fields}, decided={"round:0": held} if held else None)
    return source


def statement(source: Source, field: str) -> Statement:
    return Statement.objects.live().get(mention__source=source, field=field)


def the_round() -> Round:
    return Round.objects.live().get()


def two_sums() -> tuple[Statement, Statement]:
    """The one believed, for two sources give it, and the other."""
    believed, _, other = told(raised=usd(235)), told(raised=usd(235)), told(raised=usd(100))
    return statement(believed, "raised"), statement(other, "raised")


def test_a_pinned_value_is_the_one_believed_and_the_reason_says_who_pinned_it():
    _, other = two_sums()
    recording.mark(other, PIN, by=make_user("ada"), reason="The company confirmed it by telephone")
    kept = the_round().resolved["raised"]
    assert the_round().raised == usd(100)
    assert kept["reason"] == "pinned by ada: The company confirmed it by telephone"
    assert len(kept["differing"]) == 2


def test_a_pin_settles_a_disagreement():
    _, other = two_sums()
    assert the_round().has_conflict
    assert company().has_conflict
    recording.mark(other, PIN, by=make_user(), reason="Confirmed")
    assert not the_round().has_conflict
    assert not company().has_conflict


def test_a_pin_takes_the_place_of_the_one_before():
    believed, other = two_sums()
    recording.mark(other, PIN, by=make_user(), reason="Confirmed")
    recording.mark(believed, PIN, by=make_user(), reason="Confirmed otherwise")
    assert Mark.objects.live().get().statement == believed
    assert the_round().raised == usd(235)


def test_a_deprecated_value_is_out_of_resolution_and_conflicts():
    believed, other = two_sums()
    recording.mark(other, DEPRECATION, by=make_user(), reason="A misprint")
    assert not the_round().has_conflict
    assert other.pk not in the_round().resolved["raised"]["differing"]
    recording.unmark(other, by=make_user(), reason="It was none")
    assert the_round().has_conflict


def test_a_deprecated_sum_counts_nowhere():
    source = told(raised=usd(50))
    recording.mark(statement(source, "raised"), DEPRECATION, by=make_user(), reason="Of another company")
    assert the_round().raised is None
    assert company().raised_usd is None


def test_a_deprecated_ratio_bounds_nothing():
    source = tell_story()
    before = Valuation.objects.get(round__announced_on__year=2022)
    ratio = statement(source, "valuation_ratio")
    assert (before.high, ratio.pk in {pk for step in before.proof for pk in step["statements"]}) == (450_000_000, True)
    recording.mark(ratio, DEPRECATION, by=make_user(), reason="Never said")
    after = Valuation.objects.get(round__announced_on__year=2022)
    assert after.high is None


def test_a_valuation_that_is_pinned_wins():
    told(valuation=usd(4500), basis="post")
    other = told(valuation=usd(4000, is_approx=True), basis="post")
    recording.mark(statement(other, "valuation"), PIN, by=make_user(), reason="From the register")
    valuation = Valuation.objects.get()
    assert (valuation.low, valuation.is_approx, valuation.has_conflict) == (4000, True, False)


def test_who_leads_is_what_the_pinned_statement_says():
    leads = told(leads=["Northgate Capital"])
    takes_part = told(investors=["Northgate Capital"])
    assert Participation.objects.get().is_lead is True
    pinned = statement(takes_part, "participation")
    recording.mark(pinned, PIN, by=make_user(), reason="Two others led")
    assert Participation.objects.get().is_lead is None
    assert Participation.objects.get().statement == pinned
    recording.mark(statement(leads, "participation"), PIN, by=make_user(), reason="It did lead")
    assert Participation.objects.get().is_lead is True


def test_an_investor_of_whom_only_deprecated_words_speak_is_not_live():
    source = told(investors=["Northgate Capital"])
    before = snapshot()
    part = statement(source, "participation")
    recording.mark(part, DEPRECATION, by=make_user(), reason="It denies it")
    assert not Participation.objects.exists()
    assert not Investor.objects.get().is_live
    recording.unmark(part, by=make_user(), reason="It took part after all")
    assert snapshot() == before


def test_a_round_of_which_everything_is_deprecated_is_no_round_any_more():
    source = told()
    only = statement(source, "announced_on")
    before = snapshot()
    recording.mark(only, DEPRECATION, by=make_user(), reason="There was none")
    assert not Round.objects.live().exists()
    recording.unmark(only, by=make_user(), reason="There was one")
    assert snapshot() == before


def test_the_pinned_office_comes_first():
    first, second = make_source(published=PartialDate(2024, 1, 1)), make_source(published=PartialDate(2024, 2, 1))
    say(first, facts={"headquarters": Text("Oslo")})
    say(second, facts={"headquarters": Text("Bergen")})
    assert company().city == "Oslo"
    recording.mark(statement(second, "headquarters"), PIN, by=make_user(), reason="Oslo is a branch")
    assert company().city == "Bergen"


def test_an_older_count_of_people_that_is_pinned_is_shown():
    old, new = make_source(published=PartialDate(2020, 1, 1)), make_source(published=PartialDate(2024, 2, 1))
    say(old, facts={"employees": Quantity(Decimal(40), Decimal(40))})
    say(new, facts={"employees": Quantity(Decimal(400), Decimal(400))})
    recording.mark(statement(old, "employees"), PIN, by=make_user(), reason="A nought too many")
    assert company().resolved["employees"]["value"]["low"] == "40"
    assert not company().has_conflict


def test_a_pinned_name_is_the_name():
    told()
    odd = make_source()
    say(odd, company="Halden Robotics AS", rounds={"0": {"announced_on": AUGUST}})
    about = Statement.objects.get(mention__source=odd, field="name")
    recording.mark(about, PIN, by=make_user(), reason="So it is registered")
    assert company("Halden Robotics AS").is_live


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_mark_needs_a_reason_that_can_be_kept(reason: str):
    _, other = two_sums()
    with pytest.raises(ValueError, match="reason"):
        recording.mark(other, PIN, by=make_user(), reason=reason)
    assert not Mark.objects.exists()


def test_marking_twice_and_unmarking_what_has_no_mark_are_refused_in_words():
    _, other = two_sums()
    with pytest.raises(ValueError, match="neither pinned nor deprecated"):
        recording.unmark(other, by=make_user(), reason="No")
    recording.mark(other, PIN, by=make_user("ada"), reason="Confirmed")
    with pytest.raises(ValueError, match="pinned by ada: Confirmed"):
        recording.mark(other, PIN, by=make_user(), reason="Again")


def test_what_was_taken_back_cannot_be_marked_but_can_be_said_again():
    source = make_source()
    change = say(source, rounds={"0": {"announced_on": AUGUST, "raised": usd(50)}})
    gone = statement(source, "raised")
    before = snapshot()
    recording.undo(change, make_user())
    with pytest.raises(ValueError, match="taken back"):
        recording.mark(gone, PIN, by=make_user(), reason="Confirmed")
    again = recording.say_again(gone, by=make_user(), reason="It was right")
    assert the_round().raised == usd(50)
    assert again.note == "Restored: It was right"
    with pytest.raises(ValueError, match="said already"):
        recording.say_again(gone, by=make_user(), reason="Twice")
    recording.undo(again, make_user())
    assert not Round.objects.live().exists()
    assert len(before["Round"]) == Round.objects.count()


def test_undoing_a_pin_brings_back_the_one_it_replaced_with_its_person():
    believed, other = two_sums()
    ada, ben = make_user("ada"), make_user("ben")
    recording.mark(other, PIN, by=ada, reason="Confirmed")
    before = snapshot()
    second = recording.mark(believed, PIN, by=ben, reason="Denied")
    recording.undo(second, ben)
    assert snapshot() == before
    assert the_round().resolved["raised"]["reason"] == "pinned by ada: Confirmed"


def test_an_undone_pin_does_not_come_back_with_the_undo_of_a_later_one():
    believed, other = two_sums()
    before = snapshot()
    first = recording.mark(other, PIN, by=make_user(), reason="Confirmed")
    second = recording.mark(believed, PIN, by=make_user(), reason="Denied")
    recording.undo(first, make_user())
    recording.undo(second, make_user())
    assert snapshot() == before
    assert not Mark.objects.live().exists()


def test_undoing_an_unmark_marks_again():
    _, other = two_sums()
    recording.mark(other, DEPRECATION, by=make_user("ada"), reason="A misprint")
    before = snapshot()
    taken = recording.unmark(other, by=make_user(), reason="None")
    recording.undo(taken, make_user())
    assert snapshot() == before
    assert Mark.objects.live().get().words == "deprecated by ada: A misprint"


@given(st.data())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_marks_in_any_order_equal_recomputing_and_taking_all_back_in_any_order_leaves_no_trace(data: st.DataObject):
    with transaction.atomic():
        by = make_user()
        tell_story()
        told(raised=usd(235), valuation=usd(4500), leads=["Northgate Capital"], stage=Text("series_b"))
        told(raised=usd(100), valuation=usd(4000), investors=["Northgate Capital"], stage=Text("series_c"))
        before = snapshot()
        said = list(Statement.objects.live().order_by("pk"))
        changes = []
        for _ in range(data.draw(st.integers(1, 5))):
            one = data.draw(st.sampled_from(said))
            act = data.draw(st.sampled_from([PIN, DEPRECATION, None]))
            reason = data.draw(st.sampled_from(["Confirmed", "A misprint"]))
            try:
                if act is None:
                    changes.append(recording.unmark(one, by=by, reason=reason))
                else:
                    changes.append(recording.mark(one, act, by=by, reason=reason))
            except ValueError:
                continue
            stored = snapshot()
            recording.rebuild()
            assert snapshot() == stored
        for change in data.draw(st.permutations(changes)):
            recording.undo(change, by)
        assert snapshot() == before
        assert not Mark.objects.live().exists()
        transaction.set_rollback(True)
