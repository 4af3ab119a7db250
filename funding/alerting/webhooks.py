"""A delivery as what a webhook is sent: JSON with a signature over the moment and the body."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.encoding import force_bytes

from funding.alerting.mails import site_address
from funding.models import Alert, AlertEvent, Delivery
from funding.web import posting

MOST_EVENTS: Final = 1000  # in one message
ENCODER: Final = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":"))


def send(delivery: Delivery, alert: Alert, events: Sequence[AlertEvent]) -> int:
    """Post a delivery to its alert's address; the status of the answer. Raises fetching.FetchError.

    The id is the same at every attempt, the moment and the signature are of this one.
    """
    body = write(delivery, alert, events)
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Roundbook-Id": str(delivery.uid),
        "Roundbook-Timestamp": moment,
        "Roundbook-Signature": f"sha256={signature(alert.secret, moment, body)}",
    }
    return posting.post(alert.url, body, headers)


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 over the moment, a full stop and the body, in hexadecimal."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def write(delivery: Delivery, alert: Alert, events: Sequence[AlertEvent]) -> bytes:
    """The body: the delivery, the alert, and each event with what was believed before and is since."""
    told = {
        "id": str(delivery.uid),
        "alert": {"id": str(alert.uid), "name": str(alert.subject)},
        "events": [_event(one) for one in events[:MOST_EVENTS]],
        "left_out": max(0, len(events) - MOST_EVENTS),
    }
    return force_bytes(ENCODER.encode(told))


def _event(one: AlertEvent) -> dict[str, Any]:
    return {
        "id": str(one.uid),
        "kind": one.kind,
        "record": one.record,
        "url": site_address(one.get_absolute_url()),
        "company": {"name": str(one.company), "url": site_address(one.company.get_absolute_url())},
        "at": one.at,
        "fields": one.rows,
        "sources": [{"words": words, "url": site_address(path)} for words, path in one.sources],
    }
