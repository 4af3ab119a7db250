"""Read a value again from its quotes alone, with the engine's own finders: what every fact must stand up to.

The quotes of a fact come in order: the first states the value, those after it are what else it takes, such as the
currency of a bare figure, the date that another is counted from, or the words that say who led.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import cached_property

from funding.extraction import vocabulary
from funding.extraction.about import read_staff, read_subset
from funding.extraction.dates import FoundDate, find_dates
from funding.extraction.facts import Extraction, Fact
from funding.extraction.money import find_amounts
from funding.extraction.stages import find_stages
from funding.extraction.text import Document
from funding.extraction.valuations import COMPARED, read_multiple
from funding.extraction.vocabulary import Cue, Vocabulary
from funding.values import PartialDate, Reference, Text, Undisclosed, Value

Qualifiers = Mapping[str, str | int | bool]
PARTY_CUES = ("lead_by", "leads")
LEAD_RULES = "lead."
FOUNDER_RULES = "founder."
FOUNDER_CUES = ("founder", "founded_by", "founds")


@dataclass(frozen=True, slots=True)
class Proof:
    """What quotes say: the value, a reference by its name, and the qualifiers that they state."""

    value: Value
    qualifiers: Qualifiers = default(default_factory=dict)


@dataclass(frozen=True)
class Quotes:
    """The quotes of one value with the rule that reads them."""

    texts: tuple[str, ...]
    rule: str
    words: Vocabulary
    published_on: PartialDate | None

    @property
    def first(self) -> str:
        """The quote that states the value."""
        return self.texts[0]

    @cached_property
    def document(self) -> Document:
        """The quotes below each other, as a text of their own."""
        return self.words.document("\n".join(self.texts))

    def cues(self, *kinds: str, start: int = 0) -> Iterator[Cue]:
        """The cues of some kinds in the quotes from one of them on."""
        for text in self.texts[start:]:
            document = self.words.document(text)
            for sentence in document.sentences:
                yield from (cue for cue in self.words.find_cues(document, sentence) if cue.kind in kinds)

    def dates(self, text: str, anchor: PartialDate | None, base: PartialDate | None = None) -> list[FoundDate]:
        """The dates that one quote states, counted from the day of publication or from another quote's date."""
        return find_dates(self.words.document(text), self.words, anchor, base)

    def date(self, number: int = 0) -> PartialDate | None:
        """The first date of a quote."""
        found = self.counted(number)
        return found[0].value if found else None

    def counted(self, number: int) -> list[FoundDate]:
        """The dates of a quote, counted from that of a quote after it or from the day of publication."""
        anchor, base = self.published_on, None
        for text in self.texts[number + 1 :]:
            stated = self.dates(text, None)
            anchor = stated[0].value if stated else anchor
            relative = self.dates(text, self.published_on)
            base = relative[0].value if relative else base
        return self.dates(self.texts[number], anchor, base)


def derive(
    field: str, quotes: Sequence[str], rule: str, language: str, published_on: PartialDate | None = None
) -> Proof | None:
    """What the quotes of a fact's field say by its rule, or None where they say nothing.

    Raises ValueError for a language without a vocabulary and KeyError for a field that no fact has.
    """
    if not quotes:
        return Proof(published_on) if rule == "published_on" and published_on else None
    return READERS[field](Quotes(tuple(quotes), rule, vocabulary.load(language), published_on))


def unproved(extraction: Extraction, given: str, published_on: PartialDate | None) -> list[Fact]:
    """The facts of a text that their quotes do not give again."""
    names = {mention.key: mention.name for mention in extraction.mentions}
    failed = []
    for fact in extraction.facts:
        quotes = [given[span.start : span.end] for span in fact.spans]
        proof = derive(fact.field, quotes, fact.rule, extraction.language, published_on)
        value = Text(names[fact.value.key]) if isinstance(fact.value, Reference) else fact.value
        if proof is None or proof.value != value or any(
            proof.qualifiers.get(key) != said for key, said in fact.qualifiers.items()
        ):  # fmt: skip
            failed.append(fact)
    return failed


def _words(quotes: Quotes) -> Proof:
    """The first quote itself: a name, a place, a reference by name."""
    return Proof(Text(quotes.first))


def _participation(quotes: Quotes) -> Proof:
    """The party, and whether it led: words for that are quoted, if parted by others only their first half."""
    is_parted = quotes.rule.startswith(LEAD_RULES) and len(quotes.texts) > 1
    is_lead = is_parted or any(True for _ in quotes.cues(*PARTY_CUES, start=1))
    return Proof(Text(quotes.first), {"is_lead": True} if is_lead else {})


