"""The inbox, one article with what it would change, and the decisions: all plain form posts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from funding import editing, inbox, review_candidates, reviewing
from funding.evidence import panels
from funding.holdings import holdings
from funding.models import Change, Proposal, Review
from funding.proposals import FactRow, Proposed, proposed
from funding.retelling import retold
from funding.values import Value

from . import merging

STATES = (("pending", gettext_lazy("To review")), ("decided", gettext_lazy("Decided")))
BUSY = gettext_lazy(
    "Somebody is just recording facts of the same company. Nothing was changed; try again in a moment."
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a page that comes back keeps of what was sent: ticks, whom it is, and the fact that is being edited."""

    chosen: frozenset[int] | None = None  # all where None
    edit: int | None = None
    words: str | None = None
    error: str = ""
    whom: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, edit: int | None, words: str | None = None, error: str = "") -> "Given":
        """What was sent, with the fact to edit and what was written for it."""
        chosen = frozenset(number for one in request.POST.getlist("proposal") if (number := _number(one)) is not None)
        return cls(chosen, edit, words, error, _whom(request))

    def put_on(self, shown: Proposed) -> None:
        """Show it."""
        for row in shown.rows:
            row.is_chosen = self.chosen is None or row.proposal.pk in self.chosen
        for key, choice in self.whom.items():
            if key in shown.whom:
                shown.whom[key].chosen = choice
        if self.edit is not None:
            shown.open_edit(self.edit, self.words, self.error)


@require_GET
def review_inbox(request: HttpRequest) -> HttpResponse:
    state = _state(request)
    entries = inbox.page(state, _number(request.GET.get("before", "")))
    if entries.entries:
        return _page(request, entries.entries[0].review.pk, entries)
    mine = inbox.last_decisions(request.user)
    return render(request, "funding/review_inbox.html", {"state": state, "states": STATES, "mine": mine})


@require_http_methods(["GET", "HEAD", "POST"])
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One review; posted, with the fact `edit` open to be edited and all that was chosen as it was."""
    given = Given()
    if request.method == "POST":
        given = Given.of(request, _number(request.POST.get("edit", "")))
    return _page(request, pk, _entries(request), given)


def _whom(request: HttpRequest) -> dict[str, str]:
    """Who a person says the mentions of a review are, by key, as `review_candidates.decided` takes it."""
    sent = request.POST.items()
    return {name.removeprefix("is:"): str(choice) for name, choice in sent if name.startswith("is:") and choice}


def _entries(request: HttpRequest) -> inbox.Page:
    return inbox.page(_state(request), _number(request.GET.get("before", "")))


def _page(
    request: HttpRequest, pk: int, entries: inbox.Page, given: Given | None = None, status: int = 200
) -> HttpResponse:
    review = get_object_or_404(Review.objects.select_related("source__entered_by"), pk=pk)
    state = _state(request)
    shown = proposed(review)
    (given or Given()).put_on(shown)
    order = [entry.review.pk for entry in entries.entries]
    context = {
        "review": review,
        "proposed": shown,
        "pending": [row for row in shown.rows if row.is_pending],
        "editing": next((row for row in shown.rows if row.edit), None),
        "last": _last_decision(shown.rows),
        "mine": inbox.last_decisions(request.user),
        "entries": entries,
        "state": state,
        "states": STATES,
        # Newest first: the list goes on from here also where this one was decided and has left it.
        "previous": next((one for one in reversed(order) if one > pk), None),
        "next": next((one for one in order if one < pk), None),
    }
    if state == Review.State.PENDING and entries.is_whole:
        context["review_count"] = len(order) or ""  # known already, so the masthead need not ask
    return render(request, "funding/review_detail.html", context, status=status)


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
    asked = _asked(request)
    if not asked.ids:
        messages.error(request, _("No fact is chosen. Tick those to decide, or decide on all."))
        return redirect(review)
    try:
        edits = _edits(request, review, asked)
        decided = _decided(request, review) if asked.decision == "accept" else {}
    except Mistyped as wrong:
        given = Given.of(request, asked.ids[0], request.POST.get("edited", ""), str(wrong))
        return _page(request, pk, _entries(request), given, status=422)
    except Mischosen as wrong:
        messages.error(request, str(wrong))
        return _page(request, pk, _entries(request), Given.of(request, None), status=422)
    try:
        done = _decide(request, review, asked, edits, decided)
    except OperationalError:  # another decision holds the same company for longer than we wait
        messages.error(request, BUSY)
        return redirect(review)
    _say(request, review, asked.decision, done, asked.ids)
    return redirect(review)


class Mistyped(ValueError):
    """What was written in the place of a fact is no value; the text says why."""


class Mischosen(ValueError):
    """Whom a person chose is not to be had; the text says why."""


def _decided(request: HttpRequest, review: Review) -> dict[str, review_candidates.Record]:
    """The records that a person chose for the mentions of a review. Raises Mischosen."""
    given = _whom(request)
    if not given:
        return {}
    proposals = list(review.proposals.order_by("position"))
    companies = holdings(review, proposals).companies if review_candidates.NEW in given.values() else {}
    try:
        return review_candidates.decided(review, given, companies)
    except ValueError as error:
        raise Mischosen(retold(str(error))) from error


def _edits(request: HttpRequest, review: Review, asked: "Asked") -> dict[int, Value]:
    """The value written in the place of the one fact that is edited. Raises Mistyped."""
    if not asked.is_edit:
        return {}
    proposal = review.proposals.filter(pk=asked.ids[0], decision=Proposal.Decision.PENDING).first()
    if proposal is None:  # decided meanwhile, as the answer says
        return {}
    names = {mention["key"]: mention["name"] for mention in review.mentions}
    words = request.POST.get("edited", "")
    try:
        value = None if words == editing.as_typed(proposal, names) != "" else editing.read(proposal, words)
    except ValueError as error:
        raise Mistyped(retold(str(error))) from error
    return {} if value is None else {proposal.pk: value}


def _decide(
    request: HttpRequest,
    review: Review,
    asked: "Asked",
    edits: Mapping[int, Value],
    decided: Mapping[str, review_candidates.Record],
) -> int:
    """How many proposals the decision was taken for."""
    if asked.decision == "accept":
        change = reviewing.accept(review, asked.ids, by=request.user, edits=edits, decided=decided)
        return change.proposals.count() if change else 0
    if asked.decision == "reject":
        return reviewing.reject(review, asked.ids, by=request.user)
    return reviewing.reopen(review.proposals.filter(pk__in=asked.ids))


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision and the proposals it is for; `is_edit` where one is accepted with another value."""

    decision: str
    ids: list[int] = field(default_factory=list)
    is_edit: bool = False


