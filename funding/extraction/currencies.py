"""Tell which currency a sign, a code or a word of money means, by what else the text or its publisher says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from funding.extraction import vocabulary
from funding.extraction.facts import Span
from funding.extraction.text import Document

# Signs and codes that mean the same in every language; the words are in the vocabularies.
SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("US$", "USD $", "USD$", "$US", "USD", "$", "U.S.$", "U$S", "u$s", "US $", "U$D", "u$d"), "USD"),
    **dict.fromkeys(("CAD $", "C$", "CA$", "CAD", "CAD$", "$CAD", "$CAN", "$CA", "CDN$"), "CAD"),
    **dict.fromkeys(("AUD $", "A$", "AU$", "AUD", "AUD$", "$AU"), "AUD"),
    **dict.fromkeys(("NZ$", "NZD", "NZD$", "$NZ"), "NZD"),
    **dict.fromkeys(("SGD $", "S$", "SG$", "SGD"), "SGD"),
    **dict.fromkeys(("HK$", "HKD"), "HKD"),
    **dict.fromkeys(("NT$", "TWD"), "TWD"),
    **dict.fromkeys(("R$", "BRL"), "BRL"),
    **dict.fromkeys(("MX$", "MXN$", "Mex$", "MXN"), "MXN"),
    **dict.fromkeys(("COP$", "COL$", "COP"), "COP"),
    **dict.fromkeys(("CLP$", "CLP"), "CLP"),
    **dict.fromkeys(("AR$", "ARS$", "ARS"), "ARS"),
    **dict.fromkeys(("UYU$", "UYU"), "UYU"),
    **dict.fromkeys(("RD$", "DOP"), "DOP"),
    **dict.fromkeys(("S/.", "S/", "PEN"), "PEN"),
    **dict.fromkeys(("€", "EUR"), "EUR"),
    **dict.fromkeys(("£", "GBP"), "GBP"),
    **dict.fromkeys(("E£", "EGP"), "EGP"),
    **dict.fromkeys(("CHF", "SFr.", "sFr.", "Fr."), "CHF"),
    **{sign: sign for sign in ("SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "AED", "SAR")},
    **{sign: sign for sign in ("QAR", "KWD", "ZAR", "NGN", "GHS", "UGX", "TZS", "RWF", "ETB", "MAD", "TND", "DZD")},
    **{sign: sign for sign in ("XOF", "XAF", "PKR", "BDT", "IDR", "MYR", "THB", "VND", "PHP", "ILS", "INR", "JPY")},
    **{sign: sign for sign in ("CNY", "KRW", "UAH", "LKR")},
    **dict.fromkeys(("₹", "Rs.", "Rs"), "INR"),
    **dict.fromkeys(("¥", "JP¥"), "JPY"),
    **dict.fromkeys(("CN¥", "RMB"), "CNY"),
    **dict.fromkeys(("KES", "KSh", "Ksh", "KSh.", "KShs"), "KES"),
    **dict.fromkeys(("GH₵", "GH¢", "₵"), "GHS"),
    **dict.fromkeys(("Rp", "Rp."), "IDR"),
    "₩": "KRW", "₪": "ILS", "NIS": "ILS", "₺": "TRY", "₦": "NGN", "₱": "PHP", "฿": "THB", "₫": "VND", "₴": "UAH",
    "RM": "MYR", "zł": "PLN", "Kč": "CZK", "FCFA": "XOF",
}  # fmt: skip
# A letter right before a figure with its scale.
LETTERS: Mapping[str, str] = {"R": "ZAR", "P": "PHP", "N": "NGN"}
# Signs that several countries put before sums of their own money, with the unit that they are homes of.
BARE_SIGNS: Mapping[str, str] = {"$": "dollar"}
LEAST_PLACES = 2  # places of one country in a text that make its bare dollars that country's


@dataclass(frozen=True, slots=True)
class Homes:
    """The countries that use one unit of money: their places, and the papers that write for them."""

    currencies: frozenset[str]
    places: re.Pattern[str]
    by_place: Mapping[str, str]
    papers: tuple[tuple[str, re.Pattern[str]], ...]

    def named(self, document: Document, *, is_quote: bool = False) -> dict[str, list[Span]]:
        """Where a text names places, by the currency of their country.

        In quotes a place counts only where it is a quote of its own.
        """
        found: dict[str, list[Span]] = {}
        for match in self.places.finditer(document.text):
            if not is_quote or _is_line(match, document):
                found.setdefault(self.by_place[match.group()], []).append(Span(*match.span()))
        return found

    def of_paper(self, publisher: str | None) -> str | None:
        """The currency of the publisher's country, where its name tells that."""
        return next((currency for currency, papers in self.papers if publisher and papers.search(publisher)), None)


def _is_line(match: re.Match[str], document: Document) -> bool:
    start, end = match.span()
    return document.text[max(0, start - 1) : start] in ("", "\n") and document.text[end : end + 1] in ("", "\n")


@cache
def homes_of(unit: str) -> Homes | None:
    """The countries that use a unit, or None where none are listed."""
    homes = [home for home in vocabulary.read_toml("currencies.toml")["home"] if unit in home["units"]]
    if not homes:
        return None
    by_place = {place: home["currency"] for home in homes for place in home["places"]}
    papers = [(home["currency"], _any_of(home["papers"])) for home in homes if home.get("papers")]
    return Homes(frozenset(home["currency"] for home in homes), _any_of(by_place), by_place, tuple(papers))


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(f"(?<!\\w)(?:{'|'.join(map(re.escape, ordered))})(?!\\w)")


def meaning_of(
    unit: str, document: Document, publisher: str | None, *, is_quote: bool, at_home: frozenset[str]
) -> tuple[str, Span] | None:
    """The currency of a unit by the country that the text names most, with the first place of it.

    Dollars are those of the United States, but in a paper of another country, or in a text that names one of the
    currencies `at_home` in its language by several places.
    """
    homes = homes_of(unit)
    named = homes.named(document, is_quote=is_quote) if homes else {}
    if homes is None or not named:
        return None
    currency = max(named, key=lambda one: (len(named[one]), -named[one][0].start))
    if unit in BARE_SIGNS.values() and not is_quote:
        own = homes.of_paper(publisher)
        if own in named:
            currency = own
        elif currency not in at_home or len(named[currency]) < LEAST_PLACES:
            return None
    return currency, named[currency][0]
