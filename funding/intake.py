"""How articles come in: as pasted text or as an address, each a row with a job that fetches, reads and proposes."""

import datetime
import hashlib
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction

from funding import accepting, extraction, jobs, reviewing, unattended
from funding.models import Article, Feed, Job, Review, Source
from funding.texts import clean_line, clean_text
from funding.values import PartialDate
from funding.web import addresses, fetching, pages

LONGEST = 200_000  # characters; a longer text is a book, and its reading would hold a worker for minutes
LONGEST_URL = 2000
LONGEST_TITLE = 160
EARLIEST = 1900  # a year before this is a slip of the hand


class Unreadable(ValueError):
    """What was given is no article; the text says why, for people."""


def read_file(body: bytes) -> str:
    """The text of a file. Raises Unreadable where it is no UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("It is no text in UTF-8. Save it as plain text in UTF-8, and give it again.") from None


def title_in(text: str) -> str:
    """The title that a text begins with: a short line of its own that ends no sentence. Empty where it has none."""
    first, gap, rest = text.partition("\n\n")
    is_title = gap and rest.strip() and "\n" not in first and len(first) <= LONGEST_TITLE and not first.endswith(".")
    return first.strip() if is_title else ""


def is_web_address(url: str) -> bool:
    """Whether a page may link to it."""
    if clean_text(url) != url:
        return False
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return True


def read_published(text: str) -> PartialDate | None:
    """The date of publication as people give it, at its precision; None where there is none.

    Raises Unreadable for what is no such date, or is one on which nothing can have appeared.
    """
    text = text.strip()
    if not text:
        return None
    try:
        date = PartialDate.from_iso(text)
    except ValueError:
        raise Unreadable(f"“{text[:40]}” is no date of the form 2023-08-24, 2023-08 or 2023.") from None
    # Somewhere it is tomorrow already.
    if date.first_day > datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1):
        raise Unreadable(f"The date {text} lies in the future.")
    if date.year < EARLIEST:
        raise Unreadable(f"The date {text} lies before {EARLIEST}.")
    return date


def add_text(
    text: str,
    *,
    title: str = "",
    publisher: str = "",
    published: PartialDate | None = None,
    language: str = "",
    url: str = "",
    by: User | None = None,
    accept_above: Decimal | None = None,
) -> tuple[Article, bool]:
    """Take in the text of an article and queue its reading; the article, and whether it is new.

    The same text given again is the article held already, unchanged. `url` is where it stands, and is not fetched.
    Raises Unreadable where there is no text, or the address is none.
    """
    if url and (len(url) > LONGEST_URL or not is_web_address(url)):
        raise Unreadable(f"“{clean_line(url, 80)}” is no http(s) address.")
    if len(text) > LONGEST:
        raise Unreadable(f"The text has {len(text):,} characters; at most {LONGEST:,} are read.")
    cleaned = clean_text(text).strip()
    if not any(char.isalpha() for char in cleaned):
        raise Unreadable("There is no text in it.")
    about = _about(title or title_in(cleaned), publisher, published, language, by, accept_above)
    with transaction.atomic():
        source, _ = Source.objects.exclude(kind=Source.Kind.ENTRY).get_or_create(
            text_hash=hash_of(cleaned),
            defaults={
                "kind": Source.Kind.REPORT,
                "text": cleaned,
                "title": about["title"],
                "publisher": about["publisher"],
                "url": url,
                "language": about["language"],
                "published_on": about["published_on"],
                "published_precision": about["published_precision"],
            },
        )
        held = Article.objects.filter(source=source).order_by("pk").first()
        if held:
            return held, False
        columns = {**about, "title": about["title"] or source.headline, "source": source, "url": url}
        return _queue(source.text_hash, columns, by=by)


def add_address(
    url: str,
    *,
    title: str = "",
    publisher: str = "",
    published: PartialDate | None = None,
    language: str = "",
    feed: Feed | None = None,
    by: User | None = None,
    accept_above: Decimal | None = None,
) -> tuple[Article, bool]:
    """Take in the address of an article and queue its fetching; the article, and whether it is new.

    Raises `addresses.AddressRefused` for an address that is never fetched.
    """
    address = addresses.read_address(url, settings.FETCH_ALLOWED_HOSTS)
    about = _about(title, publisher, published, language, by, accept_above)
    with transaction.atomic():
        return _queue(hash_of(address.url), {**about, "url": address.url, "feed": feed}, by=by, host=address.host)


def hash_of(text: str) -> str:
    """The SHA-256 of a text, by which texts and addresses are known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def _about(
    title: str,
    publisher: str,
    published: PartialDate | None,
    language: str,
    by: User | None,
    accept_above: Decimal | None,
) -> dict[str, Any]:
    """The columns of an article that its giver states."""
    return {
        "title": clean_line(title),
        "publisher": clean_line(publisher, 200),
        "published_on": published.first_day if published else None,
        "published_precision": published.precision if published else "",
        "language": language[:2].lower(),
        "created_by": by,
        "accept_above": accept_above,
    }


