"""The page on which an editor enters a round by hand."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from factories import company, make_rate, make_source, say, usd

from companies.models import Company, Investor
from funding.models import Change, Participation, Round, Source, Statement
from funding.values import Money, Multiple, PartialDate, Text

pytestmark = pytest.mark.django_db
NEW = "/rounds/new/"
TOLD = "Halden Robotics said that it has raised €42 million in a Series B led by Northgate Capital."
FILLED = {
    "url": "https://nordicledger.example/halden",
    "publisher": "Nordic Ledger",
    "published": "23 Nov 2025",
    "quote": TOLD,
    "company": "Halden Robotics",
    "stage": "series_b",
    "status": "closed",
    "announced": "23 Nov 2025",
    "announced_to": "",
    "closed": "",
    "closed_to": "",
    "bound": "exactly",
    "raised": "42m",
    "currency": "EUR",
    "pre_money": "",
    "post_money": "",
    "investors": "* Northgate Capital\nBruma Ventures",
    "form_key": "one-form",
}


def post(client: Client, **changed: Any):
    return client.post(NEW, FILLED | changed)


def errors_of(response) -> dict[str, str]:
    return {field: " ".join(map(str, errors)) for field, errors in response.context["form"].errors.items()}


def test_a_round_is_recorded_with_its_source_and_the_words_for_each_value(editor_client, editor):
    response = post(editor_client)
    assert response.status_code == 302
    assert response["Location"] == company().get_absolute_url()
    one = Round.objects.live().get()
    assert (one.stage, one.announced, one.raised) == (
        "series_b",
        PartialDate(2025, 11, 23),
        Money.exact(42_000_000, "EUR"),
    )
    source = Source.objects.get()
    assert (source.kind, source.entered_by, source.url) == ("entry", editor, FILLED["url"])
    assert (source.published, source.text, source.language) == (PartialDate(2025, 11, 23), TOLD, "en")
    quoted = {said.field: [TOLD[q["start"] : q["end"]] for q in said.quotes] for said in Statement.objects.all()}
    assert quoted["raised"] == ["€42 million"]
    assert quoted["stage"] == ["Series B"]
    assert quoted["name"] == ["Halden Robotics"]
    assert all(q["text"] == TOLD[q["start"] : q["end"]] for said in Statement.objects.all() for q in said.quotes)


def test_it_goes_through_recording_as_an_entry(editor_client, editor):
    post(editor_client)
    change = Change.objects.get()
    assert (change.kind, change.by) == (Change.Kind.ENTRY, editor)
    assert set(Statement.objects.values_list("mention__origin", flat=True)) == {"entry"}


def test_a_star_marks_a_lead_and_its_absence_says_nothing(editor_client):
    post(editor_client)
    assert dict(Participation.objects.values_list("investor__name", "is_lead")) == {
        "Northgate Capital": True,
        "Bruma Ventures": None,
    }


def test_a_name_left_in_the_field_of_the_script_counts_as_one_more_investor(editor_client):
    post(editor_client, investor="Fjordline")
    assert Investor.objects.filter(name="Fjordline").exists()


def test_the_same_form_sent_twice_is_recorded_once(editor_client):
    post(editor_client)
    before = Statement.objects.count()
    again = post(editor_client)
    assert again.status_code == 302
    assert (Statement.objects.count(), Source.objects.count(), Change.objects.count()) == (before, 1, 1)
    assert "saved already" in str([str(message) for message in get_messages(again.wsgi_request)][-1])


def test_another_form_with_the_same_words_asks_about_the_round_held(editor_client):
    post(editor_client)
    response = post(editor_client, form_key="another form")
    assert response.status_code == 422
    assert Source.objects.count() == 1
    assert "We may hold this round already" in response.text
    assert "same company, same stage, same day, amounts agree" in response.text


def test_saying_which_round_it_is_adds_to_that_round(editor_client):
    say(make_source(), rounds={"0": {"stage": Text("series_b"), "announced_on": PartialDate(2025, 11)}})
    held = Round.objects.live().get()
    response = post(editor_client, same_as=str(held.pk))
    assert response.status_code == 302
    one = Round.objects.live().get()
    assert (one.pk, one.raised) == (held.pk, Money.exact(42_000_000, "EUR"))


def test_a_round_said_to_be_another_is_kept_apart_although_all_of_it_agrees(editor_client):
    post(editor_client)
    held = Round.objects.live().get()
    response = post(editor_client, form_key="another form", same_as=f"new {held.pk}")
    assert response.status_code == 302
    assert Round.objects.live().count() == 2


def test_a_choice_made_beside_other_rounds_is_asked_for_again(editor_client):
    post(editor_client)
    assert post(editor_client, form_key="another form", same_as="new 987654").status_code == 422


def test_a_round_of_another_series_is_no_duplicate(editor_client):
    post(editor_client)
    response = post(editor_client, form_key="b", stage="series_c", quote="", announced="1 Dec 2025", raised="90m")
    assert response.status_code == 302
    assert Round.objects.live().count() == 2


def test_a_quote_with_another_amount_is_refused_with_both_amounts_named(editor_client):
    said = TOLD.replace("€42 million", "about €40 million")
    response = post(editor_client, quote=said)
    assert response.status_code == 422
    assert errors_of(response)["quote"].startswith("The quote says ≈\u00a0€40m; you entered exactly €42m.")
    assert not Source.objects.exists()


def test_the_amount_can_be_taken_from_the_quote(editor_client):
    said = TOLD.replace("€42 million", "about €40 million")
    response = post(editor_client, quote=said, take_from_quote="1")
    assert response.status_code == 200
    form = response.context["form"]
    assert not form.errors
    assert (form["bound"].value(), form["raised"].value(), form["currency"].value()) == ("about", "40m", "EUR")
    assert not Source.objects.exists()


def test_the_valuation_in_a_quote_does_not_speak_against_the_amount(editor_client):
    said = "The round values Halden Robotics at €300 million."
    response = post(editor_client, quote=said, post_money="300m")
    assert response.status_code == 302
    valued = Statement.objects.get(field="valuation")
    assert [quote["text"] for quote in valued.quotes] == ["€300 million"]
    assert Statement.objects.get(field="raised").quotes == []


def test_three_figures_that_do_not_add_up_are_refused_with_both_sides_named(editor_client):
    response = post(editor_client, pre_money="258m", post_money="310m")
    assert response.status_code == 422
    told = errors_of(response)["post_money"]
    assert told.startswith("€258m before and €42m raised make €300m, not €310m.")
    assert "keep all three as stated" in response.text


def test_what_cannot_be_read_is_not_offered_to_be_kept_as_stated(editor_client):
    assert "keep all three as stated" not in post(editor_client, post_money="abc").text


def test_a_source_that_does_not_add_up_itself_is_kept_as_stated(editor_client):
    response = post(editor_client, pre_money="258m", post_money="310m", as_stated="on")
    assert response.status_code == 302
    said = {s.qualifiers["basis"]: s.said for s in Statement.objects.filter(field="valuation")}
    assert said == {"pre": Money.exact(258_000_000, "EUR"), "post": Money.exact(310_000_000, "EUR")}


def test_rounded_figures_that_add_up_within_their_rounding_pass(editor_client):
    assert post(editor_client, pre_money="257.6m", post_money="300m").status_code == 302


def test_a_value_after_the_round_must_exceed_the_money_raised(editor_client):
    response = post(editor_client, post_money="30m")
    assert errors_of(response)["post_money"].startswith("€30m after the round is no more than the €42m raised")


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("about", Money.about(42_000_000, "EUR")),
        ("at_least", Money.at_least(42_000_000, "EUR")),
        ("more_than", Money.at_least(42_000_000, "EUR", strictly=True)),
        ("at_most", Money.at_most(42_000_000, "EUR")),
        ("less_than", Money.at_most(42_000_000, "EUR", strictly=True)),
    ],
)
def test_the_bound_is_kept(editor_client, bound, expected):
    post(editor_client, bound=bound, quote="")
    assert Round.objects.live().get().raised == expected


def test_undisclosed_is_a_statement_and_not_stated_is_none(editor_client):
    post(editor_client, bound="undisclosed", raised="", quote="")
    assert Round.objects.live().get().raised_undisclosed
    post(editor_client, bound="not_stated", raised="", quote="", company="Bruma", form_key="b")
    assert not Statement.objects.filter(field="raised", mention__name__startswith="Bruma").exists()


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"url": ""}, "url", "No source is named."),
        ({"url": "javascript:alert(1)"}, "url", "is no web address."),
        ({"url": "http://[fe80::1%25eth0]/"}, "url", "is no web address."),
        ({"url": "nordicledger.example/" + "a" * 1979}, "url", "is no web address."),
        ({"is_own_knowledge": "on"}, "url", "An address is given, and"),
        ({"company": " "}, "company", "Name the company."),
        ({"company": "---"}, "company", "“---” is no name of a company."),
        ({"raised": "fortytwo"}, "raised", "“fortytwo” holds no figure."),
        ({"raised": ""}, "raised", "No amount is typed."),
        ({"raised": "$42m"}, "raised", "“$42m” is in USD, and yet EUR is chosen."),
        ({"raised": "≈ 42m"}, "raised", "“≈ 42m” says “about ≈”, and yet “exactly” is chosen."),
        ({"currency": ""}, "raised", "“42m” names no currency."),
        ({"bound": "undisclosed"}, "raised", "“42m” is typed, and yet “undisclosed” is chosen."),
        ({"announced": "31 Feb 2025"}, "announced", "“31 Feb 2025” is no day of the calendar."),
        ({"announced": "May 2022", "announced_to": "day"}, "announced", "“May 2022” names no day."),
        ({"announced": "24 Aug 2094"}, "announced", "24 Aug 2094 is in the future."),
        ({"announced": "03/04/2023"}, "announced", "“03/04/2023” may be two days."),
        ({"published": "soon"}, "published", "“soon” is not read as a date."),
        ({"investors": "Bruma\n* BRUMA"}, "investors", "“BRUMA” is named twice."),
        ({"stage": "series_z"}, "stage", "series_z"),
    ],
)
def test_a_wrong_entry_says_what_is_wrong_and_keeps_what_was_typed(editor_client, changed, field, told):
    response = post(editor_client, **changed)
    assert response.status_code == 422
    assert told in errors_of(response)[field]
    assert not Source.objects.exists()
    kept = {name: value for name, value in (FILLED | changed).items() if name not in ("stage", "is_own_knowledge")}
    assert {name: response.context["form"][name].value() for name in kept} == kept
    assert f'href="#id_{field}"' in response.text
    assert "Not saved yet. One thing needs a look." in " ".join(response.text.split())


def test_nothing_said_of_the_round_is_no_entry(editor_client):
    empty = {"stage": "", "announced": "", "raised": "", "bound": "not_stated", "investors": "", "quote": ""}
    assert errors_of(post(editor_client, **empty))["raised"].startswith("Nothing is said of the round yet.")


def test_a_currency_typed_with_the_amount_needs_no_choice_and_holds_for_the_values(editor_client):
    post(editor_client, raised="€42m", currency="", pre_money="258m", post_money="300m")
    assert Round.objects.live().get().raised == Money.exact(42_000_000, "EUR")
    assert {s.said.currency for s in Statement.objects.filter(field="valuation")} == {"EUR"}


def test_own_knowledge_needs_no_address_and_is_marked_as_the_persons(editor_client, editor):
    response = post(editor_client, url="", is_own_knowledge="on", quote="")
    assert response.status_code == 302
    assert Source.objects.get().voice == f"person {editor.pk}"
    assert all(said.quotes == [] for said in Statement.objects.all())


def test_the_dates_are_as_exact_as_they_are_typed_or_said_to_be(editor_client):
    post(editor_client, announced="24 Aug 2023", announced_to="month", closed="2023", quote="")
    one = Round.objects.live().get()
    assert (one.announced, one.closed_precision) == (PartialDate(2023, 8), "year")


def test_known_names_are_found_by_another_spelling_and_keep_their_own(editor_client):
    old = {"announced_on": PartialDate(2019, 1, 1), "raised": usd(5_000_000), "investors": ["Northgate Capital"]}
    say(make_source(), rounds={"0": old})
    post(editor_client, company="HALDEN ROBOTICS, Inc.", investors="* northgate capital llc", quote="")
    assert Company.objects.count() == 1
    assert company().rounds_count == 2
    assert Investor.objects.get().name == "Northgate Capital"


def test_after_saving_a_message_offers_to_undo(editor_client):
    response = post(editor_client)
    told = [str(message) for message in get_messages(response.wsgi_request)][-1]
    assert reverse("funding:change_undo", args=[Change.objects.get().pk]) in told
    assert "Halden Robotics, Series B, 23 Nov 2025" in told


def test_a_name_cannot_smuggle_markup_into_the_message(editor_client):
    response = post(editor_client, company="<img src=x>Halden", quote="")
    told = [str(message) for message in get_messages(response.wsgi_request)][-1]
    assert "<img" not in told
    assert "&lt;img src=x&gt;Halden" in told


def test_save_and_add_another_comes_back_to_an_empty_form(editor_client):
    assert post(editor_client, another="1")["Location"] == NEW
    form = editor_client.get(NEW).context["form"]
    assert not form["company"].value()
    assert form["form_key"].value() not in ("", FILLED["form_key"])


def test_the_form_names_the_company_whose_page_one_comes_from(editor_client):
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2019, 1, 1), "raised": usd(5_000_000)}})
    assert 'value="Halden Robotics"' in editor_client.get(NEW, {"company": company().slug}).text
    assert 'value="Halden &amp; Co"' in editor_client.get(NEW, {"company": "Halden & Co"}).text


def test_htmx_is_told_what_it_adds_up_to_and_nothing_is_saved(editor_client):
    make_rate("USD", "1.15", datetime.date(2025, 11, 23))
    old = {
        "announced_on": PartialDate(2023, 1, 1),
        "stage": Text("series_a"),
        "valuation": Money.exact(80_000_000, "EUR"),
    }
    say(make_source(), rounds={"0": old})
    sent = FILLED | {"pre_money": "258m"}
    response = editor_client.post(NEW, sent, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.text
    beside = response.context["beside"]
    assert beside.makes == Money.exact(300_000_000, "EUR")
    assert beside.multiple.low == Decimal("3.75")
    assert beside.stake == Decimal("14.0")
    assert beside.in_dollars == Money.exact(48_300_000, "USD").__class__(
        Decimal("48300000.00"), Decimal("48300000.00"), currency="USD"
    )
    assert not Source.objects.filter(kind="entry").exists()


def test_the_margin_warns_of_a_round_held_while_typing(editor_client):
    post(editor_client)
    response = editor_client.post(NEW, FILLED | {"form_key": "b"}, headers={"HX-Request": "true"})
    assert 'id="round-held" hx-swap-oob="true"' in response.text
    shown = response.context["form"].held_keys
    again = editor_client.post(NEW, FILLED | {"form_key": "b", "held_shown": shown}, headers={"HX-Request": "true"})
    assert "hx-swap-oob" not in again.text


def test_a_half_typed_form_answers_htmx_without_complaint(editor_client):
    response = editor_client.post(NEW, {"company": "Hal", "raised": "4"}, headers={"HX-Request": "true"})
    assert response.status_code == 200


def test_the_form_and_the_margin_ask_little_of_the_database(editor_client, django_assert_max_num_queries):
    for year in range(2015, 2025):
        say(make_source(), rounds={"0": {"announced_on": PartialDate(year, 1, 5), "raised": usd(year * 1_000_000)}})
    with django_assert_max_num_queries(12):
        editor_client.get(NEW)
    with django_assert_max_num_queries(12):
        editor_client.post(NEW, FILLED, headers={"HX-Request": "true"})


def test_a_company_that_is_just_written_about_is_told_of_and_nothing_typed_is_lost(editor_client, monkeypatch):
    def fail(*given: Any, **options: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("funding.entry.save", fail)
    response = post(editor_client)
    assert response.status_code == 422
    assert "send the form again" in errors_of(response)["company"]
    assert 'value="42m"' in response.text


def test_a_name_longer_than_is_stored_is_refused_and_not_cut(editor_client):
    response = post(editor_client, investors=f"* Northgate Capital\n{'B' * 201}")
    assert "longer than 200 characters" in errors_of(response)["investors"]
    assert not Source.objects.exists()


@pytest.mark.parametrize("name", ["B&" * 99, "\ufdfa" * 100, "ß" * 200, "日本製作所"], ids=str.isascii)
def test_a_name_whose_key_is_longer_than_itself_is_found_again(editor_client, name):
    for year in ("2019", "2021"):
        assert post(editor_client, company=name, investors=name, announced=year, stage="", quote="").status_code == 302
    assert (Company.objects.count(), Investor.objects.count(), Round.objects.count()) == (1, 1, 2)


@pytest.mark.parametrize("persona", ["reader_client", "analyst_client"])
def test_those_who_may_not_edit_are_refused(request, persona):
    client = request.getfixturevalue(persona)
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, FILLED).status_code == 403
    assert not Source.objects.exists()


def test_anonymous_visitors_are_sent_to_sign_in(client):
    assert client.get(NEW)["Location"] == f"/accounts/login/?next={NEW}"
    assert client.post(NEW, FILLED).status_code == 302
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("compared", "times", "ratio"),
    [
        ("higher", "", Multiple(Decimal(1), None, low_open=True)),
        ("flat", "", Multiple(Decimal(1), Decimal(1))),
        ("lower", "", Multiple(None, Decimal(1), high_open=True)),
        ("times", "more than 2", Multiple(Decimal(2), None, low_open=True)),
        ("times", "2.5x", Multiple(Decimal("2.5"), Decimal("2.5"))),
    ],
)
def test_how_the_value_compares_with_the_round_before_is_kept_with_the_quote(editor_client, compared, times, ratio):
    assert post(editor_client, compared=compared, times=times).status_code == 302
    said = Statement.objects.get(field="valuation_ratio")
    assert said.said == ratio
    assert [quote["text"] for quote in said.quotes] == [TOLD]


def test_a_down_round_entered_by_hand_bounds_the_value_before_it(editor_client):
    say(make_source(), rounds={"0": {"announced_on": PartialDate(2023, 4, 2), "stage": Text("series_a")}})
    post(editor_client, compared="lower", post_money="300m")
    before = Round.objects.get(stage="series_a").valuation
    assert before.money == Money.at_least(300_000_000, "EUR", strictly=True)


@pytest.mark.parametrize(
    ("compared", "times", "said"),
    [
        ("times", "", "No number is typed"),
        ("times", "a lot", "is not read as a multiple"),
        ("times", "0", "never 0 times"),
        ("lower", "2", "Make them agree"),
    ],
)
def test_a_comparison_that_cannot_be_read_is_refused_in_place(editor_client, compared, times, said):
    response = post(editor_client, compared=compared, times=times)
    assert response.status_code == 422
    assert said in errors_of(response)["times"]
    assert not Statement.objects.exists()


def test_a_part_of_an_earlier_round_is_a_round_of_its_own_below_it(editor_client):
    post(editor_client)
    tranche = {"is_extension": "on", "announced": "4 Mar 2026", "raised": "8m", "quote": "", "form_key": "two"}
    response = post(editor_client, **tranche)
    assert response.status_code == 302
    first, second = Round.objects.live().order_by("announced_on")
    assert (second.parent, first.parent) == (first, None)
    assert (second.raised, second.stage) == (Money.exact(8_000_000, "EUR"), "series_b")


def test_a_value_whose_basis_is_not_stated_is_kept_as_such_and_held_against_the_money(editor_client):
    post(editor_client, valued="€300m", quote="")
    held = Round.objects.live().get().valuation
    assert (held.money, held.basis, held.origin) == (Money.exact(300_000_000, "EUR"), "unspecified", "entered")
    response = post(editor_client, valued="€30m", quote="", form_key="two")
    assert "is no more than the €42m raised in it" in errors_of(response)["valued"]
    response = post(editor_client, valued="€300m", post_money="€342m", quote="", form_key="three")
    assert "keep one" in errors_of(response)["valued"]
