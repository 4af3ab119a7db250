"""What a page says of a file: what its columns can mean, in groups as a person looks for them, and its rows."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from funding import figures
from funding.formats.meanings import AMOUNTS, MEANINGS
from funding.models import ImportRow

GROUPS: Final[tuple[tuple[Any, Mapping[str, Any]], ...]] = (
    (
        gettext_lazy("Company"),
        {
            "company.name": gettext_lazy("Company name"),
            "company.id": gettext_lazy("Number of the company in its database"),
            "company.website": gettext_lazy("Company website"),
            "company.permalink": gettext_lazy("Crunchbase address of the company, which also names it"),
            "company.crunchbase": gettext_lazy("Crunchbase address of the company, beside another number"),
            "company.wikidata": gettext_lazy("Wikidata item of the company"),
            "company.lei": gettext_lazy("LEI of the company"),
            "company.aliases": gettext_lazy("Other names of the company"),
            "company.city": gettext_lazy("City of the company"),
            "company.country": gettext_lazy("Country of the company"),
            "company.place": gettext_lazy("Seat of the company, with its country"),
            "company.places": gettext_lazy("Seats of the company, the main one first"),
            "company.founded_on": gettext_lazy("Founding date"),
            "company.employees": gettext_lazy("Number of employees"),
            "company.sectors": gettext_lazy("Sectors"),
            "company.founders": gettext_lazy("Founders"),
            "company.roles": gettext_lazy("Whether the organisation is an investor, too"),
            "company.total_raised": gettext_lazy("Raised in all, as stated"),
            "company.revenue": gettext_lazy("Revenue"),
            "company.revenue.year": gettext_lazy("Year of the revenue"),
            "company.revenue.is_expected": gettext_lazy("Whether the revenue is only expected"),
        },
    ),
    (
        gettext_lazy("Round"),
        {
            "round.id": gettext_lazy("Number of the round in its database"),
            "round.name": gettext_lazy("Name of the round"),
            "round.stage": gettext_lazy("Stage"),
            "round.series": gettext_lazy("Letter of the series"),
            "round.label": gettext_lazy("What the announcement calls the round"),
            "round.announced_on": gettext_lazy("Date of announcement"),
            "round.closed_on": gettext_lazy("Date of closing"),
            "round.status": gettext_lazy("Status of the round"),
            "round.raised": gettext_lazy("Amount raised"),
            "round.raised.disclosure": gettext_lazy("Whether the amount raised is stated or kept secret"),
            "round.investors": gettext_lazy("Investors"),
            "round.lead_investors": gettext_lazy("Lead investors"),
            "round.lead_ids": gettext_lazy("Numbers of the lead investors"),
            "round.pre_money": gettext_lazy("Pre-money value"),
            "round.post_money": gettext_lazy("Post-money value"),
            "round.valuation": gettext_lazy("Valuation in the round"),
            "round.valuation.basis": gettext_lazy("Whether that valuation is pre-money or post-money"),
            "round.valuation.origin": gettext_lazy("Where that valuation comes from"),
            "round.multiple": gettext_lazy("Multiple of the value before"),
            "round.is_unicorn": gettext_lazy("Whether the round is said to make a unicorn"),
            "round.is_extension": gettext_lazy("Whether the round extends an earlier one"),
        },
    ),
    (
        gettext_lazy("Valuation of no round"),
        {
            "valuation.amount": gettext_lazy("Value of the company"),
            "valuation.on": gettext_lazy("Date of that value"),
            "valuation.basis": gettext_lazy("Basis of that value"),
            "valuation.origin": gettext_lazy("Where that value comes from"),
        },
    ),
    (
        gettext_lazy("Exit"),
        {
            "exit.id": gettext_lazy("Number of the exit in its database"),
            "exit.kind": gettext_lazy("Kind of exit"),
            "exit.status": gettext_lazy("Status of the exit"),
            "exit.announced_on": gettext_lazy("Date of the exit"),
            "exit.acquirer": gettext_lazy("Acquirer"),
            "exit.acquirer_id": gettext_lazy("Number of the acquirer"),
            "exit.price": gettext_lazy("Price of an acquisition"),
            "exit.price.disclosure": gettext_lazy("Whether the price is stated or kept secret"),
            "exit.valuation": gettext_lazy("Value at an IPO"),
            "exit.amount": gettext_lazy("Price or value of the exit"),
            "exit.exchange": gettext_lazy("Exchange"),
            "exit.ticker": gettext_lazy("Ticker"),
        },
    ),
    (
        gettext_lazy("Investor"),
        {
            "investor.name": gettext_lazy("Investor name"),
            "investor.id": gettext_lazy("Number of the investor in its database"),
            "investor.permalink": gettext_lazy("Crunchbase address of the investor"),
            "investor.kind": gettext_lazy("Kind of investor"),
            "investor.aliases": gettext_lazy("Other names of the investor"),
            "investor.is_lead": gettext_lazy("Whether the investor led the round"),
            "investor.parent": gettext_lazy("Whom the investor is an arm of"),
            "investor.parent_kind": gettext_lazy("Whether that is an investor or a company"),
            "investor.parent_id": gettext_lazy("Number of whom the investor is an arm of"),
        },
    ),
    (
        gettext_lazy("Person"),
        {
            "person.name": gettext_lazy("Name of the person"),
            "person.first_name": gettext_lazy("First name of the person"),
            "person.last_name": gettext_lazy("Last name of the person"),
            "person.id": gettext_lazy("Number of the person in its database"),
            "person.title": gettext_lazy("Role at the company"),
            "person.is_past": gettext_lazy("Whether that role is over"),
            "person.is_founder": gettext_lazy("Whether the person founded the company"),
        },
    ),
    (
        gettext_lazy("Rows about different things"),
        {
            "entity.kind": gettext_lazy("What the row is about: a company, an investor or a person"),
            "entity.name": gettext_lazy("Name of whatever the row is about"),
            "entity.id": gettext_lazy("Number of whatever the row is about"),
        },
    ),
    (
        gettext_lazy("All rounds of a company in one row"),
        {
            "rounds.stages": gettext_lazy("Stages of all rounds"),
            "rounds.amounts": gettext_lazy("Amounts of all rounds"),
            "rounds.currencies": gettext_lazy("Currencies of all rounds"),
            "rounds.dates": gettext_lazy("Dates of all rounds"),
            "rounds.investors": gettext_lazy("Investors of all rounds"),
            "valuations.amounts": gettext_lazy("Earlier values of the company"),
            "valuations.dates": gettext_lazy("Dates of those values"),
        },
    ),
    (
        gettext_lazy("Row"),
        {
            "row.id": gettext_lazy("Number of the row in its database"),
            "source.url": gettext_lazy("Address of the row’s source"),
        },
    ),
)
# Beside the amount itself; those that only our own exports have stand in no list of choices.
PARTS: Final = {
    "currency": gettext_lazy("%(amount)s: its currency"),
    "usd": gettext_lazy("%(amount)s, in US dollars"),
    "low": gettext_lazy("%(amount)s: lower end"),
    "high": gettext_lazy("%(amount)s: upper end"),
    "low_open": gettext_lazy("%(amount)s: whether the lower end is left out"),
    "high_open": gettext_lazy("%(amount)s: whether the upper end is left out"),
    "is_approx": gettext_lazy("%(amount)s: whether it is approximate"),
}
OFFERED: Final = ("currency", "usd")
NAMES: Final = {meaning: label for _group, meanings in GROUPS for meaning, label in meanings.items()}


def words_for(meaning: str) -> str:
    """A meaning in the reader's language; empty for a column that is left in the row, itself where it is unknown."""
    if not meaning:
        return ""
    if meaning in NAMES:
        return str(NAMES[meaning])
    stem, _dot, part = meaning.rpartition(".")
    if meaning in MEANINGS and stem in NAMES and part in PARTS:
        return str(PARTS[part]) % {"amount": NAMES[stem]}
    return meaning


