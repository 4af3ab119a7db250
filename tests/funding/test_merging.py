"""A person merges, splits and tells apart records; each of these is taken back as a whole."""

import datetime

import pytest
from factories import company, fact, make_source, make_user, say, tell, usd
from test_projection import snapshot
from test_projection_in_any_order import beliefs

from companies.models import Alias, Company, Investor
from funding import recording
from funding.models import Mention, Round
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db


def two_companies() -> tuple[Company, Company]:
    """One firm that two papers call otherwise."""
    seed = {"0": {"raised": usd(4), "announced_on": PartialDate(2021, 3), "stage": Text("seed")}}
    series = {"0": {"raised": usd(40), "announced_on": PartialDate(2023, 5), "leads": ["Bruma Capital"]}}
    say(make_source(), company="Halden", rounds=seed, facts={"headquarters": Text("Oslo")})
    tell(
        make_source("Ada leads Halden Robotics."),
        fact("person:0", "role", Text("CEO"), "leads"),
        names={"person:0": "Ada Ek"},
    )
    say(make_source(), company="Halden Robotics", rounds=series)
    return company("Halden"), company("Halden Robotics")


def merged() -> tuple[Company, Company]:
    short, long = two_companies()
    recording.merge(long, short, by=make_user(), reason="Its name until 2022.")
    short.refresh_from_db()
    long.refresh_from_db()
    return short, long


def test_a_merged_company_has_the_rounds_people_and_facts_of_both() -> None:
    short, long = merged()
    assert (short.merged_into, short.is_live) == (long, False)
    assert [one.announced_on.year for one in long.rounds.live().order_by("announced_on")] == [2021, 2023]
    assert (long.city, [role.person.name for role in long.roles.all()]) == ("Oslo", ["Ada Ek"])


def test_the_rounds_of_a_merged_company_keep_their_addresses() -> None:
    short, long = two_companies()
    before = set(Round.objects.live().values_list("pk", flat=True))
    recording.merge(long, short, by=make_user(), reason="One firm.")
    assert set(long.rounds.live().values_list("pk", flat=True)) == before


def test_what_is_told_of_the_old_name_is_told_of_the_merged_company_from_then_on() -> None:
    short, long = merged()
    assert list(Alias.objects.filter(company=long).values_list("name", "is_told")) == [("Halden", True)]
    told = {"0": {"raised": usd(90), "announced_on": PartialDate(2024, 6)}}
    say(make_source(), company="Halden", rounds=told, names_seen=False)
    assert long.rounds.live().count() == 3


def test_taking_a_merge_back_gives_the_same_records_as_before() -> None:
    short, long = two_companies()
    before = snapshot()
    change = recording.merge(long, short, by=make_user(), reason="One firm.")
    assert snapshot() != before
    recording.undo(change, None)
    assert snapshot() == before


def test_a_split_company_keeps_what_its_other_sources_say() -> None:
    seed = {"0": {"raised": usd(4), "announced_on": PartialDate(2021, 3)}}
    say(make_source(), rounds=seed, facts={"headquarters": Text("Oslo")})
    say(make_source(), facts={"headquarters": Text("Lima")})
    before = beliefs()
    other = Mention.objects.order_by("pk").last()
    assert other is not None
    change = recording.split(company(), [other], by=make_user(), reason="Another firm, in Lima.")
    first, second = Company.objects.live().order_by("pk")
    assert (first.city, first.rounds_count, second.city, second.rounds_count) == ("Oslo", 1, "Lima", 0)
    assert first.slug != second.slug
    recording.undo(change, None)
    assert beliefs() == before
    second.refresh_from_db()
    assert second.merged_into == first


def test_what_was_split_is_not_joined_again_by_facts() -> None:
    for _ in range(2):
        say(make_source(), facts={"headquarters": Text("Oslo"), "founded_on": PartialDate(2016)}, names_seen=False)
    assert Company.objects.live().count() == 1
    mention = Mention.objects.order_by("pk").last()
    assert mention is not None
    recording.split(company(), [mention], by=make_user(), reason="Two firms of one name.")
    say(make_source(), facts={"headquarters": Text("Oslo")}, names_seen=False)
    assert Company.objects.live().count() == 2


