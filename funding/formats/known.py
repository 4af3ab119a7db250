"""The formats that are known, by name, and which of them a header is of."""

import dataclasses
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from funding.values import PartialDate

from . import meanings
from .meanings import Options
from .sentences import MONTHLY_COUNTS

REFUSALS: Final = MappingProxyType({"monthly_counts": MONTHLY_COUNTS})


@dataclass(frozen=True, slots=True)
class Format:
    """What the columns of a file mean, and how its cells are written.

    `mapping` gives the meaning of each column (`meanings.MEANINGS`), empty where it is left in the row. Names of
    columns are compared without case, padding and doubled spaces. A header is of the format where it has all of
    `required`. `refusal` says why files of it are never taken.
    """

    name: str
    title: str
    mapping: Mapping[str, str]
    options: Options = field(default_factory=Options)
    required: tuple[str, ...] = ()
    refusal: str = ""

    def meaning_of(self, column: str) -> str:
        """What a column means, empty where nothing is taken from it."""
        return _folded_mapping(tuple(self.mapping.items())).get(folded(column), "")

    def with_mapping(self, mapping: Mapping[str, str], options: Mapping[str, Any] | None = None) -> Self:
        """This format with some columns meaning something else, and some options set.

        Raises ValueError with a sentence where a meaning or an option is not one.
        """
        meanings.check(mapping)
        again = {folded(column) for column in mapping}
        kept = {column: meaning for column, meaning in self.mapping.items() if folded(column) not in again}
        chosen = Options.of(self.options.as_json() | dict(options or {}))
        return dataclasses.replace(self, mapping={**kept, **mapping}, options=chosen)

    def as_json(self) -> dict[str, Any]:
        """The format as plain data."""
        found: dict[str, Any] = {"name": self.name, "title": self.title, "mapping": dict(self.mapping)}
        found |= {"options": options} if (options := self.options.as_json()) else {}
        found |= {"required": list(self.required)} if self.required else {}
        return found | ({"refusal": self.refusal} if self.refusal else {})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The format that `as_json` gave. Raises ValueError or KeyError for anything else."""
        meanings.check(kept["mapping"])
        options = Options.of(kept.get("options", {}))
        required, refusal = tuple(kept.get("required", ())), str(kept.get("refusal", ""))
        return cls(str(kept["name"]), str(kept["title"]), dict(kept["mapping"]), options, required, refusal)


def folded(column: str) -> str:
    """The name of a column as columns are compared."""
    return " ".join(column.replace("\ufeff", "").casefold().split())


@lru_cache(maxsize=256)
def _folded_mapping(mapping: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {folded(column): meaning for column, meaning in mapping}


def _read_families() -> dict[str, Format]:
    found: dict[str, Format] = {}
    for path in sorted((Path(__file__).parent / "families").glob("*.toml")):
        family = tomllib.loads(path.read_text(encoding="utf-8"))
        for one in family["format"]:
            mapping = {column: meaning for meaning, columns in one.get("columns", {}).items() for column in columns}
            mapping |= dict.fromkeys(one.get("ignored", ()), "")
            required = tuple(one["required"]) if "required" in one else tuple(mapping)
            found[one["name"]] = Format.from_json(
                {
                    "name": one["name"],
                    "title": one["title"],
                    "mapping": mapping,
                    "options": family.get("options", {}) | one.get("options", {}),
                    "required": required,
                    "refusal": REFUSALS.get(one.get("refusal", ""), ""),
                }
            )
    return found


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(_read_families())
# What a file of an unknown header is mapped from.
UNMAPPED: Final = Format("by-hand", "A file of another kind", {})


def unmapped(header: Sequence[str]) -> Format:
    """What a file of an unknown header is mapped from, named so that files of one header are of one database."""
    columns = "\n".join(sorted(map(folded, header)))
    digest = hashlib.blake2b(columns.encode(), digest_size=8).hexdigest()
    return dataclasses.replace(UNMAPPED, name=f"by_hand_{digest}")


@cache
def _required() -> tuple[tuple[frozenset[str], frozenset[str], str], ...]:
    """What a header must have for each format, and what it may have."""
    return tuple(
        (frozenset(map(folded, one.required)), frozenset(map(folded, one.mapping)), one.name)
        for one in FORMATS.values()
    )


def recognise(header: Sequence[str]) -> Format | None:
    """The format whose columns a header has, in whatever order, case and padding; None where there is none.

    Of several the one that knows most of the header's columns, and of these the one that asks for most.
    """
    columns = {folded(column) for column in header}
    found = [
        (len(columns & known), len(required), name) for required, known, name in _required() if required <= columns
    ]
    return FORMATS[max(found)[2]] if found else None


_DATED = re.compile(
    r"(?<!\d)((?:19|20)\d\d(?:[-_](?:0[1-9]|1[0-2])(?:[-_](?:0[1-9]|[12]\d|3[01]))?)?)(?!\d)", re.ASCII
)


def dated(name: str) -> PartialDate | None:
    """The date that the name of a file gives: `unicorns-2021-12.csv`, `list_2025_06_19.csv`, `board 2024.xlsx`."""
    for match in _DATED.finditer(name):
        try:
            return PartialDate.from_iso(match[1].replace("_", "-"))
        except ValueError:
            continue
    return None
