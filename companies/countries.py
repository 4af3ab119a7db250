"""The names of countries by their ISO codes, in the language of the reader. Pure."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from babel import Locale

from companies.names import fold

# What the CLDR names that is no country: outlying Oceania, pseudo locales, unknown regions, unions, single islands.
_NO_COUNTRY: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def names(language: str) -> Mapping[str, str]:
    """The name of each country by its code, in the order of an index in that language.

    >>> names("fr")["DE"], names("en-gb")["DE"]
    ('Allemagne', 'Germany')
    """
    territories = Locale.parse(language.partition("-")[0]).territories
    found = {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }
    return MappingProxyType(dict(sorted(found.items(), key=lambda row: fold(row[1]))))


def name_of(code: str, language: str) -> str:
    """The name of one country; its code where that is of none we know."""
    return names(language).get(code, code)
