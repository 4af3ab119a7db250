"""Exits follow what is said of them: which tellings are one, what is believed, and what undo and merge leave."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from factories import company, make_rate, make_source, make_user, say, usd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_projection import _clean_slate, snapshot

from companies.models import Company
from funding import as_of, recording
from funding.models import Assignment, Change, Exit, Source, Statement
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Text, Undisclosed, Value

pytestmark = pytest.mark.django_db
MAY = PartialDate(2022, 5)
BOUGHT = {
    "exit_kind": Text("acquisition"),
    "exit_status": Text("completed"),
    "acquirer": Text("Nordhavn Group"),
    "announced_on": MAY,
    "price": usd(400_000_000),
}
LISTED = {
    "exit_kind": Text("ipo"),
    "exit_status": Text("completed"),
    "exchange": Text("Oslo Børs"),
    "ticker": Text("HALD"),
    "announced_on": PartialDate(2022, 5, 11),
    "valuation": usd(2_000_000_000),
}


def tell_exit(source: Source | None = None, *, name: str = "Halden Robotics", **fields: Value | None) -> Change:
    """Record what a source says of one exit of a company; a field that is None is not said."""
    source = source or make_source()
    mentions = [NewMention("company:0", "company", name), NewMention("exit:0", "exit", name, "company:0")]
    said = {field: value for field, value in fields.items() if value is not None}
    quote = [{"start": 0, "end": 4, "text": source.text[:4]}]
    statements = [NewStatement("company:0", Field.NAME, Text(name))]
    statements += [NewStatement("exit:0", field, value, {}, quote) for field, value in said.items()]
    return recording.record(source, mentions, statements, origin="engine test", kind=Change.Kind.REVIEW)


def the_exit() -> Exit:
    return Exit.objects.live().get()


def test_an_acquisition_has_what_its_source_says() -> None:
    tell_exit(**BOUGHT)
    one = the_exit()
    assert (one.company, one.kind, one.status) == (company(), "acquisition", "completed")
    assert (one.acquirer, one.acquirer_key) == ("Nordhavn Group", "nordhavn group")
    assert (one.announced, one.price, one.has_source) == (MAY, usd(400_000_000), True)


def test_a_listing_has_its_exchange_and_its_valuation() -> None:
    tell_exit(**LISTED)
    one = the_exit()
    assert (one.exchange, one.ticker, one.valuation) == ("Oslo Børs", "HALD", usd(2_000_000_000))
    assert one.price is None


def test_a_price_is_kept_in_the_stored_currencies_at_the_rate_of_its_day() -> None:
    make_rate("USD", "1.25", datetime.date(2022, 5, 1))
    tell_exit(**BOUGHT | {"price": Money.exact(100, "EUR")})
    one = the_exit()
    assert (one.price_usd, one.price_eur, one.rate_on) == (Decimal("125"), Decimal("100"), datetime.date(2022, 5, 1))


def test_an_undisclosed_price_is_its_own_thing() -> None:
    tell_exit(**BOUGHT | {"price": Undisclosed()})
    assert (the_exit().price, the_exit().price_undisclosed) == (None, True)


def test_a_price_that_is_said_of_a_listing_is_no_column_of_it() -> None:
    tell_exit(**LISTED | {"price": usd(5)})
    assert (the_exit().price, "price" in the_exit().resolved) == (None, False)


def test_two_sources_of_one_sale_make_one_exit_and_differ_openly() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"price": usd(300_000_000), "announced_on": PartialDate(2022, 6, 2)})
    one = the_exit()
    assert one.has_conflict
    assert one.company.has_conflict
    assert len(one.resolved["price"]["differing"]) == 1


def test_a_sale_and_a_listing_are_two_exits() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**LISTED)
    assert sorted(Exit.objects.live().values_list("kind", flat=True)) == ["acquisition", "ipo"]


def test_two_sales_years_apart_are_two_exits() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"announced_on": PartialDate(2016), "acquirer": Text("Ostvik")})
    assert set(Exit.objects.live().values_list("acquirer", flat=True)) == {"Nordhavn Group", "Ostvik"}


def test_a_telling_without_a_date_is_of_the_sale_of_its_buyer() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"announced_on": PartialDate(2016), "acquirer": Text("Ostvik"), "price": None})
    tell_exit(**BOUGHT | {"announced_on": None, "acquirer": Text("Ostvik"), "price": usd(9_000_000)})
    assert Exit.objects.live().get(acquirer="Ostvik").price == usd(9_000_000)


def test_a_rumour_that_came_true_is_no_disagreement() -> None:
    tell_exit(**BOUGHT | {"exit_status": Text("rumoured"), "announced_on": PartialDate(2022, 2, 3), "price": None})
    tell_exit(**BOUGHT)
    one = the_exit()
    assert (one.status, one.announced, one.has_conflict) == ("completed", MAY, False)


def test_what_was_announced_and_then_completed_is_no_disagreement() -> None:
    tell_exit(**BOUGHT | {"exit_status": Text("announced")})
    tell_exit(**BOUGHT)
    assert (the_exit().status, the_exit().has_conflict) == ("completed", False)


def test_completed_and_cancelled_is_a_disagreement() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"exit_status": Text("cancelled")})
    assert the_exit().has_conflict


def test_a_rumour_of_another_buyer_is_an_exit_of_its_own() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"exit_status": Text("rumoured"), "acquirer": Text("Ostvik")})
    assert dict(Exit.objects.live().values_list("acquirer", "status")) == {
        "Nordhavn Group": "completed",
        "Ostvik": "rumoured",
    }


def test_the_pinned_price_is_the_one_shown() -> None:
    tell_exit(**BOUGHT)
    tell_exit(**BOUGHT | {"price": usd(300_000_000)})
    statement = Statement.objects.get(field="price", value__low="300000000")
    recording.mark(statement, "pin", by=make_user(), reason="The annual report has it.")
    assert (the_exit().price, the_exit().has_conflict) == (usd(300_000_000), False)


def test_undo_leaves_nothing_of_an_exit_and_nothing_of_a_company_that_only_it_spoke_of() -> None:
    change = tell_exit(**BOUGHT)
    recording.undo(change, None)
    assert not Exit.objects.live().exists()
    assert not Company.objects.live().exists()
    assert not Assignment.objects.live().exists()
    assert Exit.objects.get().price is None


def test_said_again_it_is_the_same_exit() -> None:
    source = make_source()
    change = tell_exit(source, **BOUGHT)
    first = the_exit().pk
    recording.undo(change, None)
    tell_exit(source, **BOUGHT)
    assert the_exit().pk == first


def test_exits_go_along_when_companies_are_merged_and_come_back_by_undo() -> None:
    tell_exit(**BOUGHT)
    say(make_source(), company="Halden Automation", facts={"founded_on": PartialDate(2016)})
    first = the_exit().pk
    change = recording.merge(company("Halden Automation"), company(), by=make_user(), reason="One firm.")
    assert (the_exit().pk, the_exit().company.name) == (first, company("Halden Automation").name)
    recording.undo(change, None)
    assert (the_exit().pk, the_exit().company.slug) == (first, "halden-robotics")


def test_the_preview_of_a_merge_shows_the_exits_and_what_would_differ(editor_client) -> None:
    tell_exit(**BOUGHT)
    tell_exit(name="Halden Automation", **BOUGHT | {"price": usd(300_000_000)})
    page = " ".join(editor_client.get("/companies/halden-robotics/merge/?with=halden-automation").text.split())
    assert "Acquired by Nordhavn Group (May 2022)" in page
    assert "Price, acquisition, May 2022" in page
    assert Exit.objects.live().count() == 2


def test_a_split_takes_the_exit_along_with_the_mention_of_its_company() -> None:
    say(make_source(), facts={"founded_on": PartialDate(2016)})
    tell_exit(**BOUGHT)
    first, kept = the_exit().pk, the_exit().company
    mention = Assignment.objects.live().get(exit=first).mention.company
    assert mention is not None
    recording.split(kept, [mention], by=make_user(), reason="Another firm of that name.")
    assert the_exit().pk == first
    assert the_exit().company != kept


def test_the_past_is_shown_without_an_exit_that_was_recorded_since() -> None:
    before = say(make_source(), facts={"founded_on": PartialDate(2016)})
    change = tell_exit(**BOUGHT | {"exit_status": Text("announced")})
    tell_exit(**BOUGHT)
    for at, statuses in ((before, []), (change, ["announced"])):
        moment = as_of.Moment(known=at.at.date(), before=at.at + datetime.timedelta(microseconds=1))
        with as_of.shown(moment, as_of.scopes.of_company("halden-robotics")):
            assert list(Exit.objects.live().values_list("status", flat=True)) == statuses
    assert the_exit().status == "completed"


def test_the_database_refuses_what_cannot_be() -> None:
    tell_exit(**BOUGHT)
    one = the_exit()
    for wrong in ({"kind": "ipo"}, {"price_undisclosed": True}, {"price_low": 500_000_000}, {"exchange": "Oslo Børs"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exit.objects.filter(pk=one.pk).update(**wrong)


def tellings() -> list[dict[str, Any]]:
    return [
        BOUGHT,
        BOUGHT | {"exit_status": Text("announced"), "announced_on": PartialDate(2022, 2, 1), "price": None},
        BOUGHT | {"exit_status": Text("rumoured"), "acquirer": Text("Ostvik"), "announced_on": PartialDate(2021, 12)},
        BOUGHT | {"announced_on": None, "price": usd(390_000_000)},
        BOUGHT | {"announced_on": PartialDate(2016, 4), "acquirer": Text("Ostvik")},
        LISTED,
        LISTED | {"announced_on": PartialDate(2023), "valuation": usd(2_500_000_000)},
    ]


def believed() -> list[Any]:
    live = Exit.objects.live()
    return sorted(((one.kind, one.status, one.announced, one.acquirer, one.price, one.valuation, one.has_conflict)
                   for one in live), key=repr)  # fmt: skip


def exits() -> list[dict[str, Any]]:
    return sorted(Exit.objects.values(), key=repr)


@given(st.permutations(range(7)), st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_the_order_of_arrival_nor_what_was_taken_back_matters(order: list[int], data: st.DataObject) -> None:
    some = order[: data.draw(st.integers(1, 7))]
    gone = data.draw(st.sets(st.sampled_from(some)))
    outcomes = []
    for each in (some, sorted(some)):
        with _clean_slate():
            sources = [make_source(text=f"Telling {number} of an exit.") for number in range(7)]
            changes = {at: tell_exit(sources[at], **tellings()[at]) for at in each}
            for at in sorted(gone):
                recording.undo(changes[at], None)
            outcomes.append(believed())
            before = exits(), snapshot()
            recording.rebuild()
            assert (exits(), snapshot()) == before
    assert outcomes[0] == outcomes[1]
