"""Which records a page is about, and which of them were others at a moment than they are now."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from companies.candidates import LONGEST
from companies.filters import find_record
from companies.models import Company, Investor
from funding import figures
from funding.models import Assignment, Mark, Mention, Round, Source, Statement, Valuation
from funding.models.mentions import Recorded
from funding.recording.fields import OF_INVESTOR
from funding.tellings import Field
from funding.values import PartialDate

from .moments import NEVER_PUBLIC, Moment

MOST_ROWS: Final = 10_000
MOST_DAYS: Final = 1_000  # steps of a slider; older days are reached by their date
# Records that stand only in the past get ids by their company, the same whatever page they are on; no record that is
# held has one as high. They stay below what a script can count to.
FIRST_OF_PAST: Final = 10**15
SPAN: Final = 10**4


@dataclass(frozen=True, slots=True)
class Scope:
    """Companies and investors by id, with all that hangs on them; None stands for all there are.

    `about` chooses the mentions that the page's own record is about.
    """

    companies: frozenset[int] | None = None
    investors: frozenset[int] | None = None
    about: Q = field(default_factory=Q)


class TooMuch(ValueError):
    """More rows than a list of the past is made for; the message says how many."""


def of_companies(pks: Iterable[int]) -> Scope:
    """Companies with those they were one with at some time, and the investors that their sources name."""
    own = set(pks)
    beside = Assignment.objects.filter(mention__assignments__company__in=own, company__isnull=False)
    found = own | set(beside.values_list("company_id", flat=True).distinct())
    found |= set(Company.objects.filter(pk__in=found, merged_into__isnull=False).values_list("merged_into", flat=True))
    hanging = _hanging(Assignment.objects.filter(company__in=found).values("mention"))
    parts = Statement.objects.filter(field=Field.PARTICIPATION, mention__in=hanging).select_related("mention")
    named = Assignment.objects.filter(mention__in=Mention.objects.named_by(parts), investor__isnull=False)
    told = Assignment.objects.filter(company__in=own).values("mention")
    investors = frozenset(named.values_list("investor_id", flat=True).distinct())
    return Scope(frozenset(found), investors, Q(pk__in=_hanging(told)))


def _hanging(mentions: Any) -> Any:
    """Mentions, given as a query of their ids, with those of their rounds, people and exits."""
    # A union, of which each part goes by an index; of a condition that is either of the two all would be read.
    return mentions.union(Mention.objects.filter(company__in=mentions).values("pk"))


def of_company(slug: str) -> Scope:
    """The company at an address; nothing where there is none."""
    return of_companies(Company.objects.filter(slug=slug).values_list("pk", flat=True))


def of_investor(slug: str) -> Scope:
    """The investor at an address, and every company that was ever said to be one of its own, or it of theirs."""
    held = Investor.objects.filter(slug=slug).values_list("pk", "merged_into")
    pks = {pk for pair in held for pk in pair if pk is not None}
    own = list(Mention.objects.filter(assignments__investor__in=pks).distinct())
    companies = {one.mention.company_id for one in Statement.objects.naming(own)}
    parents = Mention.objects.named_by(Statement.objects.filter(mention__in=own).select_related("mention"))
    beside = Assignment.objects.filter(Q(mention__in=companies) | Q(mention__in=parents), company__isnull=False)
    scope = of_companies(beside.values_list("company_id", flat=True).distinct())
    assert scope.investors is not None
    return Scope(scope.companies, scope.investors | pks | _kin(pks), Q(assignments__investor__in=pks))


def _kin(pks: Iterable[int]) -> set[int]:
    """The investors that a source ever made arms of these, or these arms of."""
    own = list(Mention.objects.filter(assignments__investor__in=pks).distinct())
    said = Statement.objects.filter(field=Field.PARENT).select_related("mention")
    arms = {one.mention_id for one in Statement.objects.naming(own).filter(field=Field.PARENT)}
    parents = Mention.objects.named_by(said.filter(mention__in=own))
    named = Assignment.objects.filter(Q(mention__in=arms) | Q(mention__in=parents), investor__isnull=False)
    return set(named.values_list("investor_id", flat=True))


def of_round(pk: int) -> Scope:
    """The company of a round, and every company that a mention of it was ever of."""
    told = Mention.objects.filter(assignments__round=pk).values("company")
    beside = Assignment.objects.filter(mention__in=told, company__isnull=False).values_list("company_id", flat=True)
    own = Round.objects.filter(pk=pk).values_list("company_id", flat=True)
    scope = of_companies({*own, *beside, *_past_only(pk)})
    return Scope(scope.companies, scope.investors, Q(assignments__round=pk) if own else scope.about)


def of_valuation(pk: int) -> Scope:
    """The company of a valuation."""
    held = Valuation.objects.filter(pk=pk).values_list("company_id", flat=True)
    return of_companies({*held, *_past_only(pk)})


def of_statements(pks: Iterable[int]) -> Scope:
    """The companies that statements were ever taken to be of."""
    about = Mention.objects.filter(statements__in=list(pks)).values_list("pk", "company")
    mentions = {pk for pair in about for pk in pair if pk is not None}
    assigned = Assignment.objects.filter(mention__in=mentions)
    pairs = list(assigned.values_list("company_id", "investor_id"))
    scope = of_companies(company for company, _ in pairs if company is not None)
    assert scope.investors is not None
    own = {investor for _, investor in pairs if investor is not None}
    return Scope(scope.companies, scope.investors | own | _kin(own), scope.about)


def of_source(pk: int) -> Scope:
    """The companies that a source was ever taken to speak of."""
    assigned = Assignment.objects.filter(mention__source=pk, company__isnull=False)
    scope = of_companies(assigned.values_list("company_id", flat=True))
    return Scope(scope.companies, scope.investors, Q(source=pk))


def everything() -> Scope:
    """All records. Raises TooMuch where a list of them would be too long to be made for a page."""
    for model, many in (
        (Round, _("More than %(most)s rounds are held.")),
        (Company, _("More than %(most)s companies are held.")),
    ):
        if model.objects.all()[: MOST_ROWS + 1].count() > MOST_ROWS:
            raise TooMuch(many % {"most": figures.whole(MOST_ROWS)})
    return Scope()


def _past_only(pk: int) -> set[int]:
    """The company of a record that stands only in the past, by its id."""
    return {(pk - FIRST_OF_PAST) // SPAN} if pk >= FIRST_OF_PAST else set()


def _sources(**assigned: Any) -> frozenset[int]:
    """The sources with a mention that was ever assigned so."""
    return frozenset(Assignment.objects.filter(**assigned).values_list("mention__source_id", flat=True).distinct())


def recorded() -> Iterator[tuple[type[Recorded], list[str]]]:
    """Every kind of row that is only added and retracted, with the paths from it to the mentions it is about."""
    for model in Recorded.__subclasses__():
        found = []
        for column in model._meta.concrete_fields:
            if column.related_model is Mention:
                found.append(column.name)
            elif column.related_model is Statement:
                found.append(f"{column.name}__mention")
        yield model, found


def differing(moment: Moment, scope: Scope) -> tuple[list[int], list[int]]:
    """The companies and investors of a scope that may have been others then, by id.

    Those that a source speaks of where something of it was recorded or retracted since, or which was not public yet.
    """
    sources = None if scope.companies is None else _sources(company__in=scope.companies)
    since = Q(recorded_at__gte=moment.before) | Q(retracted_at__gte=moment.before) if moment.before else None
    changed: set[int] = set()
    for model, paths in recorded() if since else ():
        for path in paths:
            rows: QuerySet[Any] = model.objects.filter(since)  # type: ignore[attr-defined]
            rows = rows if sources is None else rows.filter(**{f"{path}__source__in": sources})
            changed |= set(rows.values_list(f"{path}__source_id", flat=True).distinct())
    if moment.public:
        hidden = Source.objects.exclude(moment.published())
        hidden = hidden if sources is None else hidden.filter(pk__in=sources)
        changed |= set(hidden.values_list("pk", flat=True))
    companies = Assignment.objects.filter(mention__source__in=changed, company__isnull=False)
    companies = companies if scope.companies is None else companies.filter(company__in=scope.companies)
    investors = Assignment.objects.filter(investor__isnull=False)
    investors = investors if scope.investors is None else investors.filter(investor__in=scope.investors)
    if moment.public:
        investors = investors.filter((since or Q(pk=None)) | ~Q(mention__source__in=_published(moment)))
    else:
        investors = investors.filter(since)
    changed_investors = set(investors.values_list("investor_id", flat=True).distinct()) | _said_anew(scope, since)
    return sorted(set(companies.values_list("company_id", flat=True).distinct())), sorted(changed_investors)


def _said_anew(scope: Scope, since: Q | None) -> set[int]:
    """The investors of a scope of whose own facts something was recorded, marked or taken back since."""
    if since is None:
        return set()
    marked = Mark.objects.filter(since, statement__field__in=OF_INVESTOR).values("statement")
    anew = Statement.objects.filter(since | Q(pk__in=marked), field__in=OF_INVESTOR)
    held = Assignment.objects.filter(mention__statements__in=anew, investor__isnull=False)
    held = held if scope.investors is None else held.filter(investor__in=scope.investors)
    return set(held.values_list("investor_id", flat=True))


def _published(moment: Moment) -> QuerySet[Source]:
    return Source.objects.filter(moment.published()).values("pk")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many sources a page of what was public leaves out, by kind."""

    entries: int
    files: int
    undated: int


