"""Where articles on their way in stand, in words for pages and commands, and waiting until they are in."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from funding import reviewing
from funding.models import Article, Job, Review
from funding.retelling import retold
from funding.values import PartialDate

POLL = 0.25  # seconds between two looks at the jobs
QUIET = 20.0  # seconds without anything happening after which whoever waits is told


@dataclass(slots=True)
class Arrival:
    """One article and how far it is. `state` and `note` are words; `counts` is how its proposals stand."""

    article: Article
    state: str
    note: str = ""
    review: Review | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen to it by itself."""
        return self.article.state == Article.State.WAITING

    @property
    def has_failed(self) -> bool:
        return self.article.state in (Article.State.FAILED, Article.State.CANCELLED)

    @property
    def publisher(self) -> str:
        """Who published it, as its source says or its giver."""
        source = self.article.source
        return (source.publisher if source else "") or self.article.publisher

    @property
    def published(self) -> PartialDate | None:
        """When, at its precision."""
        article = self.article
        if article.source:
            return article.source.published
        return PartialDate.of(article.published_on, article.published_precision) if article.published_on else None

    @property
    def is_to_review(self) -> bool:
        """Whether a person has to decide some of what it says."""
        return bool(self.review) and self.review.state == Review.State.PENDING  # type: ignore[union-attr]


def arrivals(articles: Iterable[Article]) -> list[Arrival]:
    """The articles with what became of them; two queries, given `source` and `job` with the articles."""
    shown = list(articles)
    sources = {article.source_id for article in shown if article.source_id}
    reviews = {review.source_id: review for review in Review.objects.filter(source__in=sources).order_by("pk")}
    counts = reviewing.counts_of(reviews.values()) if reviews else {}
    return [_arrival(article, reviews.get(article.source_id or 0), counts) for article in shown]


def _arrival(article: Article, review: Review | None, counts: dict[int, dict[str, int]]) -> Arrival:
    match article.state:
        case Article.State.WAITING:
            return Arrival(article, *_progress(article.job))
        case Article.State.READ if review is not None:
            held = counts[review.pk]
            return Arrival(article, _("read"), reviewing.in_words(review, held), review, held)
        case Article.State.DUPLICATE:
            return Arrival(
                article, _("held already"), retold(article.reason), review, counts[review.pk] if review else {}
            )
    return Arrival(article, article.get_state_display(), retold(article.reason))


def _progress(job: Job | None) -> tuple[str, str]:
    """How far an article is that is not in yet."""
    if job is None or job.state == Job.State.QUEUED:
        if job is not None and job.attempt:
            told = {"number": job.attempt + 1, "at": f"{job.run_after:%H:%M:%S}"}
            return _("waiting for attempt %(number)d, at %(at)s") % told, retold(job.error)
        return _("waiting"), ""
    words = retold(job.progress) if job.progress else _("being read")
    words = words[:1].lower() + words[1:]
    if not job.total_count:
        return words, ""
    told = {"doing": words, "step": min(job.done_count + 1, job.total_count), "all": job.total_count}
    return _("%(doing)s, step %(step)d of %(all)d") % told, ""


def await_all(articles: Sequence[Article], tell: Callable[[int, int], None], warn: Callable[[str], None]) -> None:
    """Return when the jobs of all articles have ended.

    `tell` is called with how many have and how many there are, whenever that changes; `warn` once with a sentence
    where nothing has happened for a while and none is being read.
    """
    waited_for = [article.job_id for article in articles if article.job_id]
    ended, since, has_warned = -1, time.monotonic(), False
    while True:
        still = Job.objects.open().filter(pk__in=waited_for)
        now = len(waited_for) - still.count()
        if now != ended:
            ended, since = now, time.monotonic()
            tell(ended, len(waited_for))
        if ended == len(waited_for):
            return
        if not has_warned and time.monotonic() - since > QUIET and not still.filter(state=Job.State.RUNNING).exists():
            warn(_why_quiet(list(still.order_by("run_after"))))
            has_warned = True
        time.sleep(POLL * (1 + len(waited_for) / 1000))


def _why_quiet(still: Sequence[Job]) -> str:
    """Why nothing happens to jobs that are still to be done."""
    if not still or still[0].run_after <= timezone.now():
        return _("Nothing has been read for a while: is a worker running? What is queued stays queued.")
    first = still[0]
    told = {"n": len(still), "at": f"{first.run_after:%H:%M:%S}", "error": retold(first.error)}
    return _("%(n)d to be tried again, the first at %(at)s UTC: %(error)s") % told
