"""The records of the API, by the name of their kind."""

from collections.abc import Mapping
from typing import Final

from .companies import COMPANIES, INVESTORS, PEOPLE
from .kinds import Kind
from .rounds import EXITS, PARTICIPATIONS, ROUNDS, VALUATIONS
from .schemas import SCHEMAS
from .told import ARTICLES, CHANGES, MENTIONS, SOURCES, STATEMENTS

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        COMPANIES, ROUNDS, INVESTORS, PARTICIPATIONS, VALUATIONS, EXITS, PEOPLE, SOURCES, MENTIONS, STATEMENTS,
        CHANGES, ARTICLES,
    )
}  # fmt: skip

__all__ = [
    "ARTICLES",
    "CHANGES",
    "COMPANIES",
    "EXITS",
    "INVESTORS",
    "KINDS",
    "Kind",
    "MENTIONS",
    "PARTICIPATIONS",
    "PEOPLE",
    "ROUNDS",
    "SCHEMAS",
    "SOURCES",
    "STATEMENTS",
    "VALUATIONS",
]
