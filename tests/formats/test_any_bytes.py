"""Whatever a file holds, opening and reading it ends in rows or refusals, never in an error."""

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st
from small_files import as_csv

from funding.formats import FORMATS, Refused, Row, open_table, read
from funding.tellings import NewMention, NewStatement
from funding.values import from_json, to_json

ODD = st.text(max_size=12) | st.sampled_from(
    ["", "0", "-1", "1e99", "9" * 40, "$", "¥5M", "80-90", "1+", "٣", "NaN", "31/12/9999", "1/1/1", "\0", "a\nb", '"',
     "{", "{}", "/organization/", "c:1", "true", "=1", "'=1", "Seed", "IPO", ";;", "++", "[1]", r"\\xff", "\ud800"]
)  # fmt: skip


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")))
def test_any_bytes_are_a_table_or_refused(file):
    for data in (file, gzip.compress(file), b"\x1f\x8b" + file, b"PK\x03\x04" + file):
        try:
            table = open_table(data)
            rows = list(table.rows())
        except Refused as refusal:
            assert str(refusal)
            continue
        assert all(line > table.header_line for line, _ in rows)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_any_cells_of_any_format_are_read_or_refused(data):
    form = data.draw(st.sampled_from([one for one in FORMATS.values() if not one.refusal]))
    header = list(form.mapping)
    cells = data.draw(st.lists(ODD, min_size=len(header), max_size=len(header)))
    file = as_csv(header, [cell.encode("utf-8", "replace").decode() for cell in cells])
    for row in read(open_table(file), form):
        check(row)


def check(row: Row) -> None:
    """A row tells nothing or what the database can hold."""
    assert not (row.refusal and row.tells)
    keys = {one.key for one in row.tells if isinstance(one, NewMention)}
    assert all(0 < len(key) <= 40 for key in keys)
    for one in row.tells:
        if isinstance(one, NewStatement):
            assert one.subject in keys
            assert from_json(to_json(one.value)) == one.value
            assert len(one.rule) <= 60
        else:
            assert len(one.name) <= 200
            assert one.kind in ("company", "investor") or one.company in keys or not one.company
