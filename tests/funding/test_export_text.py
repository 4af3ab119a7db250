"""Whatever text is held, a file gives it back: safe and exact CSV, JSON lines, workbooks; and none of it is run."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from factories import make_round
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.models import Company
from funding import exports
from funding.spreadsheets import TRIGGERS, restored

pytestmark = pytest.mark.django_db

ROWS = 12  # of an example, each with a text of its own
SOME = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
QUERY = "columns=company_slug,company,raised_low&order=oldest"
# Whatever PostgreSQL holds, and much of what means something to a reader of CSV, JSON or XML.
ANY = st.characters(codec="utf-8", exclude_characters="\0")
PARTS = st.sampled_from(
    ["'", "=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "\\", "\\.", " ", "_x0041_", "<&>", "\ufffe", "é"]
)
TEXTS = st.one_of(st.text(ANY, max_size=30), st.lists(PARTS, max_size=8).map("".join))


@pytest.fixture
def companies() -> list[Company]:
    for number in range(ROWS):
        make_round(f"Company {number}")
    return list(Company.objects.order_by("pk"))


def written(query: str, form: str = "csv") -> bytes:
    return b"".join(exports.read("rounds", QueryDict(query), form).chunks())


def named(companies: list[Company], texts: list[str]) -> dict[str, str]:
    """Give companies these names, none of which is empty; the names by address."""
    for one, text in zip(companies, texts, strict=True):
        one.name = text or "x"
    Company.objects.bulk_update(companies, ["name"])
    return {one.slug: one.name for one in companies}


def of_workbook(file: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<f " not in sheet
    rows = [
        ["".join(cell.itertext()) for cell in row]
        for row in ElementTree.fromstring(sheet).iter()
        if row.tag.endswith("}row")
    ]
    return {slug: unescaped(name) for slug, name, *_rest in rows[1:]}


def unescaped(text: str) -> str:
    """As a spreadsheet reads it: `_x000D_` stands for the character of that number."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@SOME
@given(texts=st.lists(TEXTS, min_size=ROWS, max_size=ROWS))
def test_every_file_gives_back_the_text_that_is_held(companies, texts):
    held = named(companies, texts)
    safe = list(csv.DictReader(io.StringIO(written(QUERY).decode(), newline="")))
    assert {row["company_slug"]: restored(row["company"]) for row in safe} == held
    assert not [row for row in safe for cell in row.values() if cell.startswith(tuple(TRIGGERS))]
    file = written(f"{QUERY}&exact=1")
    exact = list(csv.reader(io.StringIO(file.decode(), newline="")))
    assert {slug: name for slug, name, _raised in exact[1:]} == held
    lines = [json.loads(line) for line in written(QUERY, "jsonl").split(b"\n") if line]
    assert {line["company_slug"]: line["company"] for line in lines} == held


@SOME
@given(texts=st.lists(TEXTS, min_size=ROWS, max_size=ROWS))
def test_what_is_read_of_an_exact_file_and_written_again_has_the_same_bytes(companies, texts):
    named(companies, texts)
    file = written(f"{QUERY}&exact=1")
    again = io.StringIO(newline="")
    csv.writer(again).writerows(csv.reader(io.StringIO(file.decode(), newline="")))
    # PostgreSQL also quotes `\.` alone, by which it once marked an end.
    assert again.getvalue().encode() == file.replace(b',"\\.",', b",\\.,")


@SOME
@given(texts=st.lists(TEXTS, min_size=ROWS, max_size=ROWS))
def test_a_workbook_gives_back_the_text_and_has_no_formula(companies, texts):
    held = named(companies, texts)
    assert of_workbook(written(QUERY, "xlsx")) == held
