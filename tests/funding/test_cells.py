"""Cells made harmless for spreadsheets, and restored."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from funding import exports
from funding.spreadsheets import TRIGGERS, defused, restored

CELLS = st.text(st.sampled_from("'=+-@\t\r\na1 é,\""), max_size=6)


@given(CELLS | st.text(max_size=20))
def test_what_was_made_harmless_is_restored_exactly(cell):
    assert restored(defused(cell)) == cell


@given(CELLS | st.text(max_size=20))
def test_no_harmless_cell_begins_with_a_trigger(cell):
    assert not defused(cell).startswith(tuple(TRIGGERS))


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1 Ventures", "'+1 Ventures"),
        ("-5", "'-5"),
        ("@here", "'@here"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\0x", "'\0x"),
        ("'=x", "''=x"),
        ("''=x", "'''=x"),
        ("'quoted'", "'quoted'"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_only_cells_that_a_spreadsheet_would_run_are_touched(cell, safe):
    assert defused(cell) == safe


@pytest.mark.django_db
def test_the_database_makes_cells_harmless_in_the_same_way():
    @settings(max_examples=200, deadline=None)
    @given(CELLS)
    def agrees(cell):
        with connection.cursor() as cursor:
            safe = exports.SAFE.format(cell=exports.sql.Placeholder("cell"))
            cursor.execute("SELECT " + safe.as_string(None), {"cell": cell})
            assert cursor.fetchone()[0] == defused(cell)

    agrees()
