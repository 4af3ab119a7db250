"""What goes out of the house once: a mail, what a webhook is sent, a file put into a folder."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sending(models.Model):
    """A message or file on its way out. `uid` is what its receiver knows it by.

    A mail is claimed (`sending`) before it is handed over, and never handed over a second time by itself: what became
    of one whose process died meanwhile is `unsure`. Its owner may have it sent again, at `again_at` for the last time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        UNSURE = "unsure", _("not known")

    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    answer = models.CharField(max_length=300, blank=True)  # what came back, or why not
    ended_at = models.DateTimeField(null=True, blank=True)
    again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