def left_out(moment: Moment, scope: Scope) -> LeftOut | None:
    """The entries by hand, files and undated sources that speak of a scope; None where nothing public is asked for."""
    if moment.public is None:
        return None
    said = Statement.objects.filter(Q(mention__source__kind__in=NEVER_PUBLIC) | Q(mention__source__published_on=None))
    if scope.about:
        said = said.filter(mention__in=Mention.objects.filter(scope.about))
    if moment.before:
        said = said.filter(recorded_at__lt=moment.before).exclude(retracted_at__lt=moment.before)
    else:
        said = said.live()
    is_entry, is_file = Q(mention__source__kind="entry"), Q(mention__source__kind="file")
    counts = said.aggregate(
        entries=Count("mention__source", filter=is_entry, distinct=True),
        files=Count("mention__source", filter=is_file, distinct=True),
        undated=Count("mention__source", filter=~is_entry & ~is_file, distinct=True),
    )
    return LeftOut(**counts)


def days(scope: Scope, *, of_publication: bool = False) -> list[datetime.date]:
    """The days on which something changed of what a page is about, the latest `MOST_DAYS` of them, oldest first.

    They are days of recording and retraction, or else the days by which sources were surely published.
    """
    mentions = Mention.objects.filter(scope.about)
    if of_publication:
        published = Source.objects.exclude(kind__in=NEVER_PUBLIC).exclude(published_on=None)
        dated = published.filter(mentions__in=mentions).values_list("published_on", "published_precision").distinct()
        found = {PartialDate.of(on, precision).last_day for on, precision in dated}
    else:
        found = set()
        for model in (Statement, Assignment):
            rows: QuerySet[Any] = model.objects.filter(mention__in=mentions)  # type: ignore[attr-defined]
            for pair in rows.values_list("recorded_at__date", "retracted_at__date").distinct():
                found |= {day for day in pair if day is not None}
    return sorted(found)[-MOST_DAYS:]


def of_list(query: Mapping[str, Any]) -> Scope:
    """What a list or export of rounds and what hangs on them is about: one company or investor, where it is asked for.

    Raises TooMuch, as `everything` does.
    """
    for model, narrow in ((Company, of_company), (Investor, of_investor)):
        asked = query.get(str(model._meta.model_name), "").strip()
        if asked and len(asked) <= LONGEST and "\x00" not in asked:
            found = find_record(model, asked)
            return narrow(found.slug if found else "")
    return everything()


def of_export(rows: str, query: Mapping[str, Any]) -> Scope:
    """What an export is about: of companies and investors a row sums up what many records say. Raises TooMuch."""
    return everything() if rows in ("companies", "investors") else of_list(query)
