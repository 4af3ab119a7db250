"""One row as its format reads it: the words, dates, amounts and names of its columns, by what they mean."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

from babel import Locale

from companies.places import country_of
from funding import spreadsheets
from funding.tellings import NewMention, NewStatement
from funding.values import Money, Multiple, PartialDate, Quantity, Reference, Text, Undisclosed, Value

from . import cells, naming, stages
from .known import Format
from .meanings import AMOUNTS
from .sentences import (
    MENDED_DATE,
    NO_BASIS,
    NO_COUNTRY,
    NO_CURRENCY,
    NO_STATUS,
    NOT_A_NAME,
    NOT_A_NUMBER,
    NOT_AN_AMOUNT,
    UNNAMED_INVESTORS,
    UPSIDE_DOWN,
    Refused,
    Unread,
)

MOST_BY_ENDS: Final = Decimal(10) ** 18  # what our own columns of amounts stay below
CACHED: Final = 50_000  # cells of one kind whose values are kept, then forgotten all at once
# What a row may be known by in its database, the most telling first.
IDENTITY: Final = ("row.id", "exit.id", "round.id", "person.id", "company.id", "company.permalink", "investor.id",
                   "entity.id")  # fmt: skip
T = TypeVar("T")


class Plan:
    """Where a table has what: the column of each meaning, and the values of cells that were read before.

    A column that means `entity.…` means the company's, the investor's or the person's own, as the row says.
    """

    def __init__(self, header: Sequence[str], form: Format, latest: datetime.date) -> None:
        self.header = tuple(header)
        self.form = form
        self.options = form.options
        self.latest = latest
        self.columns: dict[str, list[int]] = {}
        for at, column in enumerate(header):
            if meaning := form.meaning_of(column):
                self.columns.setdefault(meaning, []).append(at)
        self.at = {meaning: places[0] for meaning, places in self.columns.items()}
        self.several = {meaning: places for meaning, places in self.columns.items() if len(places) > 1}
        self.rules = {meaning: f"column {header[at]}"[:60] for meaning, at in self.at.items()}
        self.groups = {meaning.partition(".")[0] for meaning in self.columns}
        # What is asked of every row: whether the table has any of it at all.
        self.has_facts = any(
            one.startswith("company.") and one not in ("company.id", "company.permalink", "company.name")
            for one in self.columns
        )
        self.is_own = self.options.defused  # of our own exports, which say more, and number within one Roundbook
        self.has_seat = self.has("company.city", "company.place", "company.country", "company.places")
        self.has_shares = self.has("round.investors", "round.lead_investors", "round.lead_ids")
        self.has_valuation = self.has(
            "round.valuation", "round.valuation.low", "round.pre_money", "round.pre_money.low", "round.post_money"
        )
        self.has_raised = self.has("round.raised", "round.raised.low")
        self.has_revenue = self.has("company.revenue", "company.revenue.low")
        self.has_multiple = self.has("round.multiple.low", "round.multiple.high")
        self.intervals = {stem for stem in AMOUNTS if self.has(f"{stem}.low", f"{stem}.high")}
        self.null = frozenset(word.casefold() for word in self.options.null)
        self.longest_null = max(map(len, self.null), default=0)
        self.undisclosed = frozenset(word.casefold() for word in self.options.undisclosed)
        self.own_stages = {stages.flat(label): stage for label, stage in self.options.stages.items()}
        self.unit = Decimal(self.options.unit)
        self.is_plain = not (self.options.escapes or self.options.footnotes or self.options.defused)
        self.identity = [one for one in IDENTITY if one in self.at]
        self.last_company: tuple[Any, Any] = (None, None)
        self.kept: dict[str, dict[Any, Any]] = defaultdict(dict)  # values read before, by what they are of

    def has(self, *meanings: str) -> bool:
        """Whether some column means one of these."""
        return any(meaning in self.columns for meaning in meanings)

    def of_entity(self, kind: str) -> "Plan":
        """The plan of the rows that are about a company, an investor or a person."""
        columns = {
            column: f"{kind}.{meaning.partition('.')[2]}" if meaning.startswith("entity.") else meaning
            for column, meaning in self.form.mapping.items()
            if meaning != "entity.kind" and (kind == "company" or not meaning.startswith("company."))
        }
        made = Format(self.form.name, self.form.title, columns, self.options)
        return Plan(self.header, made, self.latest)

    def once(self, kind: str, key: Any, make: Callable[[], T]) -> T:
        """What `make` gives, made once for each key. Errors are not kept."""
        kept = self.kept[kind]
        try:
            return kept[key]  # type: ignore[no-any-return]
        except KeyError:
            pass
        if len(kept) >= CACHED:
            kept.clear()
        found = kept[key] = make()
        return found


class Record:
    """One row: what is read of it, and what it tells so far.

    `names` are names by the key of a mention, for rows and files that only give its number.
    """

    __slots__ = ("plan", "number", "cells", "mentions", "statements", "warnings", "names", "rules", "at")

    def __init__(self, plan: Plan, number: int, cells: Sequence[str]) -> None:
        self.follow(plan)
        self.number = number
        self.cells = cells
        self.mentions: dict[str, NewMention] = {}
        self.statements: list[NewStatement] = []
        self.warnings: list[str] = []
        self.names: dict[str, str] = {}

    def follow(self, plan: Plan) -> None:
        """Have the columns mean what a plan says."""
        self.plan, self.rules, self.at = plan, plan.rules, plan.at

    def text(self, meaning: str, *, is_name: bool = False) -> str:
        """The words of the column that means this, empty where it is blank or there is none.

        Words for a blank are words in a name, for a company may be called Null.
        """
        at = self.at.get(meaning)
        if at is None:
            return ""
        plan = self.plan
        if meaning in plan.several:
            at = next((one for one in plan.several[meaning] if self.cells[one].strip()), at)
        words = self.cells[at]
        if not words:
            return ""
        words = words.strip() if plan.is_plain else self._cleaned(words)
        if len(words) <= plan.longest_null and not is_name and words.casefold() in plan.null:
            return ""
        return words

    def _cleaned(self, words: str) -> str:
        options = self.plan.options
        if options.defused:
            return spreadsheets.restored(words)
        if options.escapes:
            words = naming.unescaped(words)
        if options.footnotes:
            words = naming.without_footnotes(words)
        return " ".join(words.split())

    def column(self, meaning: str) -> str:
        """The name of the column that means this."""
        return self.plan.header[self.plan.at[meaning]] if meaning in self.plan.at else ""

    def warn(self, sentence: str, meaning: str, **places: object) -> None:
        """Tell of a cell that is left in the row while the rest is taken."""
        self.warnings.append(sentence % {"column": self.column(meaning), **places})

    def name(self, meaning: str) -> str:
        """A name, without doubled spaces but in our own exports. Refuses the row where it is too long to be one."""
        words = self.text(meaning, is_name=True)
        if not self.plan.options.defused:
            words = " ".join(words.split())
        if len(words) > naming.LONGEST_NAME:
            raise Refused(
                NOT_A_NAME % {"column": self.column(meaning), "length": len(words), "words": cells.shown(words)}
            )
        return words

    def date(self, meaning: str) -> PartialDate | None:
        """A date. Refuses the row where its words are none."""
        words = self.text(meaning)
        return self.date_of(words, meaning) if words else None

    def date_of(self, words: str, meaning: str) -> PartialDate:
        """The date that words of a column are. Refuses the row where they are none."""
        options, latest, read = self.plan.options, self.plan.latest, self.plan.kept["date"].get(words)
        if read is not None and not read[1]:
            return read[0]  # type: ignore[no-any-return]
        try:
            date, is_mended = self.plan.once(
                "date",
                words,
                lambda: cells.read_date(words, options.date_order, latest, is_monthly=options.is_monthly),
            )
        except Unread as error:
            raise Refused(error.of(self.column(meaning))) from error
        if is_mended:
            self.warn(MENDED_DATE, meaning, words=cells.shown(words), date=date.iso)
        return date

    def doubtful(self, read: Callable[[], T]) -> T | None:
        """What is read of a cell; where it cannot be read, None with a warning, for it does not touch the round."""
        try:
            return read()
        except Refused as error:
            self.warnings.append(str(error))
            return None

    def money(self, stem: str, country: str = "") -> Money | Undisclosed | None:
        """An amount: by its cell and that of its currency, by the one in US dollars, or by its ends.

        Refuses the row where the words are no amount or lack a currency.
        """
        if stem in self.plan.intervals:
            return self._interval(stem)
        words = self.text(stem)
        if words:
            if words.casefold() in self.plan.undisclosed:
                return Undisclosed()
            if f"{stem}.currency" not in self.plan.at:
                return self.money_of(words, stem, self.plan.options.currency, country)
            code = self.text(f"{stem}.currency")
            if code or not self.text(f"{stem}.usd"):
                currency = self.currency_of(code, f"{stem}.currency") if code else ""
                return self.money_of(words, stem, currency, country)
        words = self.text(f"{stem}.usd")
        return self.money_of(words, f"{stem}.usd", "USD", country) if words else None

    def currency_of(self, words: str, meaning: str) -> str:
        """The currency that words of a column are. Refuses the row where they are none."""
        try:
            return self.plan.once("currency", words, lambda: cells.read_currency(words))
        except Unread as error:
            raise Refused(error.of(self.column(meaning))) from error

    def money_of(self, words: str, meaning: str, currency: str, country: str = "") -> Money | Undisclosed | None:
        """The amount that words of a column are. Refuses the row where they are none."""
        options, unit = self.plan.options, self.plan.unit
        try:
            return self.plan.once(
                "money",
                (words, currency, country),
                lambda: cells.read_money(
                    words,
                    currency=currency,
                    unit=unit,
                    zero=options.zero,
                    is_scaled=options.is_scaled,
                    country=country,
                ),
            )
        except Unread as error:
            raise Refused(error.of(self.column(meaning))) from error

    def _interval(self, stem: str) -> Money | None:
        """An amount by its ends, as our own exports have it."""
        ends = self._ends(stem, NOT_AN_AMOUNT)
        if ends is None:
            return None
        currency = self.text(f"{stem}.currency")
        if not currency:
            self._refuse(NO_CURRENCY, f"{stem}.low", self.text(f"{stem}.low") or self.text(f"{stem}.high"))
        currency = self.currency_of(currency, f"{stem}.currency")
        return self._made(stem, lambda: Money(**ends, currency=currency))

    def count(self, stem: str) -> Quantity | None:
        """A number of employees by its ends, as our own exports have it."""
        ends = self._ends(stem, NOT_A_NUMBER)
        return self._made(stem, lambda: Quantity(**ends)) if ends else None

    def multiple(self, stem: str) -> Multiple | None:
        """How many times one value another is, by its ends, as our own exports have it."""
        ends = self._ends(stem, NOT_A_NUMBER)
        return self._made(stem, lambda: Multiple(**ends)) if ends else None

    def _ends(self, stem: str, sentence: str) -> dict[str, Any] | None:
        """The ends of an interval and what is said of them; None where both are blank."""
        ends: dict[str, Any] = {}
        for end in ("low", "high"):
            words = self.text(f"{stem}.{end}")
            try:
                ends[end] = Decimal(words) if words else None
            except ArithmeticError:
                ends[end] = Decimal("NaN")
            if ends[end] is not None and not (ends[end].is_finite() and 0 <= ends[end] < MOST_BY_ENDS):
                self._refuse(sentence, f"{stem}.{end}", words)
        if ends["low"] is None and ends["high"] is None:
            return None
        return ends | {name: self.answer(f"{stem}.{name}") is True for name in ("low_open", "high_open", "is_approx")}

    def _made(self, stem: str, make: Callable[[], T]) -> T:
        """An interval of these ends. Refuses the row where they are in no order."""
        try:
            return make()
        except ValueError:
            self._refuse(UPSIDE_DOWN, f"{stem}.low", f"{self.text(f'{stem}.low')}–{self.text(f'{stem}.high')}")
            raise

    def _refuse(self, sentence: str, meaning: str, words: str) -> None:
        raise Refused(sentence % {"column": self.column(meaning), "words": cells.shown(words)})

    def answer(self, meaning: str) -> bool | None:
        """Yes, no, or None where the cell is blank or says neither."""
        words = self.text(meaning)
        found = stages.words_of("answer").get(words.casefold()) if words else None
        return None if found is None else found == "yes"

    def chosen(self, meaning: str, section: str, sentence: str = NO_STATUS) -> str:
        """What the words of a cell stand for in a section of `words.toml`. Refuses the row where they are unknown."""
        words = self.text(meaning)
        if not words:
            return ""
        found = stages.words_of(section).get(stages.flat(words))
        if not found:
            self._refuse(sentence, meaning, words)
        return found or ""

    def basis(self, meaning: str, usual: str) -> str:
        """The basis of a valuation."""
        words = self.text(meaning).casefold()
        if words not in ("", "pre", "post", "unspecified"):
            self._refuse(NO_BASIS, meaning, words)
        return words or usual

    def listed(self, meaning: str, words: str | None = None, separator: str = "") -> list[str]:
        """The names of a list; whoever is not named is left in the row, with a warning."""
        words = self.text(meaning) if words is None else words
        if not words:
            return []
        separator = separator or self.plan.options.separator
        if self.plan.options.defused:
            return list(dict.fromkeys(one for one in words.split(f"{separator} ") if one))
        names, nobody = self.plan.once("names", (words, separator), lambda: naming.split_names(words, separator))
        long = [name for name in names if len(name) > naming.LONGEST_NAME]
        for one in nobody:
            self.warn(UNNAMED_INVESTORS, meaning, words=cells.shown(one))
        for one in long:
            self.warn(NOT_A_NAME, meaning, length=len(one), words=cells.shown(one))
        return [name for name in names if name not in long]

    def country(self) -> str:
        """The ISO code of the country of the seat, as far as the row says; empty otherwise."""
        words = self.text("company.country") or self.text("company.place")
        return self.plan.once("country", words, lambda: code_of(words)) if words else ""

    def seat(self) -> str:
        """The seat in words, such that its country can be told of them."""
        if place := " ".join(self.text("company.place").split()):
            return place[: naming.LONGEST_NAME]
        city, country = self.text("company.city"), self.text("company.country")
        code = self.country()
        if country and not code:
            self.warn(NO_COUNTRY, "company.country", words=cells.shown(country))
        return self.plan.once("seat", (city, code), lambda: _seat(city, code))[: naming.LONGEST_NAME]

    def mention(self, key: str, kind: str, name: str, company: str = "") -> str:
        """Speak of somebody; gives the key back."""
        if key not in self.mentions:
            self.mentions[key] = NewMention(key, kind, name, company)
        return key

    def say(
        self, subject: str, field: str, value: Value | None, meaning: str = "", *, rule: str = "", **qualifiers: Any
    ) -> None:
        """Say one value of somebody, where there is one, by the column that means this."""
        if value is not None:
            by = rule or self.rules.get(meaning, "")
            self.statements.append(NewStatement(subject, field, value, qualifiers, (), by))

    def say_words(self, subject: str, field: str, words: str, meaning: str, **qualifiers: Any) -> None:
        """Say words of somebody, where there are any."""
        if words:
            self.say(subject, field, Text(words), meaning, **qualifiers)

    def refer(self, subject: str, field: str, key: str, meaning: str, **qualifiers: Any) -> None:
        """Say of somebody that another has to do with them."""
        self.say(subject, field, Reference(key), meaning, **qualifiers)


@lru_cache(maxsize=10_000)
def code_of(words: str) -> str:
    """The ISO code of a country by its code of two or three letters, its name, or words that end in it."""
    return cells.codes_of_countries().get(words.upper().removeprefix("THE ").strip()) or country_of(words)


def _seat(city: str, code: str) -> str:
    """A city, with its country where the city alone would not tell it; the country where no city is given."""
    country = str(Locale("en").territories.get(code, code)) if code else ""
    if not city or not country or country_of(city) == code:
        return city or country
    return f"{city}, {country}"
