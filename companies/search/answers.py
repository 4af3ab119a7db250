"""What a search answers: companies, investors, people and rounds, each with what tells it apart and its address."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, Investor, Person, Role
from companies.names import fold, plain_letters
from config.addresses import of_record
from config.markup import escaped
from config.queries import Given, KeptQuery
from funding import figures
from funding.models import Round

from .indexing import COMPANY, INVESTOR, KINDS, PERSON
from .lookup import Found, find, order, words_of
from .rounds import Asked, find_rounds, read

ROUND: Final = "round"
SHOWN: Final = (*KINDS, ROUND)  # the kinds of results
LONGEST: Final = 200  # characters of what is looked for, as many as a name has
_WORDS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Result:
    """One record: `marked` is its name with what was typed in bold; `slug` is that of a company."""

    name: str
    marked: SafeString
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


def answer(text: str, most: int, kind: str = "") -> list[Group]:
    """At most so many results of each kind, or of one: rounds, then the kind with the most exact.

    Kinds without any are left out. People come last where none of them bears the very name: a few letters begin the
    names of too many.
    """
    asked, kinds = read(text), [one for one in KINDS if kind in ("", one)]
    # One more of each, to know whether there is more.
    found, key = find(text, most + 1, kinds, as_typed=asked is not None), fold(text)
    of_rounds = []
    if asked:
        named = find(asked.name, most + 1, [one for one in KINDS if one in kinds or one == COMPANY])
        if kind in ("", ROUND):
            of_rounds = _rounds(asked, [one.record for one in named if one.kind == COMPANY], most)
        # A name may hold the words of a stage or a year as well.
        found, key = (found, key) if found else ([one for one in named if one.kind in kinds], asked.name)
    told = details(found)
    groups = []
    for each in kinds:
        of_kind = [one for one in found if one.kind == each and (each, one.record) in told]
        if of_kind:
            results = tuple(_result(one, told[each, one.record], words_of(key)) for one in of_kind[:most])
            edits, exactness, *_rest = order(of_kind[0], key)
            place = edits, each == PERSON and exactness > 0, exactness
            groups.append((place, Group(each, _title(each), results, len(of_kind) > most)))
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
    return {
        pk: Details(
            name,
            of_record("companies:company_detail", slug),
            ", ".join(part for part in (city, _counted(rounds)) if part),
            slug,
        )
        for pk, name, slug, city, rounds in _COMPANIES.ask(ids=ids)
    }


def _investors(ids: Sequence[int]) -> dict[int, Details]:
    return {
        pk: Details(name, of_record("companies:investor_detail", slug), _activity(rounds, led), slug)
        for pk, name, slug, rounds, led in _INVESTORS.ask(ids=ids)
    }


def _activity(rounds: int, led: int) -> str:
    counted = _counted(rounds)
    if not led:
        return counted
    words = ngettext("%(rounds)s, led %(led)s", "%(rounds)s, led %(led)s", led)
    return words % {"rounds": counted, "led": f"{led:n}"}


def _people(ids: Sequence[int]) -> dict[int, Details]:
    found = {}
    for pk, name, company, slug, title in _PEOPLE.ask(ids=ids):
        told = _("%(title)s, %(company)s") % {"title": title, "company": company} if title else company
        found[pk] = Details(name, of_record("companies:company_detail", slug), told)
    return found


def _live(model: type[Company] | type[Investor], *columns: str) -> KeptQuery:
    return KeptQuery(
        lambda: model.objects.live().filter(pk__among=Given("ids")).values_list("pk", "name", "slug", *columns)
    )


_COMPANIES: Final = _live(Company, "city", "rounds_count")
_INVESTORS: Final = _live(Investor, "rounds_count", "led_count")
_PEOPLE: Final = KeptQuery(
    lambda: (
        Person.objects.live()
        .filter(pk__among=Given("ids"))
        .values_list("pk", "name", "resolved_for__name", "resolved_for__slug", Subquery(_titles()))
    )
)


def _titles() -> QuerySet[Role, Any]:
    roles = Role.objects.filter(person=OuterRef("pk"), company=OuterRef("resolved_for"))
    return roles.exclude(title="").values("title")[:1]


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


def marked(name: str, words: Sequence[str]) -> SafeString:
    """A name with the beginnings of its words that were typed in bold; accents and case apart."""
    plain = plain_letters(name)
    pieces: list[str] = []
    at = 0
    for match in _WORDS.finditer(plain):
        length = max((len(word) for word in words if match.group().startswith(word)), default=0)
        if length:
            start = match.start()
            pieces += [escaped(name[at:start]), f"<b>{escaped(name[start : start + length])}</b>"]
            at = start + length
    return SafeString("".join([*pieces, escaped(name[at:])]))
