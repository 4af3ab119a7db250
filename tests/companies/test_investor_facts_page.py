"""Entering whose arm an investor is and what sort of investor it is; and how its page and its parent's tell it."""

import re
from typing import Any

import pytest
import time_machine
from factories import make_round, make_source, make_user, say_of_investor

from companies.models import Company, Investor
from companies.views import investor_kin
from funding import recording
from funding.models import Change, Source, Statement

pytestmark = pytest.mark.django_db
AT = "/investors/northgate-ventures/facts/"
OWN = {"is_own_knowledge": "on", "form_key": "one-form"}


@pytest.fixture(autouse=True)
def arm() -> None:
    make_round("Quillwork", investors=["Northgate Ventures"])


def post(client: Any, **entered: str) -> Any:
    return client.post(AT, OWN | entered)


def errors_of(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {name: " ".join(map(str, errors)) for name, errors in answer.context["form"].errors.items()}


def investor(name: str = "Northgate Ventures") -> Investor:
    return Investor.objects.live().get(name=name)


def test_an_arm_is_entered_with_its_source_and_the_words_that_say_it(editor_client, editor):
    make_round("Halden", investors=["Northgate"])
    words = {"quote": "Northgate Ventures, the venture arm of Northgate, took part.", "publisher": "Nordic Ledger"}
    answer = editor_client.post(
        AT, {"url": "nordicledger.example/a", "parent": "northgate", "kind": "corporate_arm", **words}
    )
    assert answer["Location"] == "/investors/northgate-ventures/"
    assert (investor().parent, investor().kind) == (investor("Northgate"), "corporate_arm")
    source = Source.objects.get(kind="entry")
    assert (source.entered_by, source.url) == (editor, "https://nordicledger.example/a")
    assert Statement.objects.get(field="parent").quotes[0]["text"] == "Northgate"


def test_a_company_of_the_name_is_the_parent_where_no_investor_has_it(editor_client):
    company = make_round("Northgate").company
    assert post(editor_client, parent="Northgate").status_code == 302
    assert investor().parent_company == company


def test_where_an_investor_and_a_company_have_the_name_the_editor_chooses(editor_client):
    make_round("Northgate", investors=["Northgate"])
    answer = post(editor_client, parent="Northgate")
    assert errors_of(answer) == {"parent": "More than one is called “Northgate”. Choose which is meant."}
    offered = re.findall(r'type="radio" name="parent_is" value="([^"]*)"', answer.content.decode())
    assert offered == ["investor:northgate", "company:northgate", "investor:new", "company:new"]
    assert post(editor_client, parent="Northgate", parent_is="company:northgate").status_code == 302
    assert investor().parent_company == Company.objects.get(name="Northgate")


def test_a_name_that_is_held_nowhere_is_made_only_where_the_editor_says_what_it_is(editor_client):
    answer = post(editor_client, parent="Fjordline Group")
    assert "Neither an investor nor a company called “Fjordline Group” is held." in errors_of(answer)["parent"]
    assert not Investor.objects.filter(name__startswith="Fjord").exists()
    assert post(editor_client, parent="Fjordline Group", parent_is="investor:new").status_code == 302
    assert investor().parent.name == "Fjordline Group"


def test_another_record_of_a_name_is_meant_where_the_editor_says_new(editor_client):
    make_round("Northgate")
    assert post(editor_client, parent="Northgate", parent_is="company:new").status_code == 302
    assert Company.objects.live().filter(name="Northgate").count() == 2
    assert investor().parent_company.slug == "northgate-2"


def test_a_choice_that_is_none_of_ours_asks_again(editor_client):
    make_round("Northgate")
    for chosen in ("company:nobody", "round:1", "company", "company:\x00"):
        answer = post(editor_client, parent="Northgate Group", parent_is=chosen)
        assert "parent" in errors_of(answer) or "parent_is" in errors_of(answer)
    assert investor().parent_company is None


@pytest.mark.parametrize(
    ("entered", "field", "words"),
    [
        ({}, "parent", "Nothing is said of it yet."),
        ({"parent": "?!"}, "parent", "“?!” is no name of an investor or company."),
        ({"parent": "Northgate", "is_own_knowledge": ""}, "url", "No source is named."),
        ({"kind": "angel", "url": "https://a.example"}, "url", "Keep the one that holds."),
        ({"kind": "wizard"}, "kind", "wizard"),
        ({"kind": "angel", "published": "someday"}, "published", "someday"),
        ({"kind": "angel", "published": "2050"}, "published", "in the future"),
        ({"parent": "N" * 201}, "parent", "200"),
    ],
)
def test_what_cannot_be_recorded_is_told_at_its_field(editor_client, entered, field, words):
    make_round("Northgate")
    assert words in errors_of(post(editor_client, **entered))[field]
    assert not Change.objects.filter(kind="entry").exists()


def test_an_investor_is_no_arm_of_itself_or_of_its_own_arms(editor_client):
    say_of_investor(make_source(), "Fjordline", arm_of="Bruma")
    say_of_investor(make_source(), "Bruma", arm_of="Northgate Ventures")
    assert "cannot be part of itself" in errors_of(post(editor_client, parent="Northgate Ventures"))["parent"]
    told = errors_of(post(editor_client, parent="Fjordline"))["parent"]
    assert told == "Fjordline is part of Northgate Ventures, so Northgate Ventures cannot be part of it."


def test_the_same_form_sent_twice_is_recorded_once(editor_client):
    for _twice in range(2):
        assert post(editor_client, kind="angel").status_code == 302
    assert Statement.objects.filter(field="investor_kind").count() == 1


def test_what_is_entered_beside_another_entry_is_told_where_it_is_not_the_one_shown(editor_client):
    kinds = ("angel", "bank", "accelerator")
    told = [
        editor_client.post(AT, OWN | {"kind": kind, "form_key": kind}, follow=True).content.decode() for kind in kinds
    ]
    assert "<b>Recorded.</b>" in told[0]
    shown = [kind for kind, text in zip(kinds, told, strict=True) if "<b>Recorded.</b>" in text]
    hidden = [text for text in told if "another statement is the one shown" in text]
    assert investor().kind == shown[-1]
    assert len(hidden) == 3 - len(shown)


def test_an_entry_can_be_undone_from_its_message(editor_client):
    make_round("Northgate")
    text = editor_client.post(AT, OWN | {"parent": "Northgate"}, follow=True).content.decode()
    undo = re.search(r'action="(/changes/\d+/undo/)"', text)
    editor_client.post(undo[1])
    assert investor().parent_company is None


def test_the_page_names_the_parent_and_the_kind_each_with_its_mark(reader_client):
    make_round("Northgate")
    say_of_investor(make_source(), arm_of_company="Northgate", kind="corporate_arm")
    text = reader_client.get("/investors/northgate-ventures/").content.decode()
    mark = r'<a class="mark" href="/evidence/\?statement=(\d+)" aria-label="{}: 1 statement">1</a>'
    parent = re.search('Part of <a href="/companies/northgate/">Northgate</a>.' + mark.format("Part of"), text)
    assert parent
    assert re.search("Venture arm of a company." + mark.format("Kind of investor"), text)
    panel = reader_client.get(f"/evidence/?statement={parent[1]}").content.decode()
    assert '<p class="value money">Northgate</p>' in panel
    assert "Part of, Northgate Ventures" in panel


def test_the_panel_names_the_parents_on_which_sources_differ(reader_client):
    say_of_investor(make_source(), arm_of="Northgate")
    say_of_investor(make_source(), arm_of="Fjordline")
    kept = investor().resolved["parent"]
    panel = reader_client.get(f"/evidence/?statement={kept['statement']}").content.decode()
    other = {"Northgate", "Fjordline"} - {investor().parent.name}
    assert other.pop() in panel.partition("Other sources differ")[2]


def test_the_page_of_the_parent_lists_its_arms_and_counts_each_round_once(reader_client):
    make_round("Halden", investors=["Northgate", "Northgate Ventures"])
    make_round("Kivik", investors=["Northgate"])
    say_of_investor(make_source(), arm_of="Northgate")
    text = reader_client.get("/investors/northgate/").content.decode()
    arms = text[text.index('id="arms"') :].partition("</section>")[0]
    assert '<a href="/investors/northgate-ventures/">Northgate Ventures</a><a class="mark"' in arms
    assert "Together with them it took part in 3 closed rounds, each counted once." in arms
    assert 'id="arms"' not in reader_client.get("/investors/northgate-ventures/").content.decode()


def test_a_number_that_would_not_be_exact_is_not_told(reader_client, monkeypatch):
    make_round("Halden", investors=["Northgate"])
    make_round("Kivik", investors=["Northgate"])
    say_of_investor(make_source(), arm_of="Northgate")
    monkeypatch.setattr(investor_kin, "MOST_ROUNDS", 2)
    text = reader_client.get("/investors/northgate/").content.decode()
    assert 'id="arms"' in text
    assert "Together with them" not in text


def test_the_page_of_a_company_lists_its_arms(reader_client):
    make_round("Northgate")
    say_of_investor(make_source(), arm_of_company="Northgate")
    text = reader_client.get("/companies/northgate/").content.decode()
    assert '<a href="/investors/northgate-ventures/">Northgate Ventures</a>' in text[text.index('id="arms"') :]


def test_history_and_source_name_the_parent(reader_client):
    source = make_source()
    say_of_investor(source, arm_of="Northgate")
    history = reader_client.get("/investors/northgate-ventures/history/").content.decode()
    assert "Part of" in history
    assert "Northgate" in history.partition("Part of")[2]
    assert "Part of" in reader_client.get(f"/sources/{source.pk}/").content.decode()


def test_a_merged_investor_keeps_its_parent_on_the_page_of_the_other(reader_client):
    make_round("Halden", investors=["Fjordline"])
    say_of_investor(make_source(), arm_of="Northgate")
    recording.merge(investor("Fjordline"), investor(), by=make_user(), reason="one firm")
    text = reader_client.get("/investors/fjordline/").content.decode()
    assert 'Part of <a href="/investors/northgate/">Northgate</a>' in text


def test_the_page_of_a_past_day_knows_no_arms_that_were_said_later(reader_client):
    with time_machine.travel("2020-02-05"):
        make_round("Kivik", investors=["Northgate"])
    with time_machine.travel("2020-03-05"):
        say_of_investor(make_source(), arm_of="Northgate")
    assert 'id="arms"' in reader_client.get("/investors/northgate/?known=2020-03-05").content.decode()
    before = reader_client.get("/investors/northgate/?known=2020-03-04")
    assert before.status_code == 200
    assert 'id="arms"' not in before.content.decode()


def test_investors_and_companies_are_suggested_without_the_investor_itself(editor_client):
    make_round("Northgate", investors=["Northgate Capital"])
    text = editor_client.get("/investors/parents/suggest/?except=northgate-ventures&parent=northg").content.decode()
    assert re.findall('data-id="([^"]*)"', text) == ["investor:northgate-capital", "company:northgate"]


def test_a_page_with_arms_asks_at_most_twelve_queries(reader_client, django_assert_max_num_queries):
    make_round("Halden", investors=["Northgate"])
    for name in ("Northgate Ventures", "Northgate Seed", "Northgate Growth"):
        say_of_investor(make_source(), name, arm_of="Northgate")
    say_of_investor(make_source(), "Northgate", arm_of_company="Northgate Holding", kind="corporate")
    reader_client.get("/investors/northgate/")
    with django_assert_max_num_queries(12):
        reader_client.get("/investors/northgate/")


def test_the_form_is_for_editors(reader_client, analyst_client):
    assert reader_client.get(AT).status_code == 403
    assert analyst_client.post(AT, OWN | {"kind": "angel"}).status_code == 403
