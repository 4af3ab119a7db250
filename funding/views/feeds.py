"""Following a feed, and what is done to one: all posts, all back to the articles."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from funding import feeds
from funding.models import Feed
from funding.retelling import retold
from funding.web.addresses import AddressRefused, read_address


class FeedForm(forms.Form):
    """The address of a feed and how often it is read."""

    url = forms.CharField(
        label=gettext_lazy("Address of the feed"),
        max_length=2000,
        help_text=gettext_lazy("An RSS or Atom feed, as a paper's site names it."),
        error_messages={"required": gettext_lazy("Give the address of the feed.")},
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    interval_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Read it"),
        coerce=int,
        initial=60,
        empty_value=60,
        required=False,
        choices=[
            (15, gettext_lazy("every 15 minutes")),
            (60, gettext_lazy("every hour")),
            (360, gettext_lazy("every six hours")),
            (1440, gettext_lazy("once a day")),
        ],
    )

    def clean_url(self) -> str:
        """The address in its one form; refused where it is never fetched or is followed already."""
        try:
            url = read_address(self.cleaned_data["url"], settings.FETCH_ALLOWED_HOSTS).url
        except AddressRefused as error:
            raise forms.ValidationError(retold(str(error))) from error
        held = Feed.objects.filter(url=url).first()
        if held:
            raise forms.ValidationError(_("This feed is followed already, as “%(held)s”.") % {"held": held})
        return url


@require_http_methods(["GET", "HEAD", "POST"])
def feed_new(request: HttpRequest) -> HttpResponse:
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        feed, _is_new = feeds.add(form.cleaned_data["url"], request.user, form.cleaned_data["interval_minutes"])
        messages.success(request, _("%(feed)s is followed from now on and being fetched.") % {"feed": feed})
        return _to_feeds()
    return render(request, "funding/feed_new.html", {"form": form})


@require_POST
def feed_fetch(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=pk)
    if feeds.fetch_now(feed, request.user):
        messages.success(request, _("%(feed)s is being fetched.") % {"feed": feed})
    else:
        messages.info(request, f"{feed} is being fetched already.")
    return _to_feeds()


@require_POST
def feed_pause(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=pk)
    feeds.pause(feed)
    messages.success(
        request,
        _("%(feed)s is read on its schedule again.") % {"feed": feed}
        if feed.is_active
        else _("%(feed)s is paused.") % {"feed": feed},
    )
    return _to_feeds()


@require_POST
def feed_delete(request: HttpRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=pk)
    feeds.delete(feed, request.user)
    messages.success(request, _("%(feed)s is followed no longer. Its articles stay.") % {"feed": feed})
    return _to_feeds()


def _to_feeds() -> HttpResponse:
    response = redirect("funding:article_list")
    response["Location"] += "#feeds"
    return response
