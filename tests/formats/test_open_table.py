"""A file is opened as a table, whatever wrote it; what is none is refused with a sentence."""

import datetime
import gzip
import io
import itertools
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from funding.formats import Refused, open_table
from funding.formats.files import LONGEST, Broken

PLAIN = "company,city\nLumio,Zürich\n"


def rows(file: bytes, **more: str) -> list[tuple[int, list[str]]]:
    return list(open_table(file, **more).rows())


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_guessed_and_told(encoding, told):
    table = open_table(PLAIN.encode(encoding))
    assert (table.encoding, table.header) == (told, ["company", "city"])
    assert list(table.rows()) == [(2, ["Lumio", "Zürich"])]


def test_bytes_that_windows_does_not_know_are_latin_1():
    assert open_table(b"company,city\nLumio,\x81\xfcrich\n").encoding == "latin-1"


def test_one_byte_at_the_end_of_a_long_file_decides_its_encoding():
    file = b"company,city\n" + (b"Lumio," + b"Bern " * 100 + b"\n") * 5000 + b"Byte\x92s,Bern\n"
    table = open_table(file)
    assert table.encoding == "cp1252"
    assert list(table.rows())[-1] == (5002, ["Byte’s", "Bern"])


def test_an_encoding_may_be_given_and_is_refused_where_the_file_is_in_another():
    assert open_table(PLAIN.encode("latin-1"), encoding="iso-8859-1").encoding == "latin-1"
    with pytest.raises(Refused, match="The file is not in utf-8: byte 20 cannot be read so"):
        open_table(PLAIN.encode("cp1252"), encoding="utf8")
    with pytest.raises(Refused, match="“klingon” is no encoding"):
        open_table(PLAIN.encode(), encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_and_told(delimiter):
    file = PLAIN.replace(",", delimiter).encode()
    table = open_table(file)
    assert (table.delimiter, table.header) == (delimiter, ["company", "city"])
    assert open_table(PLAIN.encode(), delimiter=";").header == ["company,city"]
    with pytest.raises(Refused, match="cannot separate cells"):
        open_table(file, delimiter="x")


def test_commas_within_cells_are_not_taken_for_the_delimiter():
    file = b"company;investors;city\nLumio;Ada, Bea, Cy, Di;Bern\nNolt;Eve, Fay, Gil, Hal;Bern\n"
    assert open_table(file).header == ["company", "investors", "city"]


def test_a_header_below_a_preamble_is_found():
    known = b"Downloaded by Ada\n\nhttps://example.org\nDeal ID,Companies,Deal Date,Deal Type,Deal Size\n1,Lumio,,,\n"
    table = open_table(known)
    assert (table.header_line, table.header[0]) == (4, "Deal ID")
    assert list(table.rows()) == [(5, ["1", "Lumio", "", "", ""])]
    unknown = b"Our list\nof 2024\nfirm,town,sum\nLumio,Bern,3\n"
    assert open_table(unknown).header == ["firm", "town", "sum"]


def test_two_columns_of_one_name_are_told_apart():
    assert open_table(b" a ,a,,a (2),\n1,2,3,4,5\n").header == ["a", "a (2)", "", "a (2) (2)", " (2)"]


def test_a_row_is_numbered_by_the_line_it_begins_on():
    file = b'company,about\nLumio,"two\nlines"\n\n,\nNolt,one\n'
    assert rows(file) == [(2, ["Lumio", "two\nlines"]), (6, ["Nolt", "one"])]


def test_nul_characters_are_cleaned():
    assert rows(b"company,city\nLu\0mio,\0\n") == [(2, ["Lumio", ""])]


def test_a_cell_of_a_megabyte_is_a_cell():
    about = "x" * 1_000_000
    assert rows(f"company,about\nLumio,{about}\n".encode()) == [(2, ["Lumio", about])]


def test_a_quotation_mark_that_swallows_too_much_stops_only_its_row():
    swallowed = b'Lumio,"' + (b"x" * 999 + b"\n") * (LONGEST // 1000 + 1)
    (first, *_, last) = open_table(b"company,city\n" + swallowed + b"Nolt,Bern\n").rows()
    assert isinstance(first[1], Broken)
    assert "may not be closed" in first[1].why
    assert last[1] == ["Nolt", "Bern"]


def test_a_line_without_end_is_no_table():
    with pytest.raises(Refused, match="Line 2 is longer than"):
        rows(b"company,city\n" + b"x" * (LONGEST + 1))


def test_a_compressed_file_is_read_as_it_unpacks(tmp_path):
    path = tmp_path / "rounds.csv.gz"
    path.write_bytes(gzip.compress(PLAIN.encode()))
    assert list(open_table(path).rows()) == rows(PLAIN.encode())


@pytest.mark.parametrize("cut", [12, 30, -6])
def test_a_compressed_file_that_is_cut_off_is_refused(cut):
    with pytest.raises(Refused, match="does not unpack to its end"):
        open_table(gzip.compress(PLAIN.encode())[:cut])


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused():
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 17_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(Refused, match="unpacks to more than 200 MB for each MB"):
        open_table(bomb)


def test_rows_stream_and_memory_stays_flat(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("company,about\n")
        file.writelines(f"Lumio {at},{'words ' * 100}\n" for at in range(20_000))
    table = open_table(path)
    tracemalloc.start()
    count = sum(1 for _ in table.rows())
    peak = tracemalloc.get_traced_memory()[1]
    held = list(table.rows())
    control = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == len(held) == 20_000
    assert peak < 2_000_000
    assert control > 10_000_000


def test_rows_may_be_read_again_and_by_two_at_once():
    table = open_table(PLAIN.encode())
    assert list(table.rows()) == list(table.rows())
    assert list(zip(table.rows(), table.rows(), strict=True)) == [((2, ["Lumio", "Zürich"]),) * 2]


def workbook(*cells: list) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in cells:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_as_words():
    file = workbook(
        ["PitchBook", None],
        ["Deal ID", "Companies", "Deal Date", "Deal Type", "Deal Size", "Deal Status"],
        ["1-T", "Lumio", datetime.datetime(2021, 3, 4), "Seed Round", 12.3, None],
        ["2-T", "Nolt", None, True, 4],
    )
    table = open_table(file)
    assert (table.encoding, table.delimiter, table.header_line) == ("", "", 2)
    assert list(table.rows()) == [
        (3, ["1-T", "Lumio", "2021-03-04", "Seed Round", "12.3", ""]),
        (4, ["2-T", "Nolt", "", "true", "4", ""]),
    ]


def test_what_only_begins_like_a_workbook_is_refused():
    whole = workbook(["company"], ["Lumio"])
    for file in (b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100, whole[:2000]):
        with pytest.raises(Refused, match="The workbook cannot be read"):
            open_table(file)


def test_a_workbook_that_unpacks_to_a_huge_one_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"\0" * 80_000_000)
    with pytest.raises(Refused, match="unpacks to more than 400 MB for each MB"):
        open_table(file.getvalue())


@pytest.mark.parametrize("file", [b"", b"\n\n", b" , ,\n", "\ufeff".encode()])
def test_a_file_without_words_has_no_header(file):
    with pytest.raises(Refused, match="no row that could be a header"):
        open_table(file)


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / "none.csv")


def test_only_the_first_rows_are_read_to_open_a_table():
    table = open_table(PLAIN.encode() * 10)
    assert list(itertools.islice(table.rows(), 1)) == [(2, ["Lumio", "Zürich"])]
