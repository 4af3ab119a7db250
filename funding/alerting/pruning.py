"""What alerts told long ago is deleted once a day; never what is still to be sent."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from funding import jobs
from funding.models import Alert, AlertEvent, Delivery, Job

MOST: Final = 20_000  # rows of a kind in one job; what is left goes the next day


def enqueue_daily() -> Job | None:
    """Queue the day's job, once however often it is asked for; None where everything is kept."""
    if not settings.ALERT_DAYS:
        return None
    day = timezone.localdate().isoformat()
    return jobs.enqueue(Job.Kind.PRUNING, f"pruning:{day}", {"pruning": day})


@jobs.handles(Job.Kind.PRUNING)
def prune(job: Job) -> jobs.Effects:
    """Delete the events and messages of alerts that are older than `ROUNDBOOK_ALERT_DAYS`."""

    def record() -> str:
        if not settings.ALERT_DAYS:
            return "Everything is kept"
        before = timezone.now() - timedelta(days=settings.ALERT_DAYS)
        events, messages = _delete(old_events(before)), _delete(old_deliveries(before))
        return f"{events} events and {messages} messages deleted"

    return record


def old_events(before: datetime) -> QuerySet[AlertEvent]:
    """The events of before a moment whose message had ended by then, or that stand in a feed."""
    told = Q(delivery__ended_at__lt=before) | Q(delivery=None, alert__way=Alert.Way.FEED)
    return AlertEvent.objects.filter(told, at__lt=before)


def old_deliveries(before: datetime) -> QuerySet[Delivery]:
    """The messages that ended before a moment, and of which no event is left."""
    left = AlertEvent.objects.filter(delivery=OuterRef("pk"))
    return Delivery.objects.filter(~Exists(left), ended_at__lt=before)


def _delete(rows: QuerySet[Any]) -> int:
    """Delete the oldest of some rows; how many."""
    oldest = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
    return rows.model.objects.filter(pk__in=oldest).delete()[0]
