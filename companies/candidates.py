"""A name that somebody types → the companies or investors it may be, each with the reason in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from companies.models import Alias, Company, Investor
from companies.names import fold, plain_letters
from companies.search.answers import details, reason
from companies.search.indexing import COMPANY, INVESTOR
from companies.search.lookup import find
from funding.company_matching import name_key

MOST = 8  # as many as a list under a field shows without scrolling
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a typed name may be: `parts` is its name before, at and after what matched."""

    name: str
    parts: tuple[str, str, str]
    reason: str
    slug: str = ""


def companies_like(words: str, most: int = MOST) -> list[Candidate]:
    """Live companies whose name, or a known alias, begins with the typed words: in any order, or a typo away."""
    return _like(COMPANY, words, most)


def investors_like(words: str, most: int = MOST) -> list[Candidate]:
    """Live investors, in the same way; the busiest of equals first."""
    return _like(INVESTOR, words, most)


def record_named(model: type[Company] | type[Investor], name: str) -> tuple[Any, bool]:
    """The company or investor that a name is taken for, and whether it is by another name of it.

    By its folded name first, of several the one with most behind it; else by a known alias, or by what a source calls
    it in another spelling; None where none is held, or nothing is left of the name.
    """
    side, key = str(model._meta.model_name), fold(name)
    if not key:
        return None, False
    busiest = ("-is_live", "-rounds_count", "pk") if model is Company else ("-is_live", "pk")
    unmerged = model.objects.filter(merged_into=None).order_by(*busiest)
    if held := unmerged.filter(key=key).first():
        return held, False
    if called := unmerged.filter(aliases__key=key).first():
        return called, True
    spelled = unmerged.filter(
        assignments__retracted_at=None,
        assignments__mention__name_key=name_key(side, name),
        assignments__mention__kind=side,
    )
    return spelled.first(), True


def company_named(name: str) -> Company | None:
    """The company that a typed name is taken for when it is recorded."""
    found: Company | None = record_named(Company, name[:LONGEST])[0]
    return found


def investors_named(names: Iterable[str]) -> dict[str, str]:
    """The names that we hold investors under, by the names that were typed; those we do not hold stay out."""
    keys = {name: fold(name[:LONGEST]) for name in names}
    aliases = Alias.objects.filter(key__in=keys.values(), investor__isnull=False, investor__merged_into=None)
    held = dict(aliases.order_by("-pk").values_list("key", "investor__name"))
    held |= dict(Investor.objects.filter(key__in=keys.values(), merged_into=None).values_list("key", "name"))
    return {name: held[key] for name, key in keys.items() if key in held}


def _like(kind: str, words: str, most: int) -> list[Candidate]:
    found = find(words[:LONGEST], most, [kind])
    told = details(found)
    shown = [(one, told[kind, one.record]) for one in found if (kind, one.record) in told]
    return [Candidate(of.name, _parts(of.name, words), reason(one, of), of.slug) for one, of in shown]


def _parts(name: str, words: str) -> tuple[str, str, str]:
    """The name cut where the typed words stand in it, accents and case apart; all of it first where they do not."""
    plain, typed = plain_letters(name), plain_letters(" ".join(words.split()))
    at = plain.find(typed) if typed else -1
    if at < 0:
        return name, "", ""
    return name[:at], name[at : at + len(typed)], name[at + len(typed) :]
