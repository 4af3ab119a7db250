"""Take back what a file of rows added, hundreds of companies at once where nothing else speaks of them."""

from collections.abc import Callable, Collection
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from companies.models import Alias, Company, Identifier, Investor, Person, Role
from companies.search import indexing
from funding.models import Assignment, Change, Exit, Mention, Participation, Round, Statement, Valuation

from . import assigning, company_facts, doubts, exits, investor_facts, locking, marks, projecting, round_facts, totals

AT_ONCE: Final = 400  # companies that are emptied in one transaction
FEW: Final = 25  # that are projected again one by one
CompanySector: Final = Company.sectors.through
Progress = Callable[[str, int, int], None]


def added_by(change: Change) -> dict[str, int]:
    """How many records of each kind a change speaks of, and in how many statements."""
    own = Assignment.objects.filter(added_in=change)
    kinds = {"companies": "company", "rounds": "round", "investors": "investor", "exits": "exit", "people": "person"}
    found = {
        name: own.filter(**{f"{kind}__isnull": False}).values(kind).distinct().count() for name, kind in kinds.items()
    }
    return found | {"statements": Statement.objects.filter(added_in=change).count()}


def take_back(change: Change, undoing: Change, progress: Progress) -> None:
    """Retract what a change added and say again what it ended, in many transactions; may be called again to go on."""
    whole = Assignment.objects.live().filter(added_in=change, company__isnull=False)
    total, done = whole.values("company").distinct().count(), 0
    after = 0
    while companies := list(
        whole.filter(company__gt=after).order_by("company").values_list("company", flat=True).distinct()[:AT_ONCE]
    ):
        after = companies[-1]
        with transaction.atomic():
            locking.hold_all()
            undoing.at = timezone.now()
            alone = _alone(change, companies)
            _empty(undoing, alone)
        done += len(companies)
        progress("Taking back", done, total)
    _take_back_rest(change, undoing, progress)
    _release_investors(change, undoing)


def _alone(change: Change, companies: Collection[int]) -> list[int]:
    """Of these companies, those of which nothing was ever said but in the change."""
    others = Assignment.objects.exclude(added_in=change).filter(company=OuterRef("pk"))
    said = Statement.objects.exclude(added_in=change).filter(
        Q(mention__assignments__company=OuterRef("pk")) | Q(mention__company__assignments__company=OuterRef("pk")),
        retracted_at=None,
    )
    found = Company.objects.filter(pk__in=companies).exclude(Exists(others)).exclude(Exists(said))
    return list(found.values_list("pk", flat=True))


def _empty(undoing: Change, companies: Collection[int]) -> None:
    """Retract all that is said of companies, and leave nothing of them but their addresses."""
    if not companies:
        return
    own = Assignment.objects.filter(company__in=companies).values("mention")
    mentions = list(Mention.objects.with_hanging(own).values_list("pk", flat=True))
    before = totals.tally(companies)
    ended = {"retracted_in": undoing, "retracted_at": undoing.at}
    Statement.objects.live().filter(mention__in=mentions).update(**ended)
    Assignment.objects.live().filter(mention__in=mentions).update(**ended)
    rounds = Round.objects.filter(company__in=companies)
    Participation.objects.filter(round__in=rounds).delete()
    Valuation.objects.filter(company__in=companies).delete()
    _blank(Round, rounds, round_facts.IDENTITY)
    _blank(Exit, Exit.objects.filter(company__in=companies), exits.IDENTITY)
    _blank(Company, Company.objects.filter(pk__in=companies), company_facts.IDENTITY)
    CompanySector.objects.filter(company__in=companies).delete()
    for model in (Identifier, Role):
        model._default_manager.filter(company__in=companies).delete()
    Alias.objects.filter(company__in=companies, is_told=True).delete()
    Person.objects.filter(resolved_for__in=companies).update(is_live=False)
    after = totals.tally(companies)
    moved = totals.investors_between(before, after)
    held = Investor.objects.select_for_update(no_key=True).filter(pk__in=moved).order_by("pk")
    totals.follow(before, after, list(held))
    indexing.index_companies(companies)


def _blank(model: Any, rows: QuerySet[Any], identity: Collection[str]) -> None:
    """Set the columns of rows to what they are of a record that nobody speaks of."""
    blank = model()
    names = [one.name for one in model._meta.concrete_fields if one.name not in identity]
    rows.update(**{name: getattr(blank, name) for name in names})


def _take_back_rest(change: Change, undoing: Change, progress: Progress) -> None:
    """Take back, company by company, what is said of those that others speak of, too."""
    rest = Statement.objects.live().filter(added_in=change).exclude(mention__kind=Mention.Kind.INVESTOR)
    ended = Statement.objects.filter(retracted_in=change)
    again = {pk for pk in ended.values_list("mention__company", flat=True) if pk}
    while True:
        of = rest.order_by("mention").values_list("mention", "mention__company")[:2_000]
        owners = sorted({company or mention for mention, company in of})[:FEW]
        if not owners and not again:
            return
        chosen = set(owners) | set(sorted(again)[:FEW])
        again -= chosen
        with transaction.atomic():
            locking.hold_all()
            undoing.at = timezone.now()
            _retract(change, undoing, chosen)
        progress("Taking back what others speak of, too", 0, 0)


def _retract(change: Change, undoing: Change, owners: Collection[int]) -> None:
    """Retract what the change says of some mentions and of what hangs on them, say again what it ended, project."""
    about = Q(mention__in=owners) | Q(mention__company__in=owners)
    live = Statement.objects.live().filter(about, added_in=change)
    ended = Statement.objects.filter(about, retracted_in=change)
    mentions = frozenset(Mention.objects.filter(Q(pk__in=owners) | Q(company__in=owners)).values_list("pk", flat=True))
    affected = assigning.Affected.by(live) | assigning.Affected.by(ended) | assigning.Affected(mentions)
    touched = affected.touched
    live.update(retracted_in=undoing, retracted_at=undoing.at)
    marks.restore(undoing, ended)
    assigning.release_silent(undoing, affected)
    touched = projecting.settle_and_project(undoing, affected, touched, investors_moved=False)
    doubts.note_doubts(undoing, touched.companies, touched.investors)


def _release_investors(change: Change, undoing: Change) -> None:
    """Let go of the investors that the change named and whom nothing live names any more."""
    named = (
        Statement.objects.live()
        .annotate(named=KeyTextTransform("key", "value"))
        .filter(
            mention__source=OuterRef("mention__source"),
            mention__origin=OuterRef("mention__origin"),
            value__kind="reference",
            named=OuterRef("mention__key"),
        )
    )
    said = Statement.objects.live().filter(mention=OuterRef("mention")).exclude(added_in=change)
    mine = Assignment.objects.live().filter(added_in=change, investor__isnull=False)
    while rows := list(mine.exclude(Exists(named)).exclude(Exists(said)).order_by("pk")[:AT_ONCE]):
        with transaction.atomic():
            locking.hold_all()
            undoing.at = timezone.now()
            ids, investors = [one.pk for one in rows], sorted({one.investor_id or 0 for one in rows})
            ended = {"retracted_in": undoing, "retracted_at": undoing.at}
            Statement.objects.live().filter(added_in=change, mention__in=[one.mention_id for one in rows]).update(
                **ended
            )
            Assignment.objects.live().filter(pk__in=ids).update(**ended)
            held = list(Investor.objects.select_for_update(no_key=True).filter(pk__in=investors).order_by("pk"))
            investor_facts.project_investors(held)
            indexing.index_investors(investors)
