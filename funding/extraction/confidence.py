"""How sure a value is: how often its rule was right on the development articles, as confidence.toml keeps it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from funding.extraction.vocabulary import read_toml

Scope = Literal["headline", "other", "company"]
ALL = "all"  # the entry for a rule of the field that was never seen at work

Table = Mapping[str, Any]


@cache
def measured() -> Table:
    """The table that comes with the engine: scope, field and rule lead to a share of right values."""
    return read_toml("confidence.toml")


def graded(rule: str, chance: float | None) -> str:
    """A rule, with how likely the round is that its value is said of: `raise.subject@0.9`; tenths, rounded down."""
    return rule if chance is None else f"{rule}@{int(min(chance, 0.99) * 10) / 10}"


def confidence_of(
    scope: Scope, field: str, rule: str, chance: float | None = None, table: Table | None = None
) -> float:
    """The share of right values of a rule for a field where the round was as likely (`chance`), between 0 and 1.

    `headline` and `other` are the rounds that are the news and those that are not, `company` all that is said of
    companies and people. Where the rule was never measured the whole field counts, and where no judge knows the field
    what was set by hand.
    """
    known = measured() if table is None else table
    rules = known.get(scope, {}).get(field, {})
    grade = graded(rule, chance)
    plain = grade.partition("@")[0]
    share = rules.get(grade, rules.get(plain, rules.get(ALL, known["unmeasured"].get(field, known["overall"]))))
    return float(share)
