"""What the API changes of records that are held: what a body says otherwise, of the version that was read.

The forms that change a record read it: filled with what is held, and with what the body names in its place. What then
differs is recorded as from the page (`entry.save_change`). Who read another version is told both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company, Investor
from config.problems import Problem
from funding import company_form, entry, exit_form, recording, round_form
from funding.company_form import CompanyForm
from funding.entry.entries import COMPANY, ROUND
from funding.entry.exits import EXIT
from funding.exit_form import ExitForm
from funding.investor_form import InvestorForm
from funding.models import Exit, Round
from funding.round_form import RoundForm
from funding.tellings import Field, NewMention, NewStatement
from funding.values import Reference, to_json
from funding.views.changing import STATED

from . import reading
from .bodies import Body
from .entering import held_one, read_body, record_made, require_valid, told_by
from .given import Fields, Gives, company_fields, exit_fields, round_fields, source_fields
from .once import once, require_version, stale, wanted_versions
from .records import COMPANIES, EXITS, INVESTORS, ROUNDS, Kind

# The members of a body that hold a field, where they go by another name.
MEMBERS: Final[Mapping[str, str]] = {
    Field.PARTICIPATION: "investors",
    Field.SECTOR: "sectors",
    Field.EXIT_KIND: "kind",
    Field.EXIT_STATUS: "status",
    Field.VALUATION_RATIO: "compared",
}


@dataclass(frozen=True, slots=True)
class Changeable:
    """Records that a form changes: which they are, what the entry calls them, and how it is read, held and filled."""

    kind: Kind
    rows: Callable[[], Any]
    subject: str
    read: Callable[[Any], Any]
    fill: Callable[[Any, Fields], Any]

    def company_of(self, record: Any) -> Company:
        """The company that a record is of."""
        found: Company = record if isinstance(record, Company) else record.company
        return found


def _round_form(record: Round, fields: Fields) -> RoundForm:
    filled = round_form.filled_with(entry.round_held(record), with_currency=False)
    return RoundForm(filled | fields, today=timezone.now().date(), record=record)


def _exit_form(record: Exit, fields: Fields) -> ExitForm:
    filled = exit_form.filled_with(entry.exit_held(record), with_currency=False)
    return ExitForm(filled | fields, today=timezone.now().date(), record=record)


def _company_form(record: Company, fields: Fields) -> CompanyForm:
    filled = company_form.filled_with(entry.company_held(record), with_currency=False)
    return CompanyForm(filled | fields, today=timezone.now().date(), of=record)


OF_ROUNDS: Final = Changeable(
    ROUNDS, lambda: Round.objects.live().select_related("company"), ROUND, entry.round_held, _round_form
)
OF_EXITS: Final = Changeable(
    EXITS, lambda: Exit.objects.live().select_related("company"), EXIT, entry.exit_held, _exit_form
)
OF_COMPANIES: Final = Changeable(COMPANIES, Company.objects.live, COMPANY, entry.company_held, _company_form)


def round_change(request: HttpRequest, kind: Kind, pk: int) -> HttpResponseBase:
    """Change a held round, of the version that was read."""
    return _change(request, OF_ROUNDS, round_fields, pk=pk)


def exit_change(request: HttpRequest, kind: Kind, pk: int) -> HttpResponseBase:
    """Change a held exit, of the version that was read."""
    return _change(request, OF_EXITS, exit_fields, pk=pk)


def company_change(request: HttpRequest, kind: Kind, slug: str) -> HttpResponseBase:
    """Change a company's own facts, of the version that was read."""

    def fields(body: Body, gives: Gives) -> Fields:
        name = body.text("name")
        return company_fields(body, gives) | ({"name": name} if gives("name") else {})

    return _change(request, OF_COMPANIES, fields, slug=slug)


