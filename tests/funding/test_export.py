"""Exports: literal files, what they carry of bounds, rates and sources, and the same by page and command."""

import csv
import hashlib
import io
import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.http import QueryDict
from factories import fact, make_rate, make_round, make_source, say, say_of_investor, tell, usd
from test_exits import BOUGHT, tell_exit

from companies.models import Company
from funding import exports
from funding.exports import formats
from funding.models import Change, Round
from funding.rates import Rates
from funding.recording import record
from funding.spreadsheets import TRIGGERS, restored
from funding.tellings import NewMention, NewStatement
from funding.values import Money, Multiple, PartialDate, Text, Undisclosed

pytestmark = pytest.mark.django_db


def written(name: str, query: str = "") -> str:
    """The file as text, line ends and all."""
    return b"".join(exports.read(name, QueryDict(query)).chunks()).decode()


def rows(name: str, query: str = "") -> list[dict[str, str]]:
    """The file as a reader of CSV takes it."""
    return list(csv.DictReader(io.StringIO(written(name, query), newline="")))


HALDEN = "Halden Robotics raised about €20m in May. It was led by Northgate."
ROUND_HEAD = (
    "company,announced_on,announced_on_precision,closed_on,closed_on_precision,stage,announced_label,"
    "status,raised_disclosure,raised_low,raised_high,raised_low_open,raised_high_open,raised_is_approx,"
    "raised_currency,converted_low,converted_high,converted_currency,rate,rate_on,rate_by,lead_investors,investors,"
    "valuation_low,valuation_high,valuation_low_open,valuation_high_open,valuation_is_approx,valuation_currency,"
    "valuation_basis,valuation_origin,pre_money_low,pre_money_high,pre_money_low_open,pre_money_high_open,"
    "pre_money_is_approx,pre_money_currency,stated_multiple_low,stated_multiple_high,stated_multiple_low_open,"
    "stated_multiple_high_open,stated_multiple_is_approx,called_unicorn,is_extension,extends_round_of,"
    "extends_round_of_precision,has_conflict,has_source,quote_of,source_url,source_title,source_kind,"
    "publisher,published_on,published_on_precision,quote\r\n"
)


@pytest.fixture
def small():
    """Two rounds: one approximate, in euros, known to the month; one undisclosed by a source without an address."""
    make_rate("USD", "1.25", date(2022, 5, 2))
    first = make_source(HALDEN, url="https://example.com/halden", title="Halden grows", published=PartialDate(2022, 5))
    told = {"announced_on": PartialDate(2022, 5), "raised": Money.about(20_000_000, "EUR"), "leads": ["Northgate"]}
    say(first, rounds={"0": told | {"investors": ["Ardent, Sons & Co", "Meridian"]}})
    second = make_source("Quillwork took money; how much stays a secret.", title="", publisher="")
    say(
        second,
        company="Quillwork",
        rounds={"0": {"announced_on": PartialDate(2024, 2, 29), "raised": Undisclosed(), "stage": Text("seed")}},
    )


def test_rounds_as_a_literal_file(small):
    assert written("rounds") == ROUND_HEAD + (
        "Quillwork,2024-02-29,day,,,seed,,closed,undisclosed,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,false,,,false,true,raised,,,"
        "report,,2024-03-01,day,Quillwork took money\r\n"
        "Halden Robotics,2022-05,month,,,,,closed,stated,20000000,20000000,false,false,true,EUR,"
        '25000000,25000000,USD,1.25,2022-05-01,ECB,Northgate,"Ardent, Sons & Co; Meridian; Northgate",,,,,,,,'
        ",,,,,,,,,,,,,false,,,false,true,raised,https://example.com/halden,Halden grows,report,"
        "The Daily Round,2022-05,month,Halden Robotics rais\r\n"
    )


def test_an_empty_export_still_has_its_head():
    assert written("rounds") == ROUND_HEAD


