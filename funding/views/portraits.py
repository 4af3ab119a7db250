"""A record in a few lines of words, to stand beside another or beside what it would become."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, Investor, Role
from companies.views import company_figures, company_parts
from funding import figures
from funding.evidence import Difference, Notes, differences, notes, wording
from funding.models import Assignment, Exit, Participation, Round, Statement
from funding.recording.merging import Record

NAMES_SHOWN = 12


@dataclass(slots=True)
class Portrait:
    """A record's lines by label, its rounds, and what its sources differ about; nothing asks the database again.

    `members` are its round mentions by the round they are taken for.
    """

    name: str
    href: str
    lines: dict[str, str]
    rounds: dict[int, str] = field(default_factory=dict)
    members: dict[int, frozenset[int]] = field(default_factory=dict)
    conflicts: list[Difference] = field(default_factory=list)

    @property
    def first_rounds(self) -> list[str]:
        """The newest of its rounds."""
        return list(self.rounds.values())[:NAMES_SHOWN]

    @property
    def more_rounds(self) -> int:
        """How many others it has."""
        return max(len(self.rounds) - NAMES_SHOWN, 0)


def portrait(record: Record) -> Portrait:
    """A record as it is now, in or outside of a preview."""
    if isinstance(record, Company):
        return _company(Company.objects.get(pk=record.pk))
    if isinstance(record, Investor):
        return _investor(Investor.objects.get(pk=record.pk))
    if isinstance(record, Exit):
        return _exit(Exit.objects.select_related("company").get(pk=record.pk))
    return _round(Round.objects.select_related("company", "valuation").get(pk=record.pk))


def _company(company: Company) -> Portrait:
    rounds = _with_parts(Round.objects.filter(company=company))
    for one in rounds:
        one.company = company
        if hasattr(one, "valuation"):
            one.valuation.company = company
    held = Notes.of_company(company)
    found = [*differences.of_company(company, held)]
    for one in rounds:
        found += differences.of_round(one, held)
    exits = list(Exit.objects.live().filter(company=company).newest_first())
    for left in exits:
        found += differences.of_exit(left, held)
    roles = list(Role.objects.filter(company=company, person__is_live=True).select_related("person").order_by("pk"))
    lines = {_("Also called"): _aliases(company)}
    valuations = company_figures.valuations_of(rounds, company.valuations.filter(round=None).order_by("pk"))
    raised = company_figures.totals(company, rounds)
    for figure in company_figures.strip(company, raised, valuations, held, {}):
        lines[figure.name] = "" if figure.is_absent else figure.value
    # The two records stand side by side, so a fact goes by one name whatever the number of its values.
    plurals = [
        [ngettext(one, many, n) for n in (2, 1)] for one, many in (("Office", "Offices"), ("Sector", "Sectors"))
    ]
    single: dict[str, str] = dict(plurals)
    for fact in company_parts.facts(company, roles, held, found):
        words = " ".join(phrase.text.strip() for phrase in fact.phrases) or fact.href
        if fact.is_list:
            words = _listed(phrase.text for phrase in fact.phrases)
        lines[single.get(fact.name, fact.name)] = words
    lines[_("Investors")] = _listed(_investors(rounds))
    lines[_("Exits")] = _listed(exit_words(one) for one in exits)
    lines[_("Sources")] = str(len({one.mention.source_id for one in held.statements.values()}))
    name = company.name
    return Portrait(name, company.get_absolute_url(), lines, *_told_of(rounds), differences.each_once(found))


def exit_words(one: Exit) -> str:
    """What an exit did, and when: `Acquired by Nordhavn Group (May 2022)`."""
    told = wording.exit_told(one)
    return f"{told} ({figures.date(one.announced)})" if one.announced else told


def _investor(investor: Investor) -> Portrait:
    rounds = _with_parts(Round.objects.filter(participations__investor=investor))
    companies = sorted({one.company.name for one in rounds})
    beside = [name for name in _investors(rounds) if name != investor.name]
    lines = {
        _("Also called"): _aliases(investor),
        _("Part of"): str(investor.parent or investor.parent_company or ""),
        _("Kind of investor"): str(investor.get_kind_display()),
        _("Rounds"): str(investor.rounds_count),
        _("Said to lead"): str(investor.led_count or ""),
        _("Companies"): _listed(companies),
        _("Invests with"): _listed(beside),
        _("Latest round"): figures.date(rounds[0].announced) if rounds else "",
    }
    return Portrait(investor.name, investor.get_absolute_url(), lines, *_told_of(rounds))


def _round(record: Round) -> Portrait:
    told = Assignment.objects.live().filter(round=record).values("mention")
    held = Notes(notes.with_sources(Statement.objects.live().filter(mention__in=told)))
    parts = list(record.participations.select_related("investor").order_by("investor__key"))
    leads = [part.investor.name for part in parts if part.is_lead]
    others = [part.investor.name for part in parts if not part.is_lead]
    valuation = getattr(record, "valuation", None)
    lines = {
        _("Announced"): figures.date(record.announced),
        _("Stage"): record.get_stage_display() if record.stage else "",
        _("Raised"): _("undisclosed") if record.raised_undisclosed else str(figures.money(record.raised)),
        _("Status"): record.get_status_display(),
        _("Valuation"): str(figures.money(valuation.money)) if valuation else "",
        _("Said to lead"): _listed(leads),
        _("With"): _listed(others),
        _("Sources"): str(len({one.mention.source_id for one in held.statements.values()})),
    }
    found = differences.each_once(differences.of_round(record, held))
    name = wording.round_name(record)
    return Portrait(name[:1].upper() + name[1:], record.get_absolute_url(), lines, *_told_of([record]), found)


def _exit(record: Exit) -> Portrait:
    told = Assignment.objects.live().filter(exit=record).values("mention")
    held = Notes(notes.with_sources(Statement.objects.live().filter(mention__in=told)))
    amount = record.price or record.valuation
    lines = {
        _("Announced"): figures.date(record.announced),
        _("Status"): str(record.get_status_display()),
        _("Acquirer"): record.acquirer,
        _("Exchange"): ", ".join(part for part in (record.exchange, record.ticker) if part),
        _("Amount"): _("undisclosed") if record.price_undisclosed else str(figures.money(amount)) if amount else "",
        _("Sources"): str(len({one.mention.source_id for one in held.statements.values()})),
    }
    found = differences.each_once(differences.of_exit(record, held))
    return Portrait(exit_words(record), record.get_absolute_url(), lines, conflicts=found)


def _with_parts(rounds: Any) -> list[Round]:
    parts = Prefetch("participations", Participation.objects.select_related("investor").order_by("investor__key"))
    found = rounds.live().select_related("company", "valuation").prefetch_related(parts)
    return list(found.newest_first())


def _told_of(rounds: Sequence[Round]) -> tuple[dict[int, str], dict[int, frozenset[int]]]:
    """The names of rounds, and the mentions that are taken for each."""
    held: dict[int, set[int]] = {one.pk: set() for one in rounds}
    for pk, mention in Assignment.objects.live().filter(round__in=held).values_list("round", "mention"):
        held[pk].add(mention)
    return {one.pk: round_words(one) for one in rounds}, {pk: frozenset(told) for pk, told in held.items()}


def round_words(record: Round) -> str:
    """A round in a line: `Series B, Mar 2021, $42m`."""
    name = wording.round_name(record)
    raised = _("undisclosed") if record.raised_undisclosed else str(figures.money(record.raised))
    return ", ".join(part for part in (name[:1].upper() + name[1:], raised) if part)


def _investors(rounds: Iterable[Round]) -> list[str]:
    return list(dict.fromkeys(part.investor.name for one in rounds for part in one.participations.all()))


def _aliases(record: Company | Investor) -> str:
    return _listed(record.aliases.order_by("name").values_list("name", flat=True))


def _listed(names: Iterable[str]) -> str:
    """Names in a row, the first dozen of them."""
    found = list(names)
    shown = ", ".join(found[:NAMES_SHOWN])
    if len(found) <= NAMES_SHOWN:
        return shown
    return _("%(names)s and %(more)d more") % {"names": shown, "more": len(found) - NAMES_SHOWN}
