"""The examples of docs/api.md do what they say, against a real server."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.test import Client
from factories import bearer, make_round, make_user
from pytest_django.live_server_helper import LiveServer

from funding.models import Round, Valuation
from funding.values import Text
from tests.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (ROOT / "docs" / "api.md").read_text("utf-8")


def example(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert len(found) == 1
    return found[0]


def run(command: list[str], live_server: LiveServer, headers: dict[str, str]) -> str:
    token = headers["Authorization"].removeprefix("Bearer ")
    environ = {"PATH": os.environ["PATH"], "ROUNDBOOK": live_server.url, "ROUNDBOOK_TOKEN": token}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def token() -> dict[str, str]:
    return bearer(make_user("eda", "editor"), "read", "write")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_reads_a_page_and_enters_a_round(live_server: LiveServer, token: dict[str, str]) -> None:
    make_round("Lumio", stage=Text("seed"))
    said = run(["sh", "-ec", example("sh")], live_server, token)
    assert '"name" : "Lumio"' in said and "/api/v1/changes/" in said
    entered = Round.objects.live().get(company__name="Halden Robotics")
    assert (entered.stage, entered.raised_low) == ("series_b", 42_000_000)
    run(["sh", "-ec", example("sh")], live_server, token)
    assert Round.objects.live().count() == 2, "the same key takes effect once"


def test_python_reads_every_page_and_changes_what_it_read(live_server: LiveServer, token: dict[str, str]) -> None:
    make_round("Lumio")
    said = run([sys.executable, "-c", example("python")], live_server, token)
    assert said.splitlines()[0] == "Lumio 10000000"
    assert said.splitlines()[1].startswith("900000000 /api/v1/changes/")
    assert Valuation.objects.get().low == 900_000_000


def test_every_kind_of_problem_scope_and_address_is_told(token: dict[str, str]) -> None:
    paths = Client(headers=token).get("/api/v1/openapi.json").json()["paths"]
    kinds = {path.split("/")[3] for path in paths} - {"bulk", "openapi.json"}
    assert [
        name for name in kinds if f"`{name}`" not in TEXT and f"/{name}`" not in TEXT and f"/{name}" not in TEXT
    ] == []
    assert [scope for scope in ("read", "export", "write") if f"| `{scope}` |" not in TEXT] == []
