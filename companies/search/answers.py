"""What a search answers: companies, investors, people and rounds, each with what tells it apart and its address."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, Investor, Person, Role
from companies.names import fold, plain_letters
from funding import figures
from funding.models import Round

from .indexing import COMPANY, INVESTOR, KINDS, PERSON
from .lookup import Found, find, order, words_of
from .rounds import Asked, find_rounds, read

ROUND: Final = "round"
LONGEST: Final = 200  # characters of what is looked for, as many as a name has
_WORDS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Result:
    """One record: `parts` is its name in pieces, each with whether it was typed; `slug` is that of a company."""

    name: str
    parts: tuple[tuple[str, bool], ...]
    detail: str
    href: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind, and whether there are more than these."""

    kind: str
    title: str
    results: tuple[Result, ...]
    has_more: bool


def answer(text: str, most: int) -> list[Group]:
    """At most so many results of each kind, kinds without any left out: rounds, then the kind with the most exact.

    People come last where none of them bears the very name: a few letters begin the names of too many.
    """
    asked = read(text)
    # One more of each, to know whether there is more.
    found, key = find(text, most + 1, as_typed=asked is not None), fold(text)
    of_rounds = []
    if asked:
        named = find(asked.name, most + 1)
        of_rounds = _rounds(asked, [one.record for one in named if one.kind == COMPANY], most)
        # A name may hold the words of a stage or a year as well.
        found, key = (found, key) if found else (named, asked.name)
    told = details(found)
    groups = []
    for kind in KINDS:
        of_kind = [one for one in found if one.kind == kind and (kind, one.record) in told]
        if of_kind:
            results = tuple(_result(one, told[kind, one.record], words_of(key)) for one in of_kind[:most])
            edits, exactness, *_rest = order(of_kind[0], key)
            place = edits, kind == PERSON and exactness > 0, exactness
            groups.append((place, Group(kind, _title(kind), results, len(of_kind) > most)))
    groups.sort(key=lambda group: group[0])
    return of_rounds + [group for _, group in groups]


@dataclass(frozen=True, slots=True)
class Details:
    """Where a record is, what tells it apart, and its name."""

    name: str
    href: str
    words: str
    slug: str = ""


def details(found: Iterable[Found]) -> dict[tuple[str, int], Details]:
    """What is shown of the records that were found, by kind and id; one that is gone is left out."""
    ids: dict[str, list[int]] = {}
    for one in found:
        ids.setdefault(one.kind, []).append(one.record)
    return {(kind, pk): told for kind, wanted in ids.items() for pk, told in _DETAILS[kind](wanted).items()}


def _companies(ids: Sequence[int]) -> dict[int, Details]:
    held = Company.objects.live().only("name", "slug", "city", "rounds_count").in_bulk(ids)
    return {
        pk: Details(
            one.name,
            one.get_absolute_url(),
            ", ".join(part for part in (one.city, _counted(one.rounds_count)) if part),
            one.slug,
        )
        for pk, one in held.items()
    }


def _investors(ids: Sequence[int]) -> dict[int, Details]:
    held = Investor.objects.live().in_bulk(ids)
    return {pk: Details(one.name, one.get_absolute_url(), _activity(one), one.slug) for pk, one in held.items()}


def _activity(investor: Investor) -> str:
    rounds = _counted(investor.rounds_count)
    if not investor.led_count:
        return rounds
    words = ngettext("%(rounds)s, led %(led)s", "%(rounds)s, led %(led)s", investor.led_count)
    return words % {"rounds": rounds, "led": f"{investor.led_count:n}"}


def _people(ids: Sequence[int]) -> dict[int, Details]:
    roles = Role.objects.filter(person=OuterRef("pk"), company=OuterRef("resolved_for")).exclude(title="")
    held = Person.objects.live().annotate(title=Subquery(roles.values("title")[:1])).select_related("resolved_for")
    found = {}
    for pk, one in held.only("name", "resolved_for__name", "resolved_for__slug").in_bulk(ids).items():
        company, title = one.resolved_for, one.title
        told = _("%(title)s, %(company)s") % {"title": title, "company": company.name} if title else company.name
        found[pk] = Details(one.name, company.get_absolute_url(), told)
    return found


_DETAILS: Final[Mapping[str, Callable[[Sequence[int]], dict[int, Details]]]] = {
    COMPANY: _companies,
    INVESTOR: _investors,
    PERSON: _people,
}


def _counted(rounds: int) -> str:
    return ngettext("%(number)s round", "%(number)s rounds", rounds) % {"number": rounds}


def _title(kind: str) -> str:
    return {
        COMPANY: _("Companies"),
        INVESTOR: _("Investors"),
        PERSON: _("People"),
        ROUND: _("Rounds"),
    }[kind]


def _result(found: Found, told: Details, words: Sequence[str]) -> Result:
    slug = told.slug if found.kind == COMPANY else ""
    return Result(told.name, marked(told.name, words), reason(found, told), told.href, slug)


def reason(found: Found, told: Details) -> str:
    """What tells a record apart, and the other name by which it was found."""
    if not found.is_alias:
        return told.words
    return _("also known as %(alias)s, %(rest)s") % {"alias": found.name, "rest": told.words}


def _rounds(asked: Asked, companies: Sequence[int], most: int) -> list[Group]:
    rounds = find_rounds(asked, companies, most + 1)
    if not rounds:
        return []
    words = words_of(asked.name)
    results = tuple(_round(one, words) for one in rounds[:most])
    return [Group(ROUND, _title(ROUND), results, len(rounds) > most)]


def _round(one: Round, words: Sequence[str]) -> Result:
    if one.raised:
        raised = str(figures.money(one.raised))
    else:
        raised = _("amount undisclosed") if one.raised_undisclosed else ""
    announced = figures.date(one.announced) if one.announced else _("undated")
    name = _("%(company)s, %(stage)s") % {"company": one.company.name, "stage": one.label}
    detail = ", ".join(part for part in (announced, raised) if part)
    return Result(name, marked(name, words), detail, one.get_absolute_url())


def marked(name: str, words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """A name in pieces, each with whether it is the beginning of a word that was typed; accents and case apart."""
    plain = plain_letters(name)
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _WORDS.finditer(plain):
        length = max((len(word) for word in words if match.group().startswith(word)), default=0)
        if length:
            start = match.start()
            pieces += [(name[at:start], False), (name[start : start + length], True)]
            at = start + length
    return tuple(piece for piece in [*pieces, (name[at:], False)] if piece[0])
