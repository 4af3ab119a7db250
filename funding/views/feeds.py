"""Following a feed, and what is done to one: all posts, all back to the articles."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from funding import feeds
from funding.models import Feed
from funding.web.addresses import AddressRefused, read_address


class FeedForm(forms.Form):
    """The address of a feed and how often it is read."""

    url = forms.CharField(
        label="Address of the feed",
        max_length=2000,
        help_text="An RSS or Atom feed, as a paper's site names it.",
        error_messages={"required": "Give the address of the feed."},
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    interval_minutes = forms.TypedChoiceField(
        label="Read it",
        coerce=int,
        initial=60,
        empty_value=60,
        required=False,
        choices=[(15, "every 15 minutes"), (60, "every hour"), (360, "every six hours"), (1440, "once a day")],
    )

    def clean_url(self) -> str:
        """The address in its one form; refused where it is never fetched or is followed already."""
        try:
            url = read_address(self.cleaned_data["url"], settings.FETCH_ALLOWED_HOSTS).url
        except AddressRefused as error:
            raise forms.ValidationError(str(error)) from error
        held = Feed.objects.filter(url=url).first()
        if held:
            raise forms.ValidationError(f"This feed is followed already, as “{held}”.")
        return url


@require_http_methods(["GET", "HEAD", "POST"])
def feed_new(request: HttpRequest) -> HttpResponse:
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        feed, _ = feeds.add(form.cleaned_data["url"], request.user, form.cleaned_data["interval_minutes"])
        messages.success(request, f"{feed} is followed from now on and being fetched.")
        return _to_feeds()
    return render(request, "funding/feed_new.html", {"form": form})


@require_POST
def feed_fetch(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=pk)
    if feeds.fetch_now(feed, request.user):
        messages.success(request, f"{feed} is being fetched.")
    else:
        messages.info(request, f"{feed} is being fetched already.")
    return _to_feeds()


@require_POST
def feed_pause(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=pk)
    feeds.pause(feed)
    messages.success(request, f"{feed} is read on its schedule again." if feed.is_active else f"{feed} is paused.")
    return _to_feeds()


@require_POST
def feed_delete(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=pk)
    feeds.delete(feed, request.user)
    messages.success(request, f"{feed} is followed no longer. Its articles stay.")
    return _to_feeds()


def _to_feeds() -> HttpResponse:
    response = redirect("funding:article_list")
    response["Location"] += "#feeds"
    return response
