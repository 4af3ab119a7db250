"""The acceptance table of the field's conventions: what each source of one company's story gives, alone and together.

Every text is short and written for this test; it says what its source says, in other words.
"""

import html
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import company, make_source, say

from funding import evidence, intake, jobs, reviewing
from funding.evidence import Notes, panels
from funding.extraction import extract
from funding.models import Review, Round, Valuation
from funding.values import Money, PartialDate, from_json

pytestmark = pytest.mark.django_db
MILLION = Decimal(1_000_000)

FIGARO = (
    "Hugging Face lève 235 millions de dollars\n\nLa jeune pousse Hugging Face a annoncé jeudi 24 août "
    "2023 une levée de fonds de 235 millions de dollars, menée par Salesforce Ventures. L'opération "
    "valorise l'entreprise 4,5 milliards de dollars, soit plus du double de sa valorisation "
    "précédente.\n\nEn mai 2022, Hugging Face avait levé 100 millions de dollars.",
    PartialDate(2023, 8, 24),
)
INFORMATION = (
    "Hugging Face raises about $200 million\n\nHugging Face has raised about $200 million in a round "
    "that values the company at more than $4 billion, more than double its previous valuation.\n\nIn "
    "May 2022 Hugging Face raised $100 million.",
    PartialDate(2023, 8, 22),
)
REUTERS = (
    "Hugging Face raises $235 million\n\nHugging Face has raised $235 million from investors including "
    "Salesforce, Google and Nvidia, the startup said on Thursday. The round values it at $4.5 billion.",
    PartialDate(2023, 8, 24),
)
FRENCH_MORNING = (
    "Hugging Face raises $100 million\n\nHugging Face, a New York startup, has raised $100 million in "
    "a Series C round announced on 9 May 2022. The round values the company at $2 billion.",
    PartialDate(2022, 5, 9),
)
SERIES_B = (
    "Hugging Face raises $40 million\n\nHugging Face announced a $40 million Series B on 11 March "
    "2021. The round was led by Addition, the fund of Lee Fixel.",
    PartialDate(2021, 3, 11),
)
NUMERAMA = (
    "Hugging Face lève 4 millions de dollars\n\nLa start-up Hugging Face a bouclé un tour d'amorçage "
    "de 4 millions de dollars, a-t-elle annoncé le 23 mai 2018.",
    PartialDate(2018, 5, 23),
)
DECLINED = (
    "Hugging Face turned down $500 million\n\nHugging Face declined an offer of $500 million at a "
    "valuation of $7 billion in late 2024, its chief executive said."
)
ALL = (FIGARO, INFORMATION, REUTERS, FRENCH_MORNING, SERIES_B, NUMERAMA)


def bring_in(told: tuple[str, PartialDate], by: User) -> None:
    """An article read and accepted whole."""
    text, published = told
    article, _ = intake.add_text(text, published=published, by=by)
    jobs.run(article.job_id)
    reviewing.accept(Review.objects.get(source=article.source), by=by)


def value_of(date: str) -> Valuation:
    return Valuation.objects.select_related("round", "company").get(round__announced_on__startswith=date)


def panel_of(date: str) -> panels.Panel:
    one = value_of(date)
    return panels.of_valuation(one, Notes.of(panels.statements_of(one)))


def page(client: Client) -> str:
    """The words of the company's page, without tags."""
    content = client.get(company("Hugging Face").get_absolute_url()).content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def test_the_information_alone_leaves_may_2022_unbounded_above(editor):
    bring_in(INFORMATION, editor)
    assert value_of("2022-05").money == Money.at_least(100 * MILLION, "USD", strictly=True)
    assert value_of("2023-08").money == Money.at_least(4000 * MILLION, "USD", strictly=True)
    raised = Round.objects.live().get(announced_on__startswith="2023-08").raised
    assert raised == Money.about(200 * MILLION, "USD")


