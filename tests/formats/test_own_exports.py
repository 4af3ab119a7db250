"""Our own exports are read as what they were written from, and recorded again they are the same records."""

import csv
import io

import pytest
from django.db import transaction
from django.http import QueryDict
from factories import fact, make_source, say, say_of_investor, tell, usd
from hypothesis import given
from hypothesis import strategies as st
from small_files import as_csv, names, read_as, told
from test_exits import BOUGHT, LISTED, tell_exit

from funding import exports, recording
from funding.formats import open_table, read, recognise
from funding.models import Change, Round
from funding.spreadsheets import defused
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Money, PartialDate, Reference, Text, Undisclosed

FILES = ("rounds", "companies", "participations", "valuations", "exits", "investors", "people")
# What is of the source: a report in one database, a file in the other.
OF_SOURCE = {"source_url", "source_title", "source_kind", "publisher", "published_on", "published_on_precision",
             "quote", "quote_of", "has_source", "valuation_origin"}  # fmt: skip


def exported(name: str, query: str = "") -> bytes:
    return b"".join(exports.read(name, QueryDict(query)).chunks())


def rows_of(file: bytes) -> list[dict[str, str]]:
    """The rows of an export without what is of its source, in one order, for equals stand as they were made."""
    rows = csv.DictReader(io.StringIO(file.decode(), newline=""))
    kept = [{column: cell for column, cell in row.items() if column not in OF_SOURCE} for row in rows]
    return sorted(kept, key=lambda row: list(row.values()))


def differences(one: bytes, other: bytes) -> list[tuple[str, str, str]]:
    """The cells in which two exports differ, with what each has; one entry more where one has more rows."""
    ours, theirs = rows_of(one), rows_of(other)
    cells = [
        (column, cell, there[column])
        for here, there in zip(ours, theirs, strict=False)
        for column, cell in here.items()
        if cell != there[column]
    ]
    return cells if len(ours) == len(theirs) else [*cells, ("rows", str(len(ours)), str(len(theirs)))]


def record_again(file: bytes) -> None:
    """Record each row of a file as a source of its own."""
    table = open_table(file)
    form = recognise(table.header)
    assert form is not None
    for row in read(table, form):
        assert not row.refusal
        mentions = [one for one in row.tells if isinstance(one, NewMention)]
        statements = [one for one in row.tells if isinstance(one, NewStatement)]
        source = make_source(f"{form.name} {row.number}", kind="file", published=None)
        recording.record(source, mentions, statements, origin="file", kind=Change.Kind.REVIEW)


def tell_everything() -> None:
    """Rounds of every writing of amounts and dates, an extension, names that a spreadsheet would run, and exits."""
    say(
        make_source(),
        company="=Halden, Inc.",
        facts={
            "website": Text("https://halden.example"),
            "headquarters": Text("Oslo, Norway"),
            "founded_on": PartialDate(2016, 5),
            "sector": Text("robotics"),
        },
        rounds={
            "0": {
                "announced_on": PartialDate(2024, 2, 20),
                "raised": usd(10_000_000),
                "stage": Text("series_b"),
                "valuation": Money.at_least(900_000_000, "EUR", strictly=True),
                "basis": "post",
                "leads": ["'+Northgate, Ltd."],
                "investors": ["Angel Investors", "Fjordline and others"],
            },
            "1": {
                "announced_on": PartialDate(2022, 5),
                "raised": Money.about(4_000_000, "SEK"),
                "stage": Text("seed"),
            },
            "2": {"announced_on": PartialDate(2019), "raised": Undisclosed(), "status": Text("rumoured")},
        },
    )
    founder = fact("person:0", "role", Text("founder"), is_founder=True)
    tell(make_source(), founder, company="=Halden, Inc.", names={"person:0": "-Ada Byron"})
    say_of_investor(make_source(), "Angel Investors", arm_of="'+Northgate, Ltd.", kind="angel")
    tell_exit(name="Nolt", **BOUGHT)
    tell_exit(name="Lumio", **LISTED)


@pytest.mark.django_db
def test_our_own_files_recorded_in_an_empty_database_give_the_same_records():
    with transaction.atomic():
        tell_everything()
        before = {name: exported(name) for name in FILES}
        transaction.set_rollback(True)
    assert not Round.objects.exists()
    for name in ("rounds", "companies", "exits", "investors", "participations"):
        record_again(before[name])
    after = {name: exported(name) for name in FILES}
    assert len(rows_of(before["rounds"])) == 3
    for name in ("rounds", "companies", "participations", "exits", "investors"):
        assert not differences(before[name], after[name]), name


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("query", ["", "ids=1", "exact=1"])
def test_every_export_of_ours_is_recognised_and_every_row_read(name, query):
    tell_everything()
    table = open_table(exported(name, query))
    form = recognise(table.header)
    assert form is not None
    assert form.name == f"roundbook-{name}"
    unknown = [column for column in table.header if column not in form.mapping]
    assert not unknown
    rows = list(read(table, form))
    assert rows
    assert [row.refusal for row in rows] == [""] * len(rows)


