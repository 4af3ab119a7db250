"""The documents say what is there: their links, commands, versions and files."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text("utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
BEFORE_DJANGO = {"test"}  # manage.py knows it by itself


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_of_the_project(document):
    links = LINK.findall(document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(document):
    named = re.findall(r"manage\.py ([a-z_]+)", document.read_text("utf-8"))
    assert [name for name in named if name not in get_commands() and name not in BEFORE_DJANGO] == []


def test_the_readme_names_the_two_commands_first():
    commands = re.findall(r"^python3 manage\.py (\w+)", README, re.MULTILINE)
    assert commands[:2] == ["up", "test"]


def test_the_files_and_folders_that_the_readme_names_exist():
    layout = README.partition("## Development")[2].partition("```")[2].partition("```")[0]
    names = re.findall(r"[\w./]+/(?=\s|,|$)|[\w/]+\.py", layout)
    assert len(names) > 10
    missing = [name for name in names if not (ROOT / name).exists() and not (ROOT / "funding" / name).exists()]
    assert missing == []


def test_the_tour_names_its_articles_as_they_are():
    tour = README.partition("## A tour")[2].partition("\n## ")[0]
    named = set(re.findall(r"hugging-face[\w.-]*\.txt", tour))
    folder = ROOT / "funding" / "samples" / "tour"
    assert named == {path.name for path in folder.glob("*.txt")}
    for path in folder.glob("*.toml"):
        about = tomllib.loads(path.read_text("utf-8"))
        assert f"`{about['publisher']}`" in tour
        assert f"`{about['published_on']}`" in tour


def test_what_the_tour_quotes_stands_in_its_article():
    quoted = re.findall(r'"([^"]+)"', README.partition("## A tour")[2].partition("\n## ")[0])
    article = (ROOT / "funding" / "samples" / "tour" / "hugging-face.fr.txt").read_text("utf-8")
    assert quoted
    assert [words for words in quoted if words not in article] == []


def test_the_changelog_begins_with_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == version


def test_decisions_are_numbered_without_gaps_and_titled_by_their_number():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for number, path in enumerate(DECISIONS, 1):
        assert path.read_text("utf-8").startswith(f"# {number}. "), path.name


def test_the_licence_is_the_one_that_the_project_states():
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"]
    assert (ROOT / "LICENSE").read_text("utf-8").startswith(f"{stated} License")
