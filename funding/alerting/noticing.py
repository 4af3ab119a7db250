"""Where a change is finished: have somebody look at it, where there is any alert at all."""

from funding import jobs
from funding.models import Alert, Change, Job


def notice(change: Change) -> None:
    """Queue the look for alerts in the transaction of the change; one query where nobody has an alert."""
    if Alert.objects.filter(is_active=True).exists():
        jobs.enqueue(Job.Kind.ALERT, f"alert:{change.pk}", {"change": change.pk})
