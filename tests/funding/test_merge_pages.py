"""Merging and splitting on pages: the preview says what will be, a reason is asked for, and undo gives it all back."""

import re

import pytest
from django.test import Client
from factories import company, make_source, make_user, say, tell_story, usd
from pytest_django.fixtures import DjangoAssertNumQueries
from test_merging import two_companies
from test_projection import snapshot

from companies.models import Company, Investor
from funding import recording
from funding.models import Assignment, Change, Judgement, Mention, Round
from funding.values import PartialDate, Text

pytestmark = pytest.mark.django_db
MERGE = "/companies/halden-robotics/merge/"
SPLIT = "/companies/halden-robotics/split/"


def words(answer: object) -> str:
    text = re.sub(r"<[^>]*>", " ", answer.content.decode())  # type: ignore[attr-defined]
    return " ".join(text.replace("&#x27;", "'").replace("\u00a0", " ").split())


def two_tellings() -> Company:
    """One company of whom two papers speak, each of a round and a seat."""
    seed = {"0": {"raised": usd(4_000_000), "announced_on": PartialDate(2021, 3), "stage": Text("seed")}}
    series = {"0": {"raised": usd(40_000_000), "announced_on": PartialDate(2023, 5), "leads": ["Bruma Capital"]}}
    say(make_source(publisher="Nordic Ledger"), rounds=seed, facts={"headquarters": Text("Oslo")})
    say(make_source(publisher="Andes Post"), rounds=series, facts={"headquarters": Text("Lima")})
    return company()


@pytest.mark.parametrize("page", ["merge", "split"])
def test_only_editors_see_the_pages(reader_client: Client, analyst_client: Client, editor_client: Client, page: str):
    tell_story()
    record = Round.objects.first()
    assert record is not None
    for address in ("/companies/halden-robotics/", "/investors/fjordline/", record.get_absolute_url()):
        assert [c.get(f"{address}{page}/").status_code for c in (reader_client, analyst_client)] == [403, 403]
        assert editor_client.get(f"{address}{page}/").status_code == 200
        assert f'href="{address}{page}/"' in editor_client.get(address).content.decode()
        assert f'href="{address}{page}/"' not in reader_client.get(address).content.decode()


def test_the_preview_shows_the_one_company_and_changes_nothing(editor_client: Client):
    two_companies()
    before = snapshot()
    page = words(editor_client.get(f"{MERGE}?with=halden"))
    assert "Halden Robotics Halden As one company" in page
    assert "Also called not known not known Halden" in page
    assert "Office not known Oslo Oslo" in page
    assert "Investors Bruma Capital not known Bruma Capital" in page
    assert "Raised, all types $40 $4 $44" in page
    assert "No two sources would differ that do not differ now." in page
    assert snapshot() == before
    assert not Change.objects.filter(kind="merge").exists()


def test_the_preview_tells_which_rounds_join_and_where_sources_would_differ(editor_client: Client):
    told = {"raised": usd(40_000_000), "announced_on": PartialDate(2023, 5, 2), "leads": ["Bruma Capital"]}
    say(make_source(), rounds={"0": told | {"stage": Text("series_b")}}, facts={"founded_on": PartialDate(2015)})
    say(make_source(), company="Halden", rounds={"0": told}, facts={"founded_on": PartialDate(2018)})
    page = words(editor_client.get(f"{MERGE}?with=halden"))
    assert "1 round would be joined." in page
    assert (
        "Series B, 2 May 2023, $40m: of Series B, 2 May 2023, $40m (Halden Robotics) and "
        "Round of 2 May 2023, $40m (Halden)" in page
    )
    assert "Where sources would differ" in page
    assert "Founded ≠ 2 values from 2 sources" in page


def test_a_reason_is_needed_and_what_was_chosen_is_kept(editor_client: Client):
    two_companies()
    answer = editor_client.post(f"{MERGE}?with=halden", {"keep": "halden", "reason": "  "})
    assert answer.status_code == 422
    assert "A reason is missing" in words(answer)
    assert 'value="halden" checked' in answer.content.decode()
    assert Company.objects.live().count() == 2