ROUND = dict.fromkeys(
    ["company", "announced_on", "announced_on_precision", "closed_on", "stage", "announced_label", "status",
     "raised_disclosure", "raised_low", "raised_high", "raised_low_open", "raised_high_open", "raised_is_approx",
     "raised_currency", "lead_investors", "investors", "valuation_low", "valuation_high", "valuation_currency",
     "valuation_basis", "valuation_origin"],
    "",
)  # fmt: skip


# A database holds no NUL and no half of a character, and a CSV reader ends lines as it will.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=30).filter(str.strip)


@given(WORDS | st.text(st.sampled_from("'=+-@\ta,\" "), min_size=1, max_size=6).filter(str.strip))
def test_a_name_made_harmless_for_spreadsheets_is_read_exactly(name):
    table = open_table(as_csv(list(ROUND), list((ROUND | {"company": defused(name), "stage": "seed"}).values())))
    (row,) = read(table, recognise(table.header))
    assert list(names(row, "company").values()) == [name]


def test_bounds_and_flags_come_back():
    cells = ROUND | {
        "company": "Lumio",
        "raised_disclosure": "stated",
        "raised_low": "4000000000",
        "raised_low_open": "true",
        "raised_high_open": "false",
        "raised_is_approx": "false",
        "raised_currency": "EUR",
        "valuation_high": "9000000000.5",
        "valuation_currency": "USD",
        "valuation_basis": "pre",
        "valuation_origin": "stated",
        "announced_on": "2022-05",
    }
    (row,) = read_as("roundbook-rounds", cells)
    facts = told(row, "round")
    assert facts[Field.RAISED] == [(Money.at_least(4_000_000_000, "EUR", strictly=True), {})]
    assert facts[Field.VALUATION] == [(Money.at_most("9000000000.5", "USD"), {"basis": "pre"})]
    assert facts[Field.ANNOUNCED_ON] == [(PartialDate(2022, 5), {})]
    (derived,) = read_as("roundbook-rounds", cells | {"valuation_origin": "derived"})
    assert Field.VALUATION not in told(derived, "round")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"raised_low": "2", "raised_high": "1", "raised_currency": "USD"}, "lower end above its upper one"),
        ({"raised_low": "2"}, "has no currency"),
        ({"raised_low": "two", "raised_currency": "USD"}, "not read as an amount"),
        ({"raised_low": "-2", "raised_currency": "USD"}, "not read as an amount"),
        ({"raised_low": "1", "raised_currency": "dollars"}, "no ISO code"),
        ({"status": "done"}, "no status that is known"),
        ({"valuation_low": "1", "valuation_currency": "USD", "valuation_basis": "x"}, "no basis of a valuation"),
    ],
)
def test_a_cell_that_we_never_wrote_refuses_the_row(more, why):
    (row,) = read_as("roundbook-rounds", ROUND | {"company": "Lumio", "stage": "seed"} | more)
    assert why in row.refusal


def test_a_valuation_of_no_round_is_the_companys_own():
    cells = dict.fromkeys(
        ["company", "valued_on", "valued_on_precision", "stage", "status", "valuation_low", "valuation_high",
         "valuation_currency", "valuation_basis", "valuation_origin", "multiple_low"],
        "",
    )  # fmt: skip
    cells |= {
        "company": "Lumio",
        "valued_on": "2021-11",
        "valuation_low": "5",
        "valuation_high": "5",
        "valuation_currency": "USD",
        "valuation_basis": "unspecified",
        "valuation_origin": "imported",
    }
    (row,) = read_as("roundbook-valuations", cells)
    assert told(row, "company")[Field.VALUATION] == [(usd(5), {"basis": "unspecified", "on": "2021-11"})]
    (of_round,) = read_as("roundbook-valuations", cells | {"stage": "seed", "status": "closed"})
    assert told(of_round, "round")[Field.VALUATION] == [(usd(5), {"basis": "unspecified"})]


def test_participations_of_one_round_speak_of_one_round():
    cells = {"company": "Lumio", "announced_on": "2021", "announced_on_precision": "year", "stage": "seed",
             "status": "closed", "investor": "Ada", "is_lead": "false"}  # fmt: skip
    one, other = read_as("roundbook-participations", cells, cells | {"investor": "Bea", "is_lead": ""})
    assert set(names(one, "round")) == set(names(other, "round"))
    assert told(one, "round")[Field.PARTICIPATION] == [(Reference("investor:ada"), {"is_lead": False})]
    assert told(other, "round")[Field.PARTICIPATION] == [(Reference("investor:bea"), {})]
