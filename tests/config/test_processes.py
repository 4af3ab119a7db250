"""The process tree: prefixed lines, restarts, an orderly stop, and nobody left behind."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running import processes_of

from config.processes import CrashLoop, ProcessTree, Program, ending
from tests.servers import ROOT

WAITING = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)


def program(name: str, code: str, *argv: str, patience: float = 1.0) -> Program:
    return Program(name, (sys.executable, "-c", code, *argv), patience=patience)


@pytest.fixture
def grow() -> Iterator[Callable[..., ProcessTree]]:
    """Makes and starts trees, and stops them whatever the test did."""
    trees: list[ProcessTree] = []

    def make(*programs: Program) -> ProcessTree:
        tree = ProcessTree(programs, io.StringIO())
        trees.append(tree)
        tree.start()
        return tree

    yield make
    for tree in trees:
        tree.stop(list(tree.children))


def said(tree: ProcessTree) -> str:
    assert isinstance(tree.out, io.StringIO)
    return tree.out.getvalue()


def wait_for(tree: ProcessTree, text: str, times: int = 1) -> None:
    deadline = time.monotonic() + 20
    while said(tree).count(text) < times:
        assert time.monotonic() < deadline, said(tree)
        tree.tick()
        time.sleep(0.02)


def test_every_line_stands_under_the_name_of_its_program(grow: Callable[..., ProcessTree]) -> None:
    tree = grow(program("web", WAITING), program("relay", WAITING))
    wait_for(tree, "ready", 2)
    assert sorted(said(tree).splitlines()) == ["relay    | ready", "web      | ready"]


def test_a_program_that_dies_is_started_again_and_the_log_says_so(grow: Callable[..., ProcessTree]) -> None:
    tree = grow(program("web", WAITING))
    wait_for(tree, "ready")
    first = tree.children["web"].process.pid
    os.kill(first, signal.SIGKILL)
    wait_for(tree, "ready", 2)
    assert tree.children["web"].process.pid != first
    assert "web      | ended by SIGKILL; it is started again." in said(tree)


def test_a_program_that_keeps_dying_stops_everything_with_its_name(grow: Callable[..., ProcessTree]) -> None:
    tree = grow(program("web", "raise SystemExit('no template')"))
    with pytest.raises(CrashLoop, match="The web ended 5 times within a minute, the last time with status 1"):
        wait_for(tree, "no template", 6)
    assert said(tree).count("no template") == 5


def test_a_program_for_once_is_not_started_again(grow: Callable[..., ProcessTree]) -> None:
    tree = grow(program("web", WAITING))
    tree.run_once(program("samples", "print('all read')"))
    ended: list[tuple[str, int]] = []
    deadline = time.monotonic() + 20
    while not ended and time.monotonic() < deadline:
        ended = tree.tick()
        time.sleep(0.02)
    assert ended == [("samples", 0)]
    assert tree.tick() == [] and "samples" not in tree.children
    assert "samples  | all read" in said(tree)


def test_programs_are_stopped_one_after_the_other(grow: Callable[..., ProcessTree], tmp_path: Path) -> None:
    log = tmp_path / "order"
    code = (
        "import signal, sys, time, pathlib\n"
        "def end(*_):\n"
        "    open(sys.argv[2], 'a').write(sys.argv[1] + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('ready', flush=True); time.sleep(60)"
    )
    names = ["web", "beat", "worker"]
    tree = grow(*(program(name, code, name, str(log), patience=10) for name in names))
    wait_for(tree, "ready", 3)
    tree.stop(["beat", "worker", "web"])
    assert log.read_text().split() == ["beat", "worker", "web"]
    assert tree.children == {}


def test_a_program_that_does_not_listen_is_ended_after_its_patience(grow: Callable[..., ProcessTree]) -> None:
    tree = grow(program("worker", STUBBORN, patience=0.2))
    wait_for(tree, "ready")
    process = tree.children["worker"].process
    tree.stop(["worker"])
    assert process.returncode == -signal.SIGKILL


def test_what_a_killed_program_leaves_behind_is_ended_too(grow: Callable[..., ProcessTree], tmp_path: Path) -> None:
    mark = tmp_path / "pool"
    mark.mkdir()
    code = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], cwd=sys.argv[1])\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    tree = grow(program("worker", code, str(mark)))
    wait_for(tree, "ready")

    def left_behind() -> list[int]:
        return [number for number, line in processes_of(mark).items() if "subprocess" not in line]

    before = left_behind()
    assert len(before) == 1
    os.kill(tree.children["worker"].process.pid, signal.SIGKILL)
    wait_for(tree, "ready", 2)
    assert not set(before) & set(left_behind())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_the_programs_end_when_whoever_started_them_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from config.processes import ProcessTree, Program\n"
        "waiting = 'import time; time.sleep(60)'\n"
        "tree = ProcessTree([Program('web', (sys.executable, '-c', waiting, sys.argv[1]))], sys.stdout)\n"
        "tree.start(); print('started', flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None and owner.stdout.readline() == "started\n"
    assert len(processes_of(tmp_path)) == 2
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 10
    while processes_of(tmp_path):
        assert time.monotonic() < deadline, processes_of(tmp_path)
        time.sleep(0.05)


def test_an_ending_is_told_in_words() -> None:
    assert ending(3) == "with status 3"
    assert ending(-signal.SIGSEGV) == "by SIGSEGV"
