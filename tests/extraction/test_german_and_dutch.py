"""German and Dutch: their sums, dates and stages, their verbs that come apart or last, and the traps of both."""

from __future__ import annotations

from decimal import Decimal

import pytest
from reading_texts import contract_of

from funding.extraction import vocabulary
from funding.extraction.dates import read_date
from funding.extraction.money import find_amounts
from funding.extraction.names import NameFinder
from funding.extraction.stages import find_stages
from funding.extraction.text import Document
from funding.values import Money, PartialDate

FRIDAY = PartialDate(2023, 8, 25)

SUMS = [
    ("de", "235 Mio. Euro", "235e6", "EUR"),
    ("de", "4,5 Mrd. Dollar", "4.5e9", "USD"),
    ("de", "1,3 Milliarden Euro", "1.3e9", "EUR"),
    ("de", "anderthalb Milliarden Euro", "1.5e9", "EUR"),
    ("de", "500.000 Euro", "500e3", "EUR"),
    ("de", "eine halbe Million Euro", "500e3", "EUR"),
    ("de", "12,5 Millionen US-Dollar", "12.5e6", "USD"),
    ("de", "20 Mio. Franken", "20e6", "CHF"),
    ("de", "zweieinhalb Millionen Pfund", "2.5e6", "GBP"),
    ("nl", "€60 miljoen", "60e6", "EUR"),
    ("nl", "anderhalf miljard euro", "1.5e9", "EUR"),
    ("nl", "1,7 miljard euro", "1.7e9", "EUR"),
    ("nl", "€250.000", "250e3", "EUR"),
    ("nl", "2,5 mln dollar", "2.5e6", "USD"),
    ("nl", "een half miljoen euro", "500e3", "EUR"),
    ("nl", "€ 3,2 mld", "3.2e9", "EUR"),
]


@pytest.mark.parametrize(("code", "text", "value", "currency"), SUMS)
def test_a_plain_sum_is_read_whole(code: str, text: str, value: str, currency: str) -> None:
    (found,) = find_amounts(Document(text), vocabulary.load(code))
    assert found.value == Money.exact(Decimal(value), currency)
    assert text[found.span.start : found.span.end] == text


HEDGED = [
    ("de", "rund 20 Millionen Euro", "approx"),
    ("de", "knapp 3 Mio. Euro", "approx"),
    ("de", "mehr als 40 Millionen Dollar", "at_least"),
    ("de", "über 40 Millionen Dollar", "at_least"),
    ("de", "mindestens 5 Mio. Euro", "at_least"),
    ("de", "bis zu 100 Millionen Euro", "at_most"),
    ("de", "zwischen 10 und 15 Mio. Euro", "range"),
    ("de", "eine Finanzierungsrunde über 20 Millionen Euro", "exact"),
    ("de", "eine Serie B über 20 Millionen Euro", "exact"),
    ("nl", "bijna 20 miljoen euro", "approx"),
    ("nl", "zo'n 3 miljoen euro", "approx"),
    ("nl", "ruim 40 miljoen dollar", "at_least"),
    ("nl", "meer dan 40 miljoen dollar", "at_least"),
    ("nl", "minstens 5 miljoen euro", "at_least"),
    ("nl", "maximaal 100 miljoen euro", "at_most"),
    ("nl", "tussen 10 en 15 miljoen euro", "range"),
]


@pytest.mark.parametrize(("code", "text", "bound"), HEDGED)
def test_a_hedge_makes_an_interval(code: str, text: str, bound: str) -> None:
    (found,) = find_amounts(Document(text), vocabulary.load(code))
    assert found.value.bound == bound


