"""Articles on their way in: the forms that bring them, and what became of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from config.access import Level, level_of
from config.requests import wants_partial
from funding import arrivals, feeds, intake
from funding.forms import ImportForm
from funding.models import Article
from funding.retelling import retold

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def article_list(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _take_in(request)
    if wants_partial(request):
        return render(request, "funding/_arrivals.html", _arrivals(request))
    return _page(request, ImportForm() if level_of(request) >= Level.EDIT else None)


def _page(request: HttpRequest, form: ImportForm | None, status: int = 200) -> HttpResponse:
    return render(request, "funding/article_list.html", _arrivals(request) | {"form": form}, status=status)


def _arrivals(request: HttpRequest) -> dict[str, Any]:
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    state = state if state in Article.State.values else ""
    chosen = Article.objects.newest_first().select_related("source", "job", "feed").defer("source__text")
    if state:
        chosen = chosen.filter(state=state)
    if before.isascii() and before.isdigit() and len(before) < 19:
        chosen = chosen.filter(pk__lt=int(before))
    found = list(chosen[: PAGE_SIZE + 1])
    shown = arrivals.arrivals(found[:PAGE_SIZE])
    still_open = [one for one in shown if one.is_open]
    followed = list(feeds.for_listing())
    return {
        "arrivals": shown,
        "open": still_open,
        "feeds": followed,
        "is_live": bool(still_open) or any(feed.is_fetching for feed in followed),
        "state": state,
        "states": Article.State.choices,
        "older": shown[-1].article.pk if len(found) > PAGE_SIZE else None,
    }


def _take_in(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            article, is_new = _add(form.cleaned_data, request)
        except intake.Unreadable as error:
            form.add_error("file" if form.cleaned_data["file"] else "text", retold(str(error)))
        else:
            _say(request, article, is_new, is_text=not form.cleaned_data["url"])
            return redirect("funding:article_list")
    return _page(request, form, status=422)


def _add(given: dict[str, Any], request: HttpRequest) -> tuple[Article, bool]:
    about = {
        "title": given["title"],
        "publisher": given["publisher"],
        "published": given["published_on"],
        "language": given["language"],
        "by": request.user,
    }
    if given["url"]:
        return intake.add_address(given["url"], **about)
    return intake.add_text(given["file"] or given["text"], **about)


def _say(request: HttpRequest, article: Article, is_new: bool, *, is_text: bool) -> None:
    link = format_html('<a href="{}">{}</a>', article.get_absolute_url(), article)
    if is_new:
        messages.success(request, format_html(_("{} is being read."), link))
    elif is_text:
        messages.info(request, format_html(_("This text is held already: {}. Nothing was changed."), link))
    else:
        messages.info(request, format_html(_("This address was given before: {}. Nothing was changed."), link))


@require_GET
@vary_on_headers("HX-Request")
def article_detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = Article.objects.select_related("source", "job", "feed", "created_by").defer("source__text")
    article = get_object_or_404(found, pk=pk)
    (arrival,) = arrivals.arrivals([article])
    template = "funding/_article_progress.html" if wants_partial(request) else "funding/article_detail.html"
    return render(request, template, {"article": article, "arrival": arrival, "job": article.job})
