"""The job that looks at a change: what it did, which alerts that concerns, and what is to be sent."""

from collections.abc import Mapping, Sequence

from django.utils import translation

from funding import jobs
from funding.alerting import deliveries
from funding.alerting.happenings import Happening, happenings_of
from funding.alerting.watchers import Found, concerned
from funding.models import AlertEvent, Change, Job

Key = tuple[int, str, int, int | None]
Told = tuple[Mapping[tuple[str, int, int | None], Happening], Sequence[tuple[str, str]]]


@jobs.handles(Job.Kind.ALERT)
def look(job: Job) -> jobs.Effects:
    """Find what a change did and whom it concerns; the events and their deliveries come with the job's end."""
    change = Change.objects.get(pk=job.payload["change"])
    found = concerned(happenings_of(change)[0])
    told = {language: _told(change, language) for language in {alert.language for alert, _one in found}}

    def record() -> str:
        events = _write(change, found, told)
        deliveries.gather(events)
        return f"{len(events)} events for {len({one.alert_id for one in events})} alerts"

    return record


def _told(change: Change, language: str) -> Told:
    """What a change did in the words of a language, and its sources."""
    with translation.override(language):
        happenings, sources = happenings_of(change)
    return {(one.kind, one.company, one.round): one for one in happenings}, sources


def _write(change: Change, found: Sequence[Found], told: Mapping[str, Told]) -> list[AlertEvent]:
    """The events that are not there yet, written."""
    held = AlertEvent.objects.filter(change=change)
    known: set[Key] = set(held.values_list("alert", "kind", "company", "round"))
    events = []
    for alert, one in found:
        key = (alert.pk, str(one.kind), one.company, one.round)
        if key not in known:
            known.add(key)
            words, sources = told[alert.language]
            said = words.get((one.kind, one.company, one.round), one)
            events.append(
                AlertEvent(
                    alert=alert,
                    change=change,
                    kind=one.kind,
                    company_id=one.company,
                    round_id=one.round,
                    record=said.record,
                    rows=list(said.rows),
                    sources=[list(source) for source in sources],
                )
            )
    return AlertEvent.objects.bulk_create(events)
