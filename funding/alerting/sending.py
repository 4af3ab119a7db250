"""What becomes of what goes out: claimed by whoever sends it, handed over once, and its end written down.

Handing over a mail cannot share a transaction with saying so. It is claimed first, in a transaction of its own; where
the process dies after that, nobody knows whether it went out, and it is never handed over again. docs/decisions has
why.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.mail import EmailMessage
from django.utils import timezone

from funding import jobs
from funding.alerting import mails
from funding.models import Delivery, ReportRun
from funding.models.sending import Sending
from funding.texts import clean_line

logger = logging.getLogger(__name__)
State = Sending.State
LONGEST_ANSWER = 300
One = TypeVar("One", Delivery, ReportRun)


def settle(one: One, state: str, answer: str, *also: str) -> None:
    """Write what became of one; `also` names columns that were set beside."""
    one.state = state
    one.answer = clean_line(answer, LONGEST_ANSWER)
    one.ended_at = None if state == State.WAITING else timezone.now()
    one.save(update_fields=["state", "answer", "ended_at", *also])


def ending(one: One, state: str, answer: str, gone: str) -> jobs.Effects:
    """The effects of its end. `gone` says what was deleted where it is not there any more."""

    def record() -> str:
        held = type(one).objects.select_for_update(no_key=True).filter(pk=one.pk).first()
        if held is None:
            raise jobs.JobFailed(gone)
        settle(held, state, answer)
        return f"{held.get_state_display()}: {held.answer}"

    return record


def waits_again(one: One, why: str) -> None:
    """Let what is surely not sent be tried again."""
    held = type(one).objects.filter(pk=one.pk, state=State.SENDING)
    held.update(state=State.WAITING, answer=clean_line(why, LONGEST_ANSWER))


def hand_over(one: One, write: Callable[[], EmailMessage], answer: str, gone: str) -> jobs.Effects:
    """Hand a claimed mail over and give its end. Raises jobs.JobDelayed or JobFailed where it was surely not taken."""
    try:
        mails.hand_over(write())
    except mails.NotTaken as error:
        waits_again(one, str(error))
        raise (jobs.JobDelayed if error.is_temporary else jobs.JobFailed)(str(error)) from error
    except Exception:
        logger.exception("Mail %s was cut off while it was handed over.", one.uid)
        return ending(one, State.UNSURE, mails.UNSURE, gone)
    return ending(one, State.SENT, answer, gone)
