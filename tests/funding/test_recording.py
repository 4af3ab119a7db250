"""What a source says is recorded once, projected onto records, and taken back whole."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from factories import company, make_rate, make_source, make_user, say, usd

from companies.models import Alias, Company, Investor
from funding import recording, tellings
from funding.models import Change, Participation, Round, Source, Statement, Valuation
from funding.values import Money, Multiple, PartialDate, Quantity, Text, Undisclosed

pytestmark = pytest.mark.django_db
AUGUST = PartialDate(2023, 8, 24)
MAY = PartialDate(2022, 5)
MORE_THAN_DOUBLE = Multiple(Decimal(2), None, low_open=True)
HEADLINE = {"announced_on": AUGUST, "raised": usd(235), "valuation": usd(4500), "valuation_ratio": MORE_THAN_DOUBLE,
            "leads": ["Northgate"], "investors": ["Bruma", "Fjordline"]}  # fmt: skip


def only_round() -> Round:
    return Round.objects.live().get()


def test_a_round_is_projected_with_its_amount_date_and_investors():
    say(make_source(), rounds={"0": HEADLINE})
    one = only_round()
    assert (one.raised, one.announced, one.stage, one.label) == (usd(235), AUGUST, "", "Venture")
    leads = {p.investor.name: p.is_lead for p in one.participations.select_related("investor")}
    assert leads == {"Northgate": True, "Bruma": None, "Fjordline": None}
    assert one.raised_statement is not None
    assert one.raised_statement.quotes[0]["start"] == 0


def test_saying_the_same_again_adds_no_statement():
    source = make_source()
    say(source, rounds={"0": HEADLINE})
    count = Statement.objects.count()
    say(source, rounds={"0": HEADLINE})
    assert Statement.objects.count() == count
    assert Round.objects.count() == 1


def test_a_ratio_bounds_the_value_of_the_round_before_with_its_proof():
    earlier = {"announced_on": MAY, "raised": usd(100)}
    say(make_source(), rounds={"0": HEADLINE, "1": earlier})
    derived = Valuation.objects.get(round__announced_on=MAY.first_day)
    assert derived.money == Money(Decimal(100), Decimal(2250), True, True, currency="USD")
    assert derived.origin == "derived"
    assert [step["rule"] for step in derived.proof] == ["ratio_of_next", "exceeds_raised"]
    assert all(step["statements"] for step in derived.proof)


def test_a_second_source_makes_the_value_exact_and_the_multiple_too():
    say(make_source(), rounds={"0": HEADLINE, "1": {"announced_on": MAY, "raised": usd(100)}})
    told = {"announced_on": PartialDate(2022, 5, 9), "raised": usd(100), "valuation": usd(2000)}
    say(make_source(), rounds={"0": told})
    assert Round.objects.live().count() == 2
    first, last = Valuation.objects.order_by("valued_on")
    assert (first.money, first.origin) == (usd(2000), "stated")
    assert (last.multiple_low, last.multiple_high) == (Decimal("2.25"), Decimal("2.25"))


def test_sources_that_differ_stand_beside_each_other():
    say(make_source(), rounds={"0": HEADLINE})
    about = {"announced_on": PartialDate(2023, 8), "raised": usd(200, is_approx=True), "leads": ["Northgate"]}
    say(make_source(), rounds={"0": about})
    one = only_round()
    assert one.raised == usd(235)
    assert one.has_conflict
    assert company().has_conflict
    assert len(one.resolved["raised"]["differing"]) == 1
    assert one.resolved["raised"]["reason"] == "exact comes before approximate"


def test_a_rumour_that_comes_true_is_one_closed_round_without_a_conflict():
    say(make_source(), rounds={"0": {**HEADLINE, "status": Text("rumoured")}})
    assert only_round().status == "rumoured"
    assert company().rounds_count == 0
    say(make_source(), rounds={"0": {**HEADLINE, "status": Text("closed")}})
    assert only_round().status == "closed"
    assert not only_round().has_conflict


def test_an_undisclosed_amount_is_neither_zero_nor_unknown():
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "raised": Undisclosed()}})
    one = only_round()
    assert (one.raised, one.raised_undisclosed, one.raised_usd) == (None, True, None)
    assert company().undisclosed_count == 1


def test_debt_bounds_no_valuation():
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "raised": usd(50), "stage": Text("debt_financing")}})
    assert not Valuation.objects.exists()


def test_the_day_of_publication_gives_way_to_a_date_that_words_give():
    source, other = make_source(), make_source()
    by_rule = tellings.NewStatement("round:0", "announced_on", PartialDate(2023, 9, 2), rule="published_on")
    mentions = [tellings.NewMention("company:0", "company", "Halden Robotics"),
                tellings.NewMention("round:0", "round", "Halden Robotics", "company:0")]  # fmt: skip
    amount = tellings.NewStatement("round:0", "raised", usd(235))
    recording.record(source, mentions, [by_rule, amount], origin="engine test", kind=Change.Kind.REVIEW)
    say(other, rounds={"0": HEADLINE})
    one = only_round()
    assert one.announced == AUGUST
    assert not one.resolved["announced_on"]["differing"]


def test_the_day_of_publication_makes_a_month_that_words_give_exact():
    source, other = make_source(), make_source()
    mentions = [
        tellings.NewMention("company:0", "company", "Halden Robotics"),
        tellings.NewMention("round:0", "round", "Halden Robotics", "company:0"),
    ]
    day = tellings.NewStatement("round:0", "announced_on", PartialDate(2022, 5, 9), rule="published_on")
    amount = tellings.NewStatement("round:0", "raised", usd(100))
    recording.record(source, mentions, [day, amount], origin="engine test", kind=Change.Kind.REVIEW)
    say(other, rounds={"0": {"announced_on": MAY, "raised": usd(100)}})
    assert only_round().announced == PartialDate(2022, 5, 9)


def test_amounts_are_stored_at_the_rate_of_their_own_day():
    make_rate("USD", "1.1", AUGUST.first_day)
    make_rate("GBP", "0.88", AUGUST.first_day)
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "raised": Money.exact(100, "EUR")}})
    one = only_round()
    assert (one.raised_usd, one.raised_eur, one.raised_gbp) == (Decimal(110), Decimal(100), Decimal(88))
    assert one.rate_on == datetime.date(2023, 8, 24)


def test_a_missing_rate_blocks_nothing():
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "raised": Money.exact(100, "KES")}})
    one = only_round()
    assert one.raised == Money.exact(100, "KES")
    assert one.raised_usd is None


def test_a_known_alias_leads_to_the_company():
    say(make_source(), rounds={"0": HEADLINE})
    Alias.objects.create(company=company(), name="Halden", key="halden")
    say(make_source(), company="Halden", facts={"founded_on": PartialDate(2016)})
    assert Company.objects.count() == 1
    assert company().founded_on == datetime.date(2016, 1, 1)


def test_names_that_differ_only_in_legal_form_or_accents_are_one_company():
    say(make_source(), company="Médiane SAS", rounds={"0": HEADLINE})
    say(make_source(), company="Mediane", rounds={"0": HEADLINE})
    assert Company.objects.get().rounds.live().count() == 1


def test_a_parent_and_its_arm_are_two_investors():
    fields = {"announced_on": AUGUST, "raised": usd(5), "investors": ["Salesforce", "Salesforce Ventures"]}
    say(make_source(), rounds={"0": fields})
    assert Investor.objects.live().count() == 2


def test_company_facts_are_projected_with_what_they_say():
    facts = {
        "founded_on": PartialDate(2016),
        "employees": Quantity(Decimal(170), Decimal(170)),
        "headquarters": Text("Oslo"),
    }
    say(make_source(), facts=facts)
    found = company()
    assert (found.founded_precision, found.city) == ("year", "Oslo")
    assert found.resolved["employees"]["value"] == {"kind": "quantity", "low": "170", "high": "170"}


def test_a_later_headcount_is_a_new_state_and_no_disagreement():
    for published, staff in ((PartialDate(2021, 1, 1), 50), (PartialDate(2024, 1, 1), 170)):
        say(make_source(published=published), facts={"employees": Quantity(Decimal(staff), Decimal(staff))})
    assert company().resolved["employees"]["value"]["low"] == "170"
    assert not company().has_conflict


def test_a_person_entry_overrules_what_is_read_and_both_are_kept():
    editor = make_user(role="editor")
    say(make_source(), rounds={"0": HEADLINE})
    entry = make_source(kind=Source.Kind.ENTRY, entered_by=editor)
    say(entry, rounds={"0": {"announced_on": AUGUST, "raised": usd(290)}}, by=editor)
    one = only_round()
    assert one.raised == usd(290)
    assert one.resolved["raised"]["reason"] == "a person's entry comes before what is read"


def test_a_person_can_say_which_round_it_is():
    say(make_source(), rounds={"0": HEADLINE})
    far = {"announced_on": PartialDate(2021, 1, 1), "closed_on": PartialDate(2021, 1, 2)}
    say(make_source(), rounds={"0": far}, decided={"round:0": only_round()})
    assert Round.objects.live().count() == 1


def test_undo_takes_back_all_that_a_change_added_and_nothing_else():
    say(make_source(), rounds={"0": HEADLINE})
    second = say(
        make_source(), rounds={"0": {"announced_on": AUGUST, "raised": usd(235), "investors": ["Mistral Fund"]}}
    )
    assert Participation.objects.count() == 4
    undoing = recording.undo(second, make_user())
    assert Participation.objects.count() == 3
    assert not Investor.objects.get(name="Mistral Fund").is_live
    assert not Statement.objects.live().filter(added_in=second).exists()
    assert undoing.undoes == second


def test_undoing_the_only_source_leaves_no_live_record_but_its_address():
    change = say(make_source(), rounds={"0": HEADLINE})
    recording.undo(change, None)
    assert not Company.objects.live().exists()
    assert not Round.objects.live().exists()
    assert not Valuation.objects.exists()
    assert Round.objects.count() == 1


def test_a_change_is_undone_once():
    change = say(make_source(), rounds={"0": HEADLINE})
    undoing = recording.undo(change, None)
    with pytest.raises(ValueError, match="taken back already"):
        recording.undo(change, None)
    with pytest.raises(ValueError, match="taken back already"):
        recording.undo(undoing, None)


def test_what_was_undone_can_be_said_again():
    source = make_source()
    recording.undo(say(source, rounds={"0": HEADLINE}), None)
    say(source, rounds={"0": HEADLINE})
    assert only_round().raised == usd(235)
    assert Round.objects.count() == 1


def test_a_multiple_beyond_all_measure_is_left_out():
    say(make_source(), rounds={"0": {"announced_on": MAY, "valuation": usd(1)}})
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "valuation": usd(9 * 10**14)}})
    latest = Valuation.objects.get(valued_on=AUGUST.first_day)
    assert (latest.money, latest.multiple_low, latest.multiple_proof) == (usd(9 * 10**14), None, {})


def test_a_bound_beyond_all_money_is_no_valuation():
    tiny = Multiple(Decimal("0.0001"), None)
    say(make_source(), rounds={"0": {"announced_on": MAY, "raised": usd(5)}})
    told = {"announced_on": AUGUST, "valuation": usd(9 * 10**14), "valuation_ratio": tiny}
    say(make_source(), rounds={"0": told})
    assert list(Valuation.objects.values_list("origin", flat=True)) == ["stated"]


def test_open_ends_nearer_than_a_cent_do_not_meet():
    narrow = Multiple(Decimal(2), Decimal("2.000000001"), low_open=True, high_open=True)
    say(make_source(), rounds={"0": {"announced_on": MAY}})
    say(make_source(), rounds={"0": {"announced_on": AUGUST, "valuation": usd(10_000), "valuation_ratio": narrow}})
    derived = Valuation.objects.get(origin="derived")
    assert (derived.money.low, derived.money.high) == (Decimal("4999.99"), Decimal("5000.00"))
    assert not Round.objects.filter(has_conflict=True).exists()


def test_the_sum_of_a_companys_rounds_is_left_out_where_no_column_holds_it():
    vast = {str(at): {"announced_on": PartialDate(2000 + at), "raised": usd(10**18 - 1)} for at in range(2)}
    say(make_source(), rounds=vast)
    assert company().raised_usd is None
    assert company().rounds_count == 2


@pytest.mark.django_db(transaction=True)
def test_new_names_that_share_an_address_are_recorded_at_the_same_time():
    # No Latin letters, so that all of them want the same address.
    names = ["日本製作所", "中国科技", "韓国電子", "東京電力", "大阪商会", "京都工業"]
    sources = [make_source() for _ in names]

    def record(source: Source, name: str) -> None:
        try:
            say(source, company=name, rounds={"0": {"raised": usd(5), "investors": [f"{name}投資"]}})
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as threads:
        list(threads.map(record, sources, names))
    slugs = ["unnamed", *(f"unnamed-{number}" for number in range(2, 7))]
    assert sorted(Company.objects.values_list("slug", flat=True)) == slugs
    assert sorted(Investor.objects.values_list("slug", flat=True)) == slugs