def test_merging_moves_rounds_and_people_and_leads_the_old_address_there(editor_client: Client, reader_client: Client):
    short, long = two_companies()
    answer = editor_client.post(
        f"{MERGE}?with=halden", {"keep": "halden-robotics", "reason": "Renamed in 2022."}, follow=True
    )
    assert answer.redirect_chain == [("/companies/halden-robotics/", 302)]
    page = words(answer)
    assert "Halden and Halden Robotics are one company now. The address of the former leads here." in page
    assert "Ada Ek" in page
    assert long.rounds.live().count() == 2
    change = Change.objects.get(kind="merge")
    assert (change.note, change.by) == ("Renamed in 2022.", answer.context["user"])
    old = reader_client.get("/companies/halden/?scale=log")
    assert (old.status_code, old["Location"]) == (301, "/companies/halden-robotics/?scale=log")
    assert old["Cache-Control"] == "no-cache"


def test_lists_and_exports_of_the_old_address_are_those_of_the_new_one(analyst_client: Client, editor_client: Client):
    two_companies()
    editor_client.post(f"{MERGE}?with=halden", {"reason": "One firm."})
    for address in ("/rounds/?company={}", "/export/rounds.csv?company={}"):
        old, new = (analyst_client.get(address.format(slug)) for slug in ("halden", "halden-robotics"))
        lines = [b"".join(answer).decode().count("Halden Robotics") for answer in (old, new)]
        assert lines[0] == lines[1] > 1


def test_the_other_address_stays_where_that_is_chosen(editor_client: Client):
    two_companies()
    answer = editor_client.post(f"{MERGE}?with=halden", {"keep": "halden", "reason": "One firm."})
    assert answer["Location"] == "/companies/halden/"
    assert Company.objects.get(slug="halden-robotics").merged_into == Company.objects.get(slug="halden")


def test_undo_beside_the_message_gives_the_same_records_as_before(editor_client: Client):
    two_companies()
    before = snapshot()
    answer = editor_client.post(f"{MERGE}?with=halden", {"reason": "One firm."}, follow=True)
    assert snapshot() != before
    (undo,) = re.findall(r'action="(/changes/\d+/undo/)"', answer.content.decode())
    answer = editor_client.post(undo)
    assert answer["Location"] in ("/companies/halden/", "/companies/halden-robotics/")
    assert snapshot() == before


def test_a_typed_name_finds_the_other_and_several_of_it_are_listed(editor_client: Client):
    two_companies()
    assert "As one company" in words(editor_client.get(f"{MERGE}?q=HALDEN&with="))
    for _ in range(2):
        say(make_source(), company="Lune", names_seen=False)
    page = editor_client.get(f"{MERGE}?q=Lune").content.decode()
    assert f'href="{MERGE}?with=lune"' in page
    assert f'href="{MERGE}?with=lune-2"' in page


def test_suggestions_for_a_merge_offer_neither_the_record_itself_nor_a_new_one(editor_client: Client):
    two_companies()
    page = editor_client.get("/companies/suggest/?only=held&except=halden-robotics&q=Hald").content.decode()
    assert 'data-id="halden"' in page
    assert "halden-robotics" not in page
    assert "Create" not in page


def test_others_of_the_same_name_are_offered_at_once(editor_client: Client):
    for _ in range(2):
        say(make_source(), company="Lune", names_seen=False)
    assert 'href="/companies/lune/merge/?with=lune-2"' in editor_client.get("/companies/lune/merge/").content.decode()


@pytest.mark.parametrize("query", ["q=Nobody", "with=nobody", "with=halden-robotics", "q=Halden+Robotics"])
def test_what_names_no_other_company_is_refused_in_words(editor_client: Client, query: str):
    two_companies()
    answer = editor_client.get(f"{MERGE}?{query}")
    assert answer.status_code == 422
    assert "There is nothing to preview" in words(answer)


