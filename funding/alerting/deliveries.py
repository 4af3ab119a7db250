"""Sending: each delivery a job of its own, a mail at most once (`sending`), a webhook until it is taken.

A webhook of which nobody knows whether it went out is sent again, under the same id, by which its receiver knows it.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from funding import jobs
from funding.alerting import mails, sending, webhooks
from funding.models import Alert, AlertEvent, Delivery, Job
from funding.texts import clean_line
from funding.web import fetching
from funding.web.addresses import AddressRefused, read_address

GONE = "The alert was deleted meanwhile."
State = Delivery.State
MOST_FAILURES = 3  # deliveries in a row, each given up, after which a webhook is stopped


def gather(events: Iterable[AlertEvent]) -> None:
    """Put events into the waiting delivery of their receiver, or a new one, and queue it; in the caller's transaction.

    Mails at once go to a person, whichever alerts they are of; each webhook is a receiver of its own. Feeds and
    digests fetch their events themselves.
    """
    for event in events:
        alert = event.alert
        if alert.way in (Alert.Way.MAIL, Alert.Way.WEBHOOK):
            add(open_for(alert), [event.pk])


def open_for(alert: Alert) -> Delivery:
    """The delivery that what an alert tells goes along with, held to the end of the transaction."""
    webhook = alert if alert.way == Alert.Way.WEBHOOK else None
    waiting = Delivery.objects.select_for_update(no_key=True).filter(state=State.WAITING, begun_at=None)
    return waiting.get_or_create(
        owner_id=alert.owner_id, way=alert.way, alert=webhook, defaults={"state": State.WAITING}
    )[0]


def add(delivery: Delivery, events: Iterable[int]) -> Job:
    """Put events into a delivery, and queue it where it is not."""
    AlertEvent.objects.filter(pk__in=list(events), delivery=None).update(delivery=delivery)
    return _queue(delivery, f"delivery:{delivery.uid}")


def send_again(delivery: Delivery, by: User) -> Job:
    """Queue a mail of which nobody knows whether it went out, once more, because its owner asks for it.

    It keeps its id, by which a mailbox may know the second one. Raises ValueError, in words for people, where it is no
    such mail, or is being sent again already.
    """
    with transaction.atomic():
        now = timezone.now()
        open_ended = Delivery.objects.filter(pk=delivery.pk, state=State.UNSURE).exclude(way=Alert.Way.WEBHOOK)
        if not open_ended.update(state=State.WAITING, answer="", ended_at=None, begun_at=now, again_at=now):
            raise ValueError("This is no message of which it is not known whether it was sent.")
        return _queue(delivery, f"delivery:{delivery.uid}:{now.timestamp():.6f}", by)


def _queue(delivery: Delivery, key: str, by: User | None = None) -> Job:
    host = ""
    if delivery.alert:
        try:
            host = read_address(delivery.alert.url, settings.FETCH_ALLOWED_HOSTS).host
        except AddressRefused:  # allowed once and not any more: the job says so
            host = ""
    return jobs.enqueue(Job.Kind.DELIVERY, key, {"delivery": delivery.pk}, host=host, by=by)


def events_of(delivery: Delivery) -> list[AlertEvent]:
    """What a delivery tells of: the events of alerts that were not stopped meanwhile, the first first."""
    events = delivery.events.filter(alert__in=Alert.objects.active())
    related = events.select_related("alert__watch_list", "alert__saved_search", "company", "round")
    return list(related.order_by("pk"))


def follow(job: Job) -> None:
    """What a delivery learns from a job that did not come to a good end; a webhook that fails on and on is stopped."""
    delivery = Delivery.objects.select_for_update(no_key=True).filter(pk=job.payload.get("delivery")).first()
    if delivery is None or delivery.state in (State.SENT, State.UNSURE):
        return
    if job.state == Job.State.QUEUED:
        delivery.begun_at = delivery.begun_at or timezone.now()  # nothing more is put into it
        sending.settle(delivery, State.WAITING, "", "begun_at")
        return
    if delivery.state == State.SENDING and delivery.way != Alert.Way.WEBHOOK:
        sending.settle(delivery, State.UNSURE, mails.UNSURE)
        return
    sending.settle(delivery, State.FAILED, job.error)
    if delivery.alert_id and job.state != Job.State.CANCELLED:
        _count_failure(delivery.alert_id, job.error)


@jobs.handles(Job.Kind.DELIVERY, on_outcome=follow)
def deliver(job: Job) -> jobs.Effects:
    """Send a delivery, unless it was sent before or nothing of it is wanted any more."""
    delivery = Delivery.objects.select_related("owner", "alert").filter(pk=job.payload["delivery"]).first()
    if delivery is None:
        raise jobs.JobFailed("The alert was deleted.")
    if delivery.state == State.SENDING and delivery.way != Alert.Way.WEBHOOK:
        return sending.ending(delivery, State.UNSURE, mails.UNSURE, GONE)
    if delivery.state not in (State.WAITING, State.SENDING):
        return lambda: f"It was {delivery.get_state_display()} before"
    if not _claim(delivery):
        raise jobs.JobDelayed("Another worker has it in hand.")
    events = events_of(delivery)
    if not events:
        why = "Nothing of it is wanted any more: the alerts were stopped."
        return sending.ending(delivery, State.FAILED, why, GONE)
    return _post(delivery, events) if delivery.alert else _mail(delivery, events)


def _claim(delivery: Delivery) -> bool:
    """Say, before anything is sent, that it is being sent; whether nobody else had said so meanwhile."""
    held = Delivery.objects.filter(pk=delivery.pk, state=delivery.state)
    return held.update(state=State.SENDING, begun_at=timezone.now()) == 1


def _mail(delivery: Delivery, events: list[AlertEvent]) -> jobs.Effects:
    answer = f"{_number(events)}, to {delivery.owner.email}"
    return sending.hand_over(delivery, lambda: mails.write(delivery, events), answer, GONE)


def _post(delivery: Delivery, events: list[AlertEvent]) -> jobs.Effects:
    assert delivery.alert is not None
    try:
        status = webhooks.send(delivery, delivery.alert, events)
    except fetching.FetchError as error:
        sending.waits_again(delivery, error.reason)
        raise (jobs.JobDelayed if error.is_temporary else jobs.JobFailed)(error.reason) from error

    def record() -> str:
        Alert.objects.filter(pk=delivery.alert_id).update(failures=0)
        return ended()

    ended = sending.ending(delivery, State.SENT, f"{_number(events)}, taken with status {status}", GONE)
    return record


def _number(events: list[AlertEvent]) -> str:
    return f"{len(events)} {'change' if len(events) == 1 else 'changes'}"


def _count_failure(alert_id: int, reason: str) -> None:
    Alert.objects.filter(pk=alert_id).update(failures=F("failures") + 1)
    problem = clean_line(
        f"Stopped after {MOST_FAILURES} deliveries in a row were given up. The last one: {reason}", 300
    )
    failing = Alert.objects.filter(pk=alert_id, is_active=True, failures__gte=MOST_FAILURES)
    failing.update(is_active=False, problem=clean_line(problem, 300))
