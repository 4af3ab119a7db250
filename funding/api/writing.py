"""What the API records: rounds, exits, facts of investors, articles, and what is taken back.

The forms of the pages read it and say what is wrong with it; what they make of it is recorded as from a page.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Investor
from config.paging import BIGGEST_ID
from config.problems import Problem
from funding import entry, intake, recording, reviewing
from funding.exit_form import ExitForm
from funding.forms import ImportForm
from funding.investor_form import InvestorForm
from funding.models import Change, Exit, Round, Valuation
from funding.retelling import retold
from funding.round_form import TIMES, RoundForm
from funding.valuation_form import ValuationForm

from . import reading
from .answers import JSON, json_answer, require_accepted
from .bodies import Body, read_json, with_bound
from .once import once, require_version, wanted_versions
from .records import ARTICLES, CHANGES, EXITS, INVESTORS, ROUNDS, VALUATIONS, Kind

# Where in a body the fields of the forms stand, if not under their own names.
PLACES: Final[Mapping[str, str]] = {
    "announced": "announced_on",
    "announced_to": "announced_on",
    "closed": "closed_on",
    "closed_to": "closed_on",
    "bound": "raised",
    "currency": "raised",
    "url": "source/url",
    "is_own_knowledge": "source/is_own_knowledge",
    "publisher": "source/publisher",
    "published": "source/published_on",
    "quote": "source/quote",
    "parent": "part_of",
    "parent_is": "part_of_is",
    "is_undisclosed": "price",
    "valued": "valued_on",
    "valued_to": "valued_on",
}
ANOTHER: Final = "another"


def _source(body: Body) -> dict[str, Any]:
    """The fields of a form for where it was said."""
    source = body.inner("source")
    return {
        "url": source.text("url"),
        "is_own_knowledge": source.flag("is_own_knowledge"),
        "publisher": source.text("publisher"),
        "published": source.text("published_on"),
        "quote": source.text("quote"),
        "form_key": secrets.token_urlsafe(16),
    }


def _round(body: Body) -> dict[str, Any]:
    """The fields of the form of a round, but for its company."""
    compared, times = body.text("compared"), body.text("times")
    investors = body.each("investors")
    return {
        "stage": body.text("stage"),
        "status": body.text("status", Round.Status.CLOSED),
        "announced": body.text("announced_on"),
        "closed": body.text("closed_on"),
        **with_bound(body.amount("raised")),
        "pre_money": body.amount("pre_money"),
        "post_money": body.amount("post_money"),
        "compared": compared or (TIMES if times else ""),
        "times": times,
        "as_stated": body.flag("as_stated"),
        "investors": "\n".join(_investor(one) for one in investors),
        **_source(body),
    }


def _investor(body: Body) -> str:
    """A line of the form's list: the name, a star before that of a lead."""
    name, is_lead = body.text("name"), body.flag("is_lead")
    words = " ".join(name.split()).strip("* ")
    if not words:
        body.wrong("name", _("Name the investor."))
    return f"*{words}" if is_lead else words


def _exit(body: Body) -> dict[str, Any]:
    """The fields of the form of an exit, but for its company."""
    price = body.amount("price")
    is_undisclosed = price.strip().casefold() == "undisclosed"
    return {
        "kind": body.text("kind", Exit.Kind.ACQUISITION),
        "status": body.text("status", Exit.Status.COMPLETED),
        "announced": body.text("announced_on"),
        "acquirer": body.text("acquirer"),
        "price": "" if is_undisclosed else price,
        "is_undisclosed": is_undisclosed,
        "exchange": body.text("exchange"),
        "ticker": body.text("ticker"),
        "valuation": body.amount("valuation"),
        **_source(body),
    }


