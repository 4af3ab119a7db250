"""What the API records anew: rounds, exits, valuations, companies, people, articles, and what is taken back.

The forms of the pages read it and say what is wrong with it; what they make of it is recorded as from a page.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from companies import candidates
from companies.models import Company
from config.problems import Problem
from funding import entry, intake, reviewing
from funding.company_form import CompanyForm, PersonForm
from funding.exit_form import ExitForm
from funding.forms import ImportForm
from funding.models import Change, Round, Valuation
from funding.retelling import retold
from funding.round_form import RoundForm
from funding.texts import clean_line
from funding.valuation_form import ValuationForm

from . import reading
from .answers import JSON, json_answer, require_accepted
from .entering import held_one, read_body, record_made, require_valid, told_by
from .given import NEW_EXIT, NEW_ROUND, PLACES, company_fields, exit_fields, round_fields, source_fields
from .once import once
from .records import ARTICLES, CHANGES, COMPANIES, EXITS, PEOPLE, ROUNDS, VALUATIONS, Kind

ANOTHER: Final = "another"


def round_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter a round. One that may be held already is refused with those it may be, until `same_as` says which."""
    body = read_body(request)
    fields = {"company": body.text("company"), **NEW_ROUND, **round_fields(body, body.has), **source_fields(body)}
    same_as = body.choice("same_as", ANOTHER)
    body.finish()

    def change() -> HttpResponse:
        form = RoundForm(fields, today=timezone.now().date())
        require_valid(form)
        assert form.entry is not None  # of a valid form
        held = _said_to_be(form, same_as)
        saved = entry.save(
            form.entry, **told_by(request, fields), same_as=held, is_another=bool(form.near) and same_as == ANOTHER
        )
        return record_made(ROUNDS, saved.round.pk, saved.change)

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


def exit_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter an acquisition or a listing."""
    body = read_body(request)
    fields = {"company": body.text("company"), **NEW_EXIT, **exit_fields(body, body.has), **source_fields(body)}
    body.finish()

    def change() -> HttpResponse:
        form = ExitForm(fields, today=timezone.now().date())
        require_valid(form)
        assert form.entry is not None
        saved = entry.save_exit(form.entry, **told_by(request, fields))
        return record_made(EXITS, saved.exit.pk, saved.change)

    return once(request, change)


def company_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter a company with its facts. One whose name is held is refused, until `same_as` says that it is another."""
    body = read_body(request)
    fields = {"company": body.text("name"), **company_fields(body, body.has), **source_fields(body)}
    same_as = body.text("same_as")
    if same_as not in ("", ANOTHER):
        body.wrong("same_as", _("It can only be “another”. What is held is changed by PATCH."))
    body.finish()

    def change() -> HttpResponse:
        form = CompanyForm(fields | {"is_another": same_as == ANOTHER}, today=timezone.now().date())
        require_valid(form, PLACES | {"company": "name"})
        assert form.entry is not None
        if form.is_undecided:
            assert form.company_held is not None
            href = f"/api/v1/companies/{form.company_held.slug}"
            told = _("A company of this name is held. Change its facts, or say by “same_as” that it is “another”.")
            raise Problem("conflict", told, candidates=[{"id": form.company_held.pk, "href": href}])
        recorded = entry.record_once(form.entry, **told_by(request, fields), decided=form.decided)
        return record_made(COMPANIES, entry.company_of(recorded).slug, recorded.change)

    return once(request, change)


def person_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter what somebody is to a company that is held."""
    body = read_body(request)
    named = body.text("company")
    fields = {
        "person": body.text("name"),
        "title": body.text("title"),
        "is_founder": body.flag("is_founder"),
        **source_fields(body),
    }
    body.finish()

    def change() -> HttpResponse:
        company = Company.objects.live().filter(slug=named).first() or candidates.company_named(clean_line(named))
        if company is None:
            told = _("No company of this name is held.")
            raise Problem("invalid", errors=[{"pointer": "/company", "detail": told}])
        form = PersonForm(fields, today=timezone.now().date(), of=company)
        require_valid(form)
        assert form.entry is not None
        recorded = entry.record_once(form.entry, **told_by(request, fields), decided=form.decided)
        return record_made(PEOPLE, entry.person_of(recorded).slug, recorded.change)

    return once(request, change)


def valuation_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Enter what a company is worth on a day, of no round."""
    body = read_body(request)
    fields = {
        "company": body.text("company"),
        "value": body.amount("value"),
        "valued": body.text("valued_on"),
        "basis": body.text("basis", Valuation.Basis.UNSPECIFIED),
        **source_fields(body),
    }
    body.finish()

    def change() -> HttpResponse:
        form = ValuationForm(fields, today=timezone.now().date())
        require_valid(form, PLACES | {"valued": "valued_on", "valued_to": "valued_on"})
        assert form.entry is not None
        saved = entry.save_valuation(form.entry, **told_by(request, fields))
        return record_made(VALUATIONS, saved.valuation.pk, saved.change.change)

    return once(request, change)


def article_new(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Take in an article, as its text or its address; a job reads it, and its address says how far that is."""
    body = read_body(request)
    fields = {name: body.text(name) for name in ("text", "url", "title", "publisher", "published_on", "language")}
    body.finish()

    def change() -> HttpResponse:
        form = ImportForm(fields, {})
        require_valid(form, {})
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
            undoing = reviewing.undo(held_one(Change.objects.all(), pk=pk), request.user)  # type: ignore[arg-type]
        except ValueError as error:
            raise Problem("conflict", retold(str(error))) from None
        record = reading.one(CHANGES, undoing.pk)
        return json_answer(record.text, 201, Location=f"/api/v1/changes/{undoing.pk}")

    return once(request, change)
