"""Who may do what: the one place that decides.

Every named route stands in `RIGHTS` with the level it needs; a route that does not stand there is
refused to everyone, and a test fails until it is listed. Roles are auth groups; each role includes
the rights of those before it. What is open to visitors without an account is the owner's choice
(`ROUNDBOOK_OPEN_READING`). `docs/access.md` says the same in prose.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from config.problems import Problem, is_of_api
from config.readers import known_of


class Level(IntEnum):
    """What may be done, from least to most; each level includes those before it."""

    OPEN = 0
    READ = 1
    EXPORT = 2
    EDIT = 3
    ADMINISTER = 4


ROLES: Final[Mapping[str, Level]] = {
    "reader": Level.READ,
    "analyst": Level.EXPORT,
    "editor": Level.EDIT,
    "admin": Level.ADMINISTER,
}

# What a token of the API must be made for, to do what a level allows; of an administrator's rights it has none.
SCOPES: Final[Mapping[Level, str]] = {Level.READ: "read", Level.EXPORT: "export", Level.EDIT: "write"}

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDING_HEADERS: Final = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class Right:
    """The level a route needs: `get` to look at it, `post` for every method that may change something.

    A route that does not say what posting needs asks for an editor, whatever it shows to readers.
    """

    get: Level
    post: Level = Level.EDIT

    def level_for(self, method: str) -> Level:
        """The level that this HTTP method needs, never less than looking needs."""
        return self.get if method in SAFE_METHODS else max(self.get, self.post)


OPEN: Final = Right(Level.OPEN, post=Level.OPEN)
READ: Final = Right(Level.READ)
EXPORT: Final = Right(Level.EXPORT)
WATCH: Final = Right(Level.EXPORT, post=Level.EXPORT)
EDIT: Final = Right(Level.EDIT)
ADMINISTER: Final = Right(Level.ADMINISTER)
OWN: Final = Right(Level.READ, post=Level.READ)

# By the name a route has in the URL map; "namespace:*" stands for all of a namespace.
RIGHTS: Final[Mapping[str, Right]] = {
    # Open: signing in and out, and what a machine asks. The account pages themselves ask who is there.
    "account_login": OPEN,
    "account_logout": OPEN,
    "account_signup": OPEN,
    "account_inactive": OPEN,
    "account_reauthenticate": OPEN,
    "account_change_password": OPEN,
    "account_set_password": OPEN,
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "sign_in_link": OPEN,
    "set_language": OPEN,
    "set_currency": OPEN,
    "health": OPEN,
    "csp_report": OPEN,
    # Opens what its signed token says, and nothing else.
    "companies:embedded_chart": OPEN,
    "admin:*": ADMINISTER,
    # Pages
    "overview": READ,
    "funding:design": READ,
    "companies:company_list": READ,
    "companies:company_detail": READ,
    "companies:company_embed": WATCH,
    "companies:embed_take_back": WATCH,
    "companies:company_similar": READ,
    "companies:investor_with": READ,
    "companies:compare": READ,
    "companies:compare_suggest": READ,
    "companies:compare_export": EXPORT,
    "companies:investor_list": READ,
    "companies:investor_detail": READ,
    "companies:investor_years": EXPORT,
    "companies:company_new": EDIT,
    "companies:company_facts": EDIT,
    "companies:person_new": EDIT,
    "companies:investor_facts": EDIT,
    "companies:search": READ,
    "companies:search_suggest": READ,
    "companies:company_suggest": EDIT,
    "companies:investor_suggest": EDIT,
    "companies:parent_suggest": EDIT,
    "funding:round_list": READ,
    "funding:round_detail": READ,
    "funding:round_new": EDIT,
    "funding:round_change": EDIT,
    "funding:exit_new": EDIT,
    "funding:exit_change": EDIT,
    "funding:exit_merge": EDIT,
    "funding:valuation_new": EDIT,
    "funding:change_list": READ,
    "funding:company_changes": READ,
    "funding:source_detail": READ,
    "funding:evidence": READ,
    "funding:statement_mark": EDIT,
    "funding:conflict_list": READ,
    "funding:company_history": READ,
    "funding:investor_history": READ,
    "funding:round_history": READ,
    "funding:article_list": READ,
    "funding:article_detail": READ,
    "funding:feed_new": EDIT,
    "funding:feed_fetch": EDIT,
    "funding:feed_pause": EDIT,
    "funding:feed_delete": EDIT,
    "funding:job_list": EDIT,
    "funding:job_detail": EDIT,
    "funding:job_cancel": EDIT,
    "funding:job_retry": EDIT,
    "funding:review_inbox": EDIT,
    "funding:review_detail": EDIT,
    "funding:review_decide": EDIT,
    "funding:review_accept": EDIT,
    "funding:review_audit": EDIT,
    "funding:review_rules": ADMINISTER,
    "funding:import_list": EDIT,
    "funding:import_detail": EDIT,
    "funding:import_mapping": EDIT,
    "funding:import_use": EDIT,
    "funding:mapping_list": EDIT,
    "funding:mapping_rename": EDIT,
    "funding:mapping_delete": EDIT,
    "funding:import_check": EDIT,
    "funding:import_record": EDIT,
    "funding:import_take_back": EDIT,
    "funding:import_refused": EDIT,
    "funding:import_delete": EDIT,
    "funding:rates": ADMINISTER,
    "funding:rates_remove": ADMINISTER,
    "funding:change_undo": EDIT,
    "funding:doubt_list": EDIT,
    "funding:doubt_different": EDIT,
    "funding:doubt_later": EDIT,
    "funding:company_merge": EDIT,
    "funding:company_split": EDIT,
    "funding:investor_merge": EDIT,
    "funding:investor_split": EDIT,
    "funding:round_merge": EDIT,
    "funding:round_split": EDIT,
    "funding:export": EXPORT,
    "funding:overview_csv": EXPORT,
    "funding:report_list": EXPORT,
    "funding:report_new": WATCH,
    "funding:report_detail": EXPORT,
    "funding:report_edit": WATCH,
    "funding:report_schedule": WATCH,
    "funding:report_run": WATCH,
    "funding:report_delete": WATCH,
    "funding:report_run_again": WATCH,
    "funding:watch_overview": READ,
    "funding:watch_list": Right(Level.READ, post=Level.EXPORT),
    "funding:watch_list_new": WATCH,
    "funding:watch_list_edit": WATCH,
    "funding:watch_list_delete": WATCH,
    "funding:watch_entry_note": WATCH,
    "funding:watch": WATCH,
    "funding:search_new": WATCH,
    "funding:search_detail": WATCH,
    "funding:search_delete": WATCH,
    "funding:alert_new": WATCH,
    "funding:alert_detail": WATCH,
    "funding:alert_pause": WATCH,
    "funding:alert_renew": WATCH,
    "funding:alert_delete": WATCH,
    "funding:delivery_again": WATCH,
    "funding:digest_hour": WATCH,
    # The API: a token or a session, and for a token the scope that goes with the level (`SCOPES`).
    "api:about": READ,
    "api:token_list": OWN,
    "api:token_revoke": OWN,
    "api:companies": READ,
    "api:companies_one": READ,
    "api:companies_bulk": EXPORT,
    "api:rounds": READ,
    "api:rounds_one": READ,
    "api:rounds_bulk": EXPORT,
    "api:investors": READ,
    "api:investors_one": READ,
    "api:investors_bulk": EXPORT,
    "api:participations": READ,
    "api:participations_one": READ,
    "api:participations_bulk": EXPORT,
    "api:valuations": READ,
    "api:valuations_one": READ,
    "api:valuations_bulk": EXPORT,
    "api:exits": READ,
    "api:exits_one": READ,
    "api:exits_bulk": EXPORT,
    "api:people": READ,
    "api:people_one": READ,
    "api:people_bulk": EXPORT,
    "api:sources": READ,
    "api:sources_one": READ,
    "api:sources_bulk": EXPORT,
    "api:mentions": READ,
    "api:mentions_one": READ,
    "api:mentions_bulk": EXPORT,
    "api:statements": READ,
    "api:statements_one": READ,
    "api:statements_bulk": EXPORT,
    "api:changes": READ,
    "api:changes_one": READ,
    "api:changes_bulk": EXPORT,
    "api:articles": READ,
    "api:articles_one": READ,
    "api:articles_bulk": EXPORT,
    "api:changes_undo": EDIT,
    "api:exports": WATCH,
    "api:exports_one": WATCH,
    "api:exports_file": EXPORT,
    "api:document": Right(Level.READ, post=Level.READ),
    "api:nothing": Right(Level.READ, post=Level.READ),
    # Open to whoever was given the address: it holds a token, or a signature.
    "funding:alert_feed": OPEN,
    "funding:alert_stop": OPEN,
}

# The masthead, in its order. A section is shown to those who may open it.
SECTIONS: Final = (
    (gettext_lazy("Overview"), "overview"),
    (gettext_lazy("Companies"), "companies:company_list"),
    (gettext_lazy("Rounds"), "funding:round_list"),
    (gettext_lazy("Investors"), "companies:investor_list"),
    (gettext_lazy("Lists"), "funding:watch_overview"),
    (gettext_lazy("Reports"), "funding:report_list"),
    (gettext_lazy("Articles"), "funding:article_list"),
    (gettext_lazy("Review"), "funding:review_inbox"),
    (gettext_lazy("Conflicts"), "funding:conflict_list"),
    (gettext_lazy("Doubts"), "funding:doubt_list"),
)
# Pages that belong to an entry of the masthead, though their addresses do not begin with its.
ALSO_WITHIN: Final = {
    "companies:company_list": ("/compare/", "/evidence/", "/exits/", "/new/company/", "/valuations/"),
    "funding:article_list": ("/feeds/", "/imports/", "/jobs/", "/sources/"),
}


def right_for(route_name: str) -> Right | None:
    """The right a route needs by its name ("namespace:name"), or None for a route that is not listed."""
    right = RIGHTS.get(route_name)
    if right is None and ":" in route_name:
        right = RIGHTS.get(f"{route_name.split(':')[0]}:*")
    return right


def role_level(user: AbstractBaseUser | AnonymousUser) -> Level:
    """The level that a person's role gives; a person without a role, or whose account is closed, has none.

    Asks the database once for each user object.
    """
    if not user.is_authenticated or not user.is_active:
        return Level.OPEN
    if getattr(user, "is_superuser", False):
        return Level.ADMINISTER
    return max((ROLES[name] for name in known_of(user).groups if name in ROLES), default=Level.OPEN)


def is_reading_open(request: HttpRequest) -> bool:
    """Whether the owner lets this request read without an account (`ROUNDBOOK_OPEN_READING`)."""
    mode = settings.ROUNDBOOK_OPEN_READING
    return mode == "everyone" or (mode == "localhost" and is_from_this_machine(request))


def is_from_this_machine(request: HttpRequest) -> bool:
    """Whether a request comes from this machine, for this machine, and through no proxy.

    A proxy on this machine also connects from the loopback, so its headers are taken as a sign of
    somebody farther away; the host is looked at because another site's name may be pointed at us.
    """
    try:
        is_loopback = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    if not is_loopback or any(header in request.META for header in FORWARDING_HEADERS):
        return False
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in LOCAL_HOSTS


def level_of(request: HttpRequest) -> Level:
    """What this request may do: the role of who is signed in, or reading where the owner opened it."""
    level = role_level(request.user)
    if level < Level.READ and is_reading_open(request):
        return Level.READ
    return level


def allows(request: HttpRequest, route_name: str, method: str | None = None) -> bool:
    """Whether a request may reach a route with a method (its own when none is given)."""
    right = right_for(route_name)
    if right is None:
        return False
    needed = right.level_for(method or request.method or "GET")
    return needed == Level.OPEN or reaches(request, needed)


def reaches(request: HttpRequest, needed: Level) -> bool:
    """Whether a request has a level: by its role and, where it came with a token of the API, by the token's scopes."""
    token = getattr(request, "token", None)
    if token is not None:
        return SCOPES.get(needed) in token.scopes and role_level(request.user) >= needed
    return level_of(request) >= needed


