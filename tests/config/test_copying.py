"""Rows are written by COPY as they are, and so are those written while their caller goes on."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from companies.models import Company, Identifier, Sector
from config import copying

pytestmark = pytest.mark.django_db


def _company(number: int) -> Company:
    (pk,) = copying.next_ids(Company, 1)
    return Company(id=pk, name=f"Halden {number}", key=f"halden {number}", slug=f"halden-{number}", is_live=True)


@pytest.mark.parametrize(
    "words",
    [[], ["plain"], ['"quoted"', "back\\slash", "com,ma", "{brace}", "NULL", "", " ", "line\nbreak", "tab\t", "é"]],
)
def test_an_array_is_read_as_the_list_that_it_was(words: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select %s::text[], %s::bigint[]", [copying.as_array(words), copying.as_array([3, -1])])
        assert cursor.fetchone() == (words, [3, -1])


def test_a_column_is_among_words_of_any_kind() -> None:
    names = ['The "Quoted"', "Back\\slash", "Com,ma"]
    Sector.objects.bulk_create([Sector(name=name, key=name) for name in (*names, "Other")])
    assert set(Sector.objects.filter(name__among=names).values_list("name", flat=True)) == set(names)
    assert not Sector.objects.filter(name__among=[])


@pytest.mark.parametrize(
    "name",
    ["plain", "", "\\", "\\N", "\\.", "a\tb", "a\nb\r", 'say "so"', "N\\A", "Zürich — 東京", "{a,b}", "\\\\N\t\\N"],
)
def test_words_are_written_as_they_are_beside_what_is_not_known(name: str) -> None:
    company = Company.objects.create(name="Halden", key="halden", slug="halden")
    names = ("company_id", "investor_id", "kind", "value")
    copying.write(Identifier, names, [(company.pk, None, "domain", name), (company.pk, None, "lei", name)])
    assert set(company.identifiers.values_list("kind", "value", "investor")) == {
        ("domain", name, None),
        ("lei", name, None),
    }


def test_numbers_dates_truths_and_lists_are_written_as_they_are() -> None:
    company = _company(1)
    company.founded_on, company.founded_precision = datetime.date(2016, 2, 29), "day"
    company.raised_usd, company.sector_ids = Decimal("1234567890.12"), [3, 1]
    company.resolved = {"city": 'São "P"\\\n', "none": None}
    copying.copy(Company, [company])
    found = Company.objects.get()
    for name in ("is_live", "founded_on", "raised_usd", "sector_ids", "resolved"):
        assert getattr(found, name) == getattr(company, name), name


def test_new_ids_are_never_given_twice() -> None:
    first, second = list(copying.next_ids(Company, 3)), list(copying.next_ids(Company, 2))
    assert len({*first, *second}) == 5


def test_what_is_asked_meanwhile_waits_for_the_rows() -> None:
    rows = [_company(number) for number in range(3000)]
    with transaction.atomic(), copying.behind() as behind:
        behind.copy(Company, rows)
        assert Company.objects.filter(pk__among=[one.pk for one in rows]).count() == 3000


def test_a_write_of_its_own_waits_for_the_rows_before() -> None:
    company = _company(1)
    with transaction.atomic(), copying.behind() as behind:
        behind.copy(Company, [company, *(_company(number) for number in range(2, 2000))])
        copying.copy(Identifier, [Identifier(company=company, kind="domain", value="halden.example")])
    assert company.identifiers.get().value == "halden.example"


def test_a_broken_constraint_undoes_the_transaction() -> None:
    company = _company(1)
    with pytest.raises(IntegrityError), transaction.atomic(), copying.behind() as behind:
        behind.copy(Company, [company])
        behind.copy(Company, [company])
    assert not Company.objects.filter(pk=company.pk).exists()


def test_a_row_that_refers_to_nobody_is_told_where_it_is_checked() -> None:
    company = _company(1)
    identifier = Identifier(company=company, kind="domain", value="halden.example")
    with pytest.raises(IntegrityError), transaction.atomic(), copying.behind() as behind:
        behind.copy(Identifier, [identifier])
        behind.check()
        behind.wait()


def test_after_a_check_rows_may_again_come_before_what_they_refer_to() -> None:
    company = _company(1)
    identifier = Identifier(company=company, kind="domain", value="halden.example")
    with transaction.atomic():
        with copying.behind() as behind:
            behind.check()
        with copying.behind() as behind:
            behind.copy(Identifier, [identifier])
            behind.copy(Company, [company])
            behind.check()
    assert company.identifiers.count() == 1


def test_whoever_fails_meanwhile_leaves_nothing_behind() -> None:
    company = _company(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic(), copying.behind() as behind:
        behind.copy(Company, [company])
        _ = 1 / 0
    assert not Company.objects.filter(pk=company.pk).exists()
