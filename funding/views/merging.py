"""Two records that are one: choose the other, see what they would be as one, say why, and merge."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from companies.filters import called
from companies.models import Company, Investor
from config.paging import BIGGEST_ID
from funding import recording
from funding.evidence import wording
from funding.models import Change, Exit, Round
from funding.recording.merging import Record
from funding.retelling import retold
from funding.texts import clean_line

from . import previews
from .portraits import exit_words, round_words

LONGEST_REASON = 300
MOST_CHOICES = 50
Words = str | Promise
BUSY = gettext_lazy(
    "Somebody is just recording facts of the same records. Nothing was changed; try again in a moment."
)
NO_REASON = gettext_lazy("Say in a few words why: those who come after you read it in the history.")


@dataclass(frozen=True, slots=True)
class Kind:
    """What pages say and ask of one kind of record; nothing of splitting one that is only merged."""

    model: type[Record]
    noun: str
    plural: Words
    listed_at: str
    which_other: Words
    the_other: Words
    are_these_one: Words
    as_one: Words
    are_one: str
    none_at: Words
    suggested_at: str = ""
    the_new: Words = ""
    tick: Words = ""
    none_ticked: Words = ""
    are_two: str = ""
    none_called: str = ""


KINDS = {
    Company: Kind(
        model=Company,
        noun="company",
        plural=gettext_lazy("companies"),
        listed_at="companies:company_list",
        suggested_at="companies:company_suggest",
        which_other=gettext_lazy("Which other company is the same?"),
        the_other=gettext_lazy("The other company"),
        are_these_one=gettext_lazy("Are these one company?"),
        as_one=gettext_lazy("As one company"),
        the_new=gettext_lazy("The new company"),
        tick=gettext_lazy("Tick the sources that speak of another company."),
        none_ticked=gettext_lazy("Tick at least one source that speaks of another company."),
        are_one=gettext_noop("%(gone)s and %(kept)s are one company now. The address of the former leads here."),
        are_two=gettext_noop("%(one)s and %(other)s are two companies now."),
        none_at=gettext_lazy("No other company has this address."),
        none_called=gettext_noop("No other company is called “%(name)s”."),
    ),
    Investor: Kind(
        model=Investor,
        noun="investor",
        plural=gettext_lazy("investors"),
        listed_at="companies:investor_list",
        suggested_at="companies:investor_suggest",
        which_other=gettext_lazy("Which other investor is the same?"),
        the_other=gettext_lazy("The other investor"),
        are_these_one=gettext_lazy("Are these one investor?"),
        as_one=gettext_lazy("As one investor"),
        the_new=gettext_lazy("The new investor"),
        tick=gettext_lazy("Tick the sources that speak of another investor."),
        none_ticked=gettext_lazy("Tick at least one source that speaks of another investor."),
        are_one=gettext_noop("%(gone)s and %(kept)s are one investor now. The address of the former leads here."),
        are_two=gettext_noop("%(one)s and %(other)s are two investors now."),
        none_at=gettext_lazy("No other investor has this address."),
        none_called=gettext_noop("No other investor is called “%(name)s”."),
    ),
    Round: Kind(
        model=Round,
        noun="round",
        plural=gettext_lazy("rounds"),
        listed_at="funding:round_list",
        which_other=gettext_lazy("Which other round is the same?"),
        the_other=gettext_lazy("The other round"),
        are_these_one=gettext_lazy("Are these one round?"),
        as_one=gettext_lazy("As one round"),
        the_new=gettext_lazy("The new round"),
        tick=gettext_lazy("Tick the sources that speak of another round."),
        none_ticked=gettext_lazy("Tick at least one source that speaks of another round."),
        are_one=gettext_noop("%(gone)s and %(kept)s are one round now. The address of the former leads here."),
        are_two=gettext_noop("%(one)s and %(other)s are two rounds now."),
        none_at=gettext_lazy("No other round has this address."),
        none_called=gettext_noop("No other round is called “%(name)s”."),
    ),
    Exit: Kind(
        model=Exit,
        noun="exit",
        plural=gettext_lazy("companies"),
        listed_at="companies:company_list",
        which_other=gettext_lazy("Which other exit of the company is the same?"),
        the_other=gettext_lazy("The other exit"),
        are_these_one=gettext_lazy("Are these one exit?"),
        as_one=gettext_lazy("As one exit"),
        are_one=gettext_noop("%(gone)s and %(kept)s are one exit now."),
        none_at=gettext_lazy("No other exit has this number."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def company_merge(request: HttpRequest, slug: str) -> HttpResponse:
    return _merge(request, record_at(Company, slug))


@require_http_methods(["GET", "HEAD", "POST"])
def investor_merge(request: HttpRequest, slug: str) -> HttpResponse:
    return _merge(request, record_at(Investor, slug))


@require_http_methods(["GET", "HEAD", "POST"])
def round_merge(request: HttpRequest, pk: int) -> HttpResponse:
    return _merge(request, record_at(Round, str(pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def exit_merge(request: HttpRequest, pk: int) -> HttpResponse:
    return _merge(request, get_object_or_404(Exit.objects.live().select_related("company"), pk=pk))


def record_at(model: type[Record], address: str) -> Record:
    """The record of an address name, or of an id for rounds. Raises Http404."""
    if model is not Round:
        return get_object_or_404(model.objects.select_related("merged_into"), slug=address)
    if not _is_id(address):
        raise Http404(_("No round has this number."))
    return get_object_or_404(Round.objects.select_related("merged_into", "company"), pk=int(address))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= BIGGEST_ID


def address_of(record: Record) -> str:
    """What names a record in an address."""
    return str(record.pk) if isinstance(record, Round | Exit) else record.slug


def page_of(record: Record, what: str) -> str:
    """The address of the page where a record is merged or split (`merge`, `split`)."""
    return reverse(f"funding:{KINDS[type(record)].noun}_{what}", args=[address_of(record)])


def named(record: Record) -> str:
    """A record as a sentence names it."""
    if isinstance(record, Exit):
        return f"{record.company}: {exit_words(record)}"
    if not isinstance(record, Round):
        return record.name
    return _("%(round)s of %(company)s") % {"round": round_words(record), "company": record.company}


def titled(record: Record) -> str:
    """A record as the title of a page names it."""
    return f"{record.company}, {wording.round_title(record)}" if isinstance(record, Round) else named(record)


def words_of(record: Record) -> str:
    """A record as a list of its like names it."""
    if isinstance(record, Exit):
        return exit_words(record)
    return round_words(record) if isinstance(record, Round) else record.name


def _now(record: Record) -> Record | None:
    """The record that one was merged into; an exit leads nowhere, for it has no address of its own."""
    return None if isinstance(record, Exit) else record.merged_into


def _merge(request: HttpRequest, record: Record) -> HttpResponse:
    if _now(record) or not record.is_live:
        return redirect(_now(record) or record)
    other, choices, problem = _other(request, record)
    if other is None:
        return _choose(request, record, choices, problem)
    asked = _Asked.of(request, record, other)
    if request.method == "POST" and asked.reason:
        try:
            change = recording.merge(asked.kept, asked.gone, by=request.user, reason=asked.reason)  # type: ignore[arg-type]
        except ValueError as error:
            return _choose(request, record, [], retold(str(error)))
        except OperationalError:
            messages.error(request, BUSY)
            return redirect(request.get_full_path())
        told = _(KINDS[type(record)].are_one) % {"gone": named(asked.gone), "kept": named(asked.kept)}
        say_done(request, change, told)
        return redirect(asked.kept)
    return _preview(request, record, other, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which of two records keeps its address, which goes, and why they are one."""

    kept: Record
    gone: Record
    reason: str

    @classmethod
    def of(cls, request: HttpRequest, record: Record, other: Record) -> "_Asked":
        """What the form says; where it says nothing, the record whose page it is stays."""
        stays = request.POST.get("keep", "") != address_of(other)
        reason = clean_line(request.POST.get("reason", ""), LONGEST_REASON)
        return cls(record, other, reason) if stays else cls(other, record, reason)


