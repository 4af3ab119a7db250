"""Whose arm an investor is, and who its own arms are: read along with the record, for its page."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, When
from django.db.models.functions import JSONObject

from companies.models import Investor
from funding.models import Participation, Round
from funding.tellings import Field

MOST_ARMS: Final = 50
MOST_ROUNDS: Final = 10_000


def arms_of(path: str) -> ArraySubquery:
    """The arms of a company or investor, by the name of the column that leads to it, the busiest first."""
    arms = Investor.objects.live().filter(**{path: OuterRef("pk")}).order_by("-rounds_count", "name", "pk")
    told = JSONObject(name="name", slug="slug", rounds="rounds_count", said=F(f"resolved__{Field.PARENT}"))
    return ArraySubquery(arms.values(told=told)[: MOST_ARMS + 1])


def with_kin(investors: QuerySet[Investor]) -> QuerySet[Any]:
    """Investors with `arm_rows`, and `rounds_together`: their closed rounds and those of their arms.

    A round in which several of them took part counts once. None where there is no arm; counted to `MOST_ROUNDS` + 1.
    """
    arms = Investor.objects.live().filter(parent=OuterRef("pk"))
    group = Investor.objects.filter(Q(pk=OuterRef(OuterRef("pk"))) | Q(parent=OuterRef(OuterRef("pk")), is_live=True))
    parts = Participation.objects.filter(investor__in=group.values("pk"))
    closed = parts.filter(round__is_live=True, round__status=Round.Status.CLOSED).order_by()
    counted = ArraySubquery(closed.values("round").distinct()[: MOST_ROUNDS + 1])
    number = Func(counted, function="cardinality", output_field=IntegerField())
    together = Case(When(Exists(arms), then=number), output_field=IntegerField())
    return investors.annotate(arm_rows=arms_of("parent"), rounds_together=together)


def shown(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The arms as their table shows them."""
    return {"arms": rows[:MOST_ARMS], "most_arms": MOST_ARMS, "is_more": len(rows) > MOST_ARMS}


def kin_of(investor: Any) -> dict[str, Any]:
    """What the page says of an investor read by `with_kin`; `together` is None where it would not be exact."""
    rows, together = investor.arm_rows, investor.rounds_together
    is_exact = together is not None and together <= MOST_ROUNDS and len(rows) <= MOST_ARMS
    return {
        "parent": investor.parent or investor.parent_company,
        "parent_said": investor.resolved.get(Field.PARENT),
        "kind_said": investor.resolved.get(Field.INVESTOR_KIND),
        **shown(rows),
        "together": together if is_exact else None,
    }
