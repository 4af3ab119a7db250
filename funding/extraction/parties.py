"""Read lists of names beside a cue, and tell the members of a list from the names that only describe them."""

from collections.abc import Iterator

from funding.extraction.names import Name
from funding.extraction.reading import Reading
from funding.extraction.vocabulary import Cue

BREAKS = frozenset(";:")
OPEN, CLOSE = "([", ")]"
LONGEST_APPOSITION = 14  # tokens between two members of a list


def list_after(cue: Cue, reading: Reading, limit: int) -> list[Name]:
    """The members of the list that follows a cue, up to the token `limit`."""
    start = max(cue.last, cue.tail)
    return list(_members(start, limit, reading, is_open=True))


def list_before(start: int, cue: Cue, reading: Reading) -> list[Name]:
    """The members of the list that ends before a cue and starts after the token `start`."""
    return list(_members(start, cue.first, reading, is_open=True))


def list_within(cue: Cue, reading: Reading) -> list[Name]:
    """The members of the list between the two parts of a cue."""
    return list(_members(cue.last, cue.tail, reading, is_open=True))


def _members(start: int, limit: int, reading: Reading, *, is_open: bool) -> Iterator[Name]:
    """The names of a range that stand as members: neither inside brackets nor tied to what is before them."""
    end = start
    for name in reading.names_in(start, limit):
        if name.first - end > LONGEST_APPOSITION and end != start:
            return
        if is_member(name, start, reading):
            yield name
        end = name.last


def is_member(name: Name, start: int, reading: Reading) -> bool:
    """Whether nothing between a name and the separator before it makes the name a description of something else."""
    return not (_is_modifier(name, reading) or _is_tied(name, start, reading))


def _is_modifier(name: Name, reading: Reading) -> bool:
    """Whether the name only describes what follows: "Paris-based", "Kevin Hart's HartBeat", "Tesla co-founder X"."""
    tokens = reading.tokens
    sentence = reading.sentences[reading.sentence_of(name.first)]
    if name.last >= sentence.last:
        return False
    after = tokens[name.last]
    if after.raw == "-" and after.start == tokens[name.last - 1].end and name.last + 1 < sentence.last:
        joined = tokens[name.last + 1]
        return joined.start == after.end and (joined.raw.islower() or reading.words.nouns.has(joined.word))
    if after.raw == "'" and name.last + 1 < sentence.last and tokens[name.last + 1].word == "s":
        return True
    if not (after.raw[0].isalpha() and after.start == tokens[name.last - 1].end + 1):
        return False
    place = name.last
    while place < sentence.last and place - name.last < 4:
        if any(other.first == place for other in reading.names_in(place, min(place + 9, sentence.last))):
            return place > name.last and _has_title(name.last, place, reading)
        if not tokens[place].raw[0].isalpha() and tokens[place].raw not in "-/":
            return False
        place += 1
    return False


def _has_title(first: int, last: int, reading: Reading) -> bool:
    titles = reading.lexicon["titles"]
    words = [reading.tokens[i].word for i in range(first, last)]
    return any(reading.tokens[i].raw in titles or reading.tokens[i].word in titles for i in range(first, last)) or any(
        "founder" in word or "fondat" in word for word in words
    )


def _is_tied(name: Name, start: int, reading: Reading) -> bool:
    """Whether a preposition just before the name, or a relative clause, ties it to another noun."""
    tokens, lexicon = reading.tokens, reading.lexicon
    light = lexicon["determiners"] | lexicon["company_heads"]
    place = name.first - 1
    is_near = True
    while place >= start:
        token = tokens[place]
        if place + 1 in reading.list_starts:
            return False
        if token.raw in OPEN or token.word in lexicon["relatives"]:
            return True
        if token.raw in ",;:" or token.word in lexicon["conjunctions"] or token.raw in CLOSE:
            return False
        if any(other.last == place + 1 for other in reading.names_in(max(start, place - 8), place + 1)):
            return place == name.first - 1 or any(
                tokens[i].word in lexicon["blockers"] for i in range(place + 1, name.first)
            )
        if token.word in lexicon["blockers"] and (is_near or _has_article(place + 1, reading)):
            return not _opens(place, start, reading)
        is_near = is_near and token.word in light
        place -= 1
    return False


def _has_article(place: int, reading: Reading) -> bool:
    """Whether the noun after a preposition has an article of its own, behind the apostrophe of an elision."""
    if reading.tokens[place].raw == "'":
        place += 1
    return reading.tokens[place].word in reading.lexicon["determiners"] and reading.tokens[place].raw != "'"


def _opens(place: int, start: int, reading: Reading) -> bool:
    """Whether the preposition stands right after a separator or the cue: "A, de B et de C"."""
    if reading.tokens[place].word not in reading.lexicon["carriers"]:
        return False
    if place == start:
        return True
    before = reading.tokens[place - 1]
    return (
        before.raw in ",;:"
        or before.word in reading.lexicon["conjunctions"]
        or before.word in reading.lexicon["carriers"]
    )


def is_generic(name: Name, reading: Reading) -> bool:
    """Whether the words only name a kind of investor."""
    return name.text.casefold() in {form.casefold() for form in reading.lexicon["generic_parties"]}
