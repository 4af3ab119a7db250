"""The job that looks at a change: what it did, which alerts that concerns, and what is to be sent."""

from collections.abc import Sequence

from funding import jobs
from funding.alerting import deliveries
from funding.alerting.happenings import happenings_of
from funding.alerting.watchers import Found, concerned
from funding.models import AlertEvent, Change, Job

Key = tuple[int, str, int, int | None]


@jobs.handles(Job.Kind.ALERT)
def look(job: Job) -> jobs.Effects:
    """Find what a change did and whom it concerns; the events and their deliveries come with the job's end."""
    change = Change.objects.get(pk=job.payload["change"])
    happenings, sources = happenings_of(change)
    found = concerned(happenings)

    def record() -> str:
        events = _write(change, found, sources)
        deliveries.gather(events)
        return f"{len(events)} events for {len({one.alert_id for one in events})} alerts"

    return record


def _write(change: Change, found: Sequence[Found], sources: Sequence[tuple[str, str]]) -> list[AlertEvent]:
    """The events that are not there yet, written."""
    held = AlertEvent.objects.filter(change=change)
    known: set[Key] = set(held.values_list("alert", "kind", "company", "round"))
    events = []
    for alert, one in found:
        key = (alert.pk, str(one.kind), one.company, one.round)
        if key not in known:
            known.add(key)
            events.append(
                AlertEvent(
                    alert=alert,
                    change=change,
                    kind=one.kind,
                    company_id=one.company,
                    round_id=one.round,
                    record=one.record,
                    rows=list(one.rows),
                    sources=[list(source) for source in sources],
                )
            )
    return AlertEvent.objects.bulk_create(events)
