"""Files of the field that stand in `../shared`, imported, against counts that are made with `csv` alone.

Of the four longest files only the first rows are imported here, for the time that it takes; `FIELD_ROWS=1000000` in
the environment has all of them imported, against counts of all of them. That each is read whole is for
`tests/formats/test_field_files.py`.
"""

import csv
import gzip
import io
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from field_files import ARE_HERE, counted, path_of
from test_dumps import empty

from companies.models import Company
from funding import importing
from funding.models import Exit, Import, ImportRow, Participation, Round, Valuation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.long,
    pytest.mark.skipif(not ARE_HERE, reason="the files of ../shared/data are not here"),
]
ROWS = int(os.environ.get("FIELD_ROWS", "800"))  # of a long file
BILLION = Decimal(10**9)
APART = 550  # days between two exits of one kind from which they are two


@pytest.fixture(autouse=True)
def tables_of_no_size() -> None:
    """A test that is taken back leaves its tables as large as it made them, and the planner with a wrong idea."""
    empty()


def imported(name: str, content: bytes | None = None) -> tuple[Import, dict[str, int]]:
    path = path_of(name)
    file = importing.arrive(path.name, [path.read_bytes() if content is None else content])
    counts = importing.check(file)
    Import.objects.filter(pk=file.pk).update(state=Import.State.CHECKED)
    importing.begin(file, None)
    importing.record(file)
    return file, counts


def first_rows(name: str, encoding: str) -> tuple[bytes, list[dict[str, str]]]:
    """The beginning of a file as it stands, and its rows by `csv`."""
    whole = gzip.decompress(path_of(name).read_bytes())
    rows = counted(name, encoding)
    if len(rows) <= ROWS:
        return whole, rows
    reader = csv.reader(io.StringIO(whole.decode(encoding), newline=""))
    for _record in zip(range(ROWS + 1), reader, strict=False):
        pass
    lines = whole.splitlines(keepends=True) if encoding != "latin-1" else re.findall(rb"[^\n]*\n", whole)
    return b"".join(lines[: reader.line_num]), rows[:ROWS]


def reasons(file: Import) -> list[str]:
    """Why rows were refused."""
    refused = file.rows.filter(verdict=ImportRow.Verdict.REFUSED).order_by("number")
    return list(refused.values_list("reason", flat=True))


def plain(name: str) -> str:
    """A name without case and signs."""
    return " ".join(re.findall(r"\w+", name.casefold()))


def companies() -> int:
    return int(Company.objects.live().count())


def total(column: str, rows: Iterable[Round | Valuation]) -> Decimal:
    return rows.aggregate(sum=Sum(column))["sum"]  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("when", ["2021-12", "2022-03", "2022-09", "2024"])
def test_a_list_of_cb_insights_becomes_companies_with_a_value_of_its_day(when: str) -> None:
    name = f"unicorns/cbinsights-{when}"
    rows = counted(name, "utf-8-sig")
    _file, counts = imported(name)
    assert counts.pop("new") == len(rows) and set(counts) <= {"warnings"}
    values: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        values[plain(row["Company"])].append(Decimal(row["Valuation ($B)"].strip("$")) * BILLION)
    assert companies() == len(values) == Valuation.objects.filter(round=None, origin="imported").count()
    # Where a list has two values of one name, sources differ and one of them is shown.
    low, high = sum(map(min, values.values())), sum(map(max, values.values()))
    assert low <= total("low", Valuation.objects.all()) <= high
    twice = sum(len(set(several)) > 1 for several in values.values())
    assert Valuation.objects.filter(has_conflict=True).count() == twice
    assert not Round.objects.exists()
    assert imported(name)[1] == {"duplicate": len(rows)} | counts


@pytest.mark.parametrize("board", ["unicorns", "emerging-unicorns"])
def test_a_board_of_crunchbase_becomes_companies_by_their_numbers(board: str) -> None:
    name = f"unicorns/crunchbase-{board}-2024"
    rows = counted(name, "utf-8-sig")
    _file, counts = imported(name)
    assert counts == {"new": len(rows)}
    assert companies() == len({row["company_link"].lower() for row in rows})
    scale = {"M": 10**6, "B": 10**9}
    stated = [row["post_money_value"] for row in rows if row["post_money_value"] != "$0"]
    assert Valuation.objects.count() == len(stated)
    assert total("low", Valuation.objects.all()) == sum(Decimal(one[1:-1]) * scale[one[-1]] for one in stated)


def test_unicorns_of_wikipedia_become_companies_with_founders() -> None:
    name = "unicorns/wikipedia-unicorns-2025-06-19"
    rows = counted(name, "utf-8-sig")
    _file, counts = imported(name)
    assert counts["new"] == len(rows) and set(counts) == {"new", "warnings"}
    assert companies() == len({plain(row["Company"]) for row in rows}) == 693
    assert Valuation.objects.filter(round=None).count() == len(
        {(plain(row["Company"]), row["Valuation date"].partition("[")[0].strip()) for row in rows}
    )