def _queue(key: str, columns: dict[str, Any], *, by: User | None, host: str = "") -> tuple[Article, bool]:
    article, is_new = Article.objects.get_or_create(key=key, defaults=columns)
    if is_new:
        article.job = jobs.enqueue(
            Job.Kind.ARTICLE, f"article:{key}", {"article": article.pk}, host=host, by=by, total=3
        )
        article.save(update_fields=["job"])
    return article, is_new


def follow_job(job: Job) -> None:
    """Write on the article's row what became of its job."""
    states = {
        Job.State.FAILED: Article.State.FAILED,
        Job.State.DEAD: Article.State.FAILED,
        Job.State.CANCELLED: Article.State.CANCELLED,
    }
    state = states.get(Job.State(job.state), Article.State.WAITING)
    reason = job.error if state != Article.State.WAITING else ""
    Article.objects.filter(job=job).update(state=state, reason=reason)


@jobs.handles(Job.Kind.ARTICLE, on_outcome=follow_job)
def read_article(job: Job) -> jobs.Effects:
    """Fetch an article where its text is not held, read it, and propose what it says."""
    article = Article.objects.select_related("source").get(pk=job.payload["article"])
    draft = article.source or _fetch(job, article)
    jobs.report_progress(job, "Reading", 1, 3)
    found = extraction.extract(
        draft.text,
        language=draft.language or None,
        published_on=draft.published,
        title=draft.title or None,
        publisher=draft.publisher or None,
    )
    jobs.report_progress(job, "Proposing", 2, 3)

    def take_in() -> str:
        return _take_in(article, draft, found)

    return take_in


def _fetch(job: Job, article: Article) -> Source:
    """The page of an article as a source that is not stored yet."""
    jobs.report_progress(job, "Fetching", 0, 3)
    try:
        fetched = fetching.fetch(article.url)
        page = pages.read_page(fetched.body, fetched.url, fetched.charset)
    except fetching.FetchError as error:
        if error.is_temporary:
            raise jobs.JobDelayed(str(error)) from error
        raise jobs.JobFailed(str(error)) from error
    except pages.NoArticle as error:
        raise jobs.JobFailed(str(error)) from error
    title = page.title or article.title
    text = page.text if not title or page.text.startswith(title) else f"{title}\n\n{page.text}"
    if len(text) > LONGEST:
        raise jobs.JobFailed(f"The page has {len(text):,} characters of text; at most {LONGEST:,} are read.")
    stated = PartialDate.of(article.published_on, article.published_precision) if article.published_on else None
    published = page.published_on or stated
    return Source(
        kind=Source.Kind.REPORT,
        publisher=article.publisher or page.publisher,
        url=fetched.url,
        title=title,
        text=text,
        text_hash=hash_of(text),
        language=article.language or page.language,
        published_on=published.first_day if published else None,
        published_precision=published.precision if published else "",
    )


def _take_in(article: Article, draft: Source, found: extraction.Extraction) -> str:
    """Store the source where it is new, open its review, and accept what the giver asked to; what came of it."""
    if draft.pk is None:
        twin = Source.objects.filter(text_hash=draft.text_hash).exclude(kind=Source.Kind.ENTRY).first()
        if twin:
            return _is_duplicate(article, twin)
        try:
            with transaction.atomic():
                draft.save()
        except IntegrityError:
            return _is_duplicate(article, Source.objects.get(text_hash=draft.text_hash))
    _describe(draft, found)
    review = reviewing.open_review(draft, found)
    article.source, article.state, article.reason = draft, Article.State.READ, ""
    article.title = article.title or draft.headline
    article.save(update_fields=["source", "state", "reason", "title"])
    if article.accept_above is not None:
        note = f"Accepted at {article.accept_above} or more, as the import asked"
        above = float(article.accept_above)
        sure = unattended.sure_enough(review, above)
        reviewing.accept(review, sure, by=article.created_by, note=note, names_seen=False)
    else:
        accepting.accept_by_rules(review)
    return outcome(review)


def _is_duplicate(article: Article, twin: Source) -> str:
    article.source, article.state = twin, Article.State.DUPLICATE
    article.reason = "Its text is held already."
    article.save(update_fields=["source", "state", "reason"])
    return article.reason


def _describe(source: Source, found: extraction.Extraction) -> None:
    """What only reading tells of a source: its language and whom it repeats."""
    source.language = source.language or found.language
    source.cites = list(found.cites)
    if found.cites:
        source.kind = Source.Kind.REWRITE
    source.save(update_fields=["language", "cites", "kind"])


def outcome(review: Review) -> str:
    """What a reading came to, in words."""
    return reviewing.in_words(review, reviewing.counts(review))
