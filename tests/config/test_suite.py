"""`test`: which tests run, and when a missing browser matters."""

import subprocess
from typing import Any

import pytest

from config import suite


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The processes that would have been started."""
    made: list[list[str]] = []

    def note(argv: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        made.append([str(word) for word in argv])
        return subprocess.CompletedProcess(argv, 3)

    monkeypatch.setattr(subprocess, "run", note)
    monkeypatch.setattr(suite, "browser", lambda: "/usr/bin/chromium")
    return made


def tier(calls: list[list[str]]) -> list[str]:
    (argv,) = calls
    return argv[argv.index(suite.PARALLEL[-1]) + 1 :]


def test_the_fast_tier_leaves_the_long_tests_out(calls: list[list[str]]) -> None:
    with pytest.raises(SystemExit) as ended:
        suite.run([])
    assert tier(calls) == ["-m", "not long"]
    assert ended.value.code == 3


def test_all_of_them_run_with_all_and_what_else_is_given_goes_to_pytest(calls: list[list[str]]) -> None:
    with pytest.raises(SystemExit):
        suite.run(["--all", "tests/config", "-k", "folder"])
    assert tier(calls) == ["tests/config", "-k", "folder"]


def without_browser(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setattr(suite, "browser", lambda: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("CI", ci)


@pytest.mark.parametrize("ci", ["1", "true"])
def test_in_ci_a_missing_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    without_browser(monkeypatch, ci)
    with pytest.raises(SystemExit, match="in CI the browser tests must run"):
        suite.provide_browser()


@pytest.mark.parametrize("ci", ["", "0", "false"])
def test_elsewhere_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str) -> None:
    without_browser(monkeypatch, ci)
    suite.provide_browser()
    assert "the browser tests will be skipped" in capsys.readouterr().err


def test_root_gets_one_from_the_distribution(calls: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([None, "/usr/bin/chromium"])
    monkeypatch.setattr(suite, "browser", lambda: next(found))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    suite.provide_browser()
    assert [argv[:2] for argv in calls] == [["apt-get", "update"], ["apt-get", "install"]]


def test_a_program_that_only_tells_how_to_install_a_browser_is_none(tmp_path: Any) -> None:
    advice = tmp_path / "chromium-browser"
    advice.write_text("#!/bin/sh\necho 'Please install the snap.' >&2\nexit 1\n")
    advice.chmod(0o755)
    assert not suite._runs(str(advice))