def _asked(request: HttpRequest) -> Asked:
    """What was decided. Raises BadRequest for what no page of ours sends.

    A decision on all is on those that the page showed, for what came after was seen by nobody.
    """
    decision, _space, scope = request.POST.get("decision", "").partition(" ")
    if decision not in ("accept", "edit", "reject", "reopen"):
        raise BadRequest(_("The decision is neither to accept, to edit, to reject nor to open again."))
    if scope == "all":
        given = request.POST.get("shown", "").split(",")
    elif scope == "chosen":
        given = request.POST.getlist("proposal")
    else:
        given = scope.split(",")
    numbers = [_number(one) for one in given if one]
    if None in numbers or (decision == "edit" and len(numbers) != 1):
        raise BadRequest(_("A fact is named by something that is no number, or not one fact alone is edited."))
    ids = [number for number in numbers if number is not None]
    return Asked("accept", ids, is_edit=True) if decision == "edit" else Asked(decision, ids)


def _say(request: HttpRequest, review: Review, decision: str, done: int, ids: list[int]) -> None:
    """What was done, and who had decided what was asked for and not done."""
    if done:
        told = {
            "accept": ngettext(
                "%(n)d fact of “%(source)s” is accepted.", "%(n)d facts of “%(source)s” are accepted.", done
            ),
            "reject": ngettext(
                "%(n)d fact of “%(source)s” is rejected.", "%(n)d facts of “%(source)s” are rejected.", done
            ),
            "reopen": ngettext(
                "%(n)d fact of “%(source)s” is open again.", "%(n)d facts of “%(source)s” are open again.", done
            ),
        }
        messages.success(request, told[decision] % {"n": done, "source": review.source})
    before = [] if decision == "reopen" else _decided_before(request, review, decision, ids)
    for sentence in before:
        messages.warning(request, sentence)
    if not done and not before:
        messages.info(request, _("Nothing was changed: none of these facts was still to decide."))


def _decided_before(request: HttpRequest, review: Review, decision: str, ids: list[int]) -> list[str]:
    """A sentence for each other decision that the facts asked for had been given already."""
    ours = {"decided_by": request.user, "decision": f"{decision}ed"}
    others = review.proposals.filter(pk__in=ids).exclude(decision=Proposal.Decision.PENDING).exclude(**ours)
    groups: dict[tuple[int | None, str], list[Proposal]] = {}
    for one in others.select_related("decided_by").order_by("decided_at"):
        groups.setdefault((one.decided_by_id, one.decision), []).append(one)
    return [_had_been(group) for group in groups.values()]


def _had_been(group: list[Proposal]) -> str:
    """How facts had been decided before: `2 facts had been accepted by ada before, 3 Sep 2026, 09:14.`"""
    first, n = group[0], len(group)
    if first.decision == Proposal.Decision.ACCEPTED:
        words = ngettext(
            "%(n)d fact had been accepted by %(who)s before, %(at)s.",
            "%(n)d facts had been accepted by %(who)s before, %(at)s.",
            n,
        )
    else:
        words = ngettext(
            "%(n)d fact had been rejected by %(who)s before, %(at)s.",
            "%(n)d facts had been rejected by %(who)s before, %(at)s.",
            n,
        )
    return words % {"n": n, "who": _name(first), "at": _when(first.decided_at)}


def _name(proposal: Proposal) -> str:
    return str(proposal.decided_by) if proposal.decided_by else _("the import itself")


def _when(at: datetime | None) -> str:
    return panels.when(at) if at else ""


@require_POST
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(Change, pk=pk)
    back = _after_undo(request, change)
    try:
        reviewing.undo(change, request.user)
    except ValueError as error:
        messages.info(request, retold(str(error)))
    except OperationalError:
        messages.error(request, BUSY)
    else:
        messages.success(
            request, _("Taken back: %(kind)s, %(at)s.") % {"kind": change.get_kind_display(), "at": _when(change.at)}
        )
    return back


def _after_undo(request: HttpRequest, change: Change) -> HttpResponse:
    """To the page that asked for it, the review it was decided on, or the source of what it entered."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return redirect(asked)
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