def test_participations_as_a_literal_file(small):
    assert written("participations", "company=halden-robotics") == (
        "company,announced_on,announced_on_precision,stage,status,investor,is_lead,"
        "source_url,source_title,source_kind,publisher,published_on,published_on_precision,quote\r\n"
        'Halden Robotics,2022-05,month,,closed,"Ardent, Sons & Co",,'
        "https://example.com/halden,Halden grows,report,The Daily Round,2022-05,month,\r\n"
        "Halden Robotics,2022-05,month,,closed,Meridian,,https://example.com/halden,"
        "Halden grows,report,The Daily Round,2022-05,month,\r\n"
        "Halden Robotics,2022-05,month,,closed,Northgate,true,"
        "https://example.com/halden,Halden grows,report,The Daily Round,2022-05,month,\r\n"
    )


def test_participations_of_an_investor_are_its_own_alone(small):
    assert [one["investor"] for one in rows("participations", "investor=meridian")] == ["Meridian"]


def test_investors_tell_of_what_kind_they_are_and_whose_arm():
    make_round("Kivik", investors=["Fjordline"])
    say_of_investor(make_source(), "Fjordline", arm_of_company="=Kivik", kind="corporate_arm")
    say_of_investor(make_source(), "Bruma", arm_of="Fjordline")
    found = {one["investor"]: (one["investor_kind"], one["part_of"]) for one in rows("investors")}
    assert found == {"Fjordline": ("corporate_arm", "'=Kivik"), "Bruma": ("", "Fjordline")}


def test_investors_tell_their_rounds_and_the_last_of_them(small):
    found = {one["investor"]: one for one in rows("investors")}
    assert list(found) == ["Ardent, Sons & Co", "Meridian", "Northgate"]
    assert (found["Northgate"]["rounds_count"], found["Northgate"]["rounds_led"]) == ("1", "1")
    assert found["Meridian"]["rounds_led"] == "0"
    assert (found["Meridian"]["last_company"], found["Meridian"]["last_round_on"]) == ("Halden Robotics", "2022-05")


def test_companies_tell_what_their_list_shows():
    make_rate("USD", "1.25", date(2024, 2, 20))
    said = {"sector": Text("robotics"), "headquarters": Text("Oslo"), "founded_on": PartialDate(2016)}
    first = {"announced_on": PartialDate(2024, 2, 20), "raised": Money.exact(8_000_000, "EUR")}
    later = {"announced_on": PartialDate(2024, 2, 21), "raised": Undisclosed(), "valuation": usd(90_000_000)}
    say(make_source(), facts=said, rounds={"0": first, "1": later | {"stage": Text("series_a")}})
    [one] = rows("companies")
    expected = {
        "company": "Halden Robotics",
        "city": "Oslo",
        "sectors": "robotics",
        "founded_on": "2016",
        "founded_on_precision": "year",
        "rounds_count": "2",
        "rounds_without_amount": "1",
        "last_round_on": "2024-02-21",
        "last_round_stage": "series_a",
        "raised_total": "10000000",
        "raised_total_currency": "USD",
        "valuation_low": "90000000",
        "valuation_origin": "stated",
    }
    assert {heading: one[heading] for heading in expected} == expected
    assert Company.objects.get().raised_usd == 10_000_000
    [in_euros] = rows("companies", "currency=EUR")
    assert (in_euros["raised_total"], in_euros["raised_total_currency"]) == ("8000000", "EUR")


def test_money_that_does_not_count_in_a_total_is_left_out_of_it():
    make_round(raised=usd(5))
    make_round(raised=usd(9), announced_on=PartialDate(2024, 5, 1), stage=Text("secondary_market"))
    [one] = rows("companies")
    assert one["raised_total"] == "5"


