"""The bootstrap: what is installed when, and that interruptions and company do no harm."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from config import environment
from tests.servers import ROOT


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.venv` in which nothing is installed, and a pip that installs nothing and succeeds."""
    folder = tmp_path / ".venv"
    folder.mkdir()
    monkeypatch.setattr(environment, "VENV", folder)
    monkeypatch.setattr(environment, "pip_command", lambda: ["true"])
    return folder


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `enter` did, instead of doing it."""
    done: list[str] = []

    def note(name: str) -> None:
        def do(*arguments: object) -> None:
            done.append(" ".join([name, *(text for text in arguments if isinstance(text, str))]))
            if name == "start over":
                raise SystemExit

        monkeypatch.setattr(environment, name.replace(" ", "_"), do)

    for name in ("make venv", "install", "start over"):
        note(name)
    return done


def install(wanted: str) -> None:
    with environment.installing() as lock:
        environment.install(wanted, lock)


def enter(*argv: str) -> None:
    with pytest.raises(SystemExit):
        environment.enter(["manage.py", *argv])


@pytest.mark.parametrize(
    ("argv", "environ", "wanted"),
    [
        (["manage.py", "up"], {}, "up"),
        (["manage.py"], {}, "up"),
        (["manage.py", "test", "--all"], {}, "test"),
        (["manage.py", "up"], {"DATABASE_URL": "postgresql://db/roundbook"}, "production"),
        (["manage.py", "up"], {"DATABASE_URL_FILE": "/run/secrets/database"}, "production"),
        (["manage.py", "up"], {"DATABASE_URL": ""}, "up"),
        (["manage.py", "test"], {"DATABASE_URL": "postgresql://db/roundbook"}, "test"),
    ],
)
def test_a_command_gets_the_packages_it_needs(argv: Sequence[str], environ: dict[str, str], wanted: str) -> None:
    assert environment.wanted_list(argv, environ) == wanted


def test_what_is_installed_serves_every_shorter_list(venv: Path) -> None:
    install("up")
    assert environment.is_installed("production") and environment.is_installed("up")
    assert not environment.is_installed("test")


def test_a_changed_lock_or_another_python_is_installed_again(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("up")
    stamped = environment.stamp().read_text()
    environment.stamp().write_text(stamped.replace(stamped.split()[2], "0" * 64))
    assert not environment.is_installed("up")
    environment.stamp().write_text(stamped.replace(stamped.split()[1], "3.99"))
    assert not environment.is_installed("up")


def test_what_was_installed_for_the_tests_stays_installed_with_a_new_lock(venv: Path) -> None:
    environment.stamp().write_text(f"test 3.11 {'0' * 64}\n")
    install("up")
    assert environment.is_installed("test")


def test_a_failed_installation_leaves_no_stamp_and_one_sentence(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("up")
    monkeypatch.setattr(environment, "pip_command", lambda: ["false"])
    with pytest.raises(SystemExit, match="The same command tries again"):
        install("up")
    assert not environment.is_installed("up")
    assert not environment.is_interrupted()


def test_an_installation_that_is_cut_off_is_told(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        environment, "pip_command", lambda: [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    )
    with pytest.raises(SystemExit):
        install("up")
    assert environment.is_interrupted() and not environment.is_installed("up")


def test_without_pip_one_sentence_says_what_to_install(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "pip_command", lambda: [])
    with pytest.raises(SystemExit, match=r"apt-get install python3-venv$"):
        install("up")


def test_a_python_without_packages_makes_the_environment_and_starts_over_in_it(
    venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "has_packages", lambda: False)
    enter("up")
    assert steps == ["make venv", "start over"]


def test_inside_it_installs_what_is_missing_and_starts_over(
    venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "is_inside", lambda: True)
    enter("test")
    assert steps == ["install test", "start over"]


def test_after_an_interruption_it_begins_anew(venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "is_inside", lambda: True)
    environment.marker().touch()
    enter("up")
    assert steps == ["make venv", "start over"]


def test_inside_with_all_in_place_nothing_is_done(
    venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "is_inside", lambda: True)
    environment.stamp().write_text(environment.fingerprint("up"))
    environment.enter(["manage.py", "up"])
    assert steps == []


def test_an_environment_of_somebodys_own_is_left_alone(
    venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "is_inside", lambda: False)
    monkeypatch.setattr(environment, "has_packages", lambda: True)
    environment.enter(["manage.py", "up"])
    assert steps == []


def test_it_does_not_start_over_for_ever(venv: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "is_inside", lambda: False)
    monkeypatch.setattr(environment, "has_packages", lambda: False)
    monkeypatch.setenv(environment.ENTERED, "1")
    with pytest.raises(SystemExit, match="does not work; remove it"):
        environment.enter(["manage.py", "up"])
    assert steps == []


def test_two_installations_wait_for_each_other() -> None:
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.set()
        with environment.installing():
            order.append("second")

    other = threading.Thread(target=second)
    with environment.installing():
        other.start()
        entered.wait()
        other.join(0.3)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_what_pip_does_after_we_are_killed_is_waited_for(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "import sys, time; print('pip', flush=True); sys.stdin.read()"
    code = (
        "import sys; from pathlib import Path; from config import environment\n"
        "environment.VENV = Path(sys.argv[1])\n"
        f"environment.pip_command = lambda: [sys.executable, '-c', {lines!r}]\n"
        "with environment.installing() as lock: environment.install('up', lock)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(venv)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdin is not None and run.stdout is not None
    assert run.stdout.readline() == "pip\n"
    run.kill()
    run.wait()
    descriptor = os.open(ROOT / "requirements", os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    run.stdin.close()  # which ends that pip
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.close(descriptor)
    assert environment.is_interrupted() and not environment.is_installed("up")


def test_a_virtual_environment_is_really_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    assert not environment.is_usable()
    environment.make_venv()
    assert environment.is_usable()
    assert environment.pip_command()


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    code = "from config import environment; import sys; print(sorted(n for n in sys.modules if 'django' in n))"
    # -S leaves every installed package out.
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize("name", environment.LISTS)
def test_every_locked_package_has_its_hash_and_no_list_names_an_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    packages = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert packages and all("==" in line and line.endswith("\\") for line in packages)
    assert not any(line.startswith("-") for line in text.splitlines()) and "://" not in text


def test_the_lists_agree_on_every_version() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        return {line.split(" ")[0] for line in text.splitlines() if line and line[0] not in " #"}

    assert pins("production") < pins("up") < pins("test")
