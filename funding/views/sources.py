"""What was said, where: the reader of one source, and the evidence behind one figure."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from companies.models import Company
from config.requests import wants_partial
from funding import reader
from funding.as_of import Scope, scopes
from funding.evidence import Notes, Panel, panels
from funding.models import Assignment, Participation, Source, Statement, Valuation
from funding.recording import marks
from funding.recording.fields import spoken_for
from funding.tellings import Field

from .past import has_past

MOST_STATEMENTS = 50


@require_GET
@has_past(lambda request, pk: scopes.of_source(pk))
def source_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of a source with the words of every fact marked, and the facts beside it."""
    source = get_object_or_404(Source.objects.select_related("entered_by"), pk=pk)
    return render(request, "funding/source_detail.html", {"source": source, "reading": reader.read(source)})


def _scope(request: HttpRequest) -> Scope:
    """What the panel asked for is about; nothing where the view will refuse it."""
    valuation_id, statement_id, ids = (request.GET.get(name) for name in ("valuation", "statement", "statements"))
    try:
        if valuation_id is not None:
            return scopes.of_valuation(_numbers(valuation_id)[0])
        return scopes.of_statements(_numbers(statement_id or ids or ""))
    except BadRequest:
        return scopes.of_companies(())


@require_GET
@vary_on_headers("HX-Request")
@has_past(_scope)
def evidence(request: HttpRequest) -> HttpResponse:
    """What is behind one figure: `?valuation=ID`, `?statement=ID` or `?statements=ID,ID`; the panel alone for htmx."""
    panel = _panel(request.GET)
    template = "funding/_evidence.html" if wants_partial(request) else "funding/evidence.html"
    return render(request, template, {"panel": panel})


def _panel(asked: QueryDict) -> Panel:
    """Raises BadRequest for what names no figure, Http404 for one that does not exist."""
    valuation_id, statement_id, ids = (asked.get(name) for name in ("valuation", "statement", "statements"))
    if valuation_id is not None:
        valuations = Valuation.objects.select_related("round", "company", "statement__mention")
        valuation = get_object_or_404(valuations, pk=_numbers(valuation_id)[0])
        record = valuation.round or valuation.company
        beside = marks.deprecated_beside(valuation.statement, record) if valuation.statement else []
        return _of_valuation(valuation, beside)
    if statement_id is not None:
        return of_statement(_numbers(statement_id)[0])
    if ids is not None:
        return _of_statements(_numbers(ids))
    raise BadRequest(_("Say which figure: valuation=, statement= or statements= with its number."))


def _numbers(text: str) -> list[int]:
    """The ids in a query string. Raises BadRequest where they are none, or too many."""
    parts = text.split(",")
    if len(parts) > MOST_STATEMENTS or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise BadRequest(_("A figure is named by a number, several by numbers with commas between them."))
    return [int(part) for part in parts]


def _of_statements(ids: Sequence[int]) -> Panel:
    panel = panels.of_statements(ids, Notes.of(ids))
    if panel is None:
        raise Http404(_("No such statement is held."))
    return panel


def of_statement(pk: int) -> Panel:
    """The figure that a statement speaks for or against; the statement by itself where no record rests on it."""
    one = get_object_or_404(Statement.objects.select_related("mention"), pk=pk)
    held = Assignment.objects.live().filter(mention=one.mention_id)
    assigned = held.select_related("round__company", "exit__company", "company", "investor").first()
    record = assigned and (assigned.round or assigned.exit or assigned.company or assigned.investor)
    beside = marks.deprecated_beside(one, record) if record else []
    if assigned and assigned.round and one.field == Field.PARTICIPATION:
        parts = Participation.objects.filter(round=assigned.round)
        # One that is deprecated stands with those about the same investor that are not.
        rivals = {pk, *(marks.beside(one) if pk in beside else ())}
        for part in parts.select_related("round__company", "investor"):
            if rivals & set(part.statement_ids):
                notes = Notes.of([*part.statement_ids, *beside])
                return panels.add_deprecated(panels.of_participation(part, notes), beside, notes)
    about = {pk, *marks.beside(one)} if pk in beside else {pk}
    if isinstance(record, Company) and one.field == Field.VALUATION:
        for valuation in Valuation.objects.filter(company=record, round=None).select_related("company"):
            if about.intersection(spoken_for(valuation.resolved)):
                return _of_valuation(valuation, beside)
    if record:
        for name, each in _kept(record, one):
            ids = spoken_for(each)
            if about.intersection(ids):
                notes = Notes.of([*ids, *beside])
                return panels.add_deprecated(panels.of_field(record, name, each, notes), beside, notes)
    return _of_statements([pk])


def _of_valuation(valuation: Valuation, beside: Sequence[int]) -> Panel:
    """What a valuation rests on; `beside` are deprecated statements of it."""
    notes = Notes.of([*panels.statements_of(valuation), *beside])
    return panels.add_deprecated(panels.of_valuation(valuation, notes), beside, notes)


def _kept(record: Any, one: Statement) -> Iterator[tuple[str, Any]]:
    """What a record keeps of the field of a statement, each value by the name it is kept under."""
    also = {Field.VALUATION: "pre_money", Field.EMPLOYEES: "employees_of"}.get(one.field, "")
    for name in (one.field, also):
        kept = record.resolved.get(name)
        for each in kept if isinstance(kept, list) else [kept] if kept else []:
            yield (one.field if name == "employees_of" else name), each
