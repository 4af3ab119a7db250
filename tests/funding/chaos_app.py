"""The Celery app of the chaos test: the real one, whose article jobs take a little longer and leave a tally.

The tally has no unique key: a job that took effect twice stands there twice.
"""

import time

import django

django.setup()

from django.db import connection  # noqa: E402

from config.celery import app  # noqa: E402
from funding import extraction, intake, jobs, reviewing  # noqa: E402
from funding.models import Job, Source  # noqa: E402

SECONDS = 0.1
_article = jobs.HANDLERS[Job.Kind.ARTICLE]


def tally(of: str) -> None:
    """Write down, in the transaction at hand, that something took effect."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chaos_tally VALUES (%s)", [of])


@jobs.handles(Job.Kind.ARTICLE, on_outcome=_article.on_outcome)
def read_article(job: Job) -> jobs.Effects:
    """The real reading, and its tally in the same transaction."""
    effects = _article.prepare(job)
    time.sleep(SECONDS)

    def both() -> str:
        tally(str(job.pk))
        return effects()

    return both


@app.task
def plain_import(text: str) -> None:
    """The control: the same reading of a text that stands in the message and nowhere else."""
    found = extraction.extract(text)
    time.sleep(SECONDS)
    source = Source.objects.create(kind=Source.Kind.REPORT, text=text, text_hash=intake.hash_of(text))
    reviewing.open_review(source, found)
    tally(text)