def test_two_companies_told_apart_are_not_joined_by_facts() -> None:
    say(make_source(), facts={"headquarters": Text("Oslo")}, names_seen=False)
    say(make_source(), facts={"founded_on": PartialDate(2016)}, names_seen=False)
    first, second = Company.objects.live().order_by("pk")
    change = recording.judge_different(first, second, by=make_user())
    both = {"headquarters": Text("Oslo"), "founded_on": PartialDate(2016)}
    say(make_source(), facts=both, names_seen=False)
    assert Company.objects.live().count() == 2
    recording.undo(change, None)
    assert Company.objects.live().count() == 1


def test_a_merged_investor_took_part_where_both_did() -> None:
    round_of = {"announced_on": PartialDate(2023, 5), "raised": usd(40)}
    say(make_source(), rounds={"0": {**round_of, "leads": ["Bruma Capital"]}})
    say(make_source(), company="Vela", rounds={"0": {**round_of, "investors": ["Bruma Partners"]}})
    before = snapshot()
    kept, gone = Investor.objects.order_by("name")
    change = recording.merge(kept, gone, by=make_user(), reason="Renamed.")
    assert kept.participations.count() == 2
    assert Investor.objects.get(pk=gone.pk).merged_into == kept
    recording.undo(change, None)
    assert snapshot() == before


def test_merged_rounds_are_one_and_the_old_address_leads_there() -> None:
    seed = {"raised": usd(4), "announced_on": PartialDate(2021, 3), "stage": Text("seed")}
    say(make_source(), rounds={"0": seed, "1": {"raised": usd(9), "announced_on": PartialDate(2021, 9)}})
    before = snapshot()
    kept, gone = Round.objects.order_by("announced_on")
    change = recording.merge(kept, gone, by=make_user(), reason="The paper counted one round twice.")
    gone.refresh_from_db()
    assert (gone.merged_into, gone.is_live, Round.objects.live().count()) == (kept, False, 1)
    recording.undo(change, None)
    assert snapshot() == before


def test_a_split_round_stays_split_whatever_is_told_later() -> None:
    seed = {"0": {"raised": usd(4), "announced_on": PartialDate(2021, 3), "stage": Text("seed")}}
    for _ in range(2):
        say(make_source(), rounds=seed)
    whole = Round.objects.live().get()
    mention = Mention.objects.filter(kind="round").order_by("pk").last()
    assert mention is not None
    recording.split(whole, [mention], by=make_user(), reason="Two closings.")
    assert Round.objects.live().count() == 2
    say(make_source(), rounds=seed)
    assert Round.objects.live().count() == 2


@pytest.mark.parametrize("what", ["itself", "another kind", "rounds of two companies"])
def test_what_cannot_be_one_is_refused_in_words(what: str) -> None:
    short, long = two_companies()
    pairs = {
        "itself": (long, long),
        "another kind": (long, Investor.objects.get()),
        "rounds of two companies": tuple(Round.objects.order_by("pk")),
    }
    with pytest.raises(ValueError, match=r"one|two"):
        recording.merge(*pairs[what], by=make_user(), reason="No.")


def test_an_alias_holds_for_the_sources_of_its_time() -> None:
    say(make_source(), company="Halden Robotics")
    Alias.objects.create(company=company(), name="Norarm", key="norarm", valid_until=datetime.date(2022, 12, 31))
    for published in (PartialDate(2021, 5, 2), PartialDate(2024, 5, 2), None):
        say(make_source(published=published), company="Norarm", names_seen=False)
    of_old_name = Mention.objects.filter(name="Norarm").order_by("pk")
    held = [mention.assignments.get(retracted_at=None).company == company() for mention in of_old_name]
    assert held == [True, False, False]
