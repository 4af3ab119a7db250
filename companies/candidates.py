"""A name that somebody types → the companies or investors it may be, each with the reason in words."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from companies.models import Alias, Company, Investor
from companies.names import fold
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
    """Live companies whose name, or a known alias, holds the typed words: those that begin with them first."""
    found = _like(Company, words).order_by("rank", "-rounds_count", "name")[:most]
    return [_candidate(one, words, _of_company(one)) for one in found]


def investors_like(words: str, most: int = MOST) -> list[Candidate]:
    """Live investors whose name, or a known alias, holds the typed words; the busiest of equals first."""
    found = _like(Investor, words).annotate(
        rounds=Count("participations"), led=Count("participations", filter=Q(participations__is_lead=True))
    )
    return [_candidate(one, words, _of_investor(one)) for one in found.order_by("rank", "-rounds", "name")[:most]]


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


def _like(model: type[Company] | type[Investor], words: str) -> QuerySet[Any]:
    key = fold(words[:LONGEST])
    aliases = Alias.objects.filter(**{str(model._meta.model_name): OuterRef("pk")}, key__contains=key)
    rank = Case(
        When(key=key, then=0),
        When(key__startswith=key, then=1),
        When(key__contains=f" {key}", then=2),
        When(key__contains=key, then=3),
        default=4,
        output_field=IntegerField(),
    )
    return (
        (model.objects.live() if key else model.objects.none())
        .filter(Q(key__contains=key) | Exists(aliases))
        .annotate(rank=rank, alias=Subquery(aliases.order_by(F("name")).values("name")[:1]))
    )


def _candidate(record: Company | Investor, words: str, reason: str) -> Candidate:
    # Only where the name itself does not hold the words does the alias explain why it is offered.
    if record.rank == 4:  # type: ignore[union-attr]
        reason = f"also known as {record.alias}" + (f", {reason}" if reason else "")  # type: ignore[union-attr]
    return Candidate(record.name, _parts(record.name, words), reason, record.slug)


def _parts(name: str, words: str) -> tuple[str, str, str]:
    """The name cut where the typed words stand in it, accents and case apart; all of it first where they do not."""
    plain, typed = _plain(name), _plain(" ".join(words.split()))
    at = plain.find(typed) if typed else -1
    if at < 0:
        return name, "", ""
    return name[:at], name[at : at + len(typed)], name[at + len(typed) :]


def _plain(text: str) -> str:
    """Lower case without accents, character for character, so that places in it are places in the text."""
    return "".join(unicodedata.normalize("NFKD", char)[0].lower()[:1] or char for char in text)


def _of_company(company: Company) -> str:
    return ", ".join(part for part in (company.city, _counted(company.rounds_count)) if part)


def _of_investor(investor: Investor) -> str:
    led = f", led {investor.led}" if investor.led else ""  # type: ignore[attr-defined]
    return f"{_counted(investor.rounds)}{led}"  # type: ignore[attr-defined]


def _counted(rounds: int) -> str:
    return f"{rounds} round" if rounds == 1 else f"{rounds} rounds"
