"""What is believed of one field of all that is said of a record."""

from decimal import Decimal

import pytest
from factories import company, make_rate, make_source, make_user, say, usd

from funding.models import Round, Source
from funding.values import Money, PartialDate, Quantity, Text

pytestmark = pytest.mark.django_db
AUGUST = PartialDate(2023, 8, 24)


def status_of(*told: tuple[str, str]) -> str:
    """The status of a round of which a source of each kind says the status beside it."""
    editor = make_user(role="editor")
    for kind, status in told:
        source = make_source(kind=kind, entered_by=editor if kind == Source.Kind.ENTRY else None)
        say(source, rounds={"0": {"announced_on": AUGUST, "raised": usd(235), "status": Text(status)}})
    return Round.objects.live().get().status


def test_a_rumour_gives_way_to_what_closed():
    assert status_of(("report", "rumoured"), ("report", "closed")) == "closed"


def test_a_person_who_enters_that_a_round_was_cancelled_is_believed():
    assert status_of(("report", "closed"), ("entry", "cancelled")) == "cancelled"
    assert Round.objects.get().has_conflict


def test_a_person_who_enters_that_a_round_is_a_rumour_is_believed():
    assert status_of(("report", "closed"), ("entry", "rumoured")) == "rumoured"


def test_an_entry_that_closed_overrules_a_cancellation():
    assert status_of(("report", "cancelled"), ("entry", "closed")) == "closed"


def test_a_total_stated_in_two_currencies_is_compared_at_the_rate_of_its_day():
    make_rate("USD", "1.1", PartialDate(2024, 3, 1).first_day)
    say(make_source(), facts={"total_raised": usd(110)})
    say(make_source(), facts={"total_raised": Money.exact(100, "EUR")})
    assert not company().has_conflict
    assert len(company().resolved["total_raised"]["agreeing"]) == 2


def test_a_headcount_of_one_place_is_kept_where_none_of_the_whole_is_told():
    from factories import fact, tell

    source = make_source("It has 80 people in France.")
    tell(source, fact("company:0", "employees", Quantity(Decimal(80), Decimal(80)), "80 people", place="France"))
    assert [kept["qualifiers"]["place"] for kept in company().resolved["employees_of"]] == ["France"]
