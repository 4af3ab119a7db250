"""Ask for pages in this process, through all the middleware, and count what each costs."""

import gzip
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from config import unchanged
from config.accounts.roles import give_role

from .pages import BASE, Page
from .targets import Targets

WARMING: Final = 3  # requests before those that count
PATIENCE: Final = 30.0  # seconds after which a page gets no more requests than it had, as long as ...
FEWEST: Final = 10  # ... it had so many
FIRST: Final = 20  # requests, at most, of which each finds that nothing is kept
GZIP_LEVEL: Final = 6
CHART_LIBRARY: Final = "plotly"
ASSET: Final = re.compile(r"""<(?:link\b[^>]*?\bhref|script\b[^>]*?\bsrc)="([^"]+\.(?:css|js))[^"]*\"""")
IMPORTED: Final = re.compile(r"""(?:@import\s+(?:url\()?|url\()["']?([^"')]+)""")


@dataclass(slots=True)
class Asked:
    """What the database was asked meanwhile: how often, and for how many seconds."""

    queries: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - start
            self.queries += 1


@dataclass(frozen=True, slots=True)
class Timed:
    """What a page cost: most queries of a request, milliseconds, and bytes of the largest answer.

    `base_ms` is the median of the base page, which was asked for in turn with it, so that what else the machine did
    meanwhile is in both. `first_ms` and `first_base_ms` are the same of requests before which all was forgotten that
    holds until a record changes (`config.unchanged`), as for the first reader after a change. `problem` is the first
    answer that was no page, where there was one.
    """

    requests: int
    queries: int
    database_ms: float
    median_ms: float
    p95_ms: float
    base_ms: float
    first_ms: float
    first_base_ms: float
    raw_bytes: int
    gzip_bytes: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with what it cost."""

    status: int
    body: bytes
    seconds: float
    asked: Asked


@dataclass(slots=True)
class Visitor:
    """Asks for pages as somebody signed in with a role."""

    clients: dict[str, Client] = field(default_factory=dict)

    def ask(self, page: Page, address: str) -> Any:
        """The answer to one request."""
        headers = {"HX-Request": "true", "HX-Target": page.target} if page.is_partial else {}
        return self._client(page.role).get(address, headers=headers)

    def _client(self, role: str) -> Client:
        if role not in self.clients:
            name = f"bench-{role}"
            user = User.objects.filter(username=name).first() or User.objects.create_user(name)
            give_role(user, role)
            self.clients[role] = Client(raise_request_exception=False, SERVER_NAME="localhost")
            self.clients[role].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return self.clients[role]


@contextmanager
def bench_addresses() -> Iterator[None]:
    """Have the base page among the addresses, and nothing of DEBUG."""
    requests = logging.getLogger("django.request")
    level = requests.level
    requests.setLevel(logging.ERROR)  # what is refused stands in the report
    try:
        with override_settings(ROOT_URLCONF="funding.bench.urls", DEBUG=False):
            yield
    finally:
        requests.setLevel(level)


def measure(visitor: Visitor, page: Page, targets: Targets, requests: int) -> Timed:
    """What a page costs over so many requests, each about another target, in turn with the base page."""
    answers, bases, problem = [], [], ""
    began = time.perf_counter()
    for number in range(-min(WARMING, requests), requests):
        address = targets.fill(page.address, number)
        answer = _ask(visitor, page, address)
        base = _ask(visitor, BASE, BASE.address)
        if answer.status != 200:
            problem = problem or f"{answer.status} for {address}"
        if number >= 0:
            answers.append(answer)
            bases.append(base.seconds)
        if time.perf_counter() - began > PATIENCE and len(answers) >= min(FEWEST, requests):
            break
    firsts, first_bases = [], []
    for number in range(min(FIRST, requests)):
        unchanged.forget()
        firsts.append(_ask(visitor, page, targets.fill(page.address, number)))
        first_bases.append(_ask(visitor, BASE, BASE.address).seconds)
    seconds = sorted(one.seconds for one in answers)
    largest = max((one.body for one in answers), key=len)
    return Timed(
        requests=len(answers),
        queries=max(one.asked.queries for one in (*answers, *firsts)),
        database_ms=_ms(median(one.asked.seconds for one in answers)),
        median_ms=_ms(median(seconds)),
        p95_ms=_ms(seconds[min(len(seconds) * 95 // 100, len(seconds) - 1)]),
        base_ms=_ms(median(bases)),
        first_ms=_ms(median(one.seconds for one in firsts)),
        first_base_ms=_ms(median(first_bases)),
        raw_bytes=len(largest),
        gzip_bytes=len(gzip.compress(largest, GZIP_LEVEL)),
        problem=problem,
    )


def _ask(visitor: Visitor, page: Page, address: str) -> Answer:
    asked = Asked()
    with connection.execute_wrapper(asked):
        start = time.perf_counter()
        answer = visitor.ask(page, address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return Answer(answer.status_code, body, time.perf_counter() - start, asked)


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def fastest(statement: str, tries: int = 5) -> float:
    """The milliseconds that a statement takes, rows fetched, the least of several tries."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")  # what is not kept may take longer than a page may
        for _ in range(tries):
            start = time.perf_counter()
            cursor.execute(statement)
            cursor.fetchall()
            found.append(1000 * (time.perf_counter() - start))
    return round(min(found), 2)


def first_page(visitor: Visitor, page: Page) -> dict[str, int]:
    """The compressed bytes of a page and of each file that a browser loads with it, the chart library left out."""
    body = visitor.ask(page, page.address).content
    found = {page.address: len(gzip.compress(body, GZIP_LEVEL))}
    waiting = [match for match in ASSET.findall(body.decode()) if CHART_LIBRARY not in match]
    while waiting:
        address = urlsplit(waiting.pop()).path
        if address in found or not address.startswith(settings.STATIC_URL):
            continue
        place = finders.find(address.removeprefix(settings.STATIC_URL))
        if place is None:
            continue
        content = Path(place).read_bytes()
        found[address] = len(gzip.compress(content, GZIP_LEVEL))
        if address.endswith(".css"):
            waiting += [urljoin(address, name) for name in IMPORTED.findall(content.decode())]
    return found
