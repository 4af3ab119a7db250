"""Tells whether the time a regular expression takes may grow faster than the text.

`objections` parses the pattern and names what may make it slow: a quantifier within a quantifier, a repeated part that
may be empty, two unbounded repeats of the same characters with nothing between that keeps them apart, and an unbounded
repeat before which the search may begin anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MANY = 100  # a repeat that may go on longer counts as unbounded
PROBES = "".join(map(chr, (*range(1, 0x250), *range(0x2000, 0x2050), 0x20AC, 0x4E00)))
CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
LOOPS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
EMPTY = (op.AT, op.ASSERT, op.ASSERT_NOT)

Node = tuple[Any, Any]


def objections(pattern: str, flags: int = 0) -> list[str]:
    """What may make the pattern slow, in words; empty where it is linear."""
    nodes = list(_parser.parse(pattern, flags & ~re.DEBUG))
    return [*_nested(nodes, 1), *_overlapping(nodes), *_anywhere(nodes)]


def _bodies(node: Node) -> list[list[Node]]:
    """The sequences within a node."""
    kind, value = node
    if kind in LOOPS:
        return [list(value[2])]
    if kind is op.SUBPATTERN:
        return [list(value[3])]
    if kind is op.BRANCH:
        return [list(branch) for branch in value[1]]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [list(value[1])]
    if kind is op.ATOMIC_GROUP:
        return [list(value)]
    return []


def _is_unbounded(node: Node) -> bool:
    return node[0] in LOOPS and node[1][1] > MANY


def _nested(nodes: Sequence[Node], turns: int) -> Iterator[str]:
    """Quantifiers that may go round differently within one that goes round more than once."""
    for node in nodes:
        kind, value = node
        inner = turns
        if kind in LOOPS:
            least, most, body = value
            if turns > 1 and most > 1 and least != most:
                yield "a quantifier within a quantifier"
            if most > MANY and _may_be_empty(list(body)):
                yield "a repeated part that may be empty"
            inner = max(turns, min(most, MANY))
        for body in _bodies(node):
            yield from _nested(body, inner)


def _overlapping(nodes: Sequence[Node]) -> Iterator[str]:
    """Two unbounded repeats of the same characters that nothing keeps apart."""
    flat = list(_flattened(nodes))
    for place, node in enumerate(flat):
        if not _is_unbounded(node):
            continue
        taken = _characters([node])
        for later in flat[place + 1 :]:
            if _has_unbounded(later) and taken & _characters([later]):
                yield "two unbounded repeats of the same characters"
            if not _may_be_empty([later]) and not taken & _characters([later]):
                break
    for node in nodes:
        for body in _bodies(node):
            if node[0] is not op.SUBPATTERN:
                yield from _overlapping(body)


def _has_unbounded(node: Node) -> bool:
    return _is_unbounded(node) or any(_has_unbounded(inner) for body in _bodies(node) for inner in body)


def _flattened(nodes: Sequence[Node]) -> Iterator[Node]:
    """The nodes with those of plain groups in their place."""
    for node in nodes:
        if node[0] is op.SUBPATTERN:
            yield from _flattened(_bodies(node)[0])
        elif node[0] not in EMPTY:
            yield node


def _anywhere(nodes: Sequence[Node]) -> Iterator[str]:
    """An unbounded repeat that may fail after it went on, and of which every character may begin the search anew."""
    flat = list(_flattened(nodes))
    if len(flat) == 1 and flat[0][0] is op.BRANCH:
        for body in _bodies(flat[0]):
            yield from _anywhere(body)
        return
    for place, node in enumerate(flat):
        may_fail = _is_unbounded(node) and any(not _may_be_empty([later]) for later in flat[place + 1 :])
        if may_fail and _first(flat) & _characters([node]):
            yield "an unbounded repeat that the search may enter anywhere"


def _may_be_empty(nodes: Sequence[Node]) -> bool:
    for node in nodes:
        kind, value = node
        if kind in EMPTY:
            continue
        if kind in LOOPS:
            if value[0] and not _may_be_empty(list(value[2])):
                return False
        elif kind in (op.SUBPATTERN, op.BRANCH, op.ATOMIC_GROUP):
            if not any(_may_be_empty(body) for body in _bodies(node)):
                return False
        else:
            return False
    return True


def _first(nodes: Sequence[Node]) -> frozenset[str]:
    """The characters that a sequence may begin with."""
    found: frozenset[str] = frozenset()
    for node in nodes:
        if node[0] in EMPTY:
            continue
        bodies = _bodies(node)
        found |= frozenset().union(*map(_first, bodies)) if bodies else _one(node)
        if not _may_be_empty([node]):
            break
    return found


def _characters(nodes: Sequence[Node]) -> frozenset[str]:
    """All the characters that a sequence may take."""
    found: frozenset[str] = frozenset()
    for node in nodes:
        if node[0] in EMPTY:
            continue
        bodies = _bodies(node)
        found |= frozenset().union(*map(_characters, bodies)) if bodies else _one(node)
    return found


def _one(node: Node) -> frozenset[str]:
    """The probes that a node of one character takes, in either case."""
    kind, value = node
    if kind is op.LITERAL:
        return frozenset({chr(value).lower(), chr(value).upper()})
    if kind is op.NOT_LITERAL:
        return frozenset(PROBES) - {chr(value)}
    if kind is op.IN:
        return _members(value)
    return frozenset(PROBES)  # any character, or a group said again


def _members(items: Sequence[Node]) -> frozenset[str]:
    """The probes of a set in square brackets."""
    found: set[str] = set()
    is_negated = False
    for kind, value in items:
        if kind is op.NEGATE:
            is_negated = True
        elif kind is op.RANGE:
            found.update(c for c in PROBES if value[0] <= ord(c) <= value[1])
        elif kind is op.CATEGORY:
            found.update(re.findall(CATEGORIES[value], PROBES))
        else:
            found |= _one((kind, value))
    return frozenset(PROBES) - found if is_negated else frozenset(found)
