"""A delivery as a mail: what it says, and handing it over so that it is known whether the server has it."""

import contextlib
import smtplib
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from funding.alerting import wording
from funding.models import Alert, AlertEvent, Delivery

MOST_EVENTS: Final = 200  # in one mail; the rest stands on the page of the alert
SALT: Final = "funding.alerting.stop"
UNSURE: Final = "It was cut off while the mail was handed over. It may have arrived, so it is not sent again."
# Answers of a server that has not taken a mail. Whatever else goes wrong leaves that open.
REFUSALS: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)


class NotTaken(Exception):
    """The mail is surely not on its way; the text says why. `is_temporary` where trying later may help."""

    def __init__(self, reason: str, *, is_temporary: bool) -> None:
        super().__init__(reason)
        self.is_temporary = is_temporary


def stop_token(delivery: Delivery) -> str:
    """What the address holds at which the alerts of a mail are stopped."""
    return signing.dumps(str(delivery.uid), salt=SALT)


def read_stop_token(token: str) -> str:
    """The uid of the delivery that a token is for. Raises signing.BadSignature."""
    return str(signing.loads(token, salt=SALT))


def site_address(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{settings.SITE_ADDRESS}{path}"


def write(delivery: Delivery, events: Sequence[AlertEvent]) -> EmailMessage:
    """The mail, in the language of its first alert. Its Message-ID is that of the delivery."""
    with translation.override(events[0].alert.language):
        stop = site_address(reverse("funding:alert_stop", args=[stop_token(delivery)]))
        context = {
            "events": [_told(one) for one in events[:MOST_EVENTS]],
            "more": max(0, len(events) - MOST_EVENTS),
            "subjects": list(dict.fromkeys(str(one.alert.subject) for one in events)),
            "is_digest": delivery.way == Alert.Way.DIGEST,
            "overview": site_address(reverse("funding:watch_overview")),
            "stop": stop,
        }
        subject, body = _subject(delivery, events), render_to_string("funding/alert_mail.txt", context)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    headers = {
        "Message-ID": f"<{delivery.uid}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return EmailMessage(subject, body, None, [delivery.owner.email], headers=headers)


def _told(one: AlertEvent) -> tuple[str, list[str], list[list[str]], str]:
    return wording.title(one), wording.lines(one), one.sources, site_address(one.get_absolute_url())


def _subject(delivery: Delivery, events: Sequence[AlertEvent]) -> str:
    number = len(events)
    if delivery.way == Alert.Way.DIGEST:
        told = ngettext("Roundbook today: %(number)s change", "Roundbook today: %(number)s changes", number)
        return told % {"number": number}
    first = wording.title(events[0])
    if number == 1:
        return first
    told = ngettext("%(first)s, and %(number)s more", "%(first)s, and %(number)s more", number - 1)
    return told % {"first": first, "number": number - 1}


def hand_over(message: EmailMessage) -> None:
    """Give a mail to the server. Raises NotTaken where the server surely does not have it; anything else is open."""
    if not any(message.to):
        raise NotTaken("The account has no mail address. An administrator adds it.", is_temporary=False)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        reason = f"The mail server cannot be reached or does not let us in: {type(error).__name__}: {error}"
        raise NotTaken(reason, is_temporary=True) from error
    try:
        connection.send_messages([message])
    except REFUSALS as error:
        raise NotTaken(f"The mail server refused it: {error}", is_temporary=_is_temporary(error)) from error
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def _is_temporary(error: smtplib.SMTPException) -> bool:
    """Whether the server asks to come back: a code of 4xx."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
    else:
        codes = [getattr(error, "smtp_code", 0)]
    return any(400 <= code < 500 for code in codes)
