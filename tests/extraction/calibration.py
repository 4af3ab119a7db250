"""Measures how often each rule is right: the confidences of the engine.

Every value that the engine emits on an article that it did not learn from is judged by the shared scorer's own
comparisons (`learning.py` does this and writes funding/extraction/vocabulary/confidence.toml). The share of right
values of a rule is drawn towards that of its field, and the field's towards that of all values, the more so the fewer
there are. The reliability table is of articles that the shares were not taken from: each fifth of them is judged by
the shares of the other four.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
import development  # noqa: E402

from funding.extraction.confidence import ALL, Scope, confidence_of, graded  # noqa: E402
from funding.extraction.lines import extract_article  # noqa: E402

TABLE = REPOSITORY / "funding" / "extraction" / "vocabulary" / "confidence.toml"
FOLDS = 5
WEIGHT = 8  # values of a field or of all that count as much as what was seen of a rule
HIGHEST, LOWEST = 0.99, 0.05
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
FIELDS = {
    "amount": "raised", "announced": "announced_on", "investors": "participation", "lead_investors": "participation",
    "founded": "founded_on", "founders": "role",
}  # fmt: skip
LISTS = ("investors", "lead_investors", "founders", "headquarters")
# What the contract does not hold, or no gold judges. Set by hand, and kept as they are.
UNMEASURED = {"name": 0.8, "company": 0.7, "sector": 0.6, "valuation_ratio": 0.8, "closed_on": 0.7, "role": 0.7}


@dataclass(frozen=True)
class Judged:
    """One value that the engine emitted, and whether it is right."""

    article: str
    scope: Scope
    field: str
    rule: str
    is_right: bool


def load_scorer() -> ModuleType:
    """The shared scorer, as a module."""
    spec = importlib.util.spec_from_file_location("score", development.FOLDER / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge_all() -> list[Judged]:
    """Every value on the articles that may be used, judged, in the order of the articles' ids."""
    scorer = load_scorer()
    gold = {row["id"]: row for row in development.read("gold")}
    return [
        judged
        for article in development.read("text")
        for judged in judge(extract_article(article), gold[article["id"]], scorer)
    ]


def judge(found: dict[str, Any], gold: dict[str, Any], scorer: ModuleType) -> Iterator[Judged]:
    """The values of one article."""
    rules: dict[str, str] = {}
    for entry in found["evidence"]:
        rules.setdefault(entry["field"], entry["rule"])
    right: dict[int, dict[str, Any]] = {}
    for wanted in (True, False):
        golds = [row for row in gold["rounds"] if bool(row.get("headline")) == wanted]
        guesses = [row for row in found["rounds"] if bool(row["headline"]) == wanted]
        right |= {id(guess): row for row, guess in scorer.pair(golds, guesses) if row and guess}
    for number, row in enumerate(found["rounds"]):
        scope: Scope = "headline" if row["headline"] else "other"
        yield from judge_row(found["id"], scope, f"rounds[{number}]", row, right.get(id(row), {}), rules, scorer)
    for number, row in enumerate(found["companies"]):
        named = (one for one in gold.get("companies", []) if scorer.same_name(one["name"], row["name"]))
        yield from judge_row(found["id"], "company", f"companies[{number}]", row, next(named, {}), rules, scorer)


def judge_row(
    article: str, scope: Scope, path: str, row: dict[str, Any], gold: dict[str, Any], rules: dict[str, str],
    scorer: ModuleType,
) -> Iterator[Judged]:  # fmt: skip
    """The values of one round or company beside the gold one, which is empty where there is none."""
    for key, value in row.items():
        if key in ("headline", "chance", "sectors", "name") or value is None:
            continue
        field = FIELDS.get(key, key)
        if key in LISTS:
            hits = matches(value, gold.get(key) or [], scorer)
            for index, member in enumerate(value):
                if key != "investors" or member not in row["lead_investors"]:
                    rule = graded(rules[f"{path}.{key}[{index}]"], row.get("chance"))
                    yield Judged(article, scope, field, rule, hits[index])
        else:
            rule = rules[f"{path}.{key}"]
            field = "is_unicorn" if rule == "valuation.unicorn" else field
            rule = graded(rule, row.get("chance"))
            yield Judged(article, scope, field, rule, is_same(key, gold.get(key), value, scorer))


def matches(members: list[str], gold: list[str], scorer: ModuleType) -> list[bool]:
    """Which members of a list the gold has too, each of its names counting once."""
    left, found = list(gold), []
    for member in members:
        hit = next((name for name in left if scorer.same_name(name, member)), None)
        if hit is not None:
            left.remove(hit)
        found.append(hit is not None)
    return found


