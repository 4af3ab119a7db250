"""Watch lists and saved searches: who may see one, what is put on it, and which records a saved search is about."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company, Investor
from config.filters import QueryFilter
from config.paging import Order
from funding.filters import RoundFilter
from funding.models import Investment, Round, SavedSearch, WatchEntry, WatchList
from funding.values import PartialDate

MOST_LISTS: Final = 200  # of one person, and as many searches and alerts
MOST_ENTRIES: Final = 10_000  # on one list
NEWEST_FIRST: Final = Order("the last added first")
# By page, how its query string is read and what it lists.
SEARCHED: Final[Mapping[str, tuple[type[QueryFilter], Any]]] = {
    SavedSearch.Page.COMPANIES: (CompanyFilter, Company),
    SavedSearch.Page.ROUNDS: (RoundFilter, Round),
    SavedSearch.Page.INVESTORS: (InvestorFilter, Investor),
}
Person = AbstractBaseUser | AnonymousUser


class Refused(ValueError):
    """What cannot be kept; the text says why, for the person who asked."""


def visible_lists(user: Person) -> QuerySet[WatchList]:
    """The lists that somebody may read: their own, and those that are shared."""
    is_shared = Q(is_shared=True)
    return WatchList.objects.filter(is_shared | Q(owner=user.pk) if user.is_authenticated else is_shared)


def keep(record: WatchList | SavedSearch) -> None:
    """Save a list or search of somebody. Raises Refused where the name is taken, or there are too many."""
    held = type(record).objects.filter(owner=record.owner)
    if record.pk is None and held.count() >= MOST_LISTS:
        raise Refused(_("You have %(most)s of these already, which is the most. Delete one first.")
                      % {"most": MOST_LISTS})  # fmt: skip
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        if "name_once" not in str(error):
            raise
        raise Refused(_("You have one named “%(name)s” already.") % {"name": record.name}) from None


def watch(watch_list: WatchList, record: Company | Investor, note: str = "") -> WatchEntry:
    """Put a company or investor on a list, or change the note of one that is on it. Raises Refused at a full list.

    The list is held meanwhile, so that two at a time do not pass the limit.
    """
    side = str(record._meta.model_name)
    with transaction.atomic():
        WatchList.objects.select_for_update(no_key=True).get(pk=watch_list.pk)
        entry = WatchEntry.objects.filter(watch_list=watch_list, **{side: record}).first()
        if entry is None and watch_list.entries.count() >= MOST_ENTRIES:
            raise Refused(
                _("“%(name)s” has %(most)s entries, which is the most. Take one off, or use another list.")
                % {"name": watch_list, "most": f"{MOST_ENTRIES:,}"}
            )
        if entry is None:
            return WatchEntry.objects.create(watch_list=watch_list, note=note, **{side: record})
        entry.note = note
        entry.save(update_fields=["note"])
        return entry


def unwatch(watch_list: WatchList, record: Company | Investor) -> bool:
    """Take a company or investor off a list; whether it was on it."""
    side = str(record._meta.model_name)
    return bool(WatchEntry.objects.filter(watch_list=watch_list, **{side: record}).delete()[0])


def entries_of(watch_list: WatchList) -> QuerySet[WatchEntry]:
    """The entries of a list with their records."""
    return watch_list.entries.select_related("company__merged_into", "investor__merged_into")


def with_last(entries: Sequence[WatchEntry]) -> list[WatchEntry]:
    """The entries, each with when its record's last round was announced, as exactly as that is known, as `last`."""
    companies = {one.company_id for one in entries if one.company_id}
    rounds = Round.objects.live().filter(company__in=companies, announced_on=F("company__last_round_on"))
    investors = {one.investor_id for one in entries if one.investor_id}
    parts = Investment.objects.filter(investor__in=investors, last_on=F("investor__last_round_on"))
    told: list[dict[Any, PartialDate]] = [
        {key: PartialDate.of(day, precision) for key, day, precision in rows}
        for rows in (
            rounds.values_list("company", "announced_on", "announced_precision"),
            parts.values_list("investor", "last_on", "last_precision"),
        )
    ]
    for one in entries:
        vars(one)["last"] = told[0].get(one.company_id) if one.company_id else told[1].get(one.investor_id)
    return list(entries)


def read_search(page: str, query: str) -> QueryFilter:
    """The filter that a saved search stands for; it says itself where it cannot be read (any more)."""
    form, _model = SEARCHED[page]
    return form(QueryDict(query))


def found_among(page: str, query: str, keys: set[int]) -> set[int]:
    """Of some records of a page, by id, those that a search finds; none where it cannot be read."""
    model = SEARCHED[page][1]
    rows = read_search(page, query).apply(model.objects.live().filter(pk__in=keys))
    return set(rows.order_by().values_list("pk", flat=True)[: len(keys)])
