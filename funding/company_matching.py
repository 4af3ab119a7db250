"""Which mentions are one company, or one investor: decided over all mentions that share a name, in any order. Pure.

A name alone never joins two companies. Certain are the same website or outside number; the same company in two files
of one database; a known alias; and the same name with a second fact in agreement, which has to be a strong one (a
founder, a round that agrees, or several weaker ones together) where the name is short or a word of the dictionary. An
investor is known by its name where that is distinctive or well known. Everything else is for a person to say, with a
score and reasons. What a person said holds, for all that is taken for the same. Pairs join strongest first, and a
group never holds a pair that is ruled out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from companies import names, places
from companies.names import fold
from funding import matching
from funding.extraction import vocabulary
from funding.matching import Match, RoundMention
from funding.values import agree

CERTAIN = 1.5  # from here two companies of one name are one
CERTAIN_COMMON = 3.0  # and from here where the name is short or a common word
RULED_OUT = -2.0  # below this nothing but an identifier or a person's word makes two one
YEARS_APART = 2  # founding years this far apart are two companies'; one year is a slip

PERSON, APART = "a person said so", "a person said that they are two"
IDENTIFIER, ALIAS = "the same website or number", "a known alias"
DATABASE = "the same in files of one database"
SAME_NAME, NEW = "same name", "a new name"


@dataclass(frozen=True, slots=True)
class NamedMention:
    """What one source says of one company or investor, as matching sees it.

    `key` is the `name_key`. `identifiers` are `kind:value`. `record` is the one that a known alias stands for. `held`
    is the record it is taken for now, which matters only where a person decided. `known_as` is what the database that
    its source is a file of knows it by, empty of any other source. `rounds` are those of a company,
    `companies` those whose rounds an investor is in. `digest` breaks ties by content.
    """

    id: int
    told_by: str
    digest: str
    name: str
    key: str
    is_investor: bool = False
    identifiers: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    founders: frozenset[str] = frozenset()
    founded: int | None = None
    investors: frozenset[str] = frozenset()
    companies: frozenset[str] = frozenset()
    rounds: tuple[RoundMention, ...] = ()
    record: int | None = None
    known_as: str = ""
    held: int | None = None
    is_decided: bool = False
    same: frozenset[int] = frozenset()
    different: frozenset[int] = frozenset()


def name_key(kind: str, name: str) -> str:
    """What mentions of one company or investor are found by: the folded name, the usual one of a known investor."""
    key = _joined(name)
    return known_investors().get(key, key) if kind == "investor" else key


def _joined(name: str) -> str:
    """A folded name without its spaces: papers write "NuageClair", "Nuage Clair" and "Nuage-Clair"."""
    return fold(name).replace(" ", "")


@cache
def known_investors() -> dict[str, str]:
    """The key of the usual name of every well-known investor, by that of each of its names."""
    found: dict[str, str] = {}
    for entry in vocabulary.read_toml("investors.toml")["investor"]:
        for alias in (entry["name"], *entry.get("aliases", ())):
            found.setdefault(_joined(alias), _joined(entry["name"]))
    return found


@cache
def _usual_names() -> frozenset[str]:
    return frozenset(known_investors().values())


def group_named(mentions: Iterable[NamedMention]) -> list[list[NamedMention]]:
    """The mentions of one block, those of one company or investor together; groups and members in a fixed order."""
    everybody = sorted(mentions, key=_order)
    alike: dict[object, list[NamedMention]] = {}
    for one in everybody:
        alike.setdefault(one.key if _is_plain(one) else one.id, []).append(one)
    ordered = [same[0] for same in alike.values()]
    pairs, apart = [], set()
    for a, b in combinations(ordered, 2):
        match = compare(a, b)
        if match is None:
            continue
        if match.score <= RULED_OUT:
            apart.add(frozenset((a.id, b.id)))
        elif match.score >= enough(a, b):
            pairs.append((match.score, a, b))
    pairs.sort(key=lambda pair: (-pair[0], _order(pair[1]), _order(pair[2])))
    group_of = {one.id: [one] for one in ordered}
    for _, a, b in pairs:
        ours, theirs = group_of[a.id], group_of[b.id]
        if ours is theirs or apart and any(frozenset((x.id, y.id)) in apart for x in ours for y in theirs):
            continue
        ours.extend(theirs)
        group_of |= {one.id: ours for one in theirs}
    members = {same[0].id: same for same in alike.values()}
    groups = {id(group): [one for first in group for one in members[first.id]] for group in group_of.values()}.values()
    return sorted((sorted(group, key=_order) for group in groups), key=lambda group: _order(group[0]))


def _is_plain(one: NamedMention) -> bool:
    """Whether its name tells an investor and nothing else is said: thousands of these are one without comparing."""
    is_free = not (one.identifiers or one.same or one.different or one.record or one.is_decided)
    return one.is_investor and is_free and tells_by_name(one.name) and not names.legal_form(one.name)


def _order(one: NamedMention) -> tuple[str, str, int]:
    return one.digest, one.told_by, one.id


def compare(a: NamedMention, b: NamedMention) -> Match | None:
    """How strongly two mentions speak of one company or investor, with the reasons; None where nothing does.

    At `RULED_OUT` and below nothing joins them, from `enough` on they are surely one.
    """
    if b.id in a.different:
        return Match(-10, (APART,))
    if b.id in a.same:
        return Match(10, (PERSON,))
    if a.held is not None and b.held is not None:
        if a.is_decided and b.is_decided and a.held != b.held:
            return Match(-10, (APART,))
        if (a.is_decided or b.is_decided) and a.held == b.held:
            return Match(10, (PERSON,))
    if a.identifiers & b.identifiers:
        return Match(9, (IDENTIFIER,))
    if a.known_as and a.known_as == b.known_as:
        return Match(9, (DATABASE,))
    if a.record is not None and b.record is not None:
        return Match(8, (ALIAS,)) if a.record == b.record else Match(-8, ("other aliases",))
    if a.key != b.key:
        return None
    return _investors(a, b) if a.is_investor else _companies(a, b)


def enough(a: NamedMention, b: NamedMention) -> float:
    """The score from which two of one name are surely one."""
    return CERTAIN_COMMON if not a.is_investor and (is_common(a.name) or is_common(b.name)) else CERTAIN


@cache
def is_common(name: str) -> bool:
    """Whether a name is so short, or so much a word like any other, that others will bear it, too."""
    return names.is_short(name) or names.is_dictionary(name)


def tells_by_name(name: str) -> bool:
    """Whether an investor is known by the name alone: a distinctive one, or a well-known investor's."""
    if name_key("investor", name) in _usual_names():
        return True
    return not (is_common(name) or names.is_bare(name) or _is_person(name))


