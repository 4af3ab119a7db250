"""Pin a statement, deprecate it, take that back, or restore what was taken back: one form each, with its reason."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.requests import wants_partial
from funding import recording, texts
from funding.models import Mark, Statement
from funding.recording.marks import LONGEST_REASON
from funding.retelling import retold

from .reviews import BUSY
from .sources import of_statement

DONE: Final = {
    "pin": gettext_lazy("Pinned: it is the value shown."),
    "deprecate": gettext_lazy("Deprecated: it no longer counts."),
    "unmark": gettext_lazy("Taken back: the statement counts as any other."),
    "restore": gettext_lazy("Restored: it is said again."),
}


class MarkForm(forms.Form):
    """What to do with a statement, and why."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in DONE], error_messages={"required": gettext_lazy("Choose what to do.")}
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say why: the reason is shown wherever the figure is.")},
    )

    def clean_reason(self) -> str:
        """The reason on one line."""
        return texts.clean_line(self.cleaned_data["reason"], LONGEST_REASON)


@require_POST
def statement_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Do it and show the figure; where it cannot be done, say so in place with what was typed (422)."""
    statement = get_object_or_404(Statement, pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _panel(request, statement, " ".join(words for errors in form.errors.values() for words in errors))
    try:
        change = _do(statement, form.cleaned_data["act"], request.user, form.cleaned_data["reason"])
    except ValueError as error:
        return _panel(request, statement, retold(str(error)))
    except OperationalError:
        return _panel(request, statement, str(BUSY))
    shown = change.added_statements.first() or statement
    if wants_partial(request):
        return _panel(request, shown, "")
    messages.success(request, DONE[form.cleaned_data["act"]])
    return redirect(f"{reverse('funding:evidence')}?statement={shown.pk}")


def _do(statement: Statement, act: str, by: Any, reason: str) -> Any:
    if act == "unmark":
        return recording.unmark(statement, by=by, reason=reason)
    if act == "restore":
        return recording.say_again(statement, by=by, reason=reason)
    kind = Mark.Kind.PIN if act == "pin" else Mark.Kind.DEPRECATION
    return recording.mark(statement, kind, by=by, reason=reason)


def _panel(request: HttpRequest, statement: Statement, problem: str) -> HttpResponse:
    template = "funding/_evidence.html" if wants_partial(request) else "funding/evidence.html"
    context = {
        "panel": of_statement(statement.pk),
        "refused": {
            "statement": statement.pk,
            "why": problem,
            "reason": request.POST.get("reason", "")[:LONGEST_REASON],
        },
        "is_alone": bool(request.POST.get("alone")),
    }
    return render(request, template, context, status=422 if problem else 200)
