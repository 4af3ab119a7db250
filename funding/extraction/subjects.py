"""Find the company that a verb is said of: its subject, or what money goes into."""

from funding.extraction.companies import Cast, Group
from funding.extraction.names import Name
from funding.extraction.parties import is_member
from funding.extraction.reading import Reading

LONGEST_CLAUSE = 80  # tokens between a subject and its verb


def subject_before(first: int, last: int, reading: Reading, cast: Cast, main: Group | None) -> Name | None:
    """The company that a verb starting at `last` is said of: the main one, the name beside the verb, or the first."""
    near_enough = reading.names_in(max(first, last - LONGEST_CLAUSE), last)
    candidates = [name for name in near_enough if is_candidate(name, first, reading, cast)]
    if not candidates:
        return None
    near = candidates[-1]
    if _is_pronoun(near.last, last, reading):
        return None
    if _touches(near.last, last, reading):
        return near
    for name in candidates:
        if main is not None and cast.group(name).key == main.key:
            return name
    heads = reading.lexicon["company_heads"]
    for name in candidates:
        before = [reading.tokens[i] for i in range(max(first, name.first - 2), name.first)]
        if before and (before[-1].word in heads or before[-1].raw == "," and before[0].word in heads):
            return name
    return candidates[0]


def _touches(first: int, last: int, reading: Reading) -> bool:
    """Whether only helping words stand between a name and its verb: "X has now", "X, whose"."""
    light = reading.lexicon["auxiliaries"] | reading.lexicon["relatives"] | reading.lexicon["determiners"]
    words = [reading.tokens[i] for i in range(first, last)]
    if len(words) > 5:
        return False
    return all(token.word in light or token.raw == "," for token in words) or (
        len(words) <= 3 and not any(token.raw in ",;:(" for token in words)
    )


def _is_pronoun(first: int, last: int, reading: Reading) -> bool:
    """Whether words that stand for the company come right before the verb, after the last name."""
    while last > first and reading.tokens[last - 1].word in reading.lexicon["auxiliaries"]:
        last -= 1
    text = " ".join(reading.tokens[i].word for i in range(max(first, last - 6), last))
    return any(text.endswith(f" {form}") for form in reading.pronouns)


def is_candidate(name: Name, start: int, reading: Reading, cast: Cast) -> bool:
    """Whether a name may be the subject of its clause."""
    group = cast.group(name)
    if (
        cast.is_person(group)
        or cast.is_paper(group)
        or cast.is_town(group)
        or not is_member(name, name.first, reading)
    ):
        return False
    place = name.first - 1
    if place >= start and reading.tokens[place].raw == "(":
        return False
    while place >= start and reading.tokens[place].word in reading.lexicon["determiners"]:
        place -= 1
    return place < start or reading.tokens[place].word not in reading.lexicon["blockers"] | reading.lexicon["by_words"]


def subject_of_opening(last: int, limit: int, reading: Reading, cast: Cast) -> Group | None:
    """Whom a participle at the head of a sentence is said of: "Founded in 2020 by X, Acme has" speaks of Acme."""
    comma = next((i for i in range(last, limit) if reading.tokens[i].raw == ","), limit)
    for name in reading.names_in(comma, limit):
        group = cast.group(name)
        if not (cast.is_person(group) or cast.is_town(group)) and is_candidate(name, comma, reading, cast):
            between = [reading.tokens[i].raw for i in range(comma + 1, name.first)]
            return group if len(between) <= 3 or reading.tokens[name.first - 1].raw == "," else None
    return None


def target_after(first: int, last: int, reading: Reading, cast: Cast) -> Name | None:
    """The company that money goes into: the first name after a preposition of direction."""
    into = reading.lexicon["into"]
    seen = False
    names = {name.first: name for name in reading.names_in(first, last)}
    for place in range(first, last):
        token = reading.tokens[place]
        if token.word in into:
            seen = True
        elif token.raw in ",;:(" and seen:
            seen = False
        if place in names and seen:
            name = names[place]
            group = cast.group(name)
            if not cast.is_person(group) and not cast.is_town(group) and is_member(name, name.first, reading):
                return name
    return None
