"""What sources say of an investor itself: of whom it is an arm, and what sort of investor it is."""

import datetime

import pytest
from factories import make_round, make_source, make_user, say_of_investor

from companies.models import Company, Investor
from funding import as_of, recording
from funding.models import Change, Statement

pytestmark = pytest.mark.django_db


def investor(name: str = "Northgate Ventures") -> Investor:
    return Investor.objects.live().get(name=name)


def parent_of(name: str = "Northgate Ventures") -> object:
    found = investor(name)
    return found.parent or found.parent_company


def test_an_arm_has_the_investor_as_its_parent_whom_a_source_names():
    say_of_investor(make_source(), arm_of="Northgate")
    assert parent_of() == investor("Northgate")
    assert list(investor("Northgate").arms.all()) == [investor()]


def test_an_arm_may_be_that_of_a_company():
    company = make_round("Northgate").company
    say_of_investor(make_source(), arm_of_company="Northgate", kind="corporate_arm")
    assert parent_of() == company
    assert investor().kind == "corporate_arm"
    assert not Investor.objects.filter(name="Northgate").exists()


def test_an_investor_of_which_only_its_kind_is_said_is_one_we_hold():
    say_of_investor(make_source(), kind="angel")
    assert investor().kind == "angel"


def test_a_kind_that_is_none_of_ours_is_kept_as_said_and_told_as_none():
    say_of_investor(make_source(), kind="conglomerate")
    assert investor().kind == ""
    assert investor().resolved["investor_kind"]["value"]["text"] == "conglomerate"


def test_two_sources_that_name_one_parent_agree_whatever_the_number_of_the_mention():
    say_of_investor(make_source(), arm_of="Northgate")
    say_of_investor(make_source(), arm_of="northgate")
    assert len(investor().resolved["parent"]["agreeing"]) == 2


def test_two_sources_that_name_two_parents_differ():
    say_of_investor(make_source(), arm_of="Northgate")
    say_of_investor(make_source(), arm_of="Fjordline")
    kept = investor().resolved["parent"]
    assert (len(kept["agreeing"]), len(kept["differing"])) == (1, 1)


def test_what_a_person_pins_is_the_parent():
    say_of_investor(make_source(), arm_of="Northgate")
    say_of_investor(make_source(), arm_of="Fjordline")
    other = Statement.objects.get(pk=investor().resolved["parent"]["differing"][0])
    before = parent_of()
    recording.mark(other, "pin", by=make_user(), reason="the firm says so")
    assert parent_of() != before


def test_a_deprecated_parent_is_none_and_who_is_named_nowhere_else_is_gone():
    say_of_investor(make_source(), arm_of="Northgate", kind="angel")
    recording.mark(Statement.objects.get(field="parent"), "deprecation", by=make_user(), reason="a mix-up")
    assert parent_of() is None
    assert not Investor.objects.live().filter(name="Northgate").exists()


def test_undoing_takes_the_parent_back_and_undoing_a_deprecation_brings_it_back():
    change = say_of_investor(make_source(), arm_of="Northgate", kind="angel")
    marking = recording.mark(Statement.objects.get(field="parent"), "deprecation", by=make_user(), reason="a mix-up")
    recording.undo(marking, make_user())
    assert parent_of() == investor("Northgate")
    recording.undo(change, make_user())
    assert not Investor.objects.live().exists()


def test_merging_the_parent_into_another_makes_that_one_the_parent_until_it_is_undone():
    make_round(investors=["Fjordline"])
    say_of_investor(make_source(), arm_of="Northgate")
    before, other = investor("Northgate"), investor("Fjordline")
    change = recording.merge(other, before, by=make_user(), reason="one firm")
    assert parent_of() == other
    recording.undo(change, make_user())
    assert parent_of() == before


def test_merging_companies_carries_the_arms_along():
    kept, gone = make_round("Halden Group").company, make_round("Northgate").company
    say_of_investor(make_source(), arm_of_company="Northgate")
    recording.merge(kept, gone, by=make_user(), reason="one company")
    assert parent_of() == kept


def test_splitting_the_parent_leaves_each_arm_with_the_one_that_its_source_speaks_of():
    make_round(investors=["Northgate"])
    say_of_investor(make_source(), arm_of="Northgate")
    before = investor("Northgate")
    named = Statement.objects.get(field="parent").mention.source.mentions.get(key="investor:1")
    recording.split(before, [named], by=make_user(), reason="two firms")
    assert parent_of() not in (None, before)
    assert parent_of().name == "Northgate"


def test_an_investor_is_not_merged_into_one_that_it_is_an_arm_of_by_way_of_a_third():
    say_of_investor(make_source(), arm_of="Northgate")
    say_of_investor(make_source(), "Northgate", arm_of="Fjordline")
    by = make_user()
    told = "Northgate stands between the two: Northgate Ventures is part of it, and it of Fjordline."
    for pair in ((investor(), investor("Fjordline")), (investor("Fjordline"), investor())):
        with pytest.raises(ValueError, match=told):
            recording.merge(*pair, by=by, reason="one firm")
    assert parent_of() == investor("Northgate")


def test_an_arm_that_turns_out_to_be_its_parent_is_no_arm_of_itself():
    say_of_investor(make_source(), arm_of="Northgate")
    change = recording.merge(investor("Northgate"), investor(), by=make_user(), reason="one firm")
    assert Investor.objects.live().get().parent is None
    recording.undo(change, make_user())
    assert parent_of() == investor("Northgate")


def just_after(change: Change) -> as_of.Moment:
    return as_of.Moment(known=change.at.date(), before=change.at + datetime.timedelta(microseconds=1))


def test_a_page_of_the_past_has_the_parent_that_was_believed_then():
    say_of_investor(make_source(), arm_of="Northgate")
    change = say_of_investor(make_source(), arm_of="Fjordline")
    first = parent_of()
    other = Statement.objects.get(pk=investor().resolved["parent"]["differing"][0])
    recording.mark(other, "pin", by=make_user(), reason="the firm says so")
    now = parent_of()
    with as_of.shown(just_after(change), as_of.scopes.of_investor("northgate-ventures")):
        assert parent_of() == first
    assert parent_of() == now != first


def test_a_page_of_the_past_knows_of_no_parent_that_was_said_later():
    make_round(investors=["Northgate Ventures"])
    first = Change.objects.get()
    later = say_of_investor(make_source(), arm_of="Northgate", kind="angel")
    with as_of.shown(just_after(first), as_of.scopes.of_investor("northgate-ventures")):
        assert (parent_of(), investor().kind) == (None, "")
    recording.undo(later, make_user())
    with as_of.shown(just_after(later), as_of.scopes.of_investor("northgate")):
        assert list(investor("Northgate").arms.all()) == [investor()]


def test_projecting_all_again_gives_the_same_parents():
    make_round("Halden")
    say_of_investor(make_source(), arm_of="Northgate", kind="venture_capital")
    say_of_investor(make_source(), "Fjordline", arm_of_company="Halden")
    columns = ("name", "kind", "parent", "parent_company", "resolved", "is_live")
    before = list(Investor.objects.order_by("pk").values(*columns))
    recording.rebuild()
    assert list(Investor.objects.order_by("pk").values(*columns)) == before
    assert Company.objects.get(name="Halden").arms.get().name == "Fjordline"
