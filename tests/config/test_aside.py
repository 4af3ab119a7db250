"""Another process works while this one goes on, and whatever happens to it, the work is done."""

import gc
import multiprocessing
import os
import signal
import time

import pytest
from django.db import connection

from config.aside import Aside


def tripled(number: int) -> tuple[int, int]:
    return number * 3, os.getpid()


def test_another_process_does_one_piece_after_the_other() -> None:
    with Aside(tripled) as aside:
        found = []
        for number in (1, 2, 3):
            aside.begin(number)
            found.append(aside.result())
    assert [number for number, _ in found] == [3, 6, 9]
    (pid,) = {pid for _, pid in found}
    assert pid != os.getpid()


def test_it_knows_what_this_one_knew_at_the_first_piece() -> None:
    known = {"greeting": "bonjour"}
    with Aside(lambda name: f"{known['greeting']}, {name}") as aside:
        known["greeting"] = "bonsoir"
        aside.begin("Ana")
        assert aside.result() == "bonsoir, Ana"


def test_the_work_of_a_process_that_was_killed_is_done_here(caplog: pytest.LogCaptureFixture) -> None:
    with Aside(tripled) as aside:
        aside.begin(1)
        _, pid = aside.result()
        os.kill(pid, signal.SIGKILL)
        found = []
        for number in (2, 3):
            aside.begin(number)
            found.append(aside.result())
    assert found == [(6, os.getpid()), (9, os.getpid())]
    assert caplog.text.count("is gone") == 1


def test_a_process_that_dies_over_a_piece_leaves_it_to_this_one() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return number * 3

    with Aside(work) as aside:
        aside.begin(7)
        assert aside.result() == 21


def test_what_fails_there_and_here_is_raised_here() -> None:
    def work(number: int) -> float:
        return number / 0

    with pytest.raises(ZeroDivisionError), Aside(work) as aside:
        aside.begin(1)
        aside.result()


@pytest.mark.django_db
def test_a_piece_that_needs_the_database_is_worked_on_here_and_the_next_there() -> None:
    connection.ensure_connection()

    def work(asks: bool) -> int:
        if asks:
            with connection.cursor() as cursor:
                cursor.execute("select 1")
        return os.getpid()

    with Aside(work) as aside:
        found = []
        for asks in (False, True, False):
            aside.begin(asks)
            found.append(aside.result())
    assert found[1] == os.getpid()
    assert found[0] == found[2] != os.getpid()


def test_a_process_that_is_dead_has_no_answer() -> None:
    with Aside(tripled) as aside:
        aside.begin(1)
        _, pid = aside.result()
        aside.begin(2)
        while not aside.is_done:
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
        assert not aside.is_done
        aside.begin(3)
        assert aside.result() == (9, os.getpid())


def test_garbage_is_collected_there_although_it_was_not_here() -> None:
    gc.disable()
    try:
        with Aside(lambda _: gc.isenabled()) as aside:
            aside.begin(None)
            assert aside.result()
    finally:
        gc.enable()


def test_no_process_to_be_had_means_that_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_more)
    with Aside(tripled) as aside:
        aside.begin(5)
        assert aside.result() == (15, os.getpid())


@pytest.mark.django_db
def test_it_holds_no_connection_and_leaves_ours_alone() -> None:
    connection.ensure_connection()

    def files(_: object) -> list[str]:
        return [os.path.realpath(f"/proc/self/fd/{one}") for one in range(3, 100)]

    with Aside(files) as aside:
        aside.begin(None)
        held = aside.result()
    assert any("socket:" in one for one in files(None))
    assert sum("socket:" in one for one in held) == 1  # the one that it answers by
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)


def test_a_worker_of_celery_has_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes are daemons, and those are denied processes of their own by `multiprocessing`."""
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    with Aside(tripled) as aside:
        aside.begin(1)
        number, pid = aside.result()
    assert number == 3 and pid != os.getpid()


def test_nobody_is_left_at_the_end() -> None:
    with Aside(tripled) as aside:
        aside.begin(1)
        _, pid = aside.result()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
