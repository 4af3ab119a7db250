"""`manage.py bench pages` asks for pages that are there, and says what they cost beside the goals."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from servers import ROOT, without_settings

from funding.bench import pages, report, targets, timing
from funding.bench.report import Aggregate, Report, Size
from funding.bench.timing import Timed


def timed(median: float, *, queries: int = 5, base: float = 2.0, first: float = 1.0, problem: str = "") -> Timed:
    """What a page cost, of which only these figures matter."""
    return Timed(200, queries, median / 2, median, median * 2, base, first, base, 40_000, 8_000, problem)


def reported(small: Timed, large: Timed, name: str = "rounds") -> Report:
    found = Report("3.11", "18.6", 200, 5, "prefix", "typo")
    found.sizes = [Size(10_000, timed(2), {name: small}), Size(1_000_000, timed(2), {name: large})]
    return found


@pytest.mark.usefixtures("loaded", "db")
class TestPages:
    @pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
    def test_every_address_of_the_table_is_a_page(self, page: pages.Page) -> None:
        with timing.bench_addresses():
            found = timing.measure(timing.Visitor(), page, targets.find(5), 3)
        assert found.problem == ""
        assert found.requests == 3
        assert found.gzip_bytes < found.raw_bytes or found.raw_bytes < 200

    def test_the_base_page_asks_the_database_for_one_and_for_who_asks(self) -> None:
        with timing.bench_addresses():
            found = timing.measure(timing.Visitor(), pages.BASE, targets.find(5), 2)
            assert reverse("overview") == "/"
        assert found.problem == ""
        assert found.queries == 4  # the session, the person, the person's roles, and one

    def test_no_site_serves_the_base_page(self, reader_client) -> None:
        assert reader_client.get(pages.BASE.address).status_code == 404

    def test_what_is_no_page_is_a_problem_and_not_a_fast_page(self) -> None:
        with timing.bench_addresses():
            found = timing.measure(timing.Visitor(), pages.Page("gone", "/nothing/{round}/"), targets.find(5), 2)
        assert found.problem.startswith("404 for /nothing/")

    def test_the_first_page_is_weighed_with_all_that_is_loaded_with_it(self) -> None:
        with timing.bench_addresses():
            found = timing.first_page(timing.Visitor(), pages.FIRST)
        assert {"/", "/static/css/tokens.css"} <= set(found)
        assert any(name.endswith(".js") for name in found)
        assert any(name.endswith(".woff2") for name in found) == any("font" in name for name in found)
        assert not any("plotly" in name for name in found)
        assert all(found.values())

    def test_each_request_is_about_another_target(self) -> None:
        found = targets.find(5)
        asked = [found.fill("/companies/{company}/", number) for number in range(5)]
        assert len(set(asked)) == 5


def test_a_misspelt_word_differs_in_one_place() -> None:
    assert targets.misspelt("halden") == "hadlen"
    assert targets.misspelt("hallen") == "halllen"


def test_a_page_that_meets_the_goals_misses_none() -> None:
    assert reported(timed(10), timed(15)).missed("rounds") == []


@pytest.mark.parametrize(
    ("small", "large", "words"),
    [
        (timed(10, queries=13), timed(10), "13 queries"),
        (timed(10), timed(15.1), "grows 1.51 times"),
        (timed(17), timed(17), "8.5 times the base page"),
        (timed(10), timed(10, first=17), "first asked 8.5 times"),
        (timed(10), timed(10, problem="500 for /rounds/"), "500 for /rounds/"),
    ],
)
def test_a_goal_that_is_missed_is_named(small: Timed, large: Timed, words: str) -> None:
    found = reported(small, large)
    assert found.missed("rounds") == [words]
    assert any(f"missed: {words}" in line for line in report.lines(found))


def test_a_machine_that_is_slower_meanwhile_makes_no_page_grow() -> None:
    assert reported(timed(10), timed(30, base=6.0)).growth("rounds") == 1.0


def test_growth_needs_two_sizes() -> None:
    found = reported(timed(10), timed(99))
    del found.sizes[1]
    assert found.growth("rounds") is None
    assert found.missed("rounds") == []


def test_the_figures_that_follow_are_in_the_file_as_well() -> None:
    found = reported(timed(10), timed(20))
    found.sizes[-1].pages |= {"prefix": timed(4), "typo": timed(10)}
    found.sizes[0].pages |= {"prefix": timed(4), "typo": timed(10)}
    found.sizes[-1].aggregates = [Aggregate("by quarter", 2, 60)]
    found.sizes[-1].first_bytes = {"/": 9_000, "/static/css/tokens.css": 1_000}
    follows = json.loads(json.dumps(found.as_json()))["follows"]
    assert follows["pages"]["rounds"] == {
        "growth": 2.0,
        "times_base": 10.0,
        "times_base_first": 0.5,
        "missed": ["grows 2.0 times", "10.0 times the base page"],
    }
    assert follows["typo_times_prefix"] == 2.5
    assert follows["times_faster"] == {"by quarter": 30.0}
    assert follows["first_page_bytes"] == 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--companies", "none"], "no number from 1"),
        (["--companies", "0"], "no number from 1"),
        (["--requests", "-3"], "no number from 1"),
        (["--only", "no such page"], "No page is called"),
    ],
)
def test_a_wrong_option_is_refused_in_words(arguments: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("bench", "pages", *arguments, "--data", str(tmp_path))


@pytest.mark.long
def test_a_folder_is_filled_once_and_used_again(tmp_path: Path) -> None:
    """With servers of its own, whatever database the settings name."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", "bench", "pages", "--data", str(tmp_path / "bench"), "--requests", "2"]
        return subprocess.run([*command, "--companies", "60", *arguments], cwd=ROOT, capture_output=True, text=True,
                              env=without_settings(dict(os.environ)), timeout=300)  # fmt: skip

    first = run("--only", "round", "--json", str(tmp_path / "figures.json"))
    assert first.returncode == 0, first.stderr
    assert "making 60 companies" in first.stderr
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert figures["sizes"][0]["companies"] == 60
    assert figures["sizes"][0]["pages"]["round"]["problem"] == ""
    second = run("--only", "round")
    assert "holds 60 companies already" in second.stderr
    assert "making" not in second.stderr
    other = run("--only", "round", "--seed", "6")
    assert "holds another population; it is filled anew" in other.stderr
