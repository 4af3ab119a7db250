"""Accepting without a look at each fact: rules per field, the sample of theirs that people see, and many at once."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from funding import accepting
from funding.evidence import wording
from funding.models import Proposal

SURE = Decimal("0.95")  # what the page of many at once proposes
MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def review_rules(request: HttpRequest) -> HttpResponse:
    """The rule of every field; posted, all of them are set, or none where one is no confidence."""
    rows = [{"held": one, "typed": one.percent, "error": ""} for one in accepting.field_rules()]
    if request.method != "POST":
        return render(request, "funding/review_rules.html", {"rows": rows})
    wanted: dict[str, Decimal | None] = {}
    for row in rows:
        name = row["held"].field
        row["typed"] = request.POST.get(f"from:{name}", "")
        try:
            wanted[name] = _confidence(row["typed"])
        except ValueError as error:
            row["error"] = str(error)
    if any(row["error"] for row in rows):
        return render(request, "funding/review_rules.html", {"rows": rows}, status=422)
    changed = accepting.set_rules(wanted, request.user)
    told = ngettext("%(n)d rule is changed.", "%(n)d rules are changed.", changed)
    messages.success(request, told % {"n": changed})
    return redirect("funding:review_rules")


def _confidence(words: str) -> Decimal | None:
    """A confidence typed in percent, None for nothing. Raises ValueError with the reason."""
    words = words.strip().removesuffix("%").strip()
    if not words:
        return None
    try:
        percent = Decimal(words)
    except InvalidOperation:
        percent = Decimal(-1)
    if not percent.is_finite() or not 0 <= percent <= 100 or percent % 1:
        raise ValueError(_("“%(words)s” is no whole number from 0 to 100.") % {"words": words[:20]})
    return percent / 100


@require_http_methods(["GET", "HEAD", "POST"])
def review_audit(request: HttpRequest) -> HttpResponse:
    """Facts accepted by rule that were drawn to be looked at; posted, what somebody found of one."""
    if request.method == "POST":
        return _found(request)
    drawn = accepting.due().select_related("review__source").defer("review__source__text")
    rows = [
        {"proposal": one, "label": wording.label(one.field), "words": wording.stated(one, _names(one))}
        for one in drawn[:MOST_SHOWN]
    ]
    fields = [one for one in accepting.field_rules() if one.rule or one.looked_at or one.due]
    context = {"rows": rows, "fields": fields, "one_in": accepting.AUDITED, "due": sum(one.due for one in fields)}
    return render(request, "funding/review_audit.html", context)


def _names(proposal: Proposal) -> dict[str, str]:
    return {mention["key"]: mention["name"] for mention in proposal.review.mentions}


def _found(request: HttpRequest) -> HttpResponse:
    found, _space, number = request.POST.get("found", "").partition(" ")
    if found not in ("right", "wrong") or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise BadRequest(_("A fact was found neither right nor wrong."))
    proposal = get_object_or_404(Proposal.objects.select_related("audited_by"), pk=int(number))
    if accepting.audit(proposal, is_right=found == "right", by=request.user):
        if found == "right":
            told = _("%(field)s is noted as right.")
        else:
            told = _("%(field)s is noted as wrong. Take it back or correct it on its review.")
        messages.success(request, told % {"field": wording.label(proposal.field)})
    elif proposal.audited_by:
        told = _("%(who)s had found it %(what)s before.")
        messages.info(request, told % {"who": proposal.audited_by, "what": proposal.get_audit_display()})
    else:
        messages.info(request, _("This fact is not, or no longer, among those to look at."))
    return redirect("funding:review_audit")


@require_http_methods(["GET", "HEAD", "POST"])
def review_accept(request: HttpRequest) -> HttpResponse:
    """How many facts of the inbox are at least so sure; posted, they are accepted, the oldest articles first."""
    given = request.POST if request.method == "POST" else request.GET
    typed, error = given.get("from", f"{SURE * 100:.0f}"), ""
    try:
        confidence = _confidence(typed)
        if confidence is None:
            raise ValueError(_("No confidence is written. Write a whole number from 0 to 100."))
    except ValueError as wrong:
        confidence, error = None, str(wrong)
    if request.method == "POST" and confidence is not None:
        return _accept(request, confidence)
    context = {"typed": typed, "error": error, "most": accepting.MOST_AT_ONCE, "seen": timezone.now().isoformat()}
    if confidence is not None:
        waiting = accepting.above(float(confidence))
        context |= waiting.aggregate(facts=Count("pk"), articles=Count("review", distinct=True))
    return render(request, "funding/review_accept.html", context, status=422 if error else 200)


def _accept(request: HttpRequest, confidence: Decimal) -> HttpResponse:
    try:
        until = parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        until = None
    if until is None or timezone.is_naive(until):
        raise BadRequest(_("It is not said when the count was read."))
    done = accepting.accept_above(float(confidence), by=request.user, until=until)
    articles = ngettext("%(n)d article", "%(n)d articles", done.reviews) % {"n": done.reviews}
    told = ngettext(
        "%(n)d fact of %(articles)s accepted. Each is undone on its own review.",
        "%(n)d facts of %(articles)s accepted. Each is undone on its own review.",
        done.facts,
    )
    messages.success(request, told % {"n": done.facts, "articles": articles})
    if done.busy:
        left = ngettext(
            "%(n)d left as it was: somebody is just recording facts of its company.",
            "%(n)d left as they were: somebody is just recording facts of their companies.",
            done.busy,
        )
        messages.warning(request, left % {"n": done.busy})
    return redirect("funding:review_inbox")
