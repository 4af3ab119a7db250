"""The inbox, one article with what it would change, and the decisions: all plain form posts."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET, require_POST

from config.access import Level, level_of
from funding import figures, inbox, reviewing
from funding.models import Change, Proposal, Review
from funding.proposals import FactRow, proposed

from . import merging

STATES = (("pending", "To review"), ("decided", "Decided"))
BUSY = "Somebody is just recording facts of the same company. Nothing was changed; try again in a moment."


@require_GET
def review_inbox(request: HttpRequest) -> HttpResponse:
    state = _state(request)
    entries = inbox.page(state, _number(request.GET.get("before", "")))
    if entries.entries:
        return _page(request, entries.entries[0].review.pk, state, entries)
    return render(request, "funding/review_inbox.html", {"state": state, "states": STATES})


@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    state = _state(request)
    return _page(request, pk, state, inbox.page(state, _number(request.GET.get("before", ""))))


def _page(request: HttpRequest, pk: int, state: str, entries: inbox.Page) -> HttpResponse:
    review = get_object_or_404(Review.objects.select_related("source__entered_by"), pk=pk)
    shown = proposed(review)
    order = [entry.review.pk for entry in entries.entries]
    at = order.index(pk) if pk in order else -1
    context = {
        "review": review,
        "proposed": shown,
        "pending": [row for row in shown.rows if row.is_pending],
        "last": _last_decision(shown.rows),
        "entries": entries,
        "state": state,
        "states": STATES,
        "previous": order[at - 1] if at > 0 else None,
        "next": order[at + 1] if at + 1 < len(order) else None,
    }
    if state == Review.State.PENDING and entries.is_whole:
        context["review_count"] = len(order) or ""  # known already, so the masthead need not ask
    return render(request, "funding/review_detail.html", context)


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", Review.State.PENDING)
    return state if state in dict(STATES) else Review.State.PENDING


def _number(text: str) -> int | None:
    """An id as an address gives it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _last_decision(rows: Iterable[FactRow]) -> list[Proposal]:
    """The proposals that were decided last, all at once."""
    decided = [row.proposal for row in rows if not row.is_pending]
    last = max((one.decided_at for one in decided if one.decided_at), default=None)
    return [one for one in decided if one.decided_at == last]


@require_POST
def review_decide(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_object_or_404(Review.objects.select_related("source"), pk=pk)
    decision, ids = _asked(request)
    if not ids:
        messages.error(request, "No fact is chosen. Tick those to decide, or decide on all.")
        return redirect(review)
    try:
        done = _decide(request, review, decision, ids)
    except OperationalError:  # another decision holds the same company for longer than we wait
        messages.error(request, BUSY)
        return redirect(review)
    _say(request, review, decision, done, ids)
    return redirect(review)


def _decide(request: HttpRequest, review: Review, decision: str, ids: list[int]) -> int:
    """How many proposals the decision was taken for."""
    if decision == "accept":
        change = reviewing.accept(review, ids, by=request.user)
        return change.proposals.count() if change else 0
    if decision == "reject":
        return reviewing.reject(review, ids, by=request.user)
    return reviewing.reopen(review.proposals.filter(pk__in=ids))


def _asked(request: HttpRequest) -> tuple[str, list[int]]:
    """The decision and the ids it is for. Raises BadRequest for what no page of ours sends.

    A decision on all is on those that the page showed, for what came after was seen by nobody.
    """
    decision, _, scope = request.POST.get("decision", "").partition(" ")
    if decision not in ("accept", "reject", "reopen"):
        raise BadRequest("The decision is neither to accept, to reject nor to open again.")
    if scope == "all":
        given = request.POST.get("shown", "").split(",")
    elif scope == "chosen":
        given = request.POST.getlist("proposal")
    else:
        given = scope.split(",")
    numbers = [_number(one) for one in given if one]
    if None in numbers:
        raise BadRequest("A fact is named by something that is no number.")
    return decision, [number for number in numbers if number is not None]


def _say(request: HttpRequest, review: Review, decision: str, done: int, ids: list[int]) -> None:
    """What was done, and who had decided what was asked for and not done."""
    if done:
        verb = {"accept": "accepted", "reject": "rejected", "reopen": "open again"}[decision]
        messages.success(request, f"{_facts(done)} of “{review.source}” {'is' if done == 1 else 'are'} {verb}.")
    before = [] if decision == "reopen" else _decided_before(request, review, decision, ids)
    for sentence in before:
        messages.warning(request, sentence)
    if not done and not before:
        messages.info(request, "Nothing was changed: none of these facts was still to decide.")


def _decided_before(request: HttpRequest, review: Review, decision: str, ids: list[int]) -> list[str]:
    """A sentence for each other decision that the facts asked for had been given already."""
    ours = {"decided_by": request.user, "decision": f"{decision}ed"}
    others = review.proposals.filter(pk__in=ids).exclude(decision=Proposal.Decision.PENDING).exclude(**ours)
    groups: dict[tuple[int | None, str], list[Proposal]] = {}
    for one in others.select_related("decided_by").order_by("decided_at"):
        groups.setdefault((one.decided_by_id, one.decision), []).append(one)
    return [
        f"{_facts(len(group))} had been {group[0].decision} by {_name(group[0])} before, {_when(group[0].decided_at)}."
        for group in groups.values()
    ]


def _name(proposal: Proposal) -> str:
    return str(proposal.decided_by) if proposal.decided_by else "the import itself"


def _facts(number: int) -> str:
    return "1 fact" if number == 1 else f"{number} facts"


def _when(at: datetime | None) -> str:
    return f"{at.day} {figures.MONTHS[at.month - 1]} {at:%Y, %H:%M}" if at else ""


@require_POST
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(Change, pk=pk)
    back = _after_undo(change)
    try:
        reviewing.undo(change, request.user)
    except ValueError as error:
        messages.info(request, str(error))
    except OperationalError:
        messages.error(request, BUSY)
    else:
        messages.success(request, f"Taken back: {change.get_kind_display()}, {_when(change.at)}.")
    return back


def _after_undo(change: Change) -> HttpResponse:
    """To the review it was decided on, or the source of what it entered."""
    if page := merging.page_after_undo(change):
        return page
    statement = change.added_statements.select_related("mention").first()
    if statement is None:
        return redirect("funding:review_inbox")
    source = statement.mention.source_id
    review = (
        Review.objects.filter(source=source).order_by("-pk").first() if change.kind == Change.Kind.REVIEW else None
    )
    return redirect(review) if review else redirect("funding:source_detail", source)


def review_count(request: HttpRequest) -> dict[str, object]:
    """Context processor: how many reviews wait, for those who may decide them; asked only where it is shown."""
    if not hasattr(request, "user") or level_of(request) < Level.EDIT:
        return {}
    return {"review_count": SimpleLazyObject(_count)}


def _count() -> str:
    number = inbox.count()
    return inbox.count_in_words(number) if number else ""
