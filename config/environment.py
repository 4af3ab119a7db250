"""The virtual environment that Roundbook makes for itself. Standard library only, for it runs before all else.

`.venv` holds the packages of one of three locked lists, each including those before it. A stamp, written last, says
which list it was and under which hash; a marker, written first, tells an interrupted installation.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
LISTS: Final = ("production", "up", "test")  # from few to many
# Told from a distribution's own Django by what no distribution installs along with it.
TELLING_MODULES: Final = ("django", "psycopg", "celery", "environs", "allauth", "csp")
ENTERED: Final = "ROUNDBOOK_ENTERED"
NEEDS_VENV: Final = (
    "Roundbook needs Python's venv and pip to install its packages; on Debian and Ubuntu: apt-get install python3-venv"
)


def enter(argv: Sequence[str]) -> None:
    """Return once this process has the packages its command needs, installing them and starting over where needed."""
    wanted = wanted_list(argv, os.environ)
    if not is_inside():
        if has_packages():
            return  # somebody's own environment, or a container image
        if ENTERED in os.environ:
            sys.exit(f"{VENV} does not work; remove it and try again.")
        if not is_usable():
            with installing():
                if not is_usable():
                    make_venv()
        start_over(argv)
    if not is_installed(wanted):
        with installing() as lock:
            if is_interrupted():
                make_venv()
                start_over(argv)
            if not is_installed(wanted):
                install(wanted, lock)
        start_over(argv)
    os.environ.pop(ENTERED, None)


def wanted_list(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """Which list of packages a command needs: with servers of somebody else's, none of our own need be installed."""
    if argv[1:2] == ["test"]:
        return "test"
    has_database = environ.get("DATABASE_URL") or environ.get("DATABASE_URL_FILE")
    return "production" if has_database else "up"


def is_inside() -> bool:
    """Whether this is the Python of `.venv`."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def has_packages() -> bool:
    """Whether the packages can be imported, wherever they come from."""
    return all(find_spec(name) for name in TELLING_MODULES)


def python() -> Path:
    """The Python of `.venv`."""
    return VENV / "bin" / "python"


def stamp() -> Path:
    """What says which list is installed."""
    return VENV / "roundbook-installed"


def marker() -> Path:
    """What says that an installation began and has not ended."""
    return VENV / "roundbook-installing"


def is_usable() -> bool:
    """Whether `.venv` has a Python that runs."""
    try:
        return subprocess.run([python(), "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def is_interrupted() -> bool:
    """Whether an installation was cut off. Only for the holder of the lock."""
    return marker().exists()


def fingerprint(name: str) -> str:
    """What the stamp holds for a list: its name, the Python it is for, and the hash of what it locks."""
    locked = (ROOT / "requirements" / f"{name}.txt").read_bytes()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"{name} {version} {hashlib.sha256(locked).hexdigest()}"


def is_installed(wanted: str) -> bool:
    """Whether the wanted list, or one that includes it, is installed as it is locked now."""
    try:
        found = stamp().read_text("ascii").strip()
    except OSError:
        return False
    return any(found == fingerprint(name) for name in LISTS[LISTS.index(wanted) :])


@contextmanager
def installing() -> Iterator[int]:
    """One at a time. The kernel ends the lock however its holder ends; a folder serves, so no file is left behind."""
    descriptor = os.open(ROOT / "requirements", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def make_venv() -> None:
    """Make `.venv` from nothing, with pip in it where Python brings one."""
    print("Making the virtual environment .venv.", file=sys.stderr, flush=True)
    base = getattr(sys, "_base_executable", sys.executable)
    for options in ([], ["--without-pip"]):
        done = subprocess.run([base, "-m", "venv", "--clear", *options, VENV], capture_output=True)
        if done.returncode == 0 and pip_command():
            return
    sys.exit(NEEDS_VENV)


def pip_command() -> list[str | Path]:
    """What runs pip for `.venv`: its own, or that of the Python it was made from; empty where neither has one."""
    base = getattr(sys, "_base_executable", sys.executable)
    commands: list[list[str | Path]] = [[python(), "-m", "pip"], [base, "-m", "pip", "--python", python()]]
    for command in commands:
        if subprocess.run([*command, "--version"], capture_output=True).returncode == 0:
            return command
    return []


def install(wanted: str, lock: int) -> None:
    """Install a list into `.venv`, or the longer one that was there before. Only for the holder of the lock.

    pip holds the lock as well, for it goes on where we are killed.
    """
    try:
        before = stamp().read_text("ascii").split()[0]
    except (OSError, IndexError):
        before = wanted
    name = max(wanted, before if before in LISTS else wanted, key=LISTS.index)
    pip = pip_command() or sys.exit(NEEDS_VENV)
    print(f"Installing the packages of requirements/{name}.txt into .venv.", file=sys.stderr, flush=True)
    marker().touch()
    stamp().unlink(missing_ok=True)
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check", "-qq", "--root-user-action=ignore"]
    command = [*pip, "install", *options, "-r", ROOT / "requirements" / f"{name}.txt"]
    done = subprocess.run(command, pass_fds=(lock,))
    # A failure that pip lived to see leaves a sound environment; only what cuts pip off does not.
    if done.returncode == 0:
        stamp().write_text(fingerprint(name) + "\n", "ascii")
    if done.returncode >= 0:
        marker().unlink()
    if done.returncode != 0:
        sys.exit("The packages could not be installed, for the reason above. The same command tries again.")


def start_over(argv: Sequence[str]) -> None:
    """Run the same command again with the Python of `.venv`; does not return."""
    os.environ[ENTERED] = "1"
    os.execv(python(), [str(python()), str(ROOT / "manage.py"), *argv[1:]])
