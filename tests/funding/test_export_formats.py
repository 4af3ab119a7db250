"""Other columns, other currencies and other formats than CSV in dollars: the same rows, each cell as what it is."""

import hashlib
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from factories import make_rate, make_round, make_source, say, usd

from funding import exports
from funding.exports import formats
from funding.exports.columns import Kind
from funding.models import Round, Statement
from funding.rates import Rates
from funding.values import Money, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(name: str, query: str = "", form: str = "csv") -> bytes:
    return b"".join(exports.read(name, QueryDict(query), form).chunks())


def objects(name: str, query: str = "") -> list[dict]:
    return [json.loads(line) for line in written(name, query, "jsonl").splitlines()]


def sheets(file: bytes) -> list[list[list[tuple[str, str]]]]:
    """Each sheet's rows as pairs of the cell's sort and its text; a cell without a sort is a number."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/"))
        return [
            [
                [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row]
                for row in ElementTree.fromstring(book.read(name)).iter(f"{SHEET}row")
            ]
            for name in names
        ]


def cells(query: str, name: str = "rounds") -> list[tuple[str, str]]:
    """The cells of the only row of a workbook."""
    [[_head, row]] = sheets(written(name, query, "xlsx"))
    return row


def test_columns_are_those_asked_for_in_their_order():
    make_round("Quillwork")
    assert written("rounds", "columns=raised_low,company") == b"raised_low,company\r\n10000000,Quillwork\r\n"
    assert written("rounds", "columns=company&columns=raised_low") == b"company,raised_low\r\nQuillwork,10000000\r\n"


def test_an_id_may_be_asked_for_by_name():
    one = make_round()
    assert written("rounds", "columns=round_id") == f"round_id\r\n{one.pk}\r\n".encode()


def test_columns_go_along_with_the_filters_of_the_list():
    make_round("Quillwork", announced_on=PartialDate(2024, 2, 1))
    make_round("Halden Robotics", announced_on=PartialDate(2021, 2, 1))
    assert written("rounds", "columns=company&since=2023") == b"company\r\nQuillwork\r\n"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "columns=colour",
            "“colour” is no column of this file; its columns are: company, company_slug, announced_on,",
        ),
        ("columns=company,stage,company", "“company” is given more than once."),
        ("columns=raised", "“raised” is no column of this file"),
    ],
)
def test_columns_that_cannot_be_read_make_no_file(analyst_client, query, message):
    page = analyst_client.get(f"/export/rounds.csv?{query}")
    assert page.status_code == 422
    assert message in page.content.decode()


def test_the_columns_of_a_list_are_not_those_of_its_file(analyst_client):
    make_round()
    page = analyst_client.get("/rounds/?columns=country&columns=stage&since=2020").content.decode()
    for form in ("csv", "xlsx", "jsonl"):
        assert f'href="/export/rounds.{form}?since=2020"' in page
    assert analyst_client.get("/export/rounds.csv?since=2020").status_code == 200


def test_json_lines_keep_the_sort_of_each_cell():
    make_rate("USD", "1.25", date(2022, 5, 2))
    source = make_source('Halden "Robotics"\\ raised\nabout €20m.', url="https://example.com/halden", title="=Grows")
    told = {"announced_on": PartialDate(2022, 5), "raised": Money.about(20_000_000, "EUR"), "leads": ["Northgate"]}
    say(source, rounds={"0": told})
    [one] = objects("rounds", "ids=1")
    assert one["round_id"] == Round.objects.get().pk
    expected = {
        "company": "Halden Robotics",
        "announced_on": "2022-05",
        "raised_low": "20000000",
        "raised_is_approx": True,
        "raised_low_open": False,
        "converted_low": "25000000",
        "rate": "1.25",
        "stage": None,
        "valuation_low": None,
        "valuation_is_approx": None,
        "has_conflict": False,
        "source_title": "=Grows",
        "quote": 'Halden "Robotics"\\ r',
    }
    assert {heading: one[heading] for heading in expected} == expected
    [company] = objects("companies")
    assert (company["rounds_count"], company["raised_total"]) == (1, "25000000")
    assert objects("rounds", "columns=company,raised_low") == [
        {"company": "Halden Robotics", "raised_low": "20000000"}
    ]
    assert written("rounds", "since=2030", "jsonl") == b""


def test_json_lines_and_csv_have_the_same_cells():
    source = make_source("Some words.", publisher="Il\tFoglio \x01 \u2028", title="C:\\new\\table")
    say(
        source,
        rounds={"0": {"announced_on": PartialDate(2024), "raised": Undisclosed(), "leads": ["Ö’Brien & Söhne"]}},
    )
    for name in exports.ROWS:
        [*lines] = objects(name, "ids=1")
        headings = [column.heading for column in exports.ROWS[name].columns]
        assert all(list(line) == headings for line in lines)
    [one] = objects("rounds")
    assert (one["publisher"], one["source_title"]) == ("Il\tFoglio \x01 \u2028", "C:\\new\\table")


def test_a_workbook_holds_numbers_dates_and_words_each_as_such():
    make_round("=1+1 Labs", announced_on=PartialDate(2024, 2, 20), raised=usd("12345678.5"))
    row = cells("columns=company,announced_on,announced_on_precision,raised_low,raised_low_open,stage,status")
    assert row == [
        ("inlineStr", "=1+1 Labs"),
        ("n", "45342"),
        ("inlineStr", "day"),
        ("n", "12345678.5"),
        ("b", "0"),
        ("inlineStr", "closed"),
    ]


def test_a_workbook_rounds_no_number_and_no_date():
    make_round(announced_on=PartialDate(2024, 2), raised=usd("123456789012345.67"))
    assert cells("columns=announced_on,raised_low") == [
        ("inlineStr", "2024-02"),
        ("inlineStr", "123456789012345.67"),
    ]


def test_a_workbook_has_its_columns_as_head_even_without_rows():
    [[head]] = sheets(written("rounds", "columns=company,quote", "xlsx"))
    assert [text for _sort, text in head] == ["company", "quote"]


def test_a_workbook_goes_on_on_a_further_sheet(monkeypatch):
    monkeypatch.setattr(formats, "SHEET_ROWS", 3)
    for number in range(5):
        make_round(f"Company {number}")
    found = exports.read("companies", QueryDict("columns=company&order=name"), "xlsx")
    read = sheets(b"".join(found.chunks()))
    assert [[row[0][1] for row in sheet] for sheet in read] == [
        ["company", "Company 0", "Company 1"],
        ["company", "Company 2", "Company 3"],
        ["company", "Company 4"],
    ]
    assert found.count == 5


def test_what_a_cell_of_a_workbook_cannot_hold_is_said_and_makes_no_file(analyst_client, tmp_path):
    make_round()
    Statement.objects.update(quotes=[{"start": 0, "end": 40_000, "text": "y" * 40_000}])
    page = analyst_client.get("/export/rounds.xlsx")
    assert page.status_code == 422
    assert "Row 1 has 40000 characters in “quote”; a cell of a workbook holds 32767." in page.content.decode()
    assert analyst_client.get("/export/rounds.xlsx?columns=company").status_code == 200
    with pytest.raises(CommandError, match="There is no file. Row 1 has 40000 characters"):
        call_command("export", "rounds", output=str(tmp_path / "rounds.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_make_the_same_workbook():
    make_round()
    assert written("rounds", "", "xlsx") == written("rounds", "", "xlsx")


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("jsonl", "application/x-ndjson"),
    ],
)
def test_each_format_is_downloaded_by_its_ending(analyst_client, reader_client, form, content_type):
    make_round()
    answer = analyst_client.get(f"/export/rounds.{form}")
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert answer["Content-Disposition"] == f'attachment; filename="roundbook-rounds.{form}"'
    assert b"".join(answer.streaming_content) == written("rounds", "", form)
    assert analyst_client.head(f"/export/rounds.{form}")["Content-Type"] == content_type
    assert reader_client.get(f"/export/rounds.{form}").status_code == 403
    assert analyst_client.get("/export/rounds.parquet").status_code == 404


@pytest.fixture
def kronor():
    for day in (date(2024, 2, 20), date(2022, 5, 3), date(2019, 7, 1)):
        make_rate("USD", "1.0817", day)
        make_rate("GBP", "0.85523", day)
        make_rate("SEK", "11.2085", day)


def test_an_amount_converts_into_any_currency_that_there_are_rates_of(kronor):
    for number, currency in enumerate(("USD", "EUR", "SEK")):
        for on in (PartialDate(2024, 2, 20), PartialDate(2022, 5), PartialDate(2019)):
            make_round(
                f"In {currency}", announced_on=on, raised=Money(1_234_567 + number, 7_654_321, currency=currency)
            )
    rows = {(one["company"], one["announced_on"]): one for one in objects("rounds", "currency=SEK")}
    assert len(rows) == 9
    for one in Round.objects.live():
        row, rates = rows[one.company.name, one.announced.iso], Rates()
        money = rates.convert(one.raised, "SEK", one.announced)
        assert (Decimal(row["converted_low"]), Decimal(row["converted_high"])) == (money.low, money.high)
        assert row["converted_currency"] == "SEK"
        if one.raised.currency != "SEK":
            assert row["rate_on"] == str(rates.between(one.raised.currency, "SEK", one.announced).on)


def test_a_total_in_any_currency_adds_each_round_at_its_own_day(kronor):
    make_round(raised=Money.exact(1_000_000, "EUR"), announced_on=PartialDate(2024, 2, 20))
    make_round(raised=Money(1_000_000, 3_000_000, currency="EUR"), announced_on=PartialDate(2022, 5, 3))
    make_round(raised=usd(9), announced_on=PartialDate(2019, 7, 1), stage=Text("secondary_market"))
    [one] = objects("companies", "currency=SEK")
    assert (one["raised_total"], one["raised_total_currency"]) == ("33625500", "SEK")


def test_the_sum_made_for_a_file_is_that_which_is_stored(kronor, monkeypatch):
    make_round(raised=Money(1_000_000, 3_000_000, currency="EUR"), announced_on=PartialDate(2022, 5))
    make_round(raised=Money.exact(1_234_567, "SEK"), announced_on=PartialDate(2024, 2, 20))
    stored = objects("companies", "currency=GBP&columns=raised_total")
    monkeypatch.setattr(exports, "CURRENCIES", ("USD", "EUR"))
    assert objects("companies", "currency=GBP&columns=raised_total") == stored


def test_the_command_writes_any_format_by_the_name_of_the_file_and_tells_of_it_beside(tmp_path, capsys):
    make_round()
    for form in formats.FORMATS:
        path = tmp_path / f"rounds.{form}"
        call_command("export", "rounds", output=str(path), columns="company,raised_low")
        assert path.read_bytes() == written("rounds", "columns=company,raised_low", form)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert json.loads((tmp_path / f"rounds.{form}.sha256.json").read_text()) == {
            "file": f"rounds.{form}",
            "rows": 1,
            "bytes": path.stat().st_size,
            "sha256": digest,
        }
        assert capsys.readouterr().err == f"1 row, SHA-256 {digest}\n"


def test_every_sort_of_cell_is_written_by_every_format():
    make_round("Halden Robotics", valuation=usd(90_000_000), leads=["Northgate"])
    kinds = {column.kind for rows in exports.ROWS.values() for column in rows.columns}
    assert kinds == set(Kind)
    for name in exports.ROWS:
        for form in formats.FORMATS:
            found = exports.read(name, QueryDict("ids=1&currency=EUR"), form)
            assert b"".join(found.chunks()) or found.count == 0


def test_quarters_sum_the_rounds_that_the_filters_leave(kronor):
    make_round(announced_on=PartialDate(2024, 2, 20), raised=Money.exact(1_000_000, "EUR"), stage=Text("seed"))
    make_round("Quillwork", announced_on=PartialDate(2024, 2), raised=Undisclosed(), stage=Text("seed"))
    make_round("Quillwork", announced_on=PartialDate(2019), raised=usd(7))
    assert objects("quarters", "currency=SEK&status=closed") == [
        {
            "quarter": "2024-Q1",
            "stage": "seed",
            "rounds_count": 2,
            "rounds_without_amount": 1,
            "raised_total": "11208500",
            "raised_total_currency": "SEK",
            "raised_total_inexact": 0,
        },
        {
            "quarter": None,
            "stage": None,
            "rounds_count": 1,
            "rounds_without_amount": 0,
            "raised_total": "72.53",
            "raised_total_currency": "SEK",
            "raised_total_inexact": 0,
        },
    ]
    assert objects("quarters", "since=2023&columns=quarter,rounds_count") == [
        {"quarter": "2024-Q1", "rounds_count": 2}
    ]


def test_the_league_has_the_most_active_investors_of_the_rounds_asked_for_first():
    make_round(leads=["Northgate"], investors=["Meridian"])
    make_round("Quillwork", announced_on=PartialDate(2023, 5), investors=["Northgate"], raised=Undisclosed())
    rows = objects(
        "league", "columns=investor,rounds_count,rounds_led,companies_count,rounds_without_amount,raised_total"
    )
    assert [list(row.values()) for row in rows] == [
        ["Northgate", 2, 1, 2, 1, "10000000"],
        ["Meridian", 1, 0, 1, 0, "10000000"],
    ]
    assert [row["rounds_count"] for row in objects("league", "since=2024")] == [1, 1]


def test_sums_have_one_order_alone():
    with pytest.raises(exports.BadQuery, match="These rows have one order alone."):
        exports.read("quarters", QueryDict("order=largest"))


def test_the_first_rows_are_the_cells_of_the_file():
    for number in range(3):
        make_round(f"=Company {number}", raised=usd("1200.50"))
    found = exports.read("rounds", QueryDict("columns=company,raised_low,raised_low_open,rate_on&order=oldest"))
    assert found.first(2) == [["'=Company 0", "1200.5", "false", ""], ["'=Company 1", "1200.5", "false", ""]]