def choices(chosen: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a person may choose for a column, in named groups: each meaning with its words.

    What is `chosen` now is among them, whatever it is.
    """
    found = [(str(label), list(_choices(meanings))) for label, meanings in GROUPS]
    known = {meaning for _label, meanings in found for meaning, _words in meanings}
    own = [] if not chosen or chosen in known else [(_("As it is now"), [(chosen, words_for(chosen))])]
    return [*own, *found]


def _choices(meanings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for meaning, label in meanings.items():
        if meaning in MEANINGS:  # a multiple has ends alone
            yield meaning, str(label)
        if meaning in AMOUNTS:
            yield from ((f"{meaning}.{part}", words_for(f"{meaning}.{part}")) for part in OFFERED)


ROWS: Final[Mapping[str, Any]] = {
    ImportRow.Verdict.NEW: ngettext_lazy("%(number)s new row", "%(number)s new rows", "n"),
    ImportRow.Verdict.CHANGED: ngettext_lazy("%(number)s changed row", "%(number)s changed rows", "n"),
    ImportRow.Verdict.DUPLICATE: ngettext_lazy("%(number)s duplicate row", "%(number)s duplicate rows", "n"),
    ImportRow.Verdict.CONFLICTING: ngettext_lazy("%(number)s conflicting row", "%(number)s conflicting rows", "n"),
    ImportRow.Verdict.REFUSED: ngettext_lazy("%(number)s refused row", "%(number)s refused rows", "n"),
}


def rows(counts: Mapping[str, int]) -> str:
    """How many rows of a file come to what: `39 new rows, 1 refused row`."""
    found = [(words, counts[verdict]) for verdict, words in ROWS.items() if counts.get(verdict)]
    return ", ".join(words % {"n": n, "number": figures.whole(n)} for words, n in found)