def is_same(key: str, gold: Any, value: Any, scorer: ModuleType) -> bool:
    """Whether a value agrees with the gold one; a sum with its bound."""
    if gold is None:
        return False
    if isinstance(value, dict):
        return bool(scorer.same_money(gold, value)) and gold.get("bound", "exact") == value["bound"]
    if key == "company":
        return bool(scorer.same_name(gold, value))
    return bool(str(gold) == str(value))


def shares_of(judged: Iterable[Judged]) -> dict[str, Any]:
    """The table of the engine: for each scope, field and rule the smoothed share of right values."""
    seen: Counter[tuple[str, ...]] = Counter()
    right: Counter[tuple[str, ...]] = Counter()
    for one in judged:
        plain = one.rule.partition("@")[0]
        for key in dict.fromkeys(
            ((), (one.scope, one.field), (one.scope, one.field, plain), (one.scope, one.field, one.rule))
        ):
            seen[key] += 1
            right[key] += one.is_right
    overall = right[()] / seen[()] if seen[()] else 0.5
    table: dict[str, Any] = {"overall": bounded(overall), "unmeasured": UNMEASURED}
    for key in sorted(seen):
        if len(key) != 3:
            continue
        scope, field, rule = key
        whole = smoothed(right[scope, field], seen[scope, field], overall)
        rules = table.setdefault(scope, {}).setdefault(field, {ALL: bounded(whole)})
        plain = (scope, field, rule.partition("@")[0])
        base = smoothed(right[plain], seen[plain], whole) if plain != key else whole
        rules[rule] = bounded(smoothed(right[key], seen[key], base))
    return table


def smoothed(right: int, seen: int, prior: float) -> float:
    """A share drawn towards what is known of its like."""
    return (right + WEIGHT * prior) / (seen + WEIGHT)


def bounded(share: float) -> float:
    """Two digits; nothing is certain, and nothing hopeless."""
    return round(min(max(share, LOWEST), HIGHEST), 2)


def fold_of(article: str) -> int:
    """The part that an article belongs to, by its id alone."""
    return int(hashlib.sha256(f"fold {article}".encode()).hexdigest(), 16) % FOLDS


def cross_validated(judged: list[Judged]) -> list[tuple[float, bool]]:
    """The confidence of every value by the articles of the other folds, and whether it is right."""
    found = []
    for fold in range(FOLDS):
        table = shares_of(one for one in judged if fold_of(one.article) != fold)
        found += [
            (confidence_of(one.scope, one.field, one.rule, table=table), one.is_right)
            for one in judged
            if fold_of(one.article) == fold
        ]
    return found


def reliability(pairs: list[tuple[float, bool]]) -> list[str]:
    """The reliability table, as Markdown."""
    lines = ["| confidence | values | mean confidence | right |", "| --- | --- | --- | --- |"]
    for low, high in zip(BINS, BINS[1:], strict=False):
        inside = [pair for pair in pairs if low <= pair[0] < high]
        if inside:
            mean, share = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            name = f"below {high}" if low == 0 else f"{low} and more" if high > 1 else f"{low} to {high}"
            lines.append(f"| {name} | {len(inside)} | {mean:.2f} | {share:.2f} |")
    return lines


def as_toml(table: dict[str, Any]) -> str:
    """The table as the file that the engine reads."""
    lines = [
        "# The share of right values of every rule, made by tests/extraction/learning.py --write.",
        f"overall = {table['overall']}", "", "# Set by hand: no judge knows these.", "[unmeasured]",
        *(f"{field} = {share}" for field, share in table["unmeasured"].items()),
    ]  # fmt: skip
    for scope in ("headline", "other", "company"):
        for field, rules in table.get(scope, {}).items():
            lines += ["", f"[{scope}.{field}]", *(f'"{rule}" = {share}' for rule, share in rules.items())]
    return "\n".join(lines) + "\n"


def by_language(judged: list[Judged], languages: Mapping[str, str]) -> list[str]:
    """The share of right values by language, as Markdown; `languages` has that of every article."""
    tallies: dict[str, list[bool]] = defaultdict(list)
    for one in judged:
        tallies[languages[one.article]].append(one.is_right)
    rows = [f"| {code} | {len(t)} | {sum(t) / len(t):.2f} |" for code, t in sorted(tallies.items())]
    return ["| language | values | right |", "| --- | --- | --- |", *rows]