def test_a_derived_valuation_tells_its_bounds_its_rules_and_the_words_behind_it():
    text = "Worth $4.5bn, more than double. Before that it raised $100m in May 2022."
    source = make_source(text, url="https://example.com/double")
    quote = {"start": 0, "end": 12, "text": text[:12]}
    other = {"start": 14, "end": 30, "text": text[14:30]}
    mentions = [
        NewMention("company:0", "company", "Halden Robotics"),
        NewMention("round:0", "round", "Halden Robotics", "company:0"),
        NewMention("round:1", "round", "Halden Robotics", "company:0"),
    ]
    statements = [
        NewStatement("round:0", "announced_on", PartialDate(2023, 8, 24), {}, [quote]),
        NewStatement("round:0", "valuation", usd(4_500_000_000), {}, [quote]),
        NewStatement("round:0", "valuation_ratio", Multiple(2, None, low_open=True), {}, [quote, other]),
        NewStatement("round:1", "announced_on", PartialDate(2022, 5), {}, [quote]),
        NewStatement("round:1", "raised", usd(100_000_000), {}, [other]),
    ]
    record(source, mentions, statements, origin="engine test", kind=Change.Kind.REVIEW, by=None)
    stated, derived = rows("valuations")
    assert (stated["valuation_origin"], stated["valuation_basis"]) == ("stated", "unspecified")
    assert (stated["multiple_low"], stated["multiple_low_open"], stated["multiple_high"]) == ("2", "true", "")
    assert (stated["step_up_low"], stated["unicorn"]) == ("", "yes")
    expected = {
        "unicorn": "undetermined",
        "valued_on": "2022-05",
        "valuation_low": "100000000",
        "valuation_high": "2250000000",
        "valuation_low_open": "true",
        "valuation_high_open": "true",
        "valuation_origin": "derived",
        "proof": "exceeds_raised; ratio_of_next",
        "source_url": "https://example.com/double",
    }
    assert {heading: derived[heading] for heading in expected} == expected
    assert set(derived["quote"].split(" […] ")) == {"Worth $4.5bn", other["text"]}
    [ratio] = rows("statements", "field=valuation_ratio")
    assert ratio["quote"] == f"Worth $4.5bn […] {other['text']}"


def test_a_step_up_and_whether_a_company_is_a_unicorn_are_in_the_files():
    first = {"announced_on": PartialDate(2022, 5), "valuation": usd(400_000_000)}
    then = {"announced_on": PartialDate(2023, 8), "valuation": usd(1_200_000_000), "raised": usd(200_000_000)}
    say(make_source(), rounds={"0": first, "1": then})
    by_date = {row["valued_on"]: row for row in rows("valuations")}
    assert by_date["2022-05"]["step_up_low"] == ""
    found = by_date["2023-08"]
    assert [found[f"step_up_{end}"] for end in ("low", "high", "low_open")] == ["2.5", "2.5", "false"]
    [one] = rows("companies")
    assert (one["unicorn"], one["was_unicorn"]) == ("yes", "yes")


@pytest.mark.parametrize("into", ["USD", "EUR", "GBP"])
def test_amounts_are_converted_as_on_the_pages(into):
    for day in (date(2024, 2, 20), date(2022, 5, 3), date(2019, 7, 1)):
        make_rate("USD", "1.0817", day)
        make_rate("GBP", "0.85523", day)
        make_rate("JPY", "162.47", day)
    for number, currency in enumerate(("USD", "EUR", "GBP", "JPY")):
        for on in (PartialDate(2024, 2, 20), PartialDate(2022, 5), PartialDate(2019)):
            make_round(
                f"In {currency}", announced_on=on, raised=Money(1_234_567 + number, 7_654_321, currency=currency)
            )
    converted = {(one["company"], one["announced_on"]): one for one in rows("rounds", f"currency={into}")}
    assert len(converted) == 12
    for one in Round.objects.live():
        row = converted[one.company.name, one.announced.iso]
        money, rate = (
            Rates().convert(one.raised, into, one.announced),
            Rates().between(one.raised.currency, into, one.announced),
        )
        assert (Decimal(row["converted_low"]), Decimal(row["converted_high"])) == (money.low, money.high)
        assert row["converted_currency"] == into
        if one.raised.currency != into:
            assert (row["rate_on"], round(Decimal(row["rate"]) - rate.rate, 12)) == (str(rate.on), 0)


