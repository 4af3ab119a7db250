"""Records read from the database are what Django's constructor makes of them."""

import pytest
from factories import make_round, usd

from companies.models import Company
from funding.models import Round
from funding.values import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> Round:
    return make_round("Halden", announced_on=PartialDate(2024, 2, 20), raised=usd(10_000_000))


def test_a_record_read_is_saved_refreshed_and_compared_as_any(record: Round) -> None:
    read = Round.objects.select_related("company").get(pk=record.pk)
    assert read == record
    assert (read._state.adding, read._state.db) == (False, "default")
    assert read.company == Company.objects.get(name="Halden")
    read.announced_label = "Series A+"
    read.save(update_fields=["announced_label"])
    record.refresh_from_db()
    assert record.announced_label == "Series A+"


def test_what_was_not_read_is_read_when_it_is_asked_for(record: Round, django_assert_num_queries) -> None:
    read = Round.objects.only("stage").get(pk=record.pk)
    assert read.get_deferred_fields() >= {"raised_low", "announced_on"}
    with django_assert_num_queries(1):
        assert read.raised_low == record.raised_low
    with django_assert_num_queries(0):
        assert read.raised_low == record.raised_low
