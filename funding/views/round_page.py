"""The page of one round: every figure with all that is said for and against it, and how it came to be so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from config import currencies
from config.requests import moved, wants_partial
from funding.as_of import scopes
from funding.evidence import Notes, Panel, converting, notes, panels, sayings, wording
from funding.models import Change, Mention, Participation, Round, Statement, Valuation
from funding.tellings import Field
from funding.values import Money, from_json

from .past import has_past

SHOWN = (Field.ANNOUNCED_ON, Field.CLOSED_ON, Field.RAISED, Field.STAGE, Field.STATUS, Field.VALUATION, "pre_money",
         Field.VALUATION_RATIO, Field.IS_UNICORN)  # fmt: skip
AMOUNTS = (Field.RAISED, Field.VALUATION, "pre_money")
MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of the round, as its own small panel; `name` is its anchor."""

    name: str
    label: str
    panel: Panel


@dataclass(slots=True)
class Event:
    """A change to the round: what it added, and what it took back, in words."""

    change: Change
    when: str
    added: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)


@require_GET
@vary_on_headers("HX-Request")
@has_past(lambda request, pk: scopes.of_round(pk), is_record=True)
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, or the words alone that tell of the round where htmx asks.

    410, with its history, where nothing that was said of the round stands any more.
    """
    extended = Exists(Round.objects.live().filter(parent=OuterRef("pk")))
    known = Round.objects.select_related("company", "valuation", "merged_into", "parent").annotate(extended=extended)
    record = get_object_or_404(known, pk=pk)
    if record.merged_into:
        return moved(request, record.merged_into.get_absolute_url())
    valuation: Valuation | None = getattr(record, "valuation", None)
    if valuation:
        valuation.company = record.company
    told = _statements(record, valuation)
    held = Notes(told)
    parts = list(record.participations.select_related("investor").order_by("investor__name"))
    for part in parts:
        part.round = record
    if wants_partial(request):
        words = {"round": record, "sayings": sayings.of_round(record, parts, held)}
        return render(request, "funding/_round_words.html", words)
    refused, currency, fields = "", converting.asked_of(request), _fields(record, held)
    try:
        _convert(record, fields, currency)
    except converting.UnknownCurrency as problem:
        refused = str(problem)
    context = {
        "round": record,
        "refused": refused,
        "other_currency": currency if currency != currencies.AS_STATED else "",
        "tranches": list(record.tranches.live().newest_first()) if record.extended else [],
        "fields": fields,
        "participations": [(part, panels.of_participation(part, held)) for part in _leads_first(parts)],
        "panel": panels.of_valuation(valuation, held) if valuation else None,
        "name": wording.round_title(record),
        "events": _events(record, told),
    }
    return render(request, "funding/round_detail.html", context, status=200 if record.is_live else 410)


def _convert(record: Round, fields: Sequence[Shown], currency: str) -> None:
    """Put beside the amounts of a round what they are in a currency, with the rate."""
    if not currency or currency == currencies.AS_STATED:
        return
    said = {name: from_json(record.resolved[name]["value"]) for name in AMOUNTS if name in record.resolved}
    moneys = {name: value for name, value in said.items() if isinstance(value, Money)}
    words = converting.in_words(moneys, currency, record.announced)
    for shown in fields:
        if shown.name in words:
            shown.panel.about.append(words[shown.name])


def _fields(record: Round, held: Notes) -> list[Shown]:
    """The fields that something is said of, each with what a person deprecated of it."""
    own = set(record.assignments.live().values_list("mention", flat=True))
    deprecated: dict[str, list[Statement]] = defaultdict(list)
    for one in held.statements.values():
        if one.mention_id in own and one.retracted_at is None and one.is_deprecated:
            is_pre = one.field == Field.VALUATION and one.qualifiers.get("basis") == "pre"
            deprecated["pre_money" if is_pre and "pre_money" in record.resolved else one.field].append(one)
    found = []
    for name in SHOWN:
        panel: Panel | None
        if name in record.resolved:
            panel = panels.of_field(record, name, record.resolved[name], held)
            panels.add_deprecated(panel, [one.pk for one in deprecated[name]], held)
        else:
            panel = panels.of_deprecated(deprecated[name], held)
        found += [Shown(name, wording.label(name), panel)] if panel else []
    return found


def _leads_first(parts: Sequence[Participation]) -> list[Participation]:
    return sorted(parts, key=lambda part: (part.is_lead is not True, part.investor.name.casefold()))


def _statements(record: Round, valuation: Valuation | None) -> list[Statement]:
    """All that was ever said of the round, and what its valuation follows from, told of other rounds."""
    of_round = Q(mention__assignments__round=record)
    proof = Q(pk__in=panels.statements_of(valuation)) if valuation else Q(pk__in=())
    found = Statement.objects.filter(of_round | proof).select_related("retracted_in__by").distinct()
    return list(notes.with_sources(found))


def _events(record: Round, told: Sequence[Statement]) -> list[Event]:
    """What changed the round, newest first."""
    mentions = set(record.assignments.values_list("mention", flat=True))
    own = [one for one in told if one.mention_id in mentions]
    names = Mention.objects.investors().names_in(own)
    events: dict[int, Event] = {}
    for one in own:
        words = panels.in_full(one, names[one.mention.source_id, one.mention.origin])
        _event(events, one.added_in).added.append(words)
        if one.retracted_in:
            _event(events, one.retracted_in).retracted.append(words)
    return sorted(events.values(), key=lambda event: (event.change.at, event.change.pk), reverse=True)[:MOST_CHANGES]


def _event(events: dict[int, Event], change: Change) -> Event:
    return events.setdefault(change.pk, Event(change, panels.when(change.at)))
