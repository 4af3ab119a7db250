"""`import_samples`: the sample articles through the real pipeline, accepted."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from funding import arrivals, samples
from funding.models import Article

BETWEEN_LINES = 3.0  # seconds, where every line stays in a log


class Command(BaseCommand):
    help = "Import the sample articles, accept what they say, and return when all are read. Twice changes nothing."
    needs = "jobs"

    def handle(self, *args: Any, **options: Any) -> None:
        self.said_at = 0.0
        articles = samples.add_all()
        arrivals.await_all(articles, self._tell, self._warn)
        found = Article.objects.filter(pk__in=[article.pk for article in articles]).select_related("source", "job")
        lost = [one for one in arrivals.arrivals(found) if one.has_failed]
        for one in lost:
            self.stderr.write(f"{one.article}: {one.state}. {one.note}")
        if lost:
            raise CommandError(f"{len(lost)} of {len(articles)} sample articles could not be read.")

    def _tell(self, done: int, of: int) -> None:
        """The progress, on one line that is written over where a person looks on."""
        words = f"Samples: {done} of {of} articles read"
        if sys.stdout.isatty():
            self.stdout.write(f"\r{words}", ending="\n" if done == of else "")
            self.stdout.flush()
        elif done == of or time.monotonic() - self.said_at > BETWEEN_LINES:
            self.stdout.write(words)
            self.said_at = time.monotonic()

    def _warn(self, sentence: str) -> None:
        self.stderr.write(f"\n{sentence}")
