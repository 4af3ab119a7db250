"""Changing what is held of a round or an exit: the same forms, filled with what is believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db import OperationalError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.requests import wants_partial
from funding import entry, exit_form, round_form
from funding.deal_form import DealForm
from funding.entry.entries import ROUND
from funding.entry.exits import EXIT
from funding.evidence import panels, wording
from funding.exit_form import ExitForm
from funding.models import Change, Exit, Round, Statement
from funding.round_form import RoundForm
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Reference

from .entry import BUSY, beside, summary
from .exits import beside as exit_beside

STATED = gettext_lazy(
    "Sources state it, so it cannot be emptied here. Deprecate what they say at the mark of the figure."
)
# Where a form says that a field was emptied which sources state.
INPUTS: Final[Mapping[str, str]] = {
    Field.STAGE: "stage", Field.STATUS: "status", Field.ANNOUNCED_ON: "announced", Field.CLOSED_ON: "closed",
    Field.RAISED: "raised", Field.VALUATION_RATIO: "compared", Field.PARTICIPATION: "investors",
    Field.EXIT_KIND: "kind", Field.EXIT_STATUS: "status", Field.ACQUIRER: "acquirer", Field.PRICE: "price",
    Field.EXCHANGE: "exchange", Field.TICKER: "ticker", Field.WEBSITE: "website", Field.FOUNDED_ON: "founded",
    Field.HEADQUARTERS: "headquarters", Field.EMPLOYEES: "employees", Field.SECTOR: "sectors",
    Field.TOTAL_RAISED: "total_raised",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Versions:
    """What somebody else made of a record meanwhile, beside what was entered: label, held and entered in words."""

    by: str
    at: str
    rows: list[tuple[str, str, str]]


@dataclass(slots=True)
class Outcome:
    """What saving a change came to: the change, None where nothing was changed; or why it was not saved."""

    change: Change | None = None
    status: int = 200
    versions: Versions | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def round_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a round filled with what is held; posted, what differs is recorded, or 409 where it is outdated."""
    record = get_object_or_404(Round.objects.live().select_related("company"), pk=pk)
    today = timezone.now().date()
    if request.method != "POST":
        form = RoundForm(initial=round_form.filled_with(entry.round_held(record)), today=today, record=record)
        return _round_page(request, form, Outcome())
    form = RoundForm(request.POST, today=today, record=record)
    is_valid = form.is_valid()
    if wants_partial(request):
        return render(request, "funding/_round_check.html", beside(request, form) | {"is_live": True})
    if "take_from_quote" in request.POST:
        form = form.with_amount_of_quote()
        form.is_valid()
        return _round_page(request, form, Outcome())
    if not is_valid:
        return _round_page(request, form, Outcome(status=422))
    outcome = save(request, form, record, ROUND, entry.round_held)
    if outcome.status == 200:
        return told(request, outcome, record.get_absolute_url())
    return _round_page(request, form, outcome)


def _round_page(request: HttpRequest, form: RoundForm, outcome: Outcome) -> HttpResponse:
    context = beside(request, form) | {"versions": outcome.versions}
    if outcome.status == 422:
        context |= summary(list(form.problems()))
    return render(request, "funding/round_form.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def exit_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of an exit filled with what is held; posted, what differs is recorded, or 409 where it is outdated."""
    record = get_object_or_404(Exit.objects.live().select_related("company"), pk=pk)
    today = timezone.now().date()
    if request.method != "POST":
        form = ExitForm(initial=exit_form.filled_with(entry.exit_held(record)), today=today, record=record)
        return _exit_page(request, form, Outcome())
    form = ExitForm(request.POST, today=today, record=record)
    is_valid = form.is_valid()
    if wants_partial(request):
        return render(request, "funding/_exit_held.html", exit_beside(form))
    if not is_valid:
        return _exit_page(request, form, Outcome(status=422))
    outcome = save(request, form, record, EXIT, entry.exit_held)
    if outcome.status == 200:
        return told(request, outcome, record.get_absolute_url())
    return _exit_page(request, form, outcome)


def _exit_page(request: HttpRequest, form: ExitForm, outcome: Outcome) -> HttpResponse:
    context = exit_beside(form) | {"versions": outcome.versions}
    if outcome.status == 422:
        context |= summary(list(form.problems()))
    return render(request, "funding/exit_form.html", context, status=outcome.status)


def save(request: HttpRequest, form: Any, record: Any, subject: str, read: Callable[[Any], Any]) -> Outcome:
    """Record what a valid form changes of a record; what stands in the way is put on the form."""
    cleaned = form.cleaned_data
    try:
        change = entry.save_change(
            record,
            form.entry,
            subject,
            read,
            seen=cleaned["version"],
            by=request.user,
            form_key=cleaned["form_key"],  # type: ignore[arg-type]
        )
    except entry.Outdated as outdated:
        # Sent once more, the form is held against what is shown beside it now.
        form.data = form.data.copy()
        form.data["version"] = outdated.version
        return Outcome(status=409, versions=_versions(record, form.entry, subject, read(record)))
    except entry.StatedElsewhere as stated:
        for part in stated.parts:
            _refuse(form, part)
        return Outcome(status=422)
    except OperationalError:  # another recording holds the same company for longer than we wait
        form.add_error("company", BUSY)
        return Outcome(status=422)
    return Outcome(change)


def _refuse(form: DealForm, part: tuple[str, str]) -> None:
    """Say at its field that what was emptied is stated by sources."""
    name, which = part
    chosen = INPUTS.get(name, "")
    if name == Field.VALUATION:
        chosen = "valuation" if "valuation" in form.fields else "pre_money" if which else "post_money"
    form.add_error(chosen if chosen in form.fields else None, STATED)


def _versions(record: Any, entered: Any, subject: str, held: Any) -> Versions:
    """Both versions of what differs, and who changed the record last."""
    about = Q(**{f"mention__assignments__{record._meta.model_name}": record})
    changes = Change.objects.filter(
        Q(pk__in=_changes_of("added_in", about)) | Q(pk__in=_changes_of("retracted_in", about))
    )
    last = changes.select_related("by").order_by("-at", "-pk").first()
    rows = [
        (wording.label(one.part[0]), _words(one.held, held.mentions()), _words(one.entered, entered.mentions()))
        for one in entry.differences(entered, held, subject)
    ]
    return Versions(str(last.by or "Roundbook") if last else "", panels.when(last.at) if last else "", rows)


def _changes_of(side: str, about: Q) -> Any:
    return Statement.objects.filter(about).values(side)


def _words(one: NewStatement | None, mentions: list[NewMention]) -> str:
    """A statement that is not recorded, in words; empty where there is none."""
    if one is None:
        return ""
    if isinstance(one.value, Reference):
        names = {mention.key: mention.name for mention in mentions}
        role = _("lead") if one.qualifiers.get("is_lead") else ""
        return ", ".join(part for part in (names.get(one.value.key, ""), role) if part)
    more = {name: said for name, said in one.qualifiers.items() if name != "label"}
    return ", ".join(part for part in (wording.said(one.field, one.value), wording.qualified(more)) if part)


def told(request: HttpRequest, outcome: Outcome, address: str) -> HttpResponse:
    """Back to the record, with what was done."""
    if outcome.change is None:
        messages.info(request, _("Nothing was changed: what you sent is what is held."))
    else:
        context = {"told": _("Changed."), "change": outcome.change}
        messages.success(request, render_to_string("funding/_done.html", context, request))
    return redirect(address)
