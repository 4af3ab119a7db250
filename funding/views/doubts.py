"""Pairs of records that may be one, side by side with the reasons: the same, two different ones, or later."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import OperationalError
from django.db.models import Count, F, Prefetch, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from companies.models import Alias, Company, Investor
from config import paging
from config.filters import AFTER
from config.paging import BadPlace, Page
from funding import figures, recording
from funding.models import Doubt, Participation, Round
from funding.retelling import retold
from funding.texts import clean_line
from funding.values import PartialDate

from .merging import BUSY, LONGEST_REASON, address_of, page_of, say_done
from .portraits import round_words

PAGE_SIZE, ROUNDS_SHOWN, NAMES_SHOWN = 10, 4, 8
KINDS = (("", gettext_lazy("All")), ("company", gettext_lazy("Companies")), ("investor", gettext_lazy("Investors")))
ORDER = paging.Order(gettext_lazy("the likeliest first"), "score", paging.COUNT)
GONE = gettext_lazy(
    "This pair is no doubt any more: somebody has decided on it, or what was said of one was taken back."
)
# What is said of two records: of two names, and of one that both go by.
TWO_COMPANIES = (
    gettext_noop("%(left)s and %(right)s are two companies."),
    gettext_noop("Both are two companies called %(left)s."),
)
TWO_INVESTORS = (
    gettext_noop("%(left)s and %(right)s are two investors."),
    gettext_noop("Both are two investors called %(left)s."),
)


@dataclass(slots=True)
class Card:
    """One of the two records: what it goes by, what is known of it, its newest rounds and how many there are."""

    record: Any
    lines: dict[str, str] = field(default_factory=dict)
    rounds: list[tuple[str, str]] = field(default_factory=list)
    number: int = 0

    @property
    def more(self) -> int:
        """The rounds that are not listed."""
        return self.number - len(self.rounds)


@dataclass(frozen=True, slots=True)
class Pair:
    """A doubt with both records, and where they are looked at as one."""

    doubt: Doubt
    cards: list[Card]
    merge_at: str


@require_safe
def doubt_list(request: HttpRequest) -> HttpResponse:
    """The doubts, the likeliest first; those put off by themselves."""
    asked = _asked(request)
    found = Doubt.objects.filter(state=asked["state"])
    if asked["kind"]:
        found = found.filter(**{f"left_{asked['kind']}__isnull": False})
    sides = ("left_company", "right_company", "left_investor", "right_investor")
    problem = ""
    try:
        page = paging.take(found.select_related(*sides), ORDER, request.GET.get(AFTER, ""), PAGE_SIZE)
    except BadPlace as error:
        page, problem = Page([], "", True), str(error)
    context = {
        "pairs": _pairs(page.rows),
        "number": paging.count_in_words(paging.count(found)),
        "page": page,
        "kinds": KINDS,
        "asked": asked,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "problem": problem,
    }
    return render(request, "funding/doubt_list.html", context, status=422 if problem else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    """The kind of record and whether those put off are asked for; what is neither is as good as not asked."""
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    return {
        "kind": kind if kind in dict(KINDS) else "",
        "state": state if state in Doubt.State.values else str(Doubt.State.OPEN),
    }


def _pairs(doubts: Sequence[Doubt]) -> list[Pair]:
    records = [record for one in doubts for record in (one.left, one.right)]
    cards = {(type(record), record.pk): Card(record) for record in records}
    companies = [record for record in records if isinstance(record, Company)]
    investors = [record for record in records if isinstance(record, Investor)]
    for model, of_kind in ((Company, _of_companies(companies)), (Investor, _of_investors(investors))):
        for pk, (rounds, number, lines) in of_kind.items():
            card = cards[model, pk]
            card.rounds, card.number, card.lines = rounds, number, lines
    called = Alias.objects.filter(Q(company__in=companies) | Q(investor__in=investors)).order_by("name")
    names: dict[Any, list[str]] = defaultdict(list)
    for alias in called:
        names[(Company, alias.company_id) if alias.company_id else (Investor, alias.investor_id)].append(alias.name)
    for key, known_as in names.items():
        cards[key].lines = {_("Also called"): ", ".join(known_as[:NAMES_SHOWN])} | cards[key].lines
    return [
        Pair(
            one,
            [cards[type(record), record.pk] for record in (one.left, one.right)],
            f"{page_of(one.left, 'merge')}?with={address_of(one.right)}",
        )
        for one in doubts
    ]


Found = dict[int, tuple[list[tuple[str, str]], int, dict[str, str]]]


def _of_companies(companies: Sequence[Company]) -> Found:
    """By company its newest rounds, their number, and seat, year of founding and investors."""
    newest = Window(RowNumber(), partition_by="company", order_by=(F("announced_on").desc(nulls_last=True), "-id"))
    rounds = Round.objects.live().filter(company__in=companies)
    rounds = rounds.annotate(place=newest, number=Window(Count("pk"), partition_by="company"))
    parts = Prefetch("participations", Participation.objects.select_related("investor").order_by("investor__key"))
    by_company: dict[int, list[Any]] = defaultdict(list)
    for one in rounds.filter(place__lte=ROUNDS_SHOWN).prefetch_related(parts).order_by("company", "place"):
        by_company[one.company_id].append(one)
    found: Found = {}
    for company in companies:
        own = by_company[company.pk]
        names = dict.fromkeys(part.investor.name for one in own for part in one.participations.all())
        founded = company.founded_on and PartialDate.of(company.founded_on, company.founded_precision)
        lines = {
            _("Seat"): company.city,
            _("Founded"): figures.date(founded) if founded else "",
            _("Investors"): ", ".join(list(names)[:NAMES_SHOWN]),
        }
        listed = [(round_words(one), one.get_absolute_url()) for one in own]
        found[company.pk] = listed, own[0].number if own else 0, lines
    return found


def _of_investors(investors: Sequence[Investor]) -> Found:
    """By investor the newest rounds it is in, their number, and the companies of those."""
    newest = Window(
        RowNumber(), partition_by="investor", order_by=(F("round__announced_on").desc(nulls_last=True), "-round")
    )
    parts = Participation.objects.filter(investor__in=investors, round__is_live=True)
    parts = parts.annotate(place=newest, number=Window(Count("pk"), partition_by="investor"))
    parts = parts.filter(place__lte=ROUNDS_SHOWN).select_related("round__company").order_by("investor", "place")
    by_investor: dict[int, list[Any]] = defaultdict(list)
    for part in parts:
        by_investor[part.investor_id].append(part)
    found: Found = {}
    for investor in investors:
        own = by_investor[investor.pk]
        listed = [(f"{part.round.company}, {round_words(part.round)}", part.round.get_absolute_url()) for part in own]
        led = sum(1 for part in own if part.is_lead)
        found[investor.pk] = listed, own[0].number if own else 0, {_("Said to lead"): str(led) if led else ""}
    return found


@require_POST
def doubt_different(request: HttpRequest, pk: int) -> HttpResponse:
    """The two are two: kept, so that they are never asked about again."""
    doubt = _doubt(pk)
    if doubt is None:
        messages.info(request, GONE)
        return _back(request)
    reason = clean_line(request.POST.get("reason", ""), LONGEST_REASON)
    by: Any = request.user
    left, right = doubt.left, doubt.right
    try:
        change = recording.judge_different(left, right, by=by, reason=reason)
    except ValueError as error:
        messages.error(request, retold(str(error)))
    except OperationalError:
        messages.error(request, BUSY)
    else:
        words = TWO_COMPANIES if doubt.left_company else TWO_INVESTORS
        told = _(words[left.name == right.name]) % {"left": left.name, "right": right.name}
        say_done(request, change, f"{told} {_('They will not be asked about again.')}")
    return _back(request)


@require_POST
def doubt_later(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a doubt off, or take it up again where it was put off."""
    state = Doubt.State.OPEN if "again" in request.POST else Doubt.State.LATER
    if not Doubt.objects.filter(pk=pk).update(state=state):
        messages.info(request, GONE)
    return _back(request)


def _doubt(pk: int) -> Doubt | None:
    sides = ("left_company", "right_company", "left_investor", "right_investor")
    return Doubt.objects.filter(pk=pk).select_related(*sides).first()


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was asked for."""
    asked = {name: value for name, value in _asked(request).items() if value}
    return redirect(f"{reverse('funding:doubt_list')}?{urlencode(asked)}")
