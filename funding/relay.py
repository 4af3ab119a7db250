"""The relay: a small process that tells the workers of due jobs, again and again until somebody claims them.

Any number of relays may run; each row is sent by one of them. It outlives an absent broker or database.
"""

import logging
import signal
import threading
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from funding import dispatch

logger = logging.getLogger(__name__)


class Relay:
    """Sends due jobs every `interval` seconds, ten times as often while there are any, until it is told to stop."""

    def __init__(self, interval: float | None = None) -> None:
        self.interval = settings.RELAY_INTERVAL if interval is None else interval
        self.stopping = threading.Event()
        self.trouble = ""

    def run(self) -> None:
        """Send until `stop` is called or SIGTERM or SIGINT arrives."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        logger.info("The relay looks for due jobs every %s s.", self.interval)
        while not self.stopping.is_set():
            # While there is work the window empties quickly.
            self.stopping.wait(self.interval / 10 if self.step() else self.interval)

    def step(self) -> int:
        """Send what is due and return how many messages that was; trouble is logged, once, and counts as none."""
        try:
            sent = dispatch.send_due()
        except dispatch.BrokerAway as error:
            self.report("The broker does not answer", error)
            return 0
        except (DatabaseError, InterfaceError) as error:
            self.report("The database does not answer", error)
            connection.close()
            return 0
        if self.trouble:
            logger.info("The relay sends again.")
            self.trouble = ""
        return sent

    def report(self, trouble: str, error: Exception) -> None:
        """Say what is wrong when it begins, not at every try."""
        if trouble != self.trouble:
            logger.warning("%s; trying again every %s s. %s", trouble, self.interval, str(error).strip())
            self.trouble = trouble

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """End `run` after the step it is in."""
        self.stopping.set()
