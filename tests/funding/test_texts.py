"""What every boundary does to text from outside."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from funding.texts import clean_line, clean_text


def test_characters_that_postgresql_refuses_are_dropped():
    assert clean_text("Sei\x00ne\ud800 raises") == "Seine raises"


def test_invisible_characters_are_dropped_and_line_ends_unified():
    assert clean_text("a\u202eb\u200bc\u00add\r\ne\rf\tg\x07") == "abcd\ne\nf\tg"


def test_text_is_composed():
    assert clean_text("e\u0301te\u0301") == "été"


def test_joiners_stay_where_their_script_needs_them():
    persian = "می\u200cخواهم"
    assert clean_text(persian) == persian
    assert clean_text("fi\u200cnance") == "finance"


def test_text_is_cut_at_its_limit():
    assert clean_text("abcdef", 4) == "abcd"


def test_a_line_has_no_runs_of_space_and_no_breaks():
    assert clean_line("  Series\n\n B \t closed ") == "Series B closed"


@given(st.text(alphabet=st.characters(), max_size=60), st.integers(1, 70))
def test_cleaning_twice_changes_nothing_more(text, limit):
    once = clean_text(text, limit)
    assert clean_text(once, limit) == once


@given(st.text(alphabet=st.characters(), max_size=60))
def test_what_remains_can_be_stored(text):
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert not {unicodedata.category(char) for char in cleaned if char not in "\n\t\u200c\u200d"} & {"Cc", "Cf", "Cs"}
