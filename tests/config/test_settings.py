"""Settings are strict: what is missing or wrong stops the start, with its name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from running import environ_for

from config.embedded import redis_url
from tests.servers import ROOT

PRODUCTION = {
    "SECRET_KEY": "an-example-that-is-long-enough-to-be-taken-for-a-key-0123456789",
    "ALLOWED_HOSTS": "roundbook.example.com",
    "DATABASE_URL": "postgresql://somebody@db.example.com/roundbook",
    "REDIS_URL": "redis://broker.example.com/0",
}


def read(tmp_path: Path, expression: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, and print some expressions of them."""
    code = f"from config import settings; print({expression}, sep=' | ')"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ_for(tmp_path, **environ), capture_output=True, text=True
    )


def value(tmp_path: Path, expression: str, **environ: str) -> str:
    done = read(tmp_path, expression, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL"])
def test_a_production_site_does_not_start_without(tmp_path: Path, name: str) -> None:
    done = read(tmp_path, "settings", **{key: text for key, text in PRODUCTION.items() if key != name})
    assert done.returncode == 1
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ROUNDBOOK_DEBUG", "perhaps"),
        ("ROUNDBOOK_LOCAL", "2"),
        ("ROUNDBOOK_JOB_LEASE", "soon"),
        ("ROUNDBOOK_PROXIES", "one"),
        ("ROUNDBOOK_OPEN_READING", "friends"),
        ("EMAIL_URL", "smtp+tls://somebody:secret@mail.example.com:587"),
    ],
)
def test_a_value_that_is_none_stops_the_start(tmp_path: Path, name: str, wrong: str) -> None:
    done = read(tmp_path, "settings", **{name: wrong})
    assert done.returncode == 1
    assert name in done.stderr.splitlines()[-1]


def test_a_production_site_is_served_over_https_alone(tmp_path: Path) -> None:
    said = value(
        tmp_path,
        "settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS, settings.SESSION_COOKIE_SECURE, "
        "settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "
        "settings.ROUNDBOOK_OPEN_READING, settings.DEBUG",
        **PRODUCTION,
    )
    assert said == "True | 31536000 | True | True | __Host-sessionid | __Host-csrftoken | nobody | False"


def test_on_its_own_servers_the_site_is_for_this_machine(tmp_path: Path) -> None:
    said = value(tmp_path, "settings.IS_LOCAL, settings.ALLOWED_HOSTS, settings.ROUNDBOOK_OPEN_READING")
    assert said == "True | ['localhost', '127.0.0.1', '[::1]'] | localhost"
    assert value(tmp_path, "settings.CELERY_BROKER_URL") == redis_url(tmp_path)


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a-key-from-a-file-that-is-long-enough-for-everybody-0123456789")
    environ = {**PRODUCTION, "SECRET_KEY_FILE": str(tmp_path / "key")}
    del environ["SECRET_KEY"]
    assert value(tmp_path, "settings.SECRET_KEY", **environ).startswith("a-key-from-a-file")


def test_the_key_of_the_data_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("the-key-of-this-folder\n")
    assert value(tmp_path, "settings.SECRET_KEY") == "the-key-of-this-folder"


def test_a_missing_setting_is_one_sentence_on_the_command_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environ_for(tmp_path, DATABASE_URL=PRODUCTION["DATABASE_URL"]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert "SECRET_KEY" in line and "docs/settings.md" in line


def test_a_production_site_passes_the_deployment_check(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environ_for(tmp_path, **PRODUCTION),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_environment_variable_is_documented_and_every_documented_one_read() -> None:
    code = (ROOT / "config" / "settings.py").read_text("utf-8")
    read_here = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", code))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE))
    assert len(read_here) > 20
    assert read_here == documented


def test_the_tests_themselves_run_on_servers_of_their_own() -> None:
    database = settings.DATABASES["default"]
    assert database["OPTIONS"]["host"] == f"{settings.DATA_DIR}/run"
    assert f"redis+socket://{settings.DATA_DIR}/run/broker.sock" == settings.CELERY_BROKER_URL
    assert settings.CELERY_TASK_DEFAULT_QUEUE.startswith("test-")


def test_every_page_carries_the_strict_content_policy(client: Client, db: None) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert directives == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
        "report-uri": ["/csp-report/"],
    }