def test_the_pages_of_a_merged_company_lead_to_the_one_it_is(editor_client: Client):
    short, long = two_companies()
    recording.merge(long, short, by=make_user(), reason="One firm.")
    assert editor_client.get("/companies/halden/merge/")["Location"] == "/companies/halden-robotics/"
    assert editor_client.get(f"{MERGE}?with=halden").status_code == 422


def test_two_investors_become_one(editor_client: Client):
    told = {"announced_on": PartialDate(2023, 5), "raised": usd(40)}
    say(make_source(), rounds={"0": told | {"leads": ["Bruma Capital"]}})
    say(make_source(), company="Vela", rounds={"0": told | {"investors": ["Bruma Partners"]}})
    before = snapshot()
    page = words(editor_client.get("/investors/bruma-capital/merge/?with=bruma-partners"))
    assert "Rounds 1 1 2" in page
    assert "Companies Halden Robotics Vela Halden Robotics, Vela" in page
    assert snapshot() == before
    editor_client.post("/investors/bruma-capital/merge/?with=bruma-partners", {"reason": "Renamed."})
    assert Investor.objects.get(slug="bruma-partners").merged_into == Investor.objects.get(slug="bruma-capital")


def test_two_rounds_become_one_and_the_old_address_leads_there(editor_client: Client, reader_client: Client):
    seed = {"raised": usd(4), "announced_on": PartialDate(2021, 3), "stage": Text("seed")}
    say(make_source(), rounds={"0": seed, "1": {"raised": usd(9), "announced_on": PartialDate(2021, 9)}})
    before = snapshot()
    kept, gone = Round.objects.order_by("announced_on")
    at = f"/rounds/{kept.pk}/merge/"
    assert f'href="{at}?with={gone.pk}"' in editor_client.get(at).content.decode()
    page = words(editor_client.get(f"{at}?with={gone.pk}"))
    assert "Seed, Mar 2021 Round of Sep 2021 As one round" in page
    assert re.search(r"Amount raised, \w+ 2021 ≠ 2 values from 1 source", page)
    assert snapshot() == before
    editor_client.post(f"{at}?with={gone.pk}", {"reason": "Counted twice."})
    old = reader_client.get(gone.get_absolute_url())
    assert (old.status_code, old["Location"]) == (301, kept.get_absolute_url())
    editor_client.post(f"/changes/{Change.objects.get(kind='merge').pk}/undo/")
    assert snapshot() == before
    assert reader_client.get(gone.get_absolute_url()).status_code == 200


def test_rounds_of_two_companies_are_not_merged(editor_client: Client):
    two_companies()
    first, second = Round.objects.order_by("pk")
    answer = editor_client.get(f"/rounds/{first.pk}/merge/?with={second.pk}")
    assert answer.status_code == 422
    assert "Merge the companies first" in words(answer)


def test_the_split_page_lists_what_each_source_says(editor_client: Client):
    two_tellings()
    page = words(editor_client.get(SPLIT))
    assert "Halden Robotics Andes Post, 1 Mar 2024 Office: Lima A round: " in page
    assert "Nordic Ledger, 1 Mar 2024 Office: Oslo" in page


def test_a_split_is_previewed_and_then_done_and_taken_back(editor_client: Client):
    two_tellings()
    before = snapshot()
    mention = Mention.objects.filter(kind="company").order_by("pk").last()
    assert mention is not None
    shown = editor_client.post(SPLIT, {"mention": mention.pk, "reason": ""})
    page = words(shown)
    assert "Now What stays The new company" in page
    assert "Raised, all types $44m $4m $40m" in page
    assert "Investors Bruma Capital not known Bruma Capital" in page
    assert snapshot() == before
    sent = {"mention": mention.pk, "seen": str(mention.pk), "confirm": "1"}
    assert editor_client.post(SPLIT, sent).status_code == 422
    assert snapshot() == before
    done = editor_client.post(SPLIT, sent | {"reason": "Another firm, in Lima."}, follow=True)
    assert "Halden Robotics and Halden Robotics are two companies now." in words(done)
    assert [one.city for one in Company.objects.live().order_by("pk")] == ["Oslo", "Lima"]
    (undo,) = re.findall(r'action="(/changes/\d+/undo/)"', done.content.decode())
    editor_client.post(undo)
    assert Company.objects.live().count() == 1
    assert company_without_new(snapshot()) == before