def _change(
    request: HttpRequest, what: Changeable, fields_of: Callable[[Body, Gives], Fields], **key: Any
) -> HttpResponseBase:
    wanted, body = wanted_versions(request), read_body(request)
    fields, source = fields_of(body, body.gives), source_fields(body)
    body.finish()
    if not fields:
        raise Problem("invalid", _("Nothing is said of the record. Give what the source says of it."))
    (found,) = key.values()

    def change() -> HttpResponse:
        record = held_one(what.rows(), **key)
        form = _hold(what, record, fields | source)
        now = reading.one(what.kind, found)
        form.is_valid()
        require_version(wanted, now, lambda: _differing(what, record, form))
        require_valid(form)
        try:
            told: Any = {"seen": form.cleaned_data["version"], **told_by(request, source)}
            changed = entry.save_change(record, form.entry, what.subject, what.read, **told)
        except entry.Outdated:
            # What is held of it under another name changed meanwhile.
            now = reading.one(what.kind, found)
            raise stale(wanted, now, lambda: _differing(what, record, form)) from None
        except entry.StatedElsewhere as stated:
            places = dict.fromkeys(f"/{_member(what, part)}" for part in stated.parts)
            raise Problem("invalid", errors=[{"pointer": one, "detail": str(STATED)} for one in places]) from None
        return record_made(what.kind, found, changed, status=200)

    return once(request, change)


def _hold(what: Changeable, record: Any, fields: Fields) -> Any:
    """The form of a record with what a body gives, filled after all whom it names are held, so that it stays true."""
    form = what.fill(record, fields)
    company = NewMention(COMPANY, "company", what.company_of(record).name)
    mentions = form.entry.mentions() if form.is_valid() and form.entry else [company]
    recording.read_word_lists(one.name for one in mentions)
    recording.hold(mentions)
    record.refresh_from_db()
    return what.fill(record, fields)


def _member(what: Changeable, part: tuple[str, str]) -> str:
    """The member of a body that a part of a record is given by."""
    name, which = part
    if name == Field.VALUATION and what is OF_ROUNDS:
        return "pre_money" if which else "post_money"
    return MEMBERS.get(name, name)


def _differing(what: Changeable, record: Any, form: Any) -> list[dict[str, Any]]:
    """Of each part that the body says otherwise than what is held by now, both; nothing of a body that is refused."""
    if not form.entry:
        return []
    held = what.read(record)
    return [
        {
            "field": one.part[0],
            "held": _told(one.held, held.mentions()),
            "entered": _told(one.entered, form.entry.mentions()),
        }
        for one in entry.differences(form.entry, held, what.subject)
    ]


def _told(one: NewStatement | None, mentions: list[NewMention]) -> dict[str, Any] | None:
    """A statement that is not recorded; somebody whom it refers to by name."""
    if one is None:
        return None
    value = to_json(one.value)
    if isinstance(one.value, Reference):
        value = {"kind": "text", "text": next((its.name for its in mentions if its.key == one.value.key), "")}
    return {"value": value, "qualifiers": dict(one.qualifiers)}


def investor_change(request: HttpRequest, kind: Kind, slug: str) -> HttpResponseBase:
    """Enter whose arm an investor is, and what sort of investor, of the version that was read."""
    wanted, body = wanted_versions(request), read_body(request)
    fields = {
        "parent": body.text("part_of"),
        "parent_is": body.text("part_of_is"),
        "kind": body.text("kind"),
        **source_fields(body),
    }
    body.finish()

    def change() -> HttpResponse:
        investor = held_one(Investor.objects.live(), slug=slug)
        form = InvestorForm(fields, investor=investor, today=timezone.now().date())
        require_valid(form, offered=form)
        assert form.entry is not None
        recording.hold(form.entry.mentions())
        require_version(wanted, reading.one(INVESTORS, slug))
        change_made = entry.save_investor(form.entry, investor, form.parent_record, **told_by(request, fields))
        return record_made(INVESTORS, slug, change_made, status=200)

    return once(request, change)
