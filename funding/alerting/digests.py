"""The daily digest: at an hour of one's choice one mail with what came since the last, or none where nothing did."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from funding import jobs
from funding.alerting import deliveries
from funding.models import Alert, AlertEvent, Delivery, Digest, Job


def next_time(hour: int, after: datetime) -> datetime:
    """The first moment after another at which the clock of UTC strikes an hour."""
    at = after.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > after else at + timedelta(days=1)


def set_hour(owner: User, hour: int) -> Digest:
    """Send somebody's digest at this hour from now on."""
    defaults = {"hour": hour, "next_at": next_time(hour, timezone.now())}
    return Digest.objects.update_or_create(owner=owner, defaults=defaults)[0]


def ensure(owner: User) -> Digest:
    """The digest of somebody who has an alert that goes along with it, at seven unless they chose otherwise."""
    return Digest.objects.filter(owner=owner).first() or set_hour(owner, 7)


def enqueue_due() -> int:
    """Queue a job for every digest that is due; returns how many. The key names the due time, as with feeds."""
    with transaction.atomic():
        due = list(Digest.objects.filter(next_at__lte=timezone.now()).order_by("next_at")[:1000])
        for digest in due:
            key = f"digest:{digest.pk}:{digest.next_at.timestamp():.6f}"
            jobs.enqueue(Job.Kind.DIGEST, key, {"digest": digest.pk, "due": digest.next_at.isoformat()})
    return len(due)


def follow(job: Job) -> None:
    """A digest that could not be made is made the next day."""
    if job.state == Job.State.QUEUED:
        return
    digest = Digest.objects.select_for_update(no_key=True).filter(pk=job.payload.get("digest")).first()
    if digest and digest.next_at <= timezone.now():
        digest.next_at = next_time(digest.hour, timezone.now())
        digest.save(update_fields=["next_at"])


@jobs.handles(Job.Kind.DIGEST, on_outcome=follow)
def make(job: Job) -> jobs.Effects:
    """Put what came since the last digest into one delivery."""

    def record() -> str:
        digest = Digest.objects.select_for_update(no_key=True).filter(pk=job.payload["digest"]).first()
        if digest is None:
            raise jobs.JobFailed("The account was deleted.")
        if digest.next_at > timezone.now():
            return "It was made before, or its hour was changed"
        digest.next_at = next_time(digest.hour, timezone.now())
        digest.save(update_fields=["next_at"])
        alerts = Alert.objects.active().filter(owner=digest.owner_id, way=Alert.Way.DIGEST)
        events = list(AlertEvent.objects.filter(alert__in=alerts, delivery=None).values_list("pk", flat=True))
        if not events:
            return "Nothing came since the last"
        delivery = Delivery.objects.create(owner_id=digest.owner_id, way=Alert.Way.DIGEST, begun_at=timezone.now())
        deliveries.add(delivery, events)
        return f"{len(events)} events"

    return record
