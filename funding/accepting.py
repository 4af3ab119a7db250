"""Facts accepted without a look at each: from a confidence on, by an admin's rule per field or by one act of a person.

Of what rules accept, one fact in twenty is drawn to be looked at afterwards, by the hash of its id, so that nobody
chooses which. Names were seen by nobody here: a name alone makes no two mentions one company.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from funding import reviewing, unattended
from funding.evidence import wording
from funding.models import AcceptRule, Change, Proposal, Review
from funding.tellings import Field

AUDITED = 20  # of so many facts accepted by rule, one is looked at
MOST_AT_ONCE = 200  # reviews that one request accepts from
# The fields that a rule may be made for, in the order of the page.
FIELDS: Sequence[str] = (
    Field.NAME, Field.STAGE, Field.STATUS, Field.ANNOUNCED_ON, Field.CLOSED_ON, Field.RAISED, Field.PARTICIPATION,
    Field.VALUATION, Field.VALUATION_RATIO, Field.IS_UNICORN, Field.SECTOR, Field.FOUNDED_ON, Field.HEADQUARTERS,
    Field.EMPLOYEES, Field.REVENUE, Field.TOTAL_RAISED, Field.WEBSITE, Field.ROLE,
)  # fmt: skip


def accept_by_rules(review: Review) -> Change | None:
    """Accept the facts of a review whose field has a rule and which are as sure as it asks; None where none is.

    What `unattended` holds back at that confidence is left: facts of a round of which too little else is sure.
    """
    fields: dict[float, list[str]] = {}
    for rule in AcceptRule.objects.all():
        fields.setdefault(float(rule.confidence), []).append(rule.field)
    with transaction.atomic():
        wanted = Q(pk__in=())
        for confidence, names in fields.items():
            wanted |= Q(field__in=names, pk__in=unattended.sure_enough(review, confidence))
        ids = list(review.proposals.filter(wanted, decision=Proposal.Decision.PENDING).values_list("pk", flat=True))
        if not ids:
            return None
        change = reviewing.accept(review, ids, by=None, note="Accepted by rule", names_seen=False)
        if change is not None:
            drawn = [pk for pk in change.proposals.values_list("pk", flat=True) if is_drawn(pk)]
            Proposal.objects.filter(pk__in=drawn).update(audit=Proposal.Audit.DUE)
        return change


def is_drawn(pk: int) -> bool:
    """Whether a fact accepted by rule is looked at afterwards."""
    return int(hashlib.sha256(str(pk).encode()).hexdigest(), 16) % AUDITED == 0


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field with its rule, if there is one, and how right the facts that rules accepted of it were found to be."""

    field: str
    label: str
    rule: AcceptRule | None
    looked_at: int
    right: int
    due: int

    @property
    def percent(self) -> str:
        """The confidence from which the rule accepts; empty where there is none."""
        return f"{self.rule.confidence * 100:.0f}" if self.rule else ""

    @property
    def share(self) -> str:
        """`19 of 20 right, 95%`, rounded down; what is missing where nothing was looked at."""
        if not self.looked_at:
            return _("none looked at yet")
        share = 100 * self.right // self.looked_at
        told = {"right": self.right, "looked_at": self.looked_at, "share": share}
        return _("%(right)d of %(looked_at)d right, %(share)d%%") % told


def field_rules() -> list[FieldRule]:
    """Every field with its rule and what audits of it found; two queries."""
    rules = {rule.field: rule for rule in AcceptRule.objects.select_related("changed_by")}
    audited = Proposal.objects.exclude(audit="").order_by().values("field")
    counted = {
        row["field"]: row
        for row in audited.annotate(
            due=Count("pk", filter=Q(audit=Proposal.Audit.DUE)),
            right=Count("pk", filter=Q(audit=Proposal.Audit.RIGHT)),
            wrong=Count("pk", filter=Q(audit=Proposal.Audit.WRONG)),
        )
    }
    none = {"due": 0, "right": 0, "wrong": 0}
    found = []
    for name in dict.fromkeys((*FIELDS, *rules, *counted)):
        row = counted.get(name, none)
        looked_at = row["right"] + row["wrong"]
        found.append(FieldRule(name, wording.label(name), rules.get(name), looked_at, row["right"], row["due"]))
    return found


def set_rules(wanted: dict[str, Decimal | None], by: User) -> int:
    """Set the confidence of each field's rule, or end it where it is None; how many changed."""
    changed = 0
    with transaction.atomic():
        held = {rule.field: rule for rule in AcceptRule.objects.select_for_update()}
        for name, confidence in wanted.items():
            rule = held.get(name)
            if (rule.confidence if rule else None) == confidence:
                continue
            changed += 1
            if confidence is None:
                AcceptRule.objects.filter(field=name).delete()
            else:
                AcceptRule.objects.update_or_create(field=name, defaults={"confidence": confidence, "changed_by": by})
    return changed


def due() -> QuerySet[Proposal]:
    """The facts drawn to be looked at that nobody has, the oldest first."""
    return Proposal.objects.filter(audit=Proposal.Audit.DUE).order_by("decided_at", "pk")


def audit(proposal: Proposal, *, is_right: bool, by: User) -> bool:
    """Write down what a person found of a drawn fact; False, with nothing changed, where somebody had before."""
    found = Proposal.Audit.RIGHT if is_right else Proposal.Audit.WRONG
    drawn = Proposal.objects.filter(pk=proposal.pk, audit=Proposal.Audit.DUE)
    return bool(drawn.update(audit=found, audited_by=by, audited_at=timezone.now()))


def above(confidence: float) -> QuerySet[Proposal]:
    """The facts to decide, in the whole inbox, that are at least so sure."""
    waiting = Proposal.objects.filter(review__state=Review.State.PENDING, decision=Proposal.Decision.PENDING)
    return waiting.filter(confidence__gte=confidence)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What accepting many came to; `busy` are the reviews that somebody else held, left as they were."""

    facts: int
    reviews: int
    busy: int


def accept_above(confidence: float, *, by: User, until: datetime | None = None) -> Accepted:
    """Accept what is at least so sure of the oldest reviews, at most MOST_AT_ONCE, each in a transaction of its own.

    What `unattended` holds back stays to be decided: facts of a round of which too little is sure. `until` leaves
    alone what was proposed after it: somebody who read a count accepts no more than was counted.
    """
    waiting = above(confidence)
    if until is not None:
        waiting = waiting.filter(review__created_at__lte=until)
    ids = sorted(set(waiting.order_by("review").values_list("review", flat=True).distinct()[:MOST_AT_ONCE]))
    facts = reviews = busy = 0
    note = f"Accepted at {confidence:g} or more, over the whole inbox"
    for review in Review.objects.filter(pk__in=ids).select_related("source").order_by("pk"):
        try:
            sure = unattended.sure_enough(review, confidence)
            change = reviewing.accept(review, sure, by=by, note=note, names_seen=False)
        except OperationalError:
            busy += 1
            continue
        if change is not None:
            facts += change.proposals.count()
            reviews += 1
    return Accepted(facts, reviews, busy)