def _preview(request: HttpRequest, record: Record, other: Record, asked: _Asked) -> HttpResponse:
    by: Any = request.user
    try:
        preview = previews.of_merge(record, other, lambda: recording.merge(record, other, by=by, reason="preview"))
    except ValueError as error:
        return _choose(request, record, [], retold(str(error)))
    except OperationalError:
        return _choose(request, record, [], str(BUSY))
    context = {
        "record": record,
        "other": other,
        "kind": KINDS[type(record)],
        "preview": preview,
        "keep": address_of(asked.kept),
        "addresses": [(address_of(one), one.get_absolute_url(), named(one)) for one in (record, other)],
        "reason": asked.reason,
        "problem": NO_REASON if request.method == "POST" else "",
        "choose_at": page_of(record, "merge"),
        "page_title": _("Merge %(named)s") % {"named": titled(record)},
    }
    return render(request, "funding/merge_preview.html", context, status=422 if context["problem"] else 200)


def _choose(request: HttpRequest, record: Record, choices: list[Record], problem: str) -> HttpResponse:
    kind = KINDS[type(record)]
    context = {
        "record": record,
        "titled": titled(record),
        "kind": kind,
        "choices": [(address_of(one), words_of(one), one.get_absolute_url()) for one in choices],
        "typed": clean_line(request.GET.get("q", ""), 200),
        "problem": problem,
        "page": page_of(record, "merge"),
        "address": address_of(record),
    }
    return render(request, "funding/merge_choose.html", context, status=422 if problem else 200)