class AccessMiddleware:
    """Refuses every request that `RIGHTS` does not allow, before its view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view run; otherwise the way to sign in, or a refusal with its reason."""
        match = request.resolver_match
        route_name = match.view_name if match else ""
        if allows(request, route_name):
            return None
        if is_of_api(request):
            right = right_for(route_name)
            needed = right.level_for(request.method or "GET") if right else Level.ADMINISTER
            return refusal(request, needed).answer()
        if right_for(route_name) is None:
            raise PermissionDenied(_("This address is not open to anyone yet."))
        if not request.user.is_authenticated:
            return _sign_in(request)
        raise PermissionDenied(_reason(request))


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back afterwards to the page that was asked for."""
    is_htmx = bool(getattr(request, "htmx", False))
    if is_htmx:
        # The fragment's address is no page; go back to the page that asked for it.
        back = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    else:
        back = request.get_full_path() if request.method in SAFE_METHODS else None
    address = resolve_url(settings.LOGIN_URL)
    if back:
        address = f"{address}?{urlencode({'next': back}, safe='/')}"
    return HttpResponseClientRedirect(address) if is_htmx else HttpResponseRedirect(address)


def _reason(request: HttpRequest) -> str:
    """One sentence for somebody who is signed in and yet may not."""
    if role_level(request.user) == Level.OPEN:
        return _("Your account has no role yet. An administrator gives it one.")
    match = request.resolver_match
    right = right_for(match.view_name) if match else None
    return _needs_role(right.level_for(request.method or "GET") if right else Level.ADMINISTER)


def _needs_role(needed: Level) -> str:
    role = next(name for name, level in ROLES.items() if level >= needed)
    return _("This needs the role %(role)s or more, which your account does not have.") % {"role": role}


def refusal(request: HttpRequest, needed: Level) -> Problem:
    """Why a request to the API does not reach a level: nobody is signed in, the token's scopes, or the role."""
    token = getattr(request, "token", None)
    if token is None and not request.user.is_authenticated:
        told = _("Send a token as “Authorization: Bearer …”. You make one at /api/tokens/.")
        return Problem("not-signed-in", told, headers={"WWW-Authenticate": 'Bearer realm="roundbook"'})
    if token is not None and SCOPES.get(needed) not in token.scopes:
        scope = SCOPES.get(needed, "")
        told = _("This needs a token of the scope “%(scope)s”.") % {"scope": scope} if scope else ""
        return Problem("out-of-scope", told)
    if role_level(request.user) == Level.OPEN:
        return Problem("not-allowed", _reason(request))
    return Problem("not-allowed", _needs_role(needed))