def test_without_a_rate_the_amount_stands_alone():
    make_round(raised=Money.exact(7_000_000, "XAF"))
    [one] = rows("rounds")
    assert (one["raised_low"], one["raised_currency"]) == ("7000000", "XAF")
    assert one["converted_low"] == one["converted_currency"] == one["rate"] == one["rate_on"] == ""


def test_a_round_of_unknown_amount_quotes_what_gives_its_date():
    say(make_source("Quillwork raised in May 2023."), rounds={"0": {"announced_on": PartialDate(2023, 5)}})
    [one] = rows("rounds")
    assert (one["raised_disclosure"], one["quote_of"], one["quote"]) == (
        "not_stated",
        "announced_on",
        "Quillwork raised in ",
    )


@pytest.mark.parametrize("name", ["=1+1 Labs", "+1 Ventures", "-5 Degrees", "@home", "'=quoted", "''+twice"])
def test_names_that_a_spreadsheet_would_run_are_made_harmless_and_can_be_restored(name):
    make_round(name, leads=[f"{name} Capital"])
    [one] = rows("rounds")
    assert one["company"] == f"'{name}"
    assert restored(one["company"]) == name
    assert one["lead_investors"] == f"'{name} Capital"
    [exact] = rows("rounds", "exact=1")
    assert exact["company"] == name


def test_no_cell_of_any_export_begins_with_a_trigger_and_numbers_are_left_alone():
    source = make_source("=cmd()|x and more text", title="@title", publisher="+paper", url="https://example.com/-")
    say(source, company="-Minus", facts={"sector": Text("=sector"), "headquarters": Text("\tTab")},
        rounds={"0": {"announced_on": PartialDate(2024), "raised": usd(5), "leads": ["=Lead"]}})  # fmt: skip
    for name in exports.ROWS:
        for row in rows(name):
            assert not any(cell.startswith(tuple(TRIGGERS)) for cell in row.values()), name
    [one] = rows("rounds")
    assert (one["raised_low"], one["publisher"], one["quote"]) == ("5", "'+paper", "'=cmd()|x and more te")


def test_commas_quotes_and_lines_survive():
    make_round('Odd "Name", with\nlines\r\nand more')
    [one] = rows("rounds")
    assert one["company"] == 'Odd "Name", with\nlines\r\nand more'


def test_ids_and_times_of_recording_only_when_asked(small):
    make_round("Valued", valuation=usd(90_000_000), announced_on=PartialDate(2021))
    tell_exit(**BOUGHT)
    tell(make_source(), fact("person:0", "role", Text("CTO")), names={"person:0": "Ada Byron"})
    for name in exports.ROWS:
        plain, full = rows(name)[0], rows(name, "ids=1")[0]
        more = full.keys() - plain.keys()
        if name == "quarters":  # its rows are of many records, so they have no id
            assert not more
            continue
        endings = ("_id", "_slug", "recorded_at")
        assert more and all(heading.endswith(endings) for heading in more)
        assert not any(heading.endswith(endings) for heading in plain)
    assert rows("rounds", "ids=1")[0]["round_id"] == str(Round.objects.get(company__name="Quillwork").pk)


def test_filters_and_orders_are_those_of_the_list(small):
    assert [one["company"] for one in rows("rounds", "stage=seed")] == ["Quillwork"]
    assert [one["company"] for one in rows("rounds", "order=largest")] == ["Halden Robotics", "Quillwork"]
    assert [one["company"] for one in rows("companies", "order=name")] == ["Halden Robotics", "Quillwork"]
    assert [one["investor"] for one in rows("investors", "order=rounds&q=north")] == ["Northgate"]
    assert rows("companies", "q=%CC%81") == []