DATES = [
    ("de", "am Donnerstag, 24. August", "2023-08-24"),
    ("de", "am Donnerstag", "2023-08-24"),
    ("de", "24.8.2023", "2023-08-24"),
    ("de", "gestern", "2023-08-24"),
    ("de", "im Mai 2022", "2022-05"),
    ("de", "im Mai", "2023-05"),
    ("de", "letzten Monat", "2023-07"),
    ("de", "Anfang 2022", "2022"),
    ("de", "im vergangenen Jahr", "2022"),
    ("de", "vergangenes Jahr", "2022"),
    ("de", "vor zwei Jahren", "2021"),
    ("de", "vor drei Monaten", "2023-05"),
    ("nl", "donderdag 24 augustus", "2023-08-24"),
    ("nl", "donderdag", "2023-08-24"),
    ("nl", "gisteren", "2023-08-24"),
    ("nl", "mei 2022", "2022-05"),
    ("nl", "in mei", "2023-05"),
    ("nl", "vorige maand", "2023-07"),
    ("nl", "begin 2022", "2022"),
    ("nl", "vorig jaar", "2022"),
    ("nl", "twee jaar geleden", "2021"),
    ("nl", "drie maanden geleden", "2023-05"),
]


@pytest.mark.parametrize(("code", "text", "expected"), DATES)
def test_a_date_is_read_at_its_precision(code: str, text: str, expected: str) -> None:
    assert read_date(text, vocabulary.load(code), FRIDAY) == PartialDate.from_iso(expected)


STAGES = [
    ("de", "in einer Series-B-Runde", ["series_b"]),
    ("de", "die A-Runde", ["series_a"]),
    ("de", "eine Serie-C-Finanzierung", ["series_c"]),
    ("de", "eine Seed-Runde", ["seed"]),
    ("de", "eine Pre-Seed-Finanzierung", ["pre_seed"]),
    ("de", "ein Wandeldarlehen", ["convertible_note"]),
    ("de", "eine Brückenfinanzierung", ["bridge"]),
    ("de", "eine Serie an Pannen", []),
    ("nl", "een serie B-ronde", ["series_b"]),
    ("nl", "de A-ronde", ["series_a"]),
    ("nl", "een seedronde", ["seed"]),
    ("nl", "een converteerbare lening", ["convertible_note"]),
    ("nl", "een overbruggingskrediet", ["bridge"]),
    ("nl", "een serie aanvallen", []),
]


@pytest.mark.parametrize(("code", "text", "expected"), STAGES)
def test_a_stage_is_read_from_its_words(code: str, text: str, expected: list[str]) -> None:
    assert [stage.code for stage in find_stages(Document(text), vocabulary.load(code))] == expected


PARTIES = [
    (
        "de",
        "Das Start-up Ahorn sammelt in einer Runde 20 Millionen Euro ein. Angeführt wird die Runde von Birke Capital, "
        "neben den Bestandsinvestoren Zeder Ventures und Fichte Partners.",
        ["Birke Capital"],
        ["Birke Capital", "Zeder Ventures", "Fichte Partners"],
    ),
    (
        "de",
        "Ahorn hat 12,5 Mio. Euro eingesammelt. "
        "Die Finanzierungsrunde wurde von Birke Capital und Erle Invest angeführt.",
        ["Birke Capital", "Erle Invest"],
        ["Birke Capital", "Erle Invest"],
    ),
    (
        "de",
        "20 Millionen Dollar für Ahorn\n"
        "Das Start-up Ahorn bekommt frisches Geld: Birke Capital führt die Runde über 20 Millionen Dollar an. "
        "Beteiligt sind auch "
        "Zeder Ventures und die Business Angels Peter Meyer und Jan Huber.",
        ["Birke Capital"],
        ["Birke Capital", "Zeder Ventures", "Peter Meyer", "Jan Huber"],
    ),
    ("de", "15 Millionen Euro sammelt Ahorn von Birke Capital ein.", [], ["Birke Capital"]),
    ("de", "Birke Capital investiert 5 Millionen Euro in Ahorn.", [], ["Birke Capital"]),
    (
        "nl",
        "De start-up Ahorn haalt 20 miljoen euro op. De ronde werd geleid door Berk Capital, met deelname van "
        "bestaande investeerders Ceder Ventures en Den Partners.",
        ["Berk Capital"],
        ["Berk Capital", "Ceder Ventures", "Den Partners"],
    ),
    (
        "nl",
        "Ahorn heeft 12,5 miljoen euro opgehaald. De ronde werd door Berk Capital geleid. Ook Eik Invest deed mee.",
        ["Berk Capital"],
        ["Berk Capital", "Eik Invest"],
    ),
    (
        "nl",
        "Ahorn sluit een ronde van 8 miljoen euro af, onder leiding van Berk Capital en Eik Invest.",
        ["Berk Capital", "Eik Invest"],
        ["Berk Capital", "Eik Invest"],
    ),
    ("nl", "Ahorn heeft 3 miljoen euro gekregen van Berk Capital.", [], ["Berk Capital"]),
    ("nl", "Berk Capital investeert 5 miljoen euro in Ahorn.", [], ["Berk Capital"]),
]


