"""Alerts: what somebody hears of, which way, and what was sent."""

import hashlib
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from funding import watching
from funding.alerting import deliveries, digests, mails, wording
from funding.models import Alert, AlertEvent, Delivery, SavedSearch
from funding.retelling import retold
from funding.web.addresses import AddressRefused, read_address

Way = Alert.Way
SHOWN = 50  # events of an alert, and the deliveries that they went with


class AlertForm(forms.ModelForm):
    """What is told, and which way."""

    class Meta:
        model = Alert
        fields = ("on_rounds", "on_valuations", "on_conflicts", "way", "url")
        labels = {
            "on_rounds": gettext_lazy("Rounds and exits, new or changed"),
            "on_valuations": gettext_lazy("Valuations, new or changed"),
            "on_conflicts": gettext_lazy("Figures about which sources begin to differ"),
            "way": gettext_lazy("Which way"),
            "url": gettext_lazy("Address of the webhook"),
        }
        help_texts = {"url": gettext_lazy("For a webhook only. It is sent JSON by POST, with a signature.")}
        widgets = {"url": forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"})}

    def clean(self) -> dict[str, Any]:
        """Something to tell, an address where one is needed, and nobody's mail but their own."""
        given = super().clean() or self.cleaned_data
        if not any(given.get(name) for name in ("on_rounds", "on_valuations", "on_conflicts")):
            self.add_error("on_rounds", _("Choose at least one of the three."))
        if given.get("way") in (Way.MAIL, Way.DIGEST) and not self.instance.owner.email:
            told = _("Your account has no mail address to send to. An administrator adds it.")
            self.add_error("way", told)
        if given.get("way") == Way.WEBHOOK:
            self._clean_address(given.get("url", ""))
        else:
            given["url"] = ""
        return given

    def _clean_address(self, url: str) -> None:
        """The address in its one form; refused where nothing is ever sent."""
        try:
            self.cleaned_data["url"] = read_address(url.strip(), settings.FETCH_ALLOWED_HOSTS).url
        except AddressRefused as error:
            self.add_error("url", retold(str(error)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def alert_new(request: HttpRequest) -> HttpResponse:
    """Set an alert on `?list=` or `?search=`. What signs a webhook and where a feed is are shown once, right after."""
    alert = Alert(owner=request.user, language=translation.get_language() or "en", **_subject(request))
    form = AlertForm(request.POST or None, instance=alert, initial={"way": Way.MAIL})
    if request.method == "POST" and form.is_valid():
        shown_once = _make_secret(form.save(commit=False))
        if _kept(form, alert):
            if alert.way == Way.DIGEST:
                digests.ensure(alert.owner)
            if shown_once:
                return _detail(request, alert, shown_once)
            messages.success(request, _("The alert is set."))
            return redirect(alert)
    return render(request, "funding/alert_new.html", {"form": form, "alert": alert, "has_mail": settings.HAS_MAIL})


@require_safe
def alert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _own(request, pk))


@require_POST
def alert_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an alert, or take it up again; what happens meanwhile is not told later."""
    alert = _own(request, pk)
    alert.is_active = not alert.is_active
    alert.failures, alert.problem = 0, ""
    alert.save(update_fields=["is_active", "failures", "problem"])
    messages.success(request, _("The alert is on again.") if alert.is_active else _("The alert is stopped."))
    return redirect(alert)


@require_POST
@never_cache
def alert_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Another address for a feed, or another secret for a webhook; the one before no longer works."""
    alert = _own(request, pk)
    shown_once = _make_secret(alert)
    if not shown_once:
        raise Http404
    alert.save(update_fields=["secret", "token_hash"])
    return _detail(request, alert, shown_once)


@require_POST
def alert_delete(request: HttpRequest, pk: int) -> HttpResponse:
    alert = _own(request, pk)
    back = alert.watch_list
    alert.delete()
    messages.success(request, _("The alert is deleted."))
    return redirect(back or "funding:watch_overview")


@require_POST
def digest_hour(request: HttpRequest) -> HttpResponse:
    """At which hour the daily digest goes out."""
    hour = request.POST.get("hour", "")
    if hour.isascii() and hour.isdigit() and len(hour) < 3 and int(hour) < 24:
        digests.set_hour(request.user, int(hour))  # type: ignore[arg-type]
        messages.success(request, _("The digest goes out at %(hour)s:00 UTC.") % {"hour": f"{int(hour):02}"})
    else:
        messages.error(request, _("An hour is a number from 0 to 23."))
    return redirect("funding:watch_overview")


@require_POST
def delivery_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one's own mail once more of which it is not known whether it went out."""
    delivery = get_object_or_404(Delivery, pk=pk, owner=request.user.pk)
    try:
        deliveries.send_again(delivery, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The mail is being sent again."))
    except ValueError as error:
        messages.error(request, retold(str(error)))
    told = Alert.objects.filter(events__delivery=delivery, owner=request.user.pk).order_by("pk")
    # A mail may tell of several alerts: back to the page of the one whose button it was.
    back = next((one for one in told.distinct() if str(one.pk) == request.POST.get("alert")), told.first())
    return redirect(back or "funding:watch_overview")


@csrf_exempt  # mail programs post here without a page before; the address itself is signed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def alert_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the alerts that a mail tells of, without signing in; looking at the page stops nothing."""
    try:
        uid = mails.read_stop_token(token)
    except signing.BadSignature:
        return render(request, "funding/alert_stop.html", {"is_known": False}, status=404)
    alerts = Alert.objects.filter(events__delivery__uid=uid).select_related("watch_list", "saved_search").distinct()
    stopped = 0
    if request.method == "POST":
        stopped = Alert.objects.filter(pk__in=alerts.values("pk")).update(is_active=False, problem="")
    context = {"is_known": True, "alerts": alerts.order_by("pk")[: watching.MOST_LISTS], "is_done": bool(stopped)}
    return render(request, "funding/alert_stop.html", context)


def hash_of(token: str) -> str:
    """What is kept of the token in the address of a feed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _detail(request: HttpRequest, alert: Alert, shown_once: str = "") -> HttpResponse:
    events = list(AlertEvent.objects.filter(alert=alert).select_related("company", "round").order_by("-pk")[:SHOWN])
    sent = Delivery.objects.filter(pk__in={one.delivery_id for one in events if one.delivery_id})
    feed = reverse("funding:alert_feed", args=[shown_once]) if shown_once and alert.way == Way.FEED else ""
    context = {
        "alert": alert,
        "events": [(one, wording.lines(one)) for one in events],
        "deliveries": sent.order_by("-pk"),
        "shown_once": shown_once,
        "feed_address": request.build_absolute_uri(feed) if feed else "",
        "has_mail": settings.HAS_MAIL,
        "most": SHOWN,
    }
    return render(request, "funding/alert_detail.html", context)


def _own(request: HttpRequest, pk: int) -> Alert:
    found = Alert.objects.select_related("owner", "watch_list", "saved_search")
    return get_object_or_404(found, pk=pk, owner=request.user.pk)


def _subject(request: HttpRequest) -> dict[str, Any]:
    """The list or search that the address names, where it may be watched."""
    for name, column, rows in (
        ("list", "watch_list", watching.visible_lists(request.user)),
        ("search", "saved_search", SavedSearch.objects.filter(owner=request.user.pk)),
    ):
        key = request.GET.get(name, "")
        if key.isascii() and key.isdigit() and len(key) < 19:
            return {column: get_object_or_404(rows, pk=int(key))}
    raise Http404


def _make_secret(alert: Alert) -> str:
    """Give an alert what is shown once: the token of a feed's address, or the secret of a webhook; else nothing."""
    made = secrets.token_urlsafe(32)
    if alert.way == Way.FEED:
        alert.token_hash = hash_of(made)
        return made
    if alert.way == Way.WEBHOOK:
        alert.secret = made
        return made
    return ""


def _kept(form: AlertForm, alert: Alert) -> bool:
    if Alert.objects.filter(owner=alert.owner_id).count() >= watching.MOST_LISTS:
        form.add_error(None, _("You have %(most)s alerts, which is the most. Delete one first.")
                       % {"most": watching.MOST_LISTS})  # fmt: skip
        return False
    try:
        with transaction.atomic():
            alert.save()
    except IntegrityError as error:
        if "alert_once_a_way" not in str(error):
            raise
        form.add_error("way", _("You have an alert on this that goes the same way already."))
        return False
    return True
