"""A parser in a child that may take little time and little memory."""

import os
import signal
import time

import pytest

from funding.web import confined
from funding.web.confined import Confined, call


def test_the_result_comes_back():
    assert call(lambda text, times: {"text": [text] * times}, "levée\ud800", 2) == {"text": ["levée\ud800"] * 2}


def test_it_runs_in_another_process():
    assert call(os.getpid) != os.getpid()


def test_a_large_result_comes_back():
    assert len(call(lambda: "a" * 3_000_000)) == 3_000_000


def test_a_refusal_comes_back_with_its_words():
    def refuse():
        raise ValueError("no feed")

    with pytest.raises(ValueError, match="no feed"):
        call(refuse)


def test_a_crash_is_told_from_an_answer():
    with pytest.raises(Confined):
        call(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_another_error_is_told_from_an_answer():
    with pytest.raises(Confined):
        call(lambda: 1 / 0)


def test_what_sleeps_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(confined, "WALL_SECONDS", 0.2)
    with pytest.raises(Confined):
        call(time.sleep, 60)


def test_what_computes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(confined, "CPU_SECONDS", 1)

    def endless():
        while True:
            pass

    with pytest.raises(Confined):
        call(endless)


def test_what_wants_too_much_memory_is_stopped(monkeypatch):
    monkeypatch.setattr(confined, "MEMORY", 64 * 1024 * 1024)
    with pytest.raises(Confined):
        call(lambda: len(bytearray(512 * 1024 * 1024)))


def test_no_child_is_left_behind():
    child = call(os.getpid)
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)
