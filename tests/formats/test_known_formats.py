"""Formats are known by their headers, and are plain data that a person edits."""

import json

import pytest

from companies.models import InvestorKind
from funding.formats import FORMATS, UNMAPPED, Format, dated, recognise
from funding.formats.known import folded
from funding.formats.meanings import MEANINGS, Options
from funding.formats.stages import words_of
from funding.models import Exit, Round, Stage

HEADERS = {name: list(one.mapping) for name, one in FORMATS.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_recognised_by_its_header_in_any_order_case_and_padding(name):
    header = HEADERS[name]
    assert recognise(header) is FORMATS[name]
    assert recognise([f"  {column.swapcase()} " for column in reversed(header)]) is FORMATS[name]
    assert recognise([*header, "our own column", ""]) is FORMATS[name]


@pytest.mark.parametrize("name", FORMATS)
def test_a_header_that_lacks_a_required_column_is_not_of_the_format(name):
    for lacking in FORMATS[name].required:
        rest = [column for column in HEADERS[name] if folded(column) != folded(lacking)]
        assert recognise(rest) is not FORMATS[name]


@pytest.mark.parametrize("name", FORMATS)
def test_required_columns_alone_are_enough_to_tell_the_format(name):
    assert recognise(FORMATS[name].required) is FORMATS[name]
    assert {folded(one) for one in FORMATS[name].required} <= {folded(one) for one in FORMATS[name].mapping}


def test_a_header_of_nothing_known_is_of_no_format():
    assert recognise(["company", "city"]) is None
    assert recognise([]) is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_kept_as_json_and_comes_back_the_same(name):
    kept = json.loads(json.dumps(FORMATS[name].as_json()))
    assert Format.from_json(kept) == FORMATS[name]


def test_columns_and_options_may_be_changed_by_hand():
    form = FORMATS["india-funding"].with_mapping({"REMARKS ": "", "Notes": "round.label"}, {"date_order": "mdy"})
    assert (form.meaning_of("Remarks"), form.meaning_of("notes"), form.meaning_of("Date")) == (
        "",
        "round.label",
        "round.announced_on",
    )
    assert (form.options.date_order, form.options.escapes) == ("mdy", True)
    assert FORMATS["india-funding"].meaning_of("Remarks") == "round.series"
    assert UNMAPPED.with_mapping({"firm": "company.name"}).meaning_of("Firm") == "company.name"


@pytest.mark.parametrize(
    ("mapping", "options", "why"),
    [
        ({"firm": "company.nom"}, {}, "Column “firm”: “company.nom” is nothing that a column can mean"),
        ({}, {"order": "dmy"}, "“order” is no option"),
        ({}, {"date_order": "dym"}, "“date_order” is one of ymd, dmy, mdy"),
        ({}, {"unit": "million"}, "number above 0"),
        ({}, {"unit": "-1"}, "number above 0"),
        ({}, {"currency": "dollars"}, "“dollars” is no ISO code"),
        ({}, {"separator": ""}, "“separator” cannot be blank"),
        ({}, {"null": "n/a"}, "“null” takes a list of words"),
        ({}, {"escapes": "yes"}, "“escapes” takes yes or no"),
        ({}, {"stages": ["seed"]}, "“stages” takes words and what each stands for"),
        ({}, {"as_of": "11/2021"}, "no date of the form"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_sentence(mapping, options, why):
    with pytest.raises(ValueError, match=why):
        UNMAPPED.with_mapping(mapping, options)


def test_options_as_usual_are_left_out_of_what_is_kept():
    assert Options().as_json() == {}
    assert Options.of({"unit": "1000"}).as_json() == {"unit": "1000"}


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("cbinsights-2021-12.csv.gz", "2021-12"),
        ("wikipedia-unicorns-2025-06-19.csv", "2025-06-19"),
        ("board 2024.xlsx", "2024"),
        ("list_2022_09.csv", "2022-09"),
        ("rounds-20221.csv", None),
        ("rounds.csv", None),
    ],
)
def test_the_name_of_a_file_may_give_its_date(name, date):
    found = dated(name)
    assert (found.iso if found else None) == date


def test_every_meaning_says_what_it_is():
    assert all(MEANINGS.values())


def test_the_words_of_files_stand_for_choices_that_records_have():
    stages = set(words_of("stage").values()) | set(words_of("code").values())
    assert stages - set(Stage.values) == {"exit acquisition", "exit ipo"}
    assert set(Stage.values) - stages == set()
    assert set(words_of("exit").values()) == set(Exit.Kind.values)
    assert set(words_of("exit_status").values()) == set(Exit.Status.values)
    assert set(words_of("round_status").values()) == set(Round.Status.values)
    assert set(words_of("investor_kind").values()) == set(InvestorKind.values)
    assert {one for form in FORMATS.values() for one in form.options.stages.values()} <= {*Stage.values, ""}
