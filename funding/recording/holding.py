"""Which record of a company a group of mentions keeps: the one that most of them hold, or one held before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from companies.models import Company
from funding.models import Assignment, Mention


def past_of(told: Sequence[Mention], kind: str) -> dict[int, list[int]]:
    """The records of a kind that each mention was assigned to before, the latest first."""
    once = Assignment.objects.filter(mention__in=told, retracted_at__isnull=False, **{f"{kind}__isnull": False})
    found: dict[int, list[int]] = defaultdict(list)
    for mention, record in once.order_by("-retracted_at", "-pk").values_list("mention_id", f"{kind}_id"):
        found[mention].append(record)
    return found


def free_for(model: Any, company: Company, told: Collection[int], once: Collection[int]) -> dict[int, Any]:
    """The records that a company's mentions may be: its own, and those of another that nobody there speaks of now.

    `once` are the records that the mentions hold or held.
    """
    kind = str(model._meta.model_name)
    found: dict[int, Any] = model.objects.filter(company=company).in_bulk()
    elsewhere = model.objects.filter(pk__in=once).exclude(company=company).in_bulk()
    kept = Assignment.objects.live().filter(**{f"{kind}__in": elsewhere}).exclude(mention__in=told)
    taken = set(kept.values_list(f"{kind}_id", flat=True))
    return found | {pk: record for pk, record in elsewhere.items() if pk not in taken}


def record_of(
    group: Iterable[int],
    held: Mapping[int, tuple[int, bool]],
    past: Mapping[int, Sequence[int]],
    free: Mapping[int, Any],
) -> Any:
    """The record that most mentions of a group hold, a person's word first; else one they once were; else None.

    `held` gives the record of each mention and whether a person decided it.
    """
    ids = list(group)
    votes: dict[int, tuple[int, int]] = {}
    for one in ids:
        record, is_decided = held.get(one, (0, False))
        if record in free:
            decisions, count = votes.get(record, (0, 0))
            votes[record] = decisions + is_decided, count + 1
    if votes:
        return free[min(votes, key=lambda pk: (-votes[pk][0], -votes[pk][1], pk))]
    once = sorted((age, pk) for one in ids for age, pk in enumerate(past.get(one, ())) if pk in free)
    return free[once[0][1]] if once else None


def stored(record: Model) -> dict[str, Any]:
    """What stands in the columns of a record: a record that is to be as it was need not be written."""
    return {column.attname: getattr(record, column.attname) for column in record._meta.concrete_fields}


def silence(record: Model, identity: Collection[str]) -> None:
    """Empty a record of which nothing live is said any more, but for its identity; its row stays.

    It stays for what was once assigned to it, and so that its address answers.
    """
    blank = type(record)()
    for column in record._meta.concrete_fields:
        if column.name not in identity:
            setattr(record, column.attname, getattr(blank, column.attname))
    record.save()
