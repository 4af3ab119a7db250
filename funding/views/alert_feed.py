"""An alert as an Atom feed, at an address that only its owner was shown."""

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from funding.alerting import wording
from funding.models import Alert, AlertEvent
from funding.views.alerts import hash_of

SHOWN = 50


class Feed(Atom1Feed):
    """An Atom feed that was changed when its alert was set, as long as there is nothing in it."""

    def latest_post_date(self) -> datetime.datetime:
        return super().latest_post_date() if self.items else self.feed["since"]


@require_safe
def alert_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The last events of an alert; 304 where there are no others than the reader has."""
    found = Alert.objects.active().filter(way=Alert.Way.FEED, token_hash=hash_of(token))
    alert = found.select_related("watch_list", "saved_search").first()
    if alert is None:
        raise Http404
    events = list(AlertEvent.objects.filter(alert=alert).select_related("company", "round").order_by("-pk")[:SHOWN])
    changed = events[0].at if events else alert.created_at
    etag = f'"{alert.uid}-{events[0].pk if events else 0}"'
    with translation.override(alert.language):
        answer = HttpResponse(_written(request, alert, events), content_type="application/atom+xml; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag, int(changed.timestamp()), answer) or answer


def _written(request: HttpRequest, alert: Alert, events: list[AlertEvent]) -> str:
    feed = Feed(
        title=_("Roundbook: %(name)s") % {"name": alert.subject},
        link=request.build_absolute_uri(alert.get_absolute_url()),
        description=None,
        language=alert.language,
        author_name="Roundbook",
        feed_url=request.build_absolute_uri(),
        feed_guid=f"urn:uuid:{alert.uid}",
        since=alert.created_at,
    )
    for one in events:
        told = [*wording.lines(one), *(_("Source: %(words)s") % {"words": words} for words, _path in one.sources)]
        feed.add_item(
            title=wording.title(one),
            link=request.build_absolute_uri(one.get_absolute_url()),
            description=format_html_join("", "<p>{}</p>", ((line,) for line in told)),
            unique_id=f"urn:uuid:{one.uid}",
            pubdate=one.at,
            updateddate=one.at,
        )
    return str(feed.writeString("utf-8"))
