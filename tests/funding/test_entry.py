"""A round entered by hand becomes statements with the words that say them, once, and can be taken back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from factories import make_source, make_user, say, usd

from companies.models import Company, Investor
from funding import entry, recording, tellings
from funding.entry import Entry, Quote, Share, adds_up, falls_short, makes
from funding.entry.quoting import backs
from funding.models import Participation, Round, Source, Statement, Valuation
from funding.values import Money, PartialDate, Reference, Text, Undisclosed

NOVEMBER = PartialDate(2025, 11, 23)
TOLD = "Halden Robotics raised about €40 million on 23 November 2025. Northgate Capital led the Series B."
FULL = Entry(
    company="Halden Robotics",
    stage="series_b",
    announced=NOVEMBER,
    raised=Money.about(40_000_000, "EUR"),
    pre=Money.exact(258_000_000, "EUR"),
    post=Money.exact(298_000_000, "EUR"),
    investors=(Share("Northgate Capital", is_lead=True), Share("Bruma")),
    url="https://nordicledger.example/halden",
    published=NOVEMBER,
    quote=TOLD,
)


def eur(amount: int, **flags: bool) -> Money:
    return Money(Decimal(amount), Decimal(amount), currency="EUR", **flags)


def words_of(said: list[tellings.NewStatement], field: str) -> list[list[str]]:
    return [[TOLD[q["start"] : q["end"]] for q in one.quotes] for one in said if one.field == field]


def test_each_value_has_the_words_that_say_it_and_no_others():
    said = FULL.statements()
    assert words_of(said, "raised") == [["about €40 million"]]
    assert words_of(said, "stage") == [["Series B"]]
    assert words_of(said, "announced_on") == [["23 November 2025"]]
    assert words_of(said, "participation") == [["Northgate Capital"], []]
    assert words_of(said, "valuation") == [[], []]
    assert all(quote["text"] == TOLD[quote["start"] : quote["end"]] for one in said for quote in one.quotes)


def test_what_is_not_stated_is_no_statement():
    said = Entry(company="Halden Robotics", raised=Undisclosed()).statements()
    assert [(one.field, one.value) for one in said] == [
        ("name", Text("Halden Robotics")),
        ("raised", Undisclosed()),
        ("status", Text("closed")),
    ]


def test_only_a_lead_is_qualified():
    shares = [(one.value, one.qualifiers) for one in FULL.statements() if one.field == "participation"]
    assert shares == [(Reference("investor:0"), {"is_lead": True}), (Reference("investor:1"), {})]


def test_before_and_after_the_money_are_two_statements_of_one_field():
    assert [(one.value, one.qualifiers["basis"]) for one in FULL.statements() if one.field == "valuation"] == [
        (FULL.pre, "pre"),
        (FULL.post, "post"),
    ]


def test_a_quote_of_which_no_amount_can_be_read_is_quoted_whole_for_the_amount():
    words = "Die Halden Robotics sammelt vierzig Millionen ein."
    said = Entry(company="Halden Robotics", raised=eur(40_000_000), quote=words).statements()
    assert [quote["text"] for one in said if one.field == "raised" for quote in one.quotes] == [words]


def test_a_quote_is_read_in_its_language():
    quote = Quote("Halden Robotics a levé plus de 12,5 millions d'euros auprès de ses actionnaires.")
    assert [amount.value for amount in quote.amounts] == [Money.at_least(12_500_000, "EUR", strictly=True)]


@pytest.mark.parametrize(
    ("quoted", "entered", "expected"),
    [
        (eur(42), eur(42), True),
        (eur(42), eur(43), False),
        (eur(42, is_approx=True), eur(42), False),  # nobody may enter more exactly than the quote says
        (eur(42), eur(42, is_approx=True), True),
        (eur(40), eur(42, is_approx=True), True),
        (eur(30), eur(42, is_approx=True), False),
        (eur(42), Money.at_least(40, "EUR"), True),
        (eur(40), Money.at_least(40, "EUR"), True),
        (eur(40), Money.at_least(40, "EUR", strictly=True), False),
        (Money.at_least(40, "EUR", strictly=True), Money.at_least(40, "EUR", strictly=True), True),
        (Money.at_least(40, "EUR"), Money.at_least(40, "EUR", strictly=True), False),
        (Money.at_least(40, "EUR"), eur(40), False),
        (Money.at_most(40, "EUR"), Money.at_most(50, "EUR"), True),
        (Money.at_most(60, "EUR"), Money.at_most(50, "EUR"), False),
        (usd(42), eur(42), False),
    ],
)
def test_words_back_what_is_no_more_exact_than_they_are(quoted, entered, expected):
    assert backs(quoted, entered) is expected


def test_an_amount_that_another_figure_explains_contradicts_nothing():
    quote = Quote("The round values Halden Robotics at €300 million.")
    assert quote.contradicting(eur(42_000_000), (None, eur(300_000_000))) is None
    assert quote.contradicting(eur(42_000_000), (None, None)) is not None


@pytest.mark.parametrize(
    ("before", "raised", "after", "expected"),
    [
        (eur(258), eur(42), eur(300), True),
        (eur(258), eur(42), eur(310), False),
        (eur(4_270), eur(235), eur(4_500), True),  # each as rounded as it is given
        (eur(258), Money.at_least(42, "EUR"), eur(310), True),
        (eur(258), Money.at_least(42, "EUR"), eur(280), False),
        (eur(258), eur(42, is_approx=True), eur(303), True),
        (eur(258), None, eur(310), True),
        (eur(258), usd(42), eur(310), True),
    ],
)
def test_three_figures_add_up_where_their_rounding_lets_them(before, raised, after, expected):
    assert adds_up(before, raised, after) is expected


def test_a_sum_is_no_more_exact_than_its_parts():
    assert makes(eur(258), Money.at_least(42, "EUR", strictly=True)) == Money.at_least(300, "EUR", strictly=True)
    assert makes(eur(258), eur(42, is_approx=True)) == eur(300, is_approx=True)
    assert makes(eur(258), usd(42)) is None
    assert makes(Money.at_most(258, "EUR"), Money.at_least(42, "EUR")) is None


def test_a_value_after_the_round_holds_the_money():
    assert falls_short(eur(42), eur(42))
    assert falls_short(Money.at_least(42, "EUR"), eur(30))
    assert not falls_short(eur(42), eur(300))
    assert not falls_short(eur(42), Money.at_least(30, "EUR"))


@pytest.mark.django_db
def test_an_entry_is_projected_like_anything_else_that_is_said():
    saved = entry.save(FULL, by=make_user(), form_key="a")
    assert (saved.is_new, saved.statements) == (True, Statement.objects.live().count())
    one = Round.objects.live().get()
    assert (one, one.raised, one.announced_label) == (saved.round, FULL.raised, "Series B")
    valuation = Valuation.objects.get()
    assert (valuation.money, valuation.basis, valuation.origin) == (FULL.post, "post", "entered")
    assert Participation.objects.get(is_lead=True).investor.name == "Northgate Capital"


@pytest.mark.django_db
def test_the_same_form_is_recorded_once_and_another_beside_it():
    by = make_user()
    first = entry.save(FULL, by=by, form_key="a")
    again = entry.save(FULL, by=by, form_key="a")
    assert (again.is_new, again.change, again.statements) == (False, first.change, first.statements)
    assert entry.saved_before(FULL, by=by, form_key="b") is None
    assert entry.save(FULL, by=by, form_key="b").is_new
    assert Source.objects.count() == 2


@pytest.mark.django_db
def test_what_was_taken_back_can_be_saved_again():
    by = make_user()
    first = entry.save(FULL, by=by, form_key="a")
    recording.undo(first.change, by)
    assert not Round.objects.live().exists()
    again = entry.save(FULL, by=by, form_key="a")
    assert again.is_new
    assert again.round == first.round
    assert Round.objects.live().count() == 1


@pytest.mark.django_db
def test_a_persons_entry_is_believed_before_what_a_report_says():
    say(make_source(), rounds={"0": {"announced_on": NOVEMBER, "stage": Text("series_b"), "raised": eur(42_000_000)}})
    held = Round.objects.live().get()
    entry.save(FULL, by=make_user(), form_key="a", same_as=held)
    held.refresh_from_db()
    assert held.raised == FULL.raised
    assert Round.objects.live().count() == 1


@pytest.mark.django_db
def test_a_round_called_another_stays_apart_when_all_is_projected_again():
    by = make_user()
    entry.save(FULL, by=by, form_key="a")
    entry.save(FULL, by=by, form_key="b", is_another=True)
    assert Round.objects.live().count() == 2
    recording.rebuild()
    assert Round.objects.live().count() == 2


def projections() -> list[list[dict[str, object]]]:
    """The rows of all records; valuations without their ids, for projecting makes them anew."""
    valuations = [row | {"id": None} for row in Valuation.objects.order_by("round").values()]
    return [*(list(model.objects.order_by("pk").values()) for model in (Company, Round, Investor)), valuations]


@pytest.mark.django_db
def test_records_projected_from_scratch_equal_those_after_entries_and_undo():
    by = make_user()
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2023, 1), "raised": eur(8_000_000)}})
    entry.save(FULL, by=by, form_key="a")
    other = Entry(company="Halden Robotics", raised=Undisclosed(), announced=PartialDate(2024))
    recording.undo(entry.save(other, by=by, form_key="b").change, by)
    before = projections()
    recording.rebuild()
    assert projections() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stage", "announced", "raised", "reasons"),
    [
        ("series_b", None, None, ("same stage",)),
        ("series_b", PartialDate(2025, 11), None, ("same stage", "same month")),
        ("", PartialDate(2025, 12, 20), None, ("a near date",)),
        ("", None, eur(42_000_000), ("amounts agree",)),
        ("series_c", PartialDate(2025, 11, 23), eur(42_000_000), None),
        ("", PartialDate(2026, 3, 1), eur(42_000_000), None),
        ("", None, None, None),
    ],
)
def test_a_round_held_is_near_by_stage_date_or_amount(stage, announced, raised, reasons):
    say(make_source(), rounds={"0": {"announced_on": NOVEMBER, "stage": Text("series_b"), "raised": eur(42_000_000)}})
    found = entry.rounds_near(Company.objects.get(), stage, announced, raised)
    assert [near.reasons for near in found] == ([reasons] if reasons else [])


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_is_recorded_once():
    by = make_user()
    together = threading.Barrier(2)

    def send(_: int) -> bool:
        together.wait()
        try:
            return entry.save(FULL, by=by, form_key="a").is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [False, True]
    assert Source.objects.count() == 1
