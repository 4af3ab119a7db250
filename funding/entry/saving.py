"""Which rounds an entry may be, and its recording, once."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.db import connection, transaction

from companies import candidates
from companies.models import Company, Investor
from funding import recording
from funding.extraction import detect_language
from funding.matching import NEAR
from funding.models import Assignment, Change, Round, Source, Statement
from funding.models.rounds import Stage
from funding.tellings import NewMention, NewStatement
from funding.values import Money, PartialDate, agree

from .entries import COMPANY, ROUND, Entry
from .quoting import Quote

ORIGIN = "entry"
# A company has one round of a lettered series; of the other stages it may have many.
ONCE = frozenset({Stage.PRE_SEED, Stage.SEED, *(stage for stage in Stage if stage.startswith("series_"))}) - {
    Stage.SERIES_UNKNOWN
}


class FromSource(Protocol):
    """Something entered by hand, with the source that it is entered from."""

    @property
    def url(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def published(self) -> PartialDate | None: ...
    @property
    def quote(self) -> str: ...


class Told(FromSource, Protocol):
    """Something entered by hand that says of itself whom it speaks of and what it says."""

    def mentions(self) -> list[NewMention]: ...
    def statements(self) -> list[NewStatement]: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording came to; `is_new` is false where the same form had been saved before."""

    change: Change
    source: Source
    statements: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A round that we hold and that may be the one entered, with the reasons in words."""

    round: Round
    reasons: tuple[str, ...]

    @property
    def because(self) -> str:
        """The reasons as one phrase."""
        return ", ".join(("same company", *self.reasons))


@dataclass(frozen=True, slots=True)
class Saved:
    """What recording an entry came to; `is_new` is false where the same form had been saved before."""

    change: Change
    round: Round
    statements: int
    is_new: bool


def rounds_near(
    company: Company | None,
    stage: str,
    announced: PartialDate | None,
    raised: Money | None,
    held: Sequence[Round] | None = None,
) -> list[Near]:
    """The live rounds of a company that an entry may repeat, the likeliest first: of its stage, date or amount.

    `held` gives the company's rounds where they are loaded already.
    """
    if company is None:
        return []
    rounds = held if held is not None else list(company.rounds.live().newest_first())
    found = [Near(one, reasons) for one in rounds if (reasons := _reasons(one, stage, announced, raised))]
    return sorted(found, key=lambda near: -len(near.reasons))


def _reasons(one: Round, stage: str, announced: PartialDate | None, raised: Money | None) -> tuple[str, ...]:
    """Why a held round may be the one entered; nothing where another stage is named, or nothing speaks for it."""
    if one.stage and stage and one.stage != stage:
        return ()
    found = []
    if stage and one.stage == stage and (stage in ONCE or _meet(one.announced, announced)):
        found.append("same stage")
    if announced and one.announced and _meet(one.announced, announced):
        coarser = min(one.announced, announced, key=lambda date: len(date.iso)).precision
        found.append(f"same {coarser}" if agree(one.announced, announced) else "a near date")
    is_dated = bool(announced and one.announced)
    if raised and one.raised and agree(one.raised, raised) and (not is_dated or _meet(one.announced, announced)):
        found.append("amounts agree")
    return tuple(found)


def _meet(a: PartialDate | None, b: PartialDate | None) -> bool:
    """Whether two dates are near each other, or one is not known."""
    if a is None or b is None:
        return True
    return max(a.first_day - b.last_day, b.first_day - a.last_day) <= NEAR


def save(
    entry: Entry,
    *,
    by: User,
    form_key: str,
    same_as: Round | None = None,
    is_another: bool = False,
    of: Company | None = None,
) -> Saved:
    """Record an entry with its source in one transaction.

    `same_as` is the round that the person says it is; `is_another` says that it is none of those held; `of` is the
    company that is meant, where the name alone may be another's. What was
    entered from the same form, by `form_key`, with the same words, is recorded once however often it is sent.
    """
    with transaction.atomic():
        digest = hold_form(entry, by, form_key)
        before = _saved(digest)
        if before:
            return before
        source = source_of(entry, by, digest)
        company = candidates.company_named(entry.company) if is_another else None
        decided = same_as or (Round(company=company) if company else None)
        meant: dict[str, Company | Round] = {ROUND: decided} if decided else {}
        if of and candidates.company_named(of.name) != of:
            meant[COMPANY] = of
        change = recording.record(
            source,
            entry.mentions(),
            entry.statements(),
            origin=ORIGIN,
            kind=Change.Kind.ENTRY,
            by=by,
            decided=meant,
        )
        return Saved(change, _round_of(source), change.added_statements.count(), is_new=True)


def recorded_before(entry: Told, *, by: User, form_key: str) -> Recorded | None:
    """What recording the same entry from the same form came to, unless it was taken back since."""
    source = _source_of(_digest(entry, by, form_key))
    said = Statement.objects.live().filter(mention__source=source)
    first = said.select_related("added_in").order_by("pk").first() if source else None
    return Recorded(first.added_in, source, said.count(), is_new=False) if source and first else None


def record_once(
    entry: Told, *, by: User, form_key: str, decided: Mapping[str, Company | Investor | Round] | None = None
) -> Recorded:
    """Record an entry with its source in one transaction, once however often its form is sent.

    `decided` gives, by mention key, the records that the person means.
    """
    with transaction.atomic():
        digest = hold_form(entry, by, form_key)
        if before := recorded_before(entry, by=by, form_key=form_key):
            return before
        source = source_of(entry, by, digest)
        told: dict[str, Any] = {"origin": ORIGIN, "kind": Change.Kind.ENTRY, "by": by, "decided": decided}
        change = recording.record(source, entry.mentions(), entry.statements(), **told)
        return Recorded(change, source, change.added_statements.count(), is_new=True)


def saved_before(entry: Entry, *, by: User, form_key: str) -> Saved | None:
    """What recording the same entry from the same form came to, unless it was taken back since."""
    return _saved(_digest(entry, by, form_key))


def _saved(digest: str) -> Saved | None:
    source = _source_of(digest)
    said = Statement.objects.live().filter(mention__source=source)
    first = said.select_related("added_in").first() if source else None
    return Saved(first.added_in, _round_of(source), said.count(), is_new=False) if source and first else None


def hold_form(entry: FromSource, by: User, form_key: str) -> str:
    """The digest by which an entry is known again; the same form, sent twice at once, waits here for itself."""
    # Whoever waits for the lock would give up while word lists are read the first time.
    recording.read_word_lists()
    Quote(entry.quote)
    digest = _digest(entry, by, form_key)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
    return digest


def source_of(entry: FromSource, by: User, digest: str) -> Source:
    """The source of an entry, made where this is the first time."""
    return _source_of(digest) or _source(entry, by, digest)


def _source_of(digest: str) -> Source | None:
    return Source.objects.filter(kind=Source.Kind.ENTRY, text_hash=digest).first()


def _digest(entry: FromSource, by: User, form_key: str) -> str:
    """By what an entry is known again: the person, the form and all that was entered in it."""
    told = json.dumps([by.pk, form_key, dataclasses.asdict(entry)], default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _source(entry: FromSource, by: User, digest: str) -> Source:
    """The source of an entry: the person, with the words and the address that were given."""
    return Source.objects.create(
        kind=Source.Kind.ENTRY,
        entered_by=by,
        url=entry.url,
        publisher=entry.publisher,
        text=entry.quote,
        text_hash=digest,
        language=detect_language(entry.quote) or "",
        published_on=entry.published.first_day if entry.published else None,
        published_precision=entry.published.precision if entry.published else "",
    )


def _round_of(source: Source) -> Round:
    """The round that the entry of a source is taken for."""
    assigned = Assignment.objects.live().select_related("round__company")
    found = assigned.get(mention__source=source, mention__origin=ORIGIN, mention__key=ROUND).round
    assert found is not None  # the key is a round's
    return found
