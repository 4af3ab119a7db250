"""One record that is two: see what each source says of it, tick those that mean another, say why, and split."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.models import Company, Investor
from funding import recording
from funding.evidence import notes, wording
from funding.models import Assignment, Mention, Round, Statement
from funding.recording.merging import Record
from funding.retelling import retold
from funding.tellings import Field
from funding.texts import clean_line

from . import previews
from .merging import BUSY, KINDS, LONGEST_REASON, NO_REASON, named, page_of, record_at, say_done, titled

OF_ROUND = (Field.PARTICIPATION, Field.STAGE, Field.ANNOUNCED_ON)
MOST_SOURCES, MOST_LINES = 200, 8


@dataclass(frozen=True, slots=True)
class Telling:
    """A mention of the record: its source, the name it uses, and what it says, in lines."""

    mention: Mention
    cite: str
    href: str
    lines: list[str]
    more: int


@require_http_methods(["GET", "HEAD", "POST"])
def company_split(request: HttpRequest, slug: str) -> HttpResponse:
    return _split(request, record_at(Company, slug))


@require_http_methods(["GET", "HEAD", "POST"])
def investor_split(request: HttpRequest, slug: str) -> HttpResponse:
    return _split(request, record_at(Investor, slug))


@require_http_methods(["GET", "HEAD", "POST"])
def round_split(request: HttpRequest, pk: int) -> HttpResponse:
    return _split(request, record_at(Round, str(pk)))


def _split(request: HttpRequest, record: Record) -> HttpResponse:
    if record.merged_into or not record.is_live:
        return redirect(record.merged_into or record)
    words = clean_line(request.GET.get("q", ""), 200)
    own = _mentions(record)
    chosen = {int(one) for one in request.POST.getlist("mention") if one.isascii() and one.isdigit() and len(one) < 19}
    listed = _listed(own, words, chosen)
    going = list(own.filter(pk__in=chosen))
    context: dict[str, Any] = {
        "record": record,
        "titled": titled(record),
        "kind": KINDS[type(record)],
        "tellings": tellings(listed),
        "chosen": chosen,
        "number": own.count(),
        "words": words,
        "reason": clean_line(request.POST.get("reason", ""), LONGEST_REASON),
        "page": page_of(record, "split"),
    }
    if request.method != "POST":
        return render(request, "funding/split.html", context)
    return _asked(request, record, going, context)


def _asked(request: HttpRequest, record: Record, going: list[Mention], context: dict[str, Any]) -> HttpResponse:
    """The preview of a split; the split itself where that was seen and confirmed."""
    by: Any = request.user
    seen = ",".join(str(one.pk) for one in going)
    is_seen = "confirm" in request.POST and request.POST.get("seen") == seen
    try:
        if not going:
            raise ValueError(context["kind"].none_ticked)
        if is_seen and context["reason"]:
            change = recording.split(record, going, by=by, reason=context["reason"])
            new = previews.another(going, type(record))
            say_done(request, change, _(context["kind"].are_two) % {"one": named(record), "other": named(new)})
            return redirect(record)
        context |= {
            "preview": previews.of_split(
                record, going, lambda: recording.split(record, going, by=by, reason="preview")
            ),
            "seen": seen,
            "reason_problem": NO_REASON if is_seen else "",
        }
    except ValueError as error:
        context["problem"] = retold(str(error))
    except OperationalError:
        messages.error(request, BUSY)
    is_wrong = context.get("problem") or context.get("reason_problem")
    return render(request, "funding/split.html", context, status=422 if is_wrong else 200)


def _mentions(record: Record) -> QuerySet[Mention]:
    """The mentions taken for a record now, in a fixed order."""
    live = Assignment.objects.live().filter(**{str(record._meta.model_name): record})
    return Mention.objects.filter(pk__in=live.values("mention")).select_related("source__entered_by").order_by("pk")


def _listed(own: QuerySet[Mention], words: str, chosen: Iterable[int]) -> list[Mention]:
    """The newest mentions, those of certain words, and in any case the ticked ones."""
    found = own
    if words:
        about = Q(name__icontains=words) | Q(source__title__icontains=words) | Q(source__publisher__icontains=words)
        found = own.filter(about | Q(pk__in=list(chosen)))
    newest = list(found.order_by("-pk")[:MOST_SOURCES])
    shown = {one.pk for one in newest}
    return [*newest, *(one for one in own.filter(pk__in=list(chosen)) if one.pk not in shown)]


def tellings(mentions: Sequence[Mention]) -> list[Telling]:
    """What the source of each mention says of it, of its rounds and people, or of its part in rounds."""
    ids = [one.pk for one in mentions]
    about = Q(mention__in=ids) | Q(mention__company__in=ids)
    if investors := [one for one in mentions if one.kind == Mention.Kind.INVESTOR]:
        parts = Statement.objects.live().naming(investors).filter(field=Field.PARTICIPATION)
        about |= Q(mention__in={one.mention_id for one in parts}, field__in=OF_ROUND)
    said = list(Statement.objects.live().filter(about).select_related("mention").order_by("mention", "pk"))
    names = Mention.objects.investors().names_in(said)
    by_mention: dict[int, list[Statement]] = defaultdict(list)
    for one in said:
        by_mention[one.mention_id].append(one)
        if one.mention.company_id:
            by_mention[one.mention.company_id].append(one)
    found = []
    for mention in mentions:
        if mention.kind == Mention.Kind.INVESTOR:
            own = [s for s in said if _refers(s, mention)]
            lines = [_part(s, by_mention[s.mention_id]) for s in own]
        else:
            called = names[mention.source_id, mention.origin]
            lines = _lines(by_mention[mention.pk], mention, called)
        source = mention.source
        more = max(len(lines) - MOST_LINES, 0)
        found.append(Telling(mention, notes.cite(source), source.get_absolute_url(), lines[:MOST_LINES], more))
    return found


def _refers(one: Statement, mention: Mention) -> bool:
    at = (one.mention.source_id, one.mention.origin, one.value.get("key"))
    return one.field == Field.PARTICIPATION and at == (mention.source_id, mention.origin, mention.key)


def _part(one: Statement, of_round: Sequence[Statement]) -> str:
    """An investor's part in a round, which goes by its company and its stage or date."""
    told = {each.field: wording.said(each.field, each.said) for each in of_round}
    label = next((str(each.qualifiers.get("label") or "") for each in of_round if each.field == Field.STAGE), "")
    # A reading names a round by its company and, in brackets, its stage, which is said already.
    company = one.mention.name.removesuffix(f" ({label})")
    about = {"round": told.get(Field.STAGE) or _("a round"), "company": company}
    is_lead = one.qualifiers.get("is_lead")
    words = (_("Led %(round)s of %(company)s") if is_lead else _("In %(round)s of %(company)s")) % about
    return ", ".join([words, *([told[Field.ANNOUNCED_ON]] if Field.ANNOUNCED_ON in told else [])])


def _lines(said: Sequence[Statement], mention: Mention, names: dict[str, str]) -> list[str]:
    """What is said: a line for each fact of the mention itself, and one for each of its rounds, people and exits."""
    own = [one for one in said if one.mention_id == mention.pk and one.field != Field.NAME]
    lines = [
        _("%(field)s: %(values)s") % {"field": wording.label(one.field), "values": wording.stated(one, names)}
        for one in own
    ]
    others: dict[int, list[Statement]] = defaultdict(list)
    for one in said:
        if one.mention_id != mention.pk:
            others[one.mention_id].append(one)
    for told in others.values():
        words = ", ".join(wording.stated(one, names) for one in told)
        kind = told[0].mention.kind
        if kind == Mention.Kind.PERSON:
            lines.append(_("%(field)s: %(values)s") % {"field": told[0].mention.name, "values": words})
        else:
            of_kind = _("An exit: %(words)s") if kind == Mention.Kind.EXIT else _("A round: %(words)s")
            lines.append(of_kind % {"words": words})
    return lines
