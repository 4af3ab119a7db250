"""docker-compose.yml and the Dockerfile say what they must; there need be no Docker to see it."""

import re
from typing import Any

import pytest
import yaml

from tests.servers import ROOT

PROGRAMS = ("web", "worker", "beat", "relay")
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "BROKER_PASSWORD", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return parsed


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_every_part_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*PROGRAMS, "migrate", "database", "broker"}
    assert compose["services"]["database"]["image"].startswith("postgres:18")


def test_nothing_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in SECRETS:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert uses and all(use.startswith(":?") and len(use) > 4 for use in uses), name


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_starts_after_the_migrations_and_is_watched(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert service["depends_on"]["database"]["condition"] == "service_healthy"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["init"] is True and service["restart"] == "unless-stopped"


def test_migrations_run_once_and_without_a_time_limit(compose: dict[str, Any]) -> None:
    migrate = compose["services"]["migrate"]
    assert migrate["restart"] == "no"
    assert migrate["environment"]["ROUNDBOOK_DB_TIMEOUTS"].split(",")[0] == "0"
    assert set(migrate["depends_on"]) == {"database"}


def test_the_worker_gets_longer_than_its_hardest_limit_to_stop(compose: dict[str, Any]) -> None:
    from django.conf import settings

    assert seconds(compose["services"]["worker"]["stop_grace_period"]) > settings.CELERY_TASK_TIME_LIMIT + 10


def test_the_data_is_in_named_volumes(compose: dict[str, Any]) -> None:
    for name, volume in (("database", "database:/var/lib/postgresql"), ("broker", "broker:/data")):
        assert compose["services"][name]["volumes"] == [volume]
    assert set(compose["volumes"]) == {"database", "broker", "beat"}


def test_only_the_web_is_reached_from_outside_and_by_default_from_this_machine(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"web": ["${ROUNDBOOK_LISTEN:-127.0.0.1:8000}:8000"]}
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("database", "broker"):
        assert compose["services"][name]["networks"] == ["inside"]


def test_every_variable_given_to_the_programs_is_a_setting(compose: dict[str, Any]) -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE))
    for name in (*PROGRAMS, "migrate"):
        assert set(compose["services"][name]["environment"]) <= documented


def test_the_image_runs_unprivileged_on_locked_packages() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "--require-hashes" in text and "requirements/up.txt" in text
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["roundbook"]
    assert "collectstatic" in text
    # What the build's settings hold must not stay in the image.
    assert not re.search(r"^(ENV|ARG).*(SECRET_KEY|DATABASE_URL)", text, re.MULTILINE)