def round_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter a round. One that may be held already is refused with those it may be, until `same_as` says which."""
    body = _body(request)
    fields = {"company": body.text("company"), **_round(body)}
    same_as = body.choice("same_as", ANOTHER)
    body.finish()

    def change() -> HttpResponse:
        form = RoundForm(fields, today=timezone.now().date())
        _require_valid(form)
        assert form.entry is not None  # of a valid form
        held = _said_to_be(form, same_as)
        saved = entry.save(
            form.entry, **_told(request, fields), same_as=held, is_another=bool(form.near) and same_as == ANOTHER
        )
        return _made(ROUNDS, saved.round.pk, saved.change)

    return once(request, change)


def _said_to_be(form: RoundForm, same_as: int | str | None) -> Round | None:
    """The held round that a new one is said to be. Raises Problem where that is not said and may be, or cannot be."""
    if isinstance(same_as, int):
        held = next((one for one in form.rounds_held if one.pk == same_as), None)
        if held is None:
            told = _("No round of this company has the id %(id)s.") % {"id": same_as}
            raise Problem("invalid", errors=[{"pointer": "/same_as", "detail": told}])
        return held
    if form.near and same_as != ANOTHER:
        told = _("It may be a round that is held. Say which by “same_as”: its id, or “another”.")
        candidates = [
            {"id": near.round.pk, "href": f"/api/v1/rounds/{near.round.pk}", "because": retold(near.because)}
            for near in form.near
        ]
        raise Problem("conflict", told, candidates=candidates)
    return None


def round_change(request: HttpRequest, kind: Kind, pk: int) -> HttpResponseBase:
    """Enter what a source says of a held round, of the version that was read."""
    wanted, body = wanted_versions(request), _body(request)
    fields, says_status = _round(body), body.has("status")
    body.finish()

    def change() -> HttpResponse:
        held = _held(Round.objects.live().select_related("company"), pk=pk)
        form = RoundForm(fields | {"company": held.company.name}, today=timezone.now().date())
        _require_valid(form)
        assert form.entry is not None
        told = form.entry if says_status else replace(form.entry, status="")
        if not told.says_something and not says_status:
            raise Problem("invalid", _("Nothing is said of the round. Give what the source says of it."))
        recording.hold(told.mentions())
        require_version(wanted, reading.one(ROUNDS, pk).tag)
        saved = entry.save(told, **_told(request, fields), same_as=held, of=held.company)
        return _made(ROUNDS, saved.round.pk, saved.change, status=200)

    return once(request, change)


def exit_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter an acquisition or a listing."""
    body = _body(request)
    fields = {"company": body.text("company"), **_exit(body)}
    body.finish()

    def change() -> HttpResponse:
        form = ExitForm(fields, today=timezone.now().date())
        _require_valid(form)
        assert form.entry is not None
        saved = entry.save_exit(form.entry, **_told(request, fields))
        return _made(EXITS, saved.exit.pk, saved.change)

    return once(request, change)


def exit_change(request: HttpRequest, kind: Kind, pk: int) -> HttpResponseBase:
    """Enter what a source says of a held exit, of the version that was read."""
    wanted, body = wanted_versions(request), _body(request)
    fields, says_status, says_kind = _exit(body), body.has("status"), body.has("kind")
    body.finish()

    def change() -> HttpResponse:
        held = _held(Exit.objects.live().select_related("company"), pk=pk)
        kept = {"company": held.company.name} | ({} if says_kind else {"kind": held.kind})
        form = ExitForm(fields | kept, today=timezone.now().date())
        _require_valid(form)
        assert form.entry is not None
        told = form.entry if says_status else replace(form.entry, status="")
        recording.hold(told.mentions())
        require_version(wanted, reading.one(EXITS, pk).tag)
        saved = entry.save_exit(told, **_told(request, fields))
        if saved.exit.pk != pk:
            told = _(
                "What is said is taken for another exit of the company: its kind, date or acquirer differ too far."
            )
            raise Problem("conflict", told)
        return _made(EXITS, pk, saved.change, status=200)

    return once(request, change)


