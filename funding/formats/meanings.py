"""What columns can mean, and how cells are written: the plain data that a person edits and that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, Self

from funding.values import PartialDate

# Amounts come as one cell, with or without a column of their currency and one of the same in US dollars, or by ends.
AMOUNTS: Final = ("company.total_raised", "company.revenue", "round.raised", "round.pre_money", "round.post_money",
                  "round.valuation", "valuation.amount", "exit.price", "exit.valuation", "exit.amount")  # fmt: skip
# Counts and multiples by their ends, as our own exports have them.
COUNTS: Final = ("company.employees", "round.multiple")
OF_COUNT: Final = ("low", "high", "low_open", "high_open", "is_approx")
OF_AMOUNT: Final = ("currency", "usd", "low", "high", "low_open", "high_open", "is_approx")

PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "currency": "currency of the amount, by its ISO code",
        "usd": "the same in US dollars, taken where the amount has no currency of its own",
        "low": "lower end",
        "high": "upper end",
        "low_open": "whether the lower end itself is left out",
        "high_open": "whether the upper end itself is left out",
        "is_approx": "whether it is approximate",
    }
)
MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "left in the row, not taken",
        "company.id": "number or code of the company in its database",
        "company.permalink": "address of the company at Crunchbase, by which it is known and, without a name, named",
        "company.name": "name of the company",
        "company.crunchbase": "address of the company at Crunchbase, beside another number",
        "company.website": "website or domain",
        "company.wikidata": "Wikidata item",
        "company.lei": "legal entity identifier",
        "company.city": "city of the seat",
        "company.country": "country of the seat: name or ISO code of two or three letters",
        "company.place": "seat in words, with its country",
        "company.places": "list of seats, the main one first",
        "company.aliases": "list of other names",
        "company.founded_on": "date or year of founding",
        "company.employees": "number of employees, or a range",
        "company.sectors": "list of sectors",
        "company.founders": "list of founders",
        "company.roles": "what the organisation is; “investor” among them names an investor too",
        "company.total_raised": "sum of all that was raised, as stated",
        "company.revenue": "revenue",
        "company.revenue.year": "year of the revenue",
        "company.revenue.is_expected": "whether the revenue is only expected",
        "round.id": "number or code of the round in its database",
        "round.name": "name of the round",
        "round.stage": "stage, as the source calls it",
        "round.series": "letter of a series, or a more exact stage",
        "round.label": "what the announcement calls the round",
        "round.announced_on": "date of announcement",
        "round.closed_on": "date of closing",
        "round.status": "closed, rumoured or cancelled",
        "round.investors": "list of investors",
        "round.lead_investors": "list of those that led",
        "round.lead_ids": "list of the numbers of those that led",
        "round.raised": "amount raised",
        "round.raised.disclosure": "whether the amount is stated, undisclosed or not stated",
        "round.pre_money": "value before the money",
        "round.post_money": "value after the money",
        "round.is_unicorn": "whether it is said to make the company a unicorn",
        "round.is_extension": "whether it is a further part of an earlier round",
        "round.valuation": "value, of which nothing more is said",
        "round.valuation.basis": "whether that is pre, post or unspecified",
        "round.valuation.origin": "where that comes from; one that is derived is not taken",
        "valuation.amount": "value of the company by itself",
        "valuation.on": "date of that value",
        "valuation.basis": "whether it is post or unspecified",
        "valuation.origin": "where it comes from; one that is derived is not taken",
        "exit.id": "number or code of the exit in its database",
        "exit.kind": "acquisition or listing",
        "exit.status": "rumoured, announced, completed or cancelled",
        "exit.announced_on": "date of the exit",
        "exit.acquirer": "name of the buyer",
        "exit.acquirer_id": "number or code of the buyer",
        "exit.exchange": "exchange of a listing",
        "exit.ticker": "symbol of a listing",
        "exit.price": "price of an acquisition",
        "exit.price.disclosure": "whether the price is stated, undisclosed or not stated",
        "exit.valuation": "value at a listing",
        "exit.amount": "price or value, whichever the exit has",
        "investor.id": "number or code of the investor",
        "investor.permalink": "address of the investor at Crunchbase",
        "investor.name": "name of the investor",
        "investor.kind": "what sort of investor it is",
        "investor.is_lead": "whether it led",
        "investor.parent": "the investor or company that it is an arm of",
        "investor.parent_kind": "whether that is an investor or a company",
        "investor.parent_id": "number or code of that",
        "investor.aliases": "list of other names",
        "person.id": "number or code of the person",
        "person.name": "name of the person",
        "person.first_name": "first name of the person",
        "person.last_name": "last name of the person",
        "person.title": "role of the person at the company",
        "person.is_past": "whether that role is over",
        "person.is_founder": "whether the person founded the company",
        "entity.id": "number or code of whatever the row is about",
        "entity.name": "name of whatever the row is about",
        "entity.kind": "whether the row is about a company, an investor or a person",
        "rounds.stages": "list of the stages of all rounds",
        "rounds.amounts": "list of their amounts",
        "rounds.currencies": "list of their currencies",
        "rounds.dates": "list of their dates",
        "rounds.investors": "list of lists of their investors",
        "valuations.dates": "list of dates of earlier values",
        "valuations.amounts": "list of those values",
        "row.id": "number or code of the row",
        "source.url": "address of the source of the row",
        **{f"{amount}.{part}": PARTS[part] for amount in AMOUNTS for part in OF_AMOUNT},
        **{f"{count}.{part}": PARTS[part] for count in COUNTS for part in OF_COUNT},
    }
)
CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"date_order": ("ymd", "dmy", "mdy"), "zero": ("undisclosed", "null", "refused")}
)


@dataclass(frozen=True, slots=True)
class Options:
    """How the cells of a format are written.

    `date_order` is the order of day and month where the year does not come first; `is_monthly` where all dates are of
    months, whatever a spreadsheet made of them. `unit` is what an amount without a
    scale of its own is counted in, `currency` what it is in where no cell says, `is_scaled` whether amounts bear their
    scale, so that a small one lacks it. `null` are the words of a blank cell, in any column but names; `undisclosed`
    those of an amount that is kept secret; `zero` is what an amount of 0 means. `separator` stands between names of a
    list, `sector_separator` between sectors, `list_separator` between rounds in one cell, `within_separator` between
    names within those. `escapes` undoes byte escapes left in the text, `footnotes` drops marks such as `[22]`,
    `defused` takes away the apostrophe of a spreadsheet-safe file. `series_first` lets the series decide over the
    stage wherever both are known. `as_of` is the date of the file, `kinds` says what each kind of row is about,
    `stages` what labels mean in this format alone, `kind` and `status` what all exits of the file are, and `basis`
    that of values of which the row says no more. Earlier values in a list are in `valuations_currency`. Where numbers
    of companies begin in a way of their own, `company_prefix` says how.
    """

    date_order: str = "ymd"
    is_monthly: bool = False
    unit: str = "1"
    currency: str = ""
    is_scaled: bool = False
    null: tuple[str, ...] = ("-", "n/a", "null")
    undisclosed: tuple[str, ...] = ("undisclosed",)
    zero: str = "undisclosed"
    separator: str = ","
    sector_separator: str = ","
    list_separator: str = ";"
    within_separator: str = "++"
    escapes: bool = False
    footnotes: bool = False
    defused: bool = False
    series_first: bool = False
    as_of: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    status: str = ""
    basis: str = ""
    valuations_currency: str = ""
    company_prefix: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """The options that plain data gives. Raises ValueError with a sentence about the first that cannot be."""
        known = {one.name: one.default for one in fields(cls)}
        read: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                raise ValueError(f"“{name}” is no option of a format.")
            read[name] = _checked(name, value, known[name])
        return cls(**read)

    def as_json(self) -> dict[str, Any]:
        """The options as plain data, those left out that are as usual."""
        usual = type(self)()
        changed = {one.name: getattr(self, one.name) for one in fields(self)}
        plain = {name: value for name, value in changed.items() if value != getattr(usual, name)}
        return {
            name: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
            for name, value in plain.items()
        }


def _checked(name: str, value: Any, usual: Any) -> Any:
    """One option, of its type and among its choices."""
    if name in ("kinds", "stages"):
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for pair in value.items() for one in pair):
            raise ValueError(f"The option “{name}” takes words and what each stands for.")
        return dict(value)
    if isinstance(usual, tuple):
        if isinstance(value, str) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"The option “{name}” takes a list of words.")
        return tuple(value)
    if type(value) is not type(usual):
        raise ValueError(f"The option “{name}” takes {'yes or no' if isinstance(usual, bool) else 'words'}.")
    if name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f"The option “{name}” is one of {', '.join(CHOICES[name])}.")
    if name == "unit":
        try:
            is_unit = Decimal(value) > 0
        except InvalidOperation:
            is_unit = False
        if not is_unit:
            raise ValueError("The unit of amounts is a number above 0, such as 1000000.")
    if name == "as_of" and value:
        PartialDate.from_iso(value)
    if name.endswith("separator") and not value:
        raise ValueError(f"The option “{name}” cannot be blank.")
    if name.endswith("currency") and value and not (len(value) == 3 and value.isascii() and value.isupper()):
        raise ValueError(f"“{value}” is no ISO code of a currency.")
    return value


def check(mapping: Mapping[str, str]) -> None:
    """Raise ValueError with a sentence about the first column whose meaning is none."""
    for column, meaning in mapping.items():
        if meaning not in MEANINGS:
            raise ValueError(f"Column “{column}”: “{meaning}” is nothing that a column can mean.")