def _announced(quotes: Quotes) -> Proof | None:
    date = quotes.date()
    return Proof(date) if date else None


def _money(quotes: Quotes) -> Proof | None:
    amounts = find_amounts(quotes.document, quotes.words, is_quote=True)
    return Proof(amounts[0].value) if amounts and amounts[0].span.start < len(quotes.first) else None


def _raised(quotes: Quotes) -> Proof | None:
    if any(True for _ in quotes.cues("undisclosed")):
        return Proof(Undisclosed())
    return _money(quotes)


def _valuation(quotes: Quotes) -> Proof | None:
    money = _money(quotes)
    basis = next((cue.kind.partition("_")[0] for cue in quotes.cues("post_money", "pre_money", start=1)), None)
    return Proof(money.value, {"basis": basis} if basis else {}) if money else None


def _ratio(quotes: Quotes) -> Proof | None:
    document = quotes.document
    for sentence in document.sentences:
        for cue in quotes.words.find_cues(document, sentence):
            if cue.kind == "multiple":
                return Proof(read_multiple(document, quotes.words, cue)[0])
    compared = next(quotes.cues(*COMPARED), None)
    return Proof(COMPARED[compared.kind]) if compared else None


def _unicorn(quotes: Quotes) -> Proof | None:
    return Proof(Text("yes")) if any(True for _ in quotes.cues("unicorn")) else None


def _stage(quotes: Quotes) -> Proof | None:
    found = find_stages(quotes.words.document(quotes.first), quotes.words)
    return Proof(Text(found[0].code), {"label": quotes.first}) if found else None


def _status(quotes: Quotes) -> Proof:
    is_rumour = quotes.rule == "status.rumour" and any(True for _ in quotes.cues("rumour"))
    return Proof(Text("rumoured" if is_rumour else "closed"))


def _founded(quotes: Quotes) -> Proof | None:
    dates = [date for date in quotes.counted(0) if date.reading in ("date", "ago")]
    return Proof(PartialDate(dates[0].value.year)) if dates else None


def _headquarters(quotes: Quotes) -> Proof:
    """The place itself, or the city that an adjective stands for."""
    label = next((cue.label for cue in quotes.cues("city")), None) if quotes.rule == "based.adjective" else None
    return Proof(Text(label or quotes.first))


def _employees(quotes: Quotes) -> Proof | None:
    if quotes.rule == "employees.subset":
        count, end = read_subset(quotes.first, quotes.words.code)
        return Proof(count, {"place": quotes.first[end:]}) if count else None
    count = read_staff(quotes.first, quotes.words.code)
    return Proof(count) if count else None


def _revenue(quotes: Quotes) -> Proof | None:
    """The sum, its year (that of publication where no quote has one), and whether it is only expected."""
    money = _money(quotes)
    if money is None:
        return None
    said: dict[str, str | int | bool] = {}
    years = [date for n in range(1, len(quotes.texts)) if (date := quotes.date(n))]
    year = years[0] if years else quotes.published_on
    if year is not None:
        said["year"] = year.year
    if any(True for _ in quotes.cues("expected", start=1)):
        said["is_expected"] = True
    if len(quotes.texts) > 1:
        said["attributed_to"] = quotes.texts[-1]
    return Proof(money.value, said)


def _sector(quotes: Quotes) -> Proof | None:
    label = next((cue.label for cue in quotes.cues("sector")), None)
    return Proof(Text(label)) if label else None


def _role(quotes: Quotes) -> Proof:
    """The title in its own words, or the word for a founder where only a verb tells."""
    tells_founder = quotes.rule.startswith(FOUNDER_RULES) or any(True for _ in quotes.cues(*FOUNDER_CUES))
    said = quotes.words.names["founder_word"][0] if quotes.rule.startswith(FOUNDER_RULES) else quotes.first
    return Proof(Text(said), {"is_founder": True} if tells_founder else {})


READERS: Mapping[str, Callable[[Quotes], Proof | None]] = {
    "name": _words,
    "company": _words,
    "announced_on": _announced,
    "closed_on": _announced,
    "raised": _raised,
    "total_raised": _money,
    "valuation": _valuation,
    "valuation_ratio": _ratio,
    "is_unicorn": _unicorn,
    "stage": _stage,
    "status": _status,
    "participation": _participation,
    "founded_on": _founded,
    "headquarters": _headquarters,
    "employees": _employees,
    "revenue": _revenue,
    "sector": _sector,
    "role": _role,
}
