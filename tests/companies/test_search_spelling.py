"""What words are held under, so that typos find them."""

import doctest
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.search import spelling
from companies.search.spelling import edits, edits_forgiven, looked_up, neighbourhood

WORDS = st.text(alphabet=string.ascii_lowercase[:6], min_size=3, max_size=14)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TYPOS = st.lists(st.tuples(st.sampled_from(["drop", "add", "change", "swap"]), st.integers(0, 20)), max_size=2)


def misspelt(word: str, typos: list[tuple[str, int]]) -> str:
    for kind, place in typos:
        at = place % len(word)
        if kind == "drop" and len(word) > 1:
            word = word[:at] + word[at + 1 :]
        elif kind == "add":
            word = f"{word[:at]}q{word[at:]}"
        elif kind == "change":
            word = f"{word[:at]}q{word[at + 1 :]}"
        elif kind == "swap" and at:
            word = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return word


def test_what_the_docstrings_say_is_so():
    assert doctest.testmod(spelling).failed == 0


@pytest.mark.parametrize(("letters", "forgiven"), [(3, 0), (4, 1), (7, 1), (8, 2), (30, 2)])
def test_short_words_forgive_no_edit_and_long_ones_two(letters, forgiven):
    assert edits_forgiven("a" * letters) == forgiven


@UNHURRIED
@given(WORDS, TYPOS)
def test_a_word_that_is_near_enough_shares_a_number_with_the_typed_one(word, typos):
    typed = misspelt(word, typos)
    if edits(typed, word) <= edits_forgiven(typed):
        assert neighbourhood(word) & looked_up(typed)


@UNHURRIED
@given(WORDS, TYPOS, st.integers(6, 14))
def test_so_does_the_beginning_of_one(word, typos, length):
    typed = misspelt(word, typos)[:length]
    if edits(typed, word) <= edits_forgiven(typed):
        assert neighbourhood(word) & looked_up(typed)


def test_a_short_word_is_no_beginning_of_a_longer_one_that_it_misspells():
    assert edits("halb", "haldenstein") > edits_forgiven("halb")
    assert edits("haldne", "haldenstein") == 1
