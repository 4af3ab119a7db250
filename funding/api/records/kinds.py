"""What one kind of records is: its members, where they come from, its filter, and how one is found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict

from config.filters import QueryFilter
from funding.api.filters import PartsAsked
from funding.api.parts import STRING, Part, amount, array, date_of, interval_of, link, link_to, listed
from funding.as_of.scopes import Scope

STATED, UNDISCLOSED, NOT_STATED = "stated", "undisclosed", "not_stated"
DISCLOSURES: Final = (STATED, UNDISCLOSED, NOT_STATED)


# The SQL of a valuation `v`, as records give it that have one.
VALUATION_IN_BRIEF: Final = f"""json_build_object('id', v.id, 'href', {link_to("valuations", "v.id")},
    'valued_on', {date_of("v.valued_on", "v.valued_precision")}, 'amount', {interval_of("v.", is_money=True)},
    'basis', v.basis, 'origin', v.origin)"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of records. `by` is what finds one: slug or id. `each` are those found so, where they are more than
    `rows`, which are listed; `scope` and `scope_of_one` are what a date is about, where one can be asked for.
    """

    name: str
    model: Any
    words: str
    parts: tuple[Part, ...]
    joined: str
    filter: type[QueryFilter]
    rows: Callable[[], QuerySet[Any]]
    by: str = "pk"
    scope: Callable[[QueryDict], Scope] | None = None
    scope_of_one: Callable[[Any], Scope] | None = None
    each: Callable[[], QuerySet[Any]] | None = None

    def choose(self, chosen: QueryFilter) -> QuerySet[Any]:
        """The rows that a filter leaves, in no order."""
        if isinstance(chosen, PartsAsked):
            return chosen.apply_to_parts(self.rows())
        return chosen.apply(self.rows())

    def part(self, name: str) -> Part | None:
        """The member of this name."""
        return next((part for part in self.parts if part.name == name), None)

    @property
    def schema_name(self) -> str:
        """Its name among the document's schemas."""
        return self.model.__name__


def believed_amounts(prefix: str, row: str = "r") -> list[Part]:
    return [amount(f"{prefix}{currency}", f"{row}.{prefix}{currency}") for currency in ("usd", "eur", "gbp")]


def aliases(side: str) -> Part:
    select = f"SELECT to_json(a.name) FROM companies_alias a WHERE a.{side}_id = r.id ORDER BY a.name, a.id"
    return Part("aliases", listed(select), array(STRING))


def statement(sql: str) -> Part:
    return link("statement", "statements", sql)
