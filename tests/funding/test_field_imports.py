"""Files of the field that stand in `../shared`, imported whole, against counts that are made with `csv` alone."""

from collections.abc import Callable
from typing import Any

import pytest
from field_files import ARE_HERE, counted, path_of

from companies.models import Company
from funding import importing
from funding.models import Exit, Import, Round, Valuation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.long,
    pytest.mark.skipif(not ARE_HERE, reason="the files of ../shared/data are not here"),
]
Rows = list[dict[str, Any]]


def imported(name: str) -> tuple[Import, dict[str, int]]:
    path = path_of(name)
    with open(path, "rb") as content:
        file = importing.arrive(str(path).rpartition("/")[2], iter(lambda: content.read(1 << 20), b""))
    counts = importing.check(file)
    Import.objects.filter(pk=file.pk).update(state=Import.State.CHECKED)
    importing.begin(file, None)
    importing.record(file)
    return file, counts


def names(column: str) -> Callable[[Rows], int]:
    """How many different names a column has, without case."""
    return lambda rows: len({" ".join(row[column].split()).casefold() for row in rows})


# The file, its encoding, how many of its rows are refused, and what its companies are counted by.
LISTS = [
    ("unicorns/cbinsights-2021-12", 0, "Company"),
    ("unicorns/cbinsights-2022-03", 0, "Company"),
    ("unicorns/cbinsights-2022-09", 0, "Company"),
    ("unicorns/cbinsights-2024", 0, "Company"),
    ("unicorns/crunchbase-unicorns-2024", 0, ""),
    ("unicorns/crunchbase-emerging-unicorns-2024", 0, ""),
    ("unicorns/wikipedia-unicorns-2025-06-19", 0, ""),
    ("unicorns/wikipedia-former-unicorns-2025-06-19", 1, ""),
]


@pytest.mark.parametrize(("name", "refused", "column"), LISTS)
def test_a_list_of_unicorns_becomes_companies_with_values_of_no_round(name, refused, column):
    rows = counted(name, "utf-8-sig")
    file, counts = imported(name)
    assert counts.get("refused", 0) == refused
    assert counts["new"] + counts.get("duplicate", 0) + refused == len(rows)
    assert file.added["rows"] == counts["new"] and not Round.objects.exists()
    assert Valuation.objects.filter(round=None, origin="imported").count() <= counts["new"]
    if column:
        # One name may be of two companies only where the file gives them numbers, which these do not.
        assert abs(Company.objects.live().count() - names(column)(rows)) <= 3
    again = imported(name)[1]
    assert again.get("new", 0) == 0 and again.get("changed", 0) == 0


def test_the_indian_list_becomes_rounds():
    rows = counted("india-funding/startup_funding", "cp1252")
    file, counts = imported("india-funding/startup_funding")
    assert counts["refused"] == 4
    assert counts["new"] + counts.get("duplicate", 0) + counts["refused"] == len(rows) == 3_044
    assert Round.objects.live().count() == counts["new"]


def test_the_list_of_2024_and_2025_becomes_rounds():
    rows = counted("funded-startups-2024-2025/rounds", "utf-8-sig")
    file, counts = imported("funded-startups-2024-2025/rounds")
    assert counts["refused"] == 1
    assert counts["new"] + counts.get("duplicate", 0) + 1 == len(rows) == 6_329
    assert Round.objects.live().count() == counts["new"]


def test_acquisitions_of_2015_become_exits():
    rows = counted("crunchbase-2015/acquisitions", "utf-8")
    file, counts = imported("crunchbase-2015/acquisitions")
    assert counts["new"] + counts.get("duplicate", 0) + counts["refused"] == len(rows) == 18_968
    assert counts["refused"] == 3
    assert 0 < Exit.objects.live().count() <= counts["new"]