def test_le_figaro_alone_bounds_may_2022_at_both_ends_and_the_multiple_from_below(editor):
    bring_in(FIGARO, editor)
    before, after = value_of("2022-05"), value_of("2023-08")
    assert before.money == Money(100 * MILLION, 2250 * MILLION, low_open=True, high_open=True, currency="USD")
    assert (after.money, after.basis) == (Money.exact(4500 * MILLION, "USD"), "unspecified")
    assert (after.multiple_low, after.multiple_low_open, after.multiple_high) == (2, True, None)
    step_up = evidence.step_up_of(after)
    assert step_up is not None
    assert (step_up.low, step_up.low_open, step_up.high) == (Decimal("1.8955"), True, None)
    assert after.follows["step_up"]["assumes_post"]


def test_le_figaro_names_the_lead_and_reuters_none(editor):
    bring_in(REUTERS, editor)
    leads = Round.objects.live().get().participations.values_list("investor__name", "is_lead")
    assert dict(leads) == {"Salesforce": None, "Google": None, "Nvidia": None}
    bring_in(FIGARO, editor)
    record = Round.objects.live().get(announced_on__startswith="2023-08")
    assert [one.investor.name for one in record.participations.filter(is_lead=True)] == ["Salesforce Ventures"]


def test_with_french_morning_the_value_is_exact_and_so_are_multiple_and_step_up(editor):
    for told in (FIGARO, INFORMATION, FRENCH_MORNING):
        bring_in(told, editor)
    before, after = value_of("2022-05"), value_of("2023-08")
    assert (before.money, before.origin) == (Money.exact(2000 * MILLION, "USD"), "stated")
    assert (after.multiple_low, after.multiple_high) == (Decimal("2.25"), Decimal("2.25"))
    assert not Valuation.objects.filter(has_conflict=True).exists()
    step_up = evidence.step_up_of(after)
    assert step_up is not None
    assert (step_up.low, step_up.high) == (Decimal("2.1325"), Decimal("2.1325"))
    assert from_json(after.follows["pre"]["value"]) == Money.exact(4265 * MILLION, "USD")


def test_the_panel_tells_the_value_before_the_money_the_step_up_and_the_stake(editor):
    for told in (FIGARO, FRENCH_MORNING):
        bring_in(told, editor)
    shown = panel_of("2023-08")
    [before] = shown.following
    assert (before.title, before.value, before.conclusion) == ("Before the money", "$4.265bn", "value = $4.265bn")
    assert [step.so for step in before.steps] == ["$4.5bn after the money, less $235m raised, leaves $4.265bn."]
    assert shown.step_up == "2.13× if $4.5bn is post-money, an up round"
    assert shown.stake == "5.22% if $4.5bn is post-money, 4.96% if it is pre-money ($4.735bn after)"


def test_the_series_b_and_the_seed_have_no_value_of_their_own(editor):
    bring_in(SERIES_B, editor)
    bring_in(NUMERAMA, editor)
    stated = Valuation.objects.exclude(origin="derived")
    assert not stated.exists()
    bounds = {Money.at_least(amount * MILLION, "USD", strictly=True) for amount in (4, 40)}
    assert {one.money for one in Valuation.objects.all()} == bounds
    record = Round.objects.live().get(stage="series_b")
    assert [one.investor.name for one in record.participations.filter(is_lead=True)] == ["Addition"]


def test_a_declined_offer_is_no_round():
    assert not [one for one in extract(DECLINED, published_on=PartialDate(2025, 6, 1)).mentions if one.kind == "round"]


def test_the_page_tells_what_is_missing_from_a_stated_total(editor, reader_client):
    for told in ALL:
        bring_in(told, editor)
    say(make_source(), company="Hugging Face", facts={"total_raised": Money.about(400 * MILLION, "USD")})
    shown = page(reader_client)
    assert "$379m is the sum of 4 closed rounds" in shown
    assert re.search(r"A source states ≈ \$400m in all, \d+ which leaves ≈ \$21m without a round\.", shown)


def test_the_page_shows_multiple_step_up_and_unicorn(editor, reader_client):
    for told in ALL:
        bring_in(told, editor)
    shown = page(reader_client)
    assert "Computed from the two values. Stated as > 2×. Step-up 2.13× if $4.5bn is post-money, an up round." in shown
    assert "Unicorn Yes" in shown
    assert (company("Hugging Face").unicorn, company("Hugging Face").was_unicorn) == ("yes", "yes")