@pytest.mark.parametrize(("code", "text", "leads", "investors"), PARTIES)
def test_parties_are_read_around_verbs_that_part_or_come_last(
    code: str, text: str, leads: list[str], investors: list[str]
) -> None:
    (found,) = contract_of(text, code)["rounds"]
    assert (found["company"], found["lead_investors"]) == ("Ahorn", leads)
    assert sorted(found["investors"]) == sorted(investors)


TRAPS = [
    (
        "de",
        "Birke Capital legt neuen Fonds über 200 Millionen Euro auf\n"
        "Der Wagniskapitalgeber Birke Capital hat seinen zweiten Fonds mit 200 Millionen Euro geschlossen.",
    ),
    ("de", "Ahorn übernimmt den Konkurrenten Fichte für 30 Millionen Euro."),
    ("de", "Ahorn hat im vergangenen Jahr einen Umsatz von 30 Millionen Euro erzielt."),
    ("de", "Ahorn plant den Börsengang und will an der Börse 300 Millionen Euro erlösen."),
    (
        "nl",
        "Berk Capital sluit tweede fonds van 200 miljoen euro\n"
        "De investeerder Berk Capital heeft 200 miljoen euro opgehaald voor zijn tweede fonds.",
    ),
    ("nl", "Ahorn neemt concurrent Den over voor 30 miljoen euro."),
    ("nl", "Ahorn boekte vorig jaar een omzet van 30 miljoen euro."),
]


@pytest.mark.parametrize(("code", "text"), TRAPS)
def test_what_is_no_round_gives_none(code: str, text: str) -> None:
    assert [found for found in contract_of(text, code)["rounds"] if found["headline"]] == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Ahorn will bis zu 100 Millionen Euro einsammeln, wie Insider berichten."),
        ("nl", "Ahorn wil 100 miljoen euro ophalen, zeggen ingewijden."),
    ],
)
def test_a_round_that_is_only_wanted_is_rumoured(code: str, text: str) -> None:
    (found,) = contract_of(text, code)["rounds"]
    assert (found["company"], found["status"]) == ("Ahorn", "rumoured")


@pytest.mark.parametrize(
    ("code", "text", "city", "founded"),
    [
        ("de", "Das Hamburger Fintech Ahorn hat 5 Millionen Euro erhalten.", ["Hamburg"], None),
        ("de", "Die 2018 gegründete Ahorn GmbH mit Sitz in Köln hat 5 Mio. Euro erhalten.", ["Köln"], 2018),
        ("de", "Ahorn erhält 5 Millionen Euro und verdrängt so den Berliner Konkurrenten Fichte.", [], None),
        ("nl", "Het Gentse bedrijf Ahorn heeft 5 miljoen euro opgehaald.", ["Gent"], None),
        ("nl", "Het in 2018 opgerichte Ahorn uit Delft heeft 5 miljoen euro opgehaald.", ["Delft"], 2018),
        ("nl", "Het vijf jaar geleden opgerichte Ahorn heeft 5 miljoen euro opgehaald.", [], 2018),
    ],
)
def test_a_citys_adjective_and_a_year_before_its_verb_are_read(
    code: str, text: str, city: list[str], founded: int | None
) -> None:
    (company,) = contract_of(text, code)["companies"]
    assert (company["name"], company["headquarters"], company["founded"]) == ("Ahorn", city, founded)


def test_german_nouns_are_no_names() -> None:
    text = "Das Unternehmen Ahorn will mit dem Geld der Investoren die Plattform und den Vertrieb in Bonn ausbauen."
    document = vocabulary.load("de").document(text)
    names = NameFinder(document, vocabulary.load("de"), frozenset()).find()
    assert [name.text for name in names] == ["Ahorn", "Bonn"]