def test_former_unicorns_of_wikipedia_become_companies_with_exits() -> None:
    name = "unicorns/wikipedia-former-unicorns-2025-06-19"
    rows = counted(name, "utf-8-sig")
    file, counts = imported(name)
    assert reasons(file) == ["Column “Exit date”: “Video messaging” is not read as a date."]
    assert counts["new"] + counts["refused"] == len(rows) and counts["refused"] == 1
    kept = [row for row in rows if row["Exit date"].strip() != "Video messaging"]
    assert companies() == len({plain(row["Company"]) for row in kept})
    why = [re.sub(r"\[\d+\]", "", row["Exit reason"]).strip() for row in kept]
    listed = ("IPO", "Direct listing", "SPAC merger", "Reverse takeover")
    bought = ("Acquired", "Acquisition", "Merger to GoTo")
    assert Exit.objects.filter(kind="ipo").count() == sum(one in listed for one in why)
    assert Exit.objects.filter(kind="acquisition").count() == sum(one in bought for one in why)


def test_the_indian_list_becomes_rounds() -> None:
    content, rows = first_rows("india-funding/startup_funding", "cp1252")
    file, counts = imported("india-funding/startup_funding", content)
    bad = [
        row["AmountInUSD"] for row in rows if row["AmountInUSD"] in ("3,000,00", "13,000,00", "46,000,00", "11,000,00")
    ]
    assert re.findall("“([0-9,]+)”", " ".join(reasons(file))) == bad
    assert counts["new"] == len(rows) - len(bad) == Round.objects.live().count()
    cells = [row["AmountInUSD"] for row in rows if row["AmountInUSD"] not in bad]
    digits = [cell.replace("\\\\xc2\\\\xa0", "").replace(",", "").rstrip("+") for cell in cells]
    amounts = [Decimal(one) for one in digits if re.fullmatch(r"[\d.]+", one)]
    assert total("raised_low", Round.objects.live()) == sum(amounts)
    assert Round.objects.filter(raised_low__isnull=False).count() == len(amounts)
    # By names without case and signs; legal forms are set aside beside that.
    names = len({plain(row["StartupName"]) for row in rows})
    assert names * 0.98 < companies() <= names


def test_the_list_of_2024_and_2025_becomes_rounds() -> None:
    content, rows = first_rows("funded-startups-2024-2025/rounds", "utf-8-sig")
    file, counts = imported("funded-startups-2024-2025/rounds", content)
    kept = [row for row in rows if row["funding_amount"] != "¥10M+"]
    assert counts.get("refused", 0) == len(rows) - len(kept) == len(reasons(file)) <= 1
    assert counts["new"] + counts.get("duplicate", 0) == len(kept)
    assert Round.objects.live().count() == counts["new"]
    cut = [re.fullmatch(r"(\D*)([\d.,]+)([A-Za-z]*)\+?( CAD)?", row["funding_amount"].strip()) for row in kept]
    dollars = [one for one in cut if one and one[1] in ("$", "US$") and not one[4]]
    scale = {"": 1, "K": 10**3, "M": 10**6, "MM": 10**6, "B": 10**9, "BN": 10**9}
    stated = Round.objects.live().filter(raised_currency="USD")
    assert total("raised_low", stated) == sum(
        Decimal(one[2].replace(",", "")) * scale[one[3].upper()] for one in dollars
    )
    assert Round.objects.filter(raised_low__isnull=False).count() == sum(bool(row["funding_amount"]) for row in kept)
    names = len({plain(row["title"]) for row in kept})
    assert names * 0.98 < companies() <= names
    assert Participation.objects.exists()


def test_acquisitions_of_2015_become_exits() -> None:
    content, rows = first_rows("crunchbase-2015/acquisitions", "utf-8")
    file, counts = imported("crunchbase-2015/acquisitions", content)
    kept = [row for row in rows if row["acquired_at"][:4] not in ("3201", "1201") and len(row["acquirer_name"]) <= 200]
    assert counts.get("refused", 0) == len(rows) - len(kept) == len(reasons(file)) <= 3
    assert counts["new"] + counts.get("duplicate", 0) == len(kept)
    days: dict[str, list[date]] = defaultdict(list)
    for row in kept:
        own = days[row["company_permalink"].lower()]
        own += [date.fromisoformat(row["acquired_at"][:10])] if row["acquired_at"] else []
    assert companies() == len(days)
    # A company is bought once, unless it was bought again long after.
    deals = 0
    for own in days.values():
        own.sort()
        deals += 1 + sum((later - earlier).days > APART for earlier, later in zip(own, own[1:], strict=False))
    assert Exit.objects.live().filter(kind="acquisition").count() == Exit.objects.live().count() == deals


def test_rounds_of_2015_become_rounds_of_companies_by_their_permalinks() -> None:
    content, rows = first_rows("crunchbase-2015/rounds2", "latin-1")
    _file, counts = imported("crunchbase-2015/rounds2", content)
    assert counts["new"] == len(rows) and set(counts) <= {"new", "warnings"}
    assert companies() == len({row["company_permalink"].lower() for row in rows})
    assert Round.objects.live().count() == len({row["funding_round_permalink"] for row in rows})
    amounts = [int(row["raised_amount_usd"]) for row in rows if row["raised_amount_usd"] not in ("", "0")]
    assert total("raised_low", Round.objects.live()) == sum(amounts)
    assert Round.objects.filter(raised_low__isnull=False).count() == len(amounts)
    assert Round.objects.filter(raised_undisclosed=True).count() == sum(
        row["raised_amount_usd"] == "0" for row in rows
    )