def _is_person(name: str) -> bool:
    """Whether a name is a person's by its first word: others bear it, too."""
    words = fold(name).split()
    is_house = any(word in names.HOUSE for word in words)
    return len(words) in (2, 3) and not is_house and words[0] in vocabulary.first_names()


def _companies(a: NamedMention, b: NamedMention) -> Match:
    """Two companies of one name: what else speaks for one, and what against it."""
    score, reasons = 0.0, [SAME_NAME]
    for points, shared, reason in (
        (3.0, a.founders & b.founders, "a founder in common"),
        (1.5, a.places & b.places, "same seat"),
        (1.5, a.investors & b.investors, "an investor in common"),
    ):
        if shared:
            score += points
            reasons.append(f"{reason} ({min(shared)})")
    if a.founded and b.founded:
        apart = abs(a.founded - b.founded)
        score += 1.5 if not apart else -3.0 if apart >= YEARS_APART else 0.0
        reasons.append("founded in the same year" if not apart else f"founded {apart} years apart")
    in_common, why = _round_in_common(a, b)
    score += in_common
    reasons += why
    if a.places and b.places and not a.places & b.places:
        if any(places.may_be_one(place, other) for place in a.places for other in b.places):
            reasons.append("a seat that may be the same")
        else:
            # Offices and moves make two seats of one company: a founder or a round in common weighs more.
            score -= 1.0 if score < CERTAIN_COMMON else 0.0
            reasons.append("another seat")
    if _kinds(a) & _kinds(b) and not a.identifiers & b.identifiers:
        score -= 5.0
        reasons.append("another website or number")
    if not names.forms_agree(a.name, b.name):
        score -= 1.5
        reasons.append("another legal form")
    return Match(score, tuple(reasons))


def _round_in_common(a: NamedMention, b: NamedMention) -> tuple[float, list[str]]:
    """What rounds of both say for one company: that they are one round, or at least of one day or month."""
    matches = [match for one in a.rounds for other in b.rounds if (match := matching.compare(one, other))]
    if matches:
        best = max(matches, key=lambda match: (match.score, match.reasons))
        return 3.0 if best.score >= 2 else 1.5, [f"a round in common: {', '.join(best.reasons)}"]
    for one in a.rounds:
        for other in b.rounds:
            if _same_time(one, other) and not matching.is_ruled_out(one, other):
                return 1.5, [f"a round of the same time ({min(other.announced.iso, one.announced.iso)})"]  # type: ignore[union-attr]
    return 0.0, []


def _same_time(one: RoundMention, other: RoundMention) -> bool:
    """Whether both were announced on one day, or in one month."""
    a, b = one.announced, other.announced
    return a is not None and b is not None and "year" not in (a.precision, b.precision) and agree(a, b)


def _investors(a: NamedMention, b: NamedMention) -> Match:
    """Two investors of one name: a distinctive or well-known one is enough, others need a second fact."""
    if a.key in _usual_names():
        return Match(5, ("a well-known investor",))
    score, reasons = 2.0 if tells_by_name(a.name) and tells_by_name(b.name) else 0.0, [SAME_NAME]
    if a.companies & b.companies:
        score += 2.0
        reasons.append(f"invests in the same company ({min(a.companies & b.companies)})")
    if a.investors & b.investors:
        score += 1.5
        reasons.append(f"invests beside the same investor ({min(a.investors & b.investors)})")
    if _kinds(a) & _kinds(b):
        score -= 5.0
        reasons.append("another website or number")
    if not names.forms_agree(a.name, b.name):
        score -= 1.5
        reasons.append("another legal form")
    return Match(score, tuple(reasons))


def _kinds(one: NamedMention) -> set[str]:
    """The kinds of its identifiers."""
    return {identifier.partition(":")[0] for identifier in one.identifiers}


def reasons_for(group: Sequence[NamedMention], one: NamedMention) -> str:
    """Why a mention belongs to its group, in words for people."""
    if one.is_decided:
        return PERSON
    matches = [
        match
        for other in group
        if other is not one and (match := compare(one, other)) and match.score >= enough(one, other)
    ]
    if not matches:
        return NEW if len(group) == 1 else "as others that are the same"
    return ", ".join(max(matches, key=lambda match: (match.score, match.reasons)).reasons)
