"""Which alerts a happening concerns: those on lists with its company or an investor, and on searches that find it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q

from companies.models import Company, Investor
from funding import watching
from funding.alerting.happenings import Happening
from funding.models import Alert, AlertEvent, Participation, WatchEntry

Kind = AlertEvent.Kind
Found = tuple[Alert, Happening]


def concerned(happenings: Sequence[Happening]) -> list[Found]:
    """Every alert with what it has to tell, by alert."""
    if not happenings:
        return []
    investors = _investors({one.round for one in happenings if one.round is not None})
    found = [*_by_list(happenings, investors), *_by_search(happenings, investors)]
    return sorted(found, key=lambda pair: pair[0].pk)


def wants(alert: Alert, kind: str) -> bool:
    """Whether an alert is on what happened."""
    if kind == Kind.VALUATION:
        return alert.on_valuations
    return alert.on_conflicts if kind == Kind.CONFLICT else alert.on_rounds


def _investors(rounds: Collection[int]) -> Mapping[int, set[int]]:
    """Who took part in some rounds."""
    found: dict[int, set[int]] = defaultdict(set)
    for record, investor in Participation.objects.filter(round__in=rounds).values_list("round", "investor"):
        found[record].add(investor)
    return found


def _by_list(happenings: Sequence[Happening], investors: Mapping[int, set[int]]) -> Iterator[Found]:
    """Whoever was merged into a record is watched as that."""
    companies = with_merged(Company, {one.company for one in happenings})
    parties = with_merged(Investor, set().union(*investors.values()))
    about = Q(company__in=companies) | Q(investor__in=parties)
    alerts: dict[int, list[Alert]] = defaultdict(list)
    entries = WatchEntry.objects.filter(about, watch_list__alerts__is_active=True).distinct()
    lists: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for entry in entries.select_related("company", "investor"):
        side = "company" if entry.company_id else "investor"
        record: Any = entry.record
        lists[entry.watch_list_id] |= {(side, record.pk), (side, record.merged_into_id or record.pk)}
    if not lists:
        return
    for alert in Alert.objects.active().filter(watch_list__in=lists).select_related("owner", "watch_list"):
        alerts[alert.watch_list_id or 0].append(alert)
    for key, watched in lists.items():
        for one in happenings:
            parts = {("investor", pk) for pk in investors.get(one.round or 0, ())}
            if watched & {("company", one.company), *parts}:
                yield from ((alert, one) for alert in alerts[key] if wants(alert, one.kind))


def with_merged(model: Any, keys: set[int]) -> set[int]:
    """Some records and those that were merged into them, by id."""
    return keys | set(model.objects.filter(merged_into__in=keys).values_list("pk", flat=True))


def _by_search(happenings: Sequence[Happening], investors: Mapping[int, set[int]]) -> Iterator[Found]:
    """Each search is asked once, however many have saved it."""
    alerts: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    searched = Alert.objects.active().filter(saved_search__isnull=False)
    for alert in searched.select_related("owner", "saved_search"):
        assert alert.saved_search is not None
        alerts[alert.saved_search.page, alert.saved_search.query].append(alert)
    for (page, query), asking in alerts.items():
        keys = {id(one): _keys(page, one, investors) for one in happenings}
        found = watching.found_among(page, query, set().union(*keys.values()))
        for one in happenings:
            if keys[id(one)] & found:
                yield from ((alert, one) for alert in asking if wants(alert, one.kind))


def _keys(page: str, one: Happening, investors: Mapping[int, set[int]]) -> set[int]:
    """The records of a page that a happening is about."""
    match page:
        case "companies":
            return {one.company}
        case "investors":
            return investors.get(one.round or 0, set())
    return {one.round} if one.round is not None else set()