def test_statements_of_one_company(small):
    found = rows("statements", "company=quillwork")
    assert {one["company"] for one in found} == {"Quillwork"}
    assert {one["field"] for one in found} == {"name", "announced_on", "raised", "stage"}
    [raised] = [one for one in found if one["field"] == "raised"]
    assert (raised["value_kind"], raised["value_low"], raised["quote"]) == ("undisclosed", "", "Quillwork took money")
    [lead] = [one for one in rows("statements", "field=participation") if one["qualifiers"]]
    assert (lead["value_text"], lead["qualifiers"]) == ("Northgate", '{"is_lead": true}')


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("stage=x", "“x” is no stage."),
        ("currency=XAU", "There are no rates of “XAU”; there are of: EUR, GBP, USD."),
        ("exact=yes", "“yes” is not known here; it is one of: 1."),
        ("ids=0", "“0” is not known here; it is one of: 1."),
        ("after=2024-01-01~1", "“after” is no filter of this list."),
        ("currency=USD&currency=EUR", "Given more than once; one value is needed."),
    ],
)
def test_what_cannot_be_read_makes_no_file(analyst_client, query, message):
    page = analyst_client.get(f"/export/rounds.csv?{query}")
    assert page.status_code == 422
    assert message in page.content.decode()
    with pytest.raises(CommandError, match="The filter cannot be read."):
        call_command("export", "rounds", filter=query)


def test_a_download_for_analysts(analyst_client, small):
    answer = analyst_client.get("/export/rounds.csv?stage=seed")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="roundbook-rounds.csv"'
    assert b"".join(answer.streaming_content).decode() == written("rounds", "stage=seed")


def test_readers_may_not_and_strangers_are_sent_to_sign_in(reader_client, client):
    assert reader_client.get("/export/rounds.csv").status_code == 403
    assert client.get("/export/rounds.csv")["Location"].startswith("/accounts/login/?next=/export/rounds.csv")


def test_there_is_no_export_of_anything_else(analyst_client):
    assert analyst_client.get("/export/users.csv").status_code == 404


def test_the_command_writes_the_same_file_and_tells_its_rows_and_hash(small, tmp_path, capsys):
    path = tmp_path / "out.csv"
    call_command("export", "rounds", "--format", "csv", "-o", str(path), "--filter", "?stage=seed")
    assert path.read_bytes().decode() == written("rounds", "stage=seed")
    assert capsys.readouterr().err == f"1 row, SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out.csv", "out.csv.sha256.json"]


def test_the_command_writes_to_standard_output_exactly_with_ids_in_euros(small, capfdbinary):
    call_command("export", "rounds", "--exact", "--with-ids", "--currency", "EUR")
    assert capfdbinary.readouterr().out.decode() == written("rounds", "exact=1&ids=1&currency=EUR")


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(CommandError, match="nowhere/out.csv cannot be written: No such file or directory."):
        call_command("export", "rounds", output=str(tmp_path / "nowhere" / "out.csv"))


def test_what_is_no_file_is_written_to_and_not_replaced(small, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    call_command("export", "companies", "--output", str(tmp_path / "pipe"))
    assert os.read(reading, 100).startswith(b"company,")
    assert (tmp_path / "pipe").is_fifo()


def test_a_link_to_a_file_stays_a_link(small, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    call_command("export", "companies", "--output", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes().startswith(b"company,")


def test_a_reader_that_stops_early_is_said(small, monkeypatch, capfd):
    class Closed:
        def write(self, chunk):
            raise BrokenPipeError

    class Output:
        buffer = Closed()

        def fileno(self):
            return os.open(os.devnull, os.O_WRONLY)

    monkeypatch.setattr("funding.exports.files.sys.stdout", Output())
    with pytest.raises(CommandError, match="Standard output was closed before the file was whole."):
        call_command("export", "rounds")


def test_pieces_are_merged_and_nothing_is_lost_between_them(monkeypatch):
    monkeypatch.setattr(formats, "CHUNK", 200)
    for number in range(5):
        make_round(f"Company {number}")
    found = exports.read("rounds", QueryDict())
    pieces = list(found.chunks())
    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 6
    assert found.count == 5


def test_every_column_is_explained():
    text = (Path(settings.BASE_DIR) / "docs" / "exports.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`([a-z_…]+)`", text))
    endings = tuple(one.removeprefix("…") for one in explained if one.startswith("…"))
    for name, kind in exports.ROWS.items():
        for column in kind.columns:
            assert column.heading in explained or column.heading.endswith(endings), (name, column.heading)