def _other(request: HttpRequest, record: Record) -> tuple[Record | None, list[Record], str]:
    """The record that the address asks to merge with; else those to choose from, and what is wrong with what it asks.

    `with` is an address name (or the number of a round or exit), `q` what somebody typed.
    """
    given = request.GET.get("with", "").strip()[:200]
    typed = clean_line(request.GET.get("q", ""), 200)
    alike = _beside(record) if isinstance(record, Round | Exit) else _alike(record, record.name)
    if given:
        found = _by_address(record, given)
        return (found, alike, "") if found else (None, alike, str(KINDS[type(record)].none_at))
    if not typed or isinstance(record, Round | Exit):
        return None, alike, ""
    named_so = _alike(record, typed)
    if len(named_so) == 1:
        return named_so[0], alike, ""
    if named_so:
        return None, named_so, ""
    return None, alike, _(KINDS[type(record)].none_called) % {"name": typed}


def _by_address(record: Record, given: str) -> Record | None:
    """Another record of the same kind, by its address name or number; where it was merged, the one it is now."""
    if isinstance(record, Round | Exit):
        found: Any = type(record).objects.filter(pk=int(given) if _is_id(given) else None).first()
    else:
        found = type(record).objects.filter(slug=given).first()
    found = _now(found) or found if found else None
    return found if found and found.pk != record.pk else None


def _alike(record: Company | Investor, name: str) -> list[Record]:
    """The other live records that go by a name, or are known by it."""
    found = called(type(record), name).filter(is_live=True, merged_into=None).exclude(pk=record.pk)
    return list(found.order_by("name", "pk")[:MOST_CHOICES])


def _beside(record: Round | Exit) -> list[Record]:
    """The other live rounds, or exits of the same kind, of the company."""
    rows: Any = type(record).objects
    found = rows.live().filter(company=record.company_id).exclude(pk=record.pk)
    if isinstance(record, Exit):
        found = found.filter(kind=record.kind)
    return list(found.select_related("company").newest_first()[:MOST_CHOICES])


def say_done(request: HttpRequest, change: Change, told: str) -> None:
    """A message that says what was done, with a button to take it back."""
    words = {"told": told, "change": change}
    messages.success(request, render_to_string("funding/_done.html", words, request))


def page_after_undo(change: Change) -> HttpResponseRedirect | None:
    """To the record that a merge or split was about, to the doubts after a judgement; None for other changes."""
    if change.kind == Change.Kind.JUDGE:
        return redirect("funding:doubt_list")
    if change.kind not in (Change.Kind.MERGE, Change.Kind.SPLIT):
        return None
    given = change.added_assignments.filter(is_decided=True).select_related(
        "company", "investor", "round", "exit__company"
    )
    first = given.order_by("-pk").first()
    record = (first.company or first.investor or first.round or first.exit) if first else None
    return redirect(record) if record else None
