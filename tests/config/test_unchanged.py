"""An answer is kept as long as no record changes, and not a moment longer."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import make_source, make_user, say, usd

from companies.models import Sector
from config import unchanged
from config.models import RecordChanges
from funding.values import PartialDate

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Software", "Robotics", "Mobility")


class Asked:
    """Finds how many sectors there are, and counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return Sector.objects.count()


def make_sector(name: str) -> Sector:
    return Sector.objects.create(name=name, key=name.lower())


@contextmanager
def elsewhere() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Do things in another thread, with its own connection, one after the other."""
    waiting, done = threading.Semaphore(0), threading.Semaphore(0)
    given: list[Callable[[], Any] | None] = []
    answers: list[Any] = []

    def work() -> None:
        while True:
            waiting.acquire()
            if (one := given[-1]) is None:
                connection.close()
                return
            try:
                answers.append(one())
            except Exception as error:  # told to who asked
                answers.append(error)
            done.release()

    def do(one: Callable[[], Any]) -> Any:
        given.append(one)
        waiting.release()
        assert done.acquire(timeout=20)
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers[-1]

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield do
    finally:
        given.append(None)
        waiting.release()
        thread.join()


def test_an_answer_is_found_once_and_again_when_a_record_changed() -> None:
    find = Asked()
    assert [unchanged.found("sectors", find) for _ in range(3)] == [0, 0, 0]
    assert find.times == 1
    sector = make_sector("Software")
    assert [unchanged.found("sectors", find) for _ in range(3)] == [1, 1, 1]
    sector.delete()
    assert unchanged.found("sectors", find) == 0
    assert find.times == 3


def test_without_the_trigger_the_answer_would_be_old() -> None:
    find = Asked()
    assert unchanged.found("sectors", find) == 0
    with connection.cursor() as cursor:
        cursor.execute("alter table companies_sector disable trigger record_change")
        try:
            make_sector("Software")
        finally:
            cursor.execute("alter table companies_sector enable trigger record_change")
    assert unchanged.found("sectors", find) == 0


def test_what_is_not_committed_is_neither_seen_nor_kept() -> None:
    find = Asked()
    assert unchanged.found("sectors", find) == 0
    with elsewhere() as do, transaction.atomic():
        make_sector("Software")
        assert unchanged.found("sectors", find) == 1
        assert do(lambda: unchanged.found("sectors", find)) == 0
    assert unchanged.found("sectors", find) == 1


def test_what_is_taken_back_changes_nothing() -> None:
    find = Asked()
    assert unchanged.found("sectors", find) == 0
    with transaction.atomic():
        make_sector("Software")
        transaction.set_rollback(True)
    assert unchanged.found("sectors", find) == 0
    assert find.times == 1
    with transaction.atomic():
        with transaction.atomic():
            make_sector("Software")
            transaction.set_rollback(True)
        make_sector("Robotics")
    assert unchanged.found("sectors", find) == 1


def test_a_transaction_is_counted_once_however_much_it_changes() -> None:
    def number() -> int:
        return sum(RecordChanges.objects.values_list("number", flat=True))

    before = number()
    with transaction.atomic():
        for name in NAMES:
            make_sector(name)
    assert number() == before + 1


def test_writers_do_not_wait_for_each_other() -> None:
    def begin(name: str) -> None:
        transaction.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '2s'")
        make_sector(name)

    def end() -> None:
        transaction.commit()
        transaction.set_autocommit(True)

    find = Asked()
    assert unchanged.found("sectors", find) == 0
    with elsewhere() as first, elsewhere() as second:
        first(lambda: begin("Software"))
        second(lambda: begin("Robotics"))
        # The one that began last commits first: its number alone would hide the other.
        second(end)
        assert unchanged.found("sectors", find) == 1
        first(end)
    assert unchanged.found("sectors", find) == 2


def test_no_more_answers_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "MOST", 2)
    find = Asked()
    for key in ("first", "second", "first", "third", "first", "second"):
        unchanged.found(key, find)
    assert find.times == 4  # the second was the longest unasked for when the third came


PAGES = [
    *("/", "/?country=NO&sector=robotics", "/?stage=seed&since=2024", "/?currency=EUR"),
    *("/companies/", "/companies/?q=hald", "/companies/?country=NO&stage=seed&sector=robotics&unicorn=no"),
    *("/rounds/", "/rounds/?investor=bruma&lead=bruma", "/rounds/?country=NO&sector=robotics&stage=seed&stale=yes"),
    *(
        "/rounds/?raised_min=1m&q=hald",
        "/companies/?valuation_min=1m&raised_max=2bn",
        "/investors/",
        "/investors/?stage=seed&lead=yes&q=bru",
    ),
]


@pytest.fixture
def reader(client: Client) -> Client:
    make_user("rui", "reader")
    client.force_login(User.objects.get(username="rui"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def tell(amount: int) -> None:
    round_told = {
        "announced_on": PartialDate(2024, 2, 20),
        "raised": usd(amount),
        "leads": ["Bruma"],
        "valuation": usd(9 * amount),
    }
    say(make_source(), company="Halden Robotics", rounds={"0": round_told})


@pytest.mark.parametrize("address", PAGES)
def test_all_that_kept_answers_read_is_watched(reader: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(10_000_000)
    Sector.objects.create(name="Robotics", key="robotics")
    read: list[str] = []
    real = unchanged.found

    def found(key: Any, find: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as asked:
            answer = find()
        read.extend(one["sql"] for one in asked.captured_queries)
        return real(key, lambda: answer)

    monkeypatch.setattr(unchanged, "found", found)
    assert reader.get(address).status_code == 200
    assert read
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = set(re.findall(r"\w+", " ".join(read))) & tables
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'record_change'")
        watched = {name for (name,) in cursor.fetchall()}
    assert named
    assert named <= watched


def shown(reader: Client, address: str) -> str:
    """The page, without the tokens of its forms."""
    return re.sub(r"\b\w{64}\b", "", reader.get(address).content.decode())


@pytest.mark.parametrize("address", ["/", "/?since=2024", "/rounds/", "/companies/?country=", "/investors/"])
def test_a_page_shows_a_new_round_at_once_and_asks_less_while_none_comes(reader: Client, address: str) -> None:
    tell(10_000_000)
    with CaptureQueriesContext(connection) as first:
        before = shown(reader, address)
    with CaptureQueriesContext(connection) as again:
        assert shown(reader, address) == before
    assert len(again) < len(first)
    round_told = {"announced_on": PartialDate(2024, 3, 20), "raised": usd(77_000_000), "leads": ["Sorte"]}
    say(make_source(), company="Fjordline", rounds={"0": round_told})
    after = shown(reader, address)
    assert "Fjordline" in after or "Sorte" in after
