"""A process of its own that sends what waits: `delivery ID` as we do, `plain ID` first sending and then marking."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from funding import jobs, tasks  # noqa: E402, F401  tasks registers what handles which kind
from funding.alerting import deliveries, mails  # noqa: E402
from funding.models import Delivery  # noqa: E402


def plain(pk: int) -> None:
    """The control: what is not marked as sent is sent, and marked then."""
    delivery = Delivery.objects.select_related("owner").get(pk=pk)
    if delivery.state != Delivery.State.SENT:
        mails.hand_over(mails.write(delivery, deliveries.events_of(delivery)))
        Delivery.objects.filter(pk=pk).update(state=Delivery.State.SENT, ended_at=timezone.now())


if __name__ == "__main__":
    how, number = sys.argv[1], int(sys.argv[2])
    plain(number) if how == "plain" else jobs.run(number)