def company_without_new(found: dict) -> dict:
    """A snapshot without the empty record that a split has left, which leads to where its mentions went."""
    old = [row for row in found["Company"] if row["merged_into_id"] is None]
    return found | {"Company": old}


def test_ticks_changed_after_the_preview_are_previewed_again(editor_client: Client):
    two_tellings()
    first, last = Mention.objects.filter(kind="company").order_by("pk")
    sent = {"mention": first.pk, "seen": str(last.pk), "confirm": "1", "reason": "Two firms."}
    answer = editor_client.post(SPLIT, sent)
    assert "What stays" in words(answer)
    assert Company.objects.live().count() == 1


@pytest.mark.parametrize("ticked", ["none", "all", "others"])
def test_a_split_that_cannot_be_is_refused_in_words(editor_client: Client, ticked: str):
    two_tellings()
    own = list(Mention.objects.filter(kind="company").values_list("pk", flat=True))
    sent = {"none": [], "all": own, "others": [999_999_999]}[ticked]
    answer = editor_client.post(SPLIT, {"mention": sent})
    assert answer.status_code == 422
    assert "Nothing is split yet" in words(answer)


def test_what_a_single_source_tells_of_cannot_be_split(editor_client: Client):
    source = make_source(publisher="Nordic Ledger")
    seed = {"0": {"stage": Text("seed"), "leads": ["Bruma Capital"]}}
    say(source, facts={"headquarters": Text("Oslo")}, rounds=seed)
    one = Round.objects.live().get()
    for page in (SPLIT, "/investors/bruma-capital/split/", f"/rounds/{one.pk}/split/"):
        answer = editor_client.get(page)
        assert "Only one source speaks of it, so there is nothing to split." in words(answer)
        assert "Nordic Ledger" in words(answer)
        assert 'name="mention"' not in answer.content.decode()
    say(make_source(), facts={"headquarters": Text("Lima")})
    assert 'name="mention"' in editor_client.get(SPLIT).content.decode()


def test_a_split_investor_leaves_its_other_rounds(editor_client: Client):
    for name in ("Halden Robotics", "Vela"):
        told = {"announced_on": PartialDate(2023, 5), "raised": usd(40), "leads": ["Bruma Capital"]}
        say(make_source(), company=name, rounds={"0": told})
    page = words(editor_client.get("/investors/bruma-capital/split/"))
    assert "Led a round of Vela, May 2023" in page
    mention = Mention.objects.filter(kind="investor").order_by("pk").last()
    assert mention is not None
    sent = {"mention": mention.pk, "seen": str(mention.pk), "confirm": "1", "reason": "Two funds."}
    editor_client.post("/investors/bruma-capital/split/", sent)
    assert Investor.objects.live().count() == 2
    assert Judgement.objects.live().get().is_same is False


def test_a_split_round_is_two(editor_client: Client):
    seed = {"0": {"raised": usd(4), "announced_on": PartialDate(2021, 3), "stage": Text("seed")}}
    for _ in range(2):
        say(make_source(), rounds=seed)
    whole = Round.objects.live().get()
    mention = Mention.objects.filter(kind="round").order_by("pk").last()
    assert mention is not None
    sent = {"mention": mention.pk, "seen": str(mention.pk), "confirm": "1", "reason": "Two closings."}
    answer = editor_client.post(f"/rounds/{whole.pk}/split/", sent)
    assert answer["Location"] == whole.get_absolute_url()
    assert Round.objects.live().count() == 2


def test_pages_of_many_sources_ask_no_more(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
):
    for _ in range(12):
        say(make_source(), facts={"headquarters": Text("Oslo")})
    assert Assignment.objects.live().filter(company__isnull=False).count() == 12
    with django_assert_max_num_queries(12):
        editor_client.get(SPLIT)
