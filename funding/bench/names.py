"""Names for made-up companies, investors and people: words of syllables, of which there are as many as are asked for.

Pure Python. No word is taken from anywhere; that some syllables make a name which exists is chance.
"""

from random import Random
from typing import Final

_OPENINGS: Final = "b br c ch cl d dr f fl g gr h j k kr l m n p pl qu r s sh sk st t tr v w z".split()  # noqa: SIM905
_VOWELS: Final = "a a a e e e i i o o o u u ai ea io ou y".split()  # noqa: SIM905
_ENDINGS: Final = ["", "", "", "", "n", "n", "r", "l", "s", "x", "m", "nd", "rt", "th", "ck"]
_SYLLABLES: Final = (2, 2, 3, 3, 3, 4)
TRADES: Final = (  # noqa: SIM905
    "Robotics Health Energy Foods Mobility Analytics Biotech Therapeutics Motors Systems Security Cloud Payments "
    "Logistics Materials Learning Games Studios Homes Travel Insurance Markets Pharma Diagnostics Semiconductors "
    "Space Water Farms Legal Media Music Fashion Sports Batteries Carbon Networks Sensors Software Data Vision Voice "
    "Bank Credit Wealth Trade Freight Build Design Care Dental Genomics Optics Photonics Quantum Marine Rail Air"
).split()
HOUSES: Final = "Capital Ventures Partners Invest Equity Growth Angels Fund Holdings Group".split()  # noqa: SIM905
_FIRST_NAMES: Final = (  # noqa: SIM905
    "Ada Amir Anna Ben Bruno Carla Chen Clara Daniel Diego Elena Emma Farid Felix Greta Hanna Hugo Ines Ivan Jonas "
    "Julia Karim Kenji Lars Lea Linh Luca Maria Marta Maya Milan Mina Nadia Nina Noah Olga Omar Paul Priya Ravi Rosa "
    "Sara Sofia Sven Tara Theo Tomas Vera Wei Yara Zoe"
).split()


def words(random: Random, number: int) -> list[str]:
    """So many words, all different."""
    found: dict[str, None] = {}
    while len(found) < number:
        found[_word(random)] = None
    return list(found)


def _word(random: Random) -> str:
    pick = random.random
    parts = []
    for _ in range(_SYLLABLES[int(pick() * len(_SYLLABLES))]):
        parts.append(_OPENINGS[int(pick() * len(_OPENINGS))])
        parts.append(_VOWELS[int(pick() * len(_VOWELS))])
    parts.append(_ENDINGS[int(pick() * len(_ENDINGS))])
    return "".join(parts).capitalize()


def company_name(random: Random, vocabulary: list[str]) -> str:
    """One word, two, or one with its trade."""
    kind = random.random()
    word = vocabulary[int(random.random() * len(vocabulary))]
    if kind < 0.35:
        return word
    if kind < 0.8:
        return f"{word} {TRADES[int(random.random() * len(TRADES))]}"
    return f"{word} {vocabulary[int(random.random() * len(vocabulary))]}"


def investor_names(random: Random, vocabulary: list[str], number: int) -> list[str]:
    """So many names of houses, all different."""
    found: dict[str, None] = {}
    while len(found) < number:
        house = HOUSES[int(random.random() ** 2 * len(HOUSES))]
        found[f"{vocabulary[int(random.random() * len(vocabulary))]} {house}"] = None
    return list(found)


def person_name(random: Random, vocabulary: list[str]) -> str:
    """A first name and a family's."""
    first = _FIRST_NAMES[int(random.random() * len(_FIRST_NAMES))]
    return f"{first} {vocabulary[int(random.random() * len(vocabulary))]}"
