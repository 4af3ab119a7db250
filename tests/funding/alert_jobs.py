"""What tests of alerts share: somebody with a list and an alert on it, and the jobs run as workers run them."""

from django.contrib.auth.models import User
from factories import company, make_user

from companies.models import Investor
from funding import jobs, tasks, watching  # noqa: F401  tasks registers what handles which kind
from funding.models import Alert, AlertEvent, Job, SavedSearch, WatchList


def make_analyst(name: str = "ana") -> User:
    """Somebody who may be sent mail."""
    user = make_user(name, "analyst")
    user.email = f"{name}@desk.example"
    user.save()
    return user


def watching_list(owner: User, *companies: str, investors: tuple[str, ...] = (), name: str = "Robotics") -> WatchList:
    """A list of companies and investors that are held."""
    made = WatchList.objects.create(owner=owner, name=name)
    for one in companies:
        watching.watch(made, company(one))
    for one in investors:
        watching.watch(made, Investor.objects.get(name=one))
    return made


def make_alert(of: WatchList | SavedSearch, way: str = "feed", **columns) -> Alert:
    """An alert of the owner of a list or search."""
    on = {"watch_list": of} if isinstance(of, WatchList) else {"saved_search": of}
    needed = {"feed": {"token_hash": "0" * 64}, "webhook": {"secret": "a secret"}}.get(way, {})
    return Alert.objects.create(**{"owner": of.owner, "way": way, **on, **needed} | columns)


def run_jobs(*kinds: str) -> list[Job]:
    """Run the jobs that are due, and those that they queue, until there are none; they as they ended."""
    ran = []
    while job := Job.objects.due().filter(kind__in=kinds or ("alert", "delivery", "digest")).order_by("pk").first():
        jobs.run(job.pk)
        job.refresh_from_db()
        ran.append(job)
        assert len(ran) < 100
    return ran


def told(alert: Alert) -> list[tuple[str, str]]:
    """What an alert has to tell, as kind and record."""
    return list(AlertEvent.objects.filter(alert=alert).order_by("pk").values_list("kind", "record"))
