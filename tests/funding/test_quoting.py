"""The sentence around the words of a figure, with those words marked."""

from funding.evidence.quoting import LONGEST, Passages

TEXT = "First comes this. Kivik raised 12 million euros in May, said Ada. It hires.\n\nA last line, about 2 billion."


def marked(text: str, *words: str) -> str:
    """The quotation with its marked words in brackets."""
    found = Passages(text).quote([(text.index(word), text.index(word) + len(word)) for word in words])
    assert found is not None
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in found.pieces)


def test_the_sentence_is_cut_around_the_words() -> None:
    assert marked(TEXT, "12 million euros") == "Kivik raised [12 million euros] in May, said Ada."


def test_two_quotes_in_one_sentence_are_both_marked() -> None:
    assert marked(TEXT, "in May", "12 million euros") == "Kivik raised [12 million euros] [in May], said Ada."


def test_sentences_that_follow_one_another_are_one_passage() -> None:
    assert marked(TEXT, "in May", "hires") == "Kivik raised 12 million euros [in May], said Ada. It [hires]."


def test_quotes_far_apart_are_joined_by_what_is_left_out() -> None:
    assert marked(TEXT, "in May", "2 billion") == (
        "Kivik raised 12 million euros [in May], said Ada. […] A last line, about [2 billion]."
    )


def test_quotes_that_overlap_are_marked_once() -> None:
    assert marked(TEXT, "raised 12 million", "12 million euros") == "Kivik [raised 12 million euros] in May, said Ada."


def test_a_very_long_sentence_is_shortened_around_its_words() -> None:
    long = f"The firm, {'which makes many things and ' * 30}raised 5 million, {'as was told and retold ' * 30}by all."
    quoted = marked(long, "5 million")
    assert len(quoted) < LONGEST
    assert quoted.startswith("[…] ") and quoted.endswith(" […]")
    assert "raised [5 million], as was told" in quoted


def test_the_offsets_are_those_of_the_words() -> None:
    found = Passages(TEXT).quote([(TEXT.index("12"), TEXT.index(" in May"))])
    assert found is not None
    assert TEXT[found.start : found.end] == "12 million euros"


def test_offsets_outside_the_text_quote_nothing() -> None:
    assert Passages(TEXT).quote([(5000, 5010), (-3, 2), (7, 7)]) is None
    assert Passages("").quote([(0, 4)]) is None