@dataclass(frozen=True)
class May:
    """What the reader of a page may do, for showing and hiding its buttons."""

    level: Level

    @property
    def read(self) -> bool:
        return self.level >= Level.READ

    @property
    def export(self) -> bool:
        return self.level >= Level.EXPORT

    @property
    def edit(self) -> bool:
        return self.level >= Level.EDIT

    @property
    def administer(self) -> bool:
        return self.level >= Level.ADMINISTER


@dataclass(frozen=True)
class Section:
    """One entry of the masthead. `current` is the value of aria-current: "page", "true" or empty."""

    label: str | Promise
    route_name: str
    href: str
    current: str


def access_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `may`, and `sections`, the entries of the masthead that may be opened."""
    if not hasattr(request, "user"):
        return {}
    return {"may": May(level_of(request)), "sections": list(_sections(request))}


def _sections(request: HttpRequest) -> Iterator[Section]:
    for label, route_name in SECTIONS:
        try:
            href = reverse(route_name)
        except NoReverseMatch:
            continue
        if allows(request, route_name, "GET"):
            is_within = href != "/" and request.path.startswith((href, *ALSO_WITHIN.get(route_name, ())))
            current = "page" if request.path == href else "true" if is_within else ""
            yield Section(label, route_name, href, current)


def route_names(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Every route of a URL map by its full name; one without a name goes by its view, as in a resolver match."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            deeper = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from route_names(entry, deeper)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or entry.lookup_str))


def unlisted_routes(resolver: URLResolver) -> list[str]:
    """The routes of a URL map that nobody can reach because `RIGHTS` does not list them."""
    return sorted({name for name in route_names(resolver) if right_for(name) is None})
