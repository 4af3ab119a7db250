"""Imports run downwards, as docs/decisions and the module docstrings say, and never in a circle."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("companies", "funding", "config")

# From the bottom up. A module may import those of its own layer and of lower ones.
LAYERS: list[tuple[str, ...]] = [
    ("funding.values", "funding.tellings", "funding.texts", "companies.names", "companies.places",
     "companies.countries", "companies.search.spelling", "funding.sizes", "funding.spreadsheets"),
    ("funding.extraction", "funding.formats", "funding.resolving", "funding.intervals", "funding.figures",
     "funding.retelling", "funding.typed", "funding.marking"),
    ("companies.models",),
    ("companies.search.indexing", "companies.search.lookup", "companies.sectors"),
    ("funding.models",),
    ("funding.matching", "funding.company_matching", "funding.exit_matching", "funding.rates", "funding.web",
     "funding.dispatch", "companies.search", "companies.candidates", "funding.checks"),
    ("funding.recording", "funding.jobs", "funding.alerting.noticing"),
    ("funding.reviewing", "funding.unattended", "funding.holdings", "funding.proposals", "funding.inbox",
     "funding.entry", "funding.carrying", "funding.editing", "funding.accepting", "funding.review_candidates",
     "funding.evidence", "companies.filters", "funding.filters", "funding.as_of"),
    ("funding.intake", "funding.arrivals", "funding.importing", "funding.exports", "funding.charts",
     "funding.totals", "funding.reader", "funding.chronicle", "funding.portfolio", "funding.own_rates",
     "funding.disagreements", "funding.lateness"),
    ("funding.feeds", "funding.relay", "funding.samples", "funding.watching", "funding.alerting",
     "funding.reporting"),
    ("funding.cells", "funding.drawn"),
    ("funding.forms", "funding.source_form", "funding.deal_form", "funding.round_form", "funding.exit_form",
     "funding.valuation_form", "funding.company_form", "funding.investor_form", "funding.tasks",
     "funding.templatetags"),
    ("companies.views", "funding.views", "companies.management", "funding.management", "companies.admin",
     "funding.admin", "funding.bench"),
    ("funding.api",),
    ("companies.urls", "funding.urls"),
]  # fmt: skip
PURE = ("funding.values", "funding.extraction", "funding.resolving", "funding.intervals",
        "funding.matching", "funding.company_matching", "funding.exit_matching", "companies.names",
        "companies.search.spelling", "funding.texts", "funding.tellings", "funding.formats",
        "funding.spreadsheets")  # fmt: skip


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def layer_of(module: str) -> int | None:
    for level, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return level
    return None


def imports(module: str) -> set[str]:
    """The project's modules that a module imports when it is loaded; what only a function imports is no circle."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found |= {f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base for alias in node.names}
    return {name for name in found if name in MODULES and name != module}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_nothing_above_it(module: str) -> None:
    level = layer_of(module)
    if level is None:
        assert module.startswith("config") or module.count(".") == 0 or module.endswith(".apps"), (
            f"{module} has no layer"
        )
        return
    above = {name for name in imports(module) if (other := layer_of(name)) is not None and other > level}
    assert not above


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    graph = {module: imports(module) for module in MODULES}
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module in done:
            return
        for name in sorted(graph[module]):
            # A package's __init__ imports its modules, which may import siblings through it.
            if not name.startswith(f"{module}.") and not module.startswith(f"{name}."):
                walk(name, (*path, module))
        done.add(module)

    for module in sorted(graph):
        walk(module, ())


def test_models_of_companies_know_nothing_of_funding() -> None:
    assert not [name for name in imports("companies.models") if name.startswith("funding")]


def test_the_pure_modules_load_no_django() -> None:
    loaded = "; ".join(f"import {name}" for name in PURE)
    check = f"{loaded}; import sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