def investor_change(request: HttpRequest, kind: Kind, slug: str) -> HttpResponseBase:
    """Enter whose arm an investor is, and what sort of investor, of the version that was read."""
    wanted, body = wanted_versions(request), _body(request)
    fields = {
        "parent": body.text("part_of"),
        "parent_is": body.text("part_of_is"),
        "kind": body.text("kind"),
        **_source(body),
    }
    body.finish()

    def change() -> HttpResponse:
        investor = _held(Investor.objects.live(), slug=slug)
        form = InvestorForm(fields, investor=investor, today=timezone.now().date())
        _require_valid(form, offered=form)
        assert form.entry is not None
        recording.hold(form.entry.mentions())
        require_version(wanted, reading.one(INVESTORS, slug).tag)
        made = entry.save_investor(form.entry, investor, form.parent_record, **_told(request, fields))
        return _made(INVESTORS, slug, made, status=200)

    return once(request, change)


def valuation_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter what a company is worth on a day, of no round."""
    body = _body(request)
    fields = {
        "company": body.text("company"),
        "value": body.amount("value"),
        "valued": body.text("valued_on"),
        "basis": body.text("basis", Valuation.Basis.UNSPECIFIED),
        **_source(body),
    }
    body.finish()

    def change() -> HttpResponse:
        form = ValuationForm(fields, today=timezone.now().date())
        _require_valid(form)
        assert form.entry is not None
        saved = entry.save_valuation(form.entry, **_told(request, fields))
        return _made(VALUATIONS, saved.valuation.pk, saved.change.change)

    return once(request, change)


def article_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Take in an article, as its text or its address; a job reads it, and its address says how far that is."""
    body = _body(request)
    fields = {name: body.text(name) for name in ("text", "url", "title", "publisher", "published_on", "language")}
    body.finish()

    def change() -> HttpResponse:
        form = ImportForm(fields, {})
        _require_valid(form, {})
        given = form.cleaned_data
        about = {"published": given["published_on"], "by": request.user} | {
            name: given[name] for name in ("title", "publisher", "language")
        }
        try:
            if given["url"]:
                article, is_new = intake.add_address(given["url"], **about)
            else:
                article, is_new = intake.add_text(given["text"], **about)
        except intake.Unreadable as error:
            raise Problem("invalid", errors=[{"pointer": "/text", "detail": retold(str(error))}]) from None
        record = reading.one(ARTICLES, article.pk)
        status = 202 if is_new else 200
        return json_answer(record.text, status, Location=f"/api/v1/articles/{article.pk}")

    return once(request, change)


def change_undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back what a change added, and project again."""
    require_accepted(request, JSON)

    def change() -> HttpResponse:
        try:
            undoing = reviewing.undo(_held(Change.objects.all(), pk=pk), request.user)  # type: ignore[arg-type]
        except ValueError as error:
            raise Problem("conflict", retold(str(error))) from None
        record = reading.one(CHANGES, undoing.pk)
        return json_answer(record.text, 201, Location=f"/api/v1/changes/{undoing.pk}")

    return once(request, change)


def _body(request: HttpRequest) -> Body:
    require_accepted(request, JSON)
    return Body(read_json(request))


def _held(rows: Any, **key: Any) -> Any:
    found = None if key.get("pk", 0) > BIGGEST_ID else rows.filter(**key).first()
    if found is None:
        raise Problem("not-found", _("There is no such record."))
    return found


def _told(request: HttpRequest, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"by": request.user, "form_key": fields["form_key"]}


def _require_valid(form: Form, places: Mapping[str, str] = PLACES, offered: Any = None) -> None:
    """Refuse what a form refuses, each with its place in the body. Raises Problem."""
    if form.is_valid():
        return
    errors = [
        {"pointer": f"/{'' if name == '__all__' else places.get(name, name)}", "detail": str(message)}
        for name, messages in form.errors.items()
        for message in messages
    ]
    choices = [{"part_of_is": value, "words": words} for value, words in getattr(offered, "offered", [])]
    raise Problem("invalid", errors=errors, **({"choices": choices} if choices else {}))


def _made(kind: Kind, key: Any, change: Change, status: int = 201) -> HttpResponse:
    """The record as it is after a change, with the address of the change, by which it can be taken back."""
    record = reading.one(kind, key)
    text = f'{{"change": {json.dumps(f"/api/v1/changes/{change.pk}")}, "record": {record.text}}}'
    return json_answer(text, status, Location=f"/api/v1/{kind.name}/{key}", ETag=record.tag)
