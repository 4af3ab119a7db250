"""Words are marked where they stand, and overlapping quotes never lose or double a character."""

from hypothesis import given
from hypothesis import strategies as st

from funding.marking import paragraphs

TEXT = "Halden raised $42m.\n\nNorthgate led it.\n \nIt is in Oslo."


def shown(text: str, quoted: dict) -> list[list[tuple[str, tuple[int, ...]]]]:
    return [[(piece.text, piece.notes) for piece in block.pieces] for block in paragraphs(text, quoted)]


def test_paragraphs_stand_between_empty_lines():
    assert [block.text for block in paragraphs(TEXT, {})] == [
        "Halden raised $42m.",
        "Northgate led it.",
        "It is in Oslo.",
    ]


def test_single_line_ends_stay_within_a_paragraph():
    assert [block.text for block in paragraphs("One\nline.\n\nNext", {})] == ["One\nline.", "Next"]


def test_quoted_words_carry_the_number_of_their_note():
    assert shown(TEXT, {4: [(14, 18)]})[0] == [("Halden raised ", ()), ("$42m", (4,)), (".", ())]


def test_overlapping_quotes_are_cut_where_they_meet():
    blocks = shown("abcdef", {1: [(0, 4)], 2: [(2, 6)]})
    assert blocks == [[("ab", (1,)), ("cd", (1, 2)), ("ef", (2,))]]


def test_a_note_with_two_quotes_begins_at_the_first_and_ends_at_the_last():
    (block,) = paragraphs("abcdef", {1: [(4, 5), (0, 1)]})
    assert [(piece.text, piece.first_of, piece.last_of) for piece in block.pieces if piece.notes] == [
        ("a", (1,), ()),
        ("e", (), (1,)),
    ]


def test_a_quote_over_two_paragraphs_is_marked_in_both():
    assert shown(TEXT, {1: [(14, 30)]})[0][1] == ("$42m.", (1,))
    assert shown(TEXT, {1: [(14, 30)]})[1][0] == ("Northgate", (1,))


def test_spans_outside_the_text_are_left_out():
    assert shown("abc", {1: [(2, 9)], 2: [(-1, 2)], 3: [(2, 2)]}) == [[("abc", ())]]


@given(
    st.text(alphabet="ab \n", max_size=40),
    st.dictionaries(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3)),
)
def test_no_character_is_lost_or_doubled(text: str, quoted: dict):
    blocks = paragraphs(text, quoted)
    assert all("".join(piece.text for piece in block.pieces) == block.text for block in blocks)
    assert "".join("".join(block.text.split()) for block in blocks) == "".join(text.split())
