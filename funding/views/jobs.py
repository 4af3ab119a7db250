"""What is being done and what went wrong: the jobs, with cancel and retry."""

from django.conf import settings
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from config.requests import wants_partial
from funding import feeds, intake, jobs  # noqa: F401  both register who follows the end of a job
from funding.models import Feed, Job

PAGE_SIZE = 50


@require_GET
@vary_on_headers("HX-Request")
def job_list(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    before = request.GET.get("before", "")
    chosen = Job.objects.newest_first().prefetch_related("articles__source")
    if state in Job.State.values:
        chosen = chosen.filter(state=state)
    if before.isascii() and before.isdigit() and len(before) < 19:
        chosen = chosen.filter(pk__lt=int(before))
    found = list(chosen[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    context = {
        "jobs": with_feeds(shown),
        "state": state if state in Job.State.values else "",
        "states": Job.State.choices,
        "attempts": settings.JOB_ATTEMPTS,
        "older": shown[-1].pk if len(found) > PAGE_SIZE else None,
        "is_live": not before and Job.objects.open().exists(),
    }
    return render(request, "funding/_job_table.html" if wants_partial(request) else "funding/job_list.html", context)


@require_GET
@vary_on_headers("HX-Request")
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Job.objects.select_related("created_by").prefetch_related("articles__source"), pk=pk)
    context = {"job": with_feeds([found])[0], "attempts": settings.JOB_ATTEMPTS}
    return render(request, "funding/_job.html" if wants_partial(request) else "funding/job_detail.html", context)


@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk)
    try:
        cancelled = jobs.cancel(job, request.user)
    except OperationalError:  # its worker holds the row: it is writing its effects
        messages.error(request, _("Job %(number)s is just being finished. Look again in a moment.") % {"number": pk})
        return _back(request, job)
    if cancelled:
        messages.success(request, _("Job %(number)s is cancelled; nothing of it takes effect.") % {"number": pk})
    else:
        messages.info(request, _("Job %(number)s had ended already.") % {"number": pk})
    return _back(request, job)


@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk)
    if jobs.retry(job, request.user):
        messages.success(request, _("Job %(number)s waits for its turn again.") % {"number": pk})
    else:
        messages.info(request, _("Job %(number)s has nothing to retry.") % {"number": pk})
    return _back(request, job)


def with_feeds(found: list[Job]) -> list[Job]:
    """The jobs, each with the feed it reads as `feed`, or None."""
    held = Feed.objects.in_bulk({job.payload["feed"] for job in found if "feed" in job.payload})
    for job in found:
        job.feed = held.get(job.payload.get("feed"))  # type: ignore[attr-defined]
    return found


def _back(request: HttpRequest, job: Job) -> HttpResponse:
    """To the page that was asked from, where it is one of ours."""
    asked_from = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked_from, {request.get_host()}, require_https=request.is_secure())
    return redirect(asked_from if is_ours else job.get_absolute_url())
