"""The inbox and one review: what is proposed beside what we hold, and every decision by a plain form post."""

import pytest
from django.test import Client
from django.urls import reverse
from factories import make_source, make_user, say, usd
from test_reviewing import WORDS, found

from funding import inbox, reviewing
from funding.extraction import Extraction, Fact, Mention, Span
from funding.models import Change, Review, Round, Source, Statement
from funding.values import Money, PartialDate, Quantity
from funding.views import badges

pytestmark = pytest.mark.django_db

INBOX = "/review/"


def page(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def review(db: None) -> Review:
    return reviewing.open_review(make_source(WORDS, title="Halden takes $42m"), found())


def pk_of(review: Review, field: str) -> int:
    return review.proposals.get(field=field).pk


def shown(review: Review) -> str:
    return ",".join(str(pk) for pk in review.proposals.filter(decision="pending").values_list("pk", flat=True))


def decide(client: Client, review: Review, decision: str, *chosen: int, **more: str):
    """Press a button of the review's form, as a browser without scripts sends it."""
    given = {"decision": decision, "shown": shown(review), "proposal": chosen} | more
    response = client.post(f"/review/{review.pk}/decide/", given, follow=True)
    assert response.redirect_chain == [(f"/review/{review.pk}/", 302)]
    return page(response)


def decisions(review: Review) -> dict[str, str]:
    return dict(review.proposals.values_list("field", "decision"))


@pytest.mark.parametrize("path", [INBOX, "/review/1/"])
def test_only_editors_see_reviews(path: str, client: Client, reader_client: Client, analyst_client: Client):
    assert client.get(path)["Location"].startswith(reverse("account_login"))
    assert reader_client.get(path).status_code == 403
    assert analyst_client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/review/1/decide/", "/changes/1/undo/"])
def test_only_editors_decide_and_only_by_posting(path: str, analyst_client: Client, editor_client: Client):
    assert analyst_client.post(path).status_code == 403
    assert editor_client.get(path).status_code == 405


def test_an_empty_inbox_says_what_would_fill_it(editor_client: Client):
    seen = page(editor_client.get(INBOX))
    assert "Nothing waits to be reviewed." in seen
    assert 'href="/articles/"' in seen


def test_the_inbox_opens_the_newest_review_and_lists_the_others(editor_client: Client, review: Review):
    other = reviewing.open_review(make_source("Halden again.", publisher="Ledger", published=None), found())
    seen = page(editor_client.get(INBOX))
    entry = "<b>Halden Robotics</b>Series B, $42m<br>The Daily Round, 1 Mar 2024</a>"
    assert f'<a href="/review/{review.pk}/" data-key="n">{entry}' in seen
    assert f'<a href="/review/{other.pk}/" aria-current="true">' in seen
    assert f'action="/review/{other.pk}/decide/"' in seen


def test_the_inbox_leaves_out_what_is_decided_or_empty(editor_client: Client, editor, review: Review):
    reviewing.open_review(make_source(), Extraction("en", (), ()))
    reviewing.accept(review, by=editor)
    assert "Nothing waits to be reviewed." in page(editor_client.get(INBOX))
    assert "Halden Robotics" in page(editor_client.get(INBOX, {"state": "decided"}))


def test_the_inbox_goes_on_to_older_reviews(editor_client: Client, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE_SIZE", 2)
    opened = [reviewing.open_review(make_source(), found()).pk for _ in range(3)]
    first = page(editor_client.get(INBOX))
    assert f"/review/?before={opened[1]}" in first
    assert f'action="/review/{opened[0]}/decide/"' in page(editor_client.get(INBOX, {"before": opened[1]}))


@pytest.mark.parametrize("query", ["before=junk", "state=junk", "before=99999999999999999999"])
def test_junk_in_the_address_is_no_error(editor_client: Client, review: Review, query: str):
    assert editor_client.get(f"{INBOX}?{query}").status_code == 200


def test_the_masthead_counts_what_waits_for_those_who_may_decide(editor_client: Client, reader_client: Client, review):
    assert '<span class="count">1<span' in page(editor_client.get("/articles/"))
    assert 'class="count"' not in page(reader_client.get("/articles/"))


def test_a_long_inbox_is_counted_up_to_a_limit(editor_client: Client, review: Review, monkeypatch):
    monkeypatch.setitem(badges.COUNTED, "review_count", (inbox.waiting, 1))
    reviewing.open_review(make_source(), found())
    assert '<span class="count">1+<span' in page(editor_client.get("/articles/"))


def test_words_in_the_article_are_marked_and_numbered_like_their_facts(editor_client: Client, review: Review):
    seen = page(editor_client.get(review.get_absolute_url()))
    assert '<span id="w4"></span><mark data-facts="4">$42 million</mark><a class="mark" href="#f4"' in seen
    row = seen[seen.index('id="f4"') : seen.index('id="f5"')]
    assert "Raised" in row and "$42m" in row and 'href="#w4"' in row and "95% sure" in row


def test_facts_stand_by_company_and_round(editor_client: Client, review: Review):
    seen = page(editor_client.get(review.get_absolute_url()))
    assert '<b>Halden Robotics</b> <span class="kind">a new company</span>' in seen
    assert '<b>Series B, 1 Mar 2024</b> <span class="kind">a new round</span>' in seen
    assert '<span class="lead">Northgate Capital</span>' in seen


def test_text_of_an_article_is_never_markup(editor_client: Client):
    text = "Halden <script>alert(1)</script> raised $42 million & more."
    review = reviewing.open_review(make_source(text, title="<b>Bold</b>"), found())
    seen = page(editor_client.get(review.get_absolute_url()))
    assert "<script>alert" not in seen
    assert "<b>Bold</b>" not in seen


def test_what_we_hold_of_the_same_round_stands_beside_what_the_article_says(editor_client: Client, review: Review):
    round_said = {
        "stage": found().facts[4].value,
        "announced_on": PartialDate(2024, 3),
        "raised": usd(40_000_000, is_approx=True),
    }
    say(make_source(), rounds={"0": round_said | {"investors": ["Fjordline"]}})
    seen = page(editor_client.get(review.get_absolute_url()))
    held = Round.objects.get()
    assert (
        f'<a href="/companies/{held.company.slug}/">Halden Robotics</a></b> <span class="kind">a company we hold'
        in seen
    )
    assert f'<a href="/rounds/{held.pk}/">Series B, 1 Mar 2024</a>' in seen
    rows = {number: seen[seen.index(f'id="f{number}"') :] for number in range(1, 6)}
    assert "Series B</td>" in rows[2][:300] and "; 60% sure" in rows[2][:600] and "same" in rows[2][:600]
    assert "Mar 2024</td>" in rows[3][:300] and "more exact" in rows[3][:600]
    assert "≈ $40m</td>" in rows[4][:300] and "more exact" in rows[4][:600]
    assert "Fjordline</td>" in rows[5][:300] and "one more" in rows[5][:700]


def test_a_figure_that_contradicts_what_we_hold_is_marked_as_a_conflict(editor_client: Client, review: Review):
    say(
        make_source(),
        rounds={
            "0": {"announced_on": PartialDate(2024, 3, 2), "raised": usd(36_000_000), "leads": ["Northgate Capital"]}
        },
    )
    seen = page(editor_client.get(review.get_absolute_url()))
    assert "≠ differs from what we hold" in seen
    assert "5 to decide, 2 differ from what we hold" in seen


def test_facts_of_a_company_are_compared_with_what_we_hold_of_it(editor_client: Client):
    source = make_source("Halden Robotics employs 140 people.")
    facts = (Fact("company:0", "employees", Quantity(140, 140), (Span(24, 34),), "employees", 0.9),)
    review = reviewing.open_review(
        source, Extraction("en", (Mention("company:0", "company", "HALDEN Robotics", True),), facts)
    )
    say(make_source(), facts={"employees": Quantity(96, 96)})
    seen = page(editor_client.get(review.get_absolute_url()))
    assert "we hold it as Halden Robotics" in seen
    assert '<td class="was">96</td>' in seen
    assert "another value; 90% sure" in seen


def test_accepting_all_records_what_the_page_showed(editor_client: Client, editor, review: Review):
    seen = decide(editor_client, review, "accept all")
    assert "5 facts of “Halden takes $42m” are accepted." in seen
    assert Round.objects.get().raised_low == 42_000_000
    assert Change.objects.get().by == editor
    assert "nothing to decide" in seen


def test_accepting_all_leaves_alone_what_came_after_the_page(editor_client: Client, editor, review: Review):
    seen_before = shown(review)
    pk = pk_of(review, "raised")
    decide(
        editor_client, review, "accept all", shown=",".join(one for one in seen_before.split(",") if one != str(pk))
    )
    assert decisions(review)["raised"] == "pending"


def test_accepting_the_chosen_leaves_the_others_pending(editor_client: Client, review: Review):
    decide(editor_client, review, "accept chosen", pk_of(review, "name"), pk_of(review, "raised"))
    assert [field for field, decision in decisions(review).items() if decision == "accepted"] == ["name", "raised"]
    assert Statement.objects.count() == 2


def test_one_fact_is_accepted_or_rejected_by_its_own_button(editor_client: Client, review: Review):
    raised, stage = pk_of(review, "raised"), pk_of(review, "stage")
    assert "1 fact of “Halden takes $42m” is accepted." in decide(editor_client, review, f"accept {raised}", stage)
    assert "1 fact of “Halden takes $42m” is rejected." in decide(editor_client, review, f"reject {stage}", raised)
    assert (decisions(review)["raised"], decisions(review)["stage"]) == ("accepted", "rejected")


def test_rejecting_the_chosen_or_all_records_nothing(editor_client: Client, review: Review):
    decide(editor_client, review, "reject chosen", pk_of(review, "raised"))
    decide(editor_client, review, "reject all")
    assert set(decisions(review).values()) == {"rejected"}
    assert not Statement.objects.exists()


def test_choosing_nothing_says_so(editor_client: Client, review: Review):
    assert "No fact is chosen." in decide(editor_client, review, "accept chosen")
    assert set(decisions(review).values()) == {"pending"}


@pytest.mark.parametrize("decision", ["", "maybe", "accept ten", "reject 1,x", "accept -1", "edit", "edit 1,2"])
def test_a_decision_that_no_page_sends_is_refused(editor_client: Client, review: Review, decision: str):
    assert editor_client.post(f"/review/{review.pk}/decide/", {"decision": decision}).status_code in (302, 400)
    assert set(decisions(review).values()) == {"pending"}


def test_facts_of_another_review_are_not_decided(editor_client: Client, review: Review):
    other = reviewing.open_review(make_source(), found())
    seen = decide(editor_client, review, f"accept {pk_of(other, 'raised')}")
    assert "none of these facts was still to decide" in seen
    assert decisions(other)["raised"] == "pending"


def test_who_decides_second_reads_who_was_first(editor_client: Client, review: Review):
    seen_before = shown(review)
    first = make_user("lena")
    reviewing.reject(review, [pk_of(review, "raised")], by=first)
    seen = decide(editor_client, review, "accept all", shown=seen_before)
    assert "4 facts of “Halden takes $42m” are accepted." in seen
    assert "1 fact had been rejected by lena before, " in seen
    assert decisions(review)["raised"] == "rejected"


def test_who_finds_everything_decided_reads_who_did(editor_client: Client, review: Review):
    seen_before = shown(review)
    reviewing.accept(review, by=make_user("lena"))
    seen = decide(editor_client, review, "reject all", shown=seen_before)
    assert "5 facts had been accepted by lena before, " in seen
    assert "are rejected" not in seen


def test_sending_the_same_decision_twice_says_that_nothing_changed(editor_client: Client, review: Review):
    seen_before = shown(review)
    decide(editor_client, review, "accept all")
    assert "Nothing was changed" in decide(editor_client, review, "accept all", shown=seen_before)
    assert Change.objects.count() == 1


def test_a_fact_is_accepted_with_another_value_and_shows_what_it_was(editor_client: Client, review: Review):
    pk = pk_of(review, "raised")
    seen = page(editor_client.post(review.get_absolute_url(), {"edit": pk, "proposal": [pk_of(review, "name")]}))
    assert 'value="42m USD"' in seen and f'value="edit {pk}"' in seen
    assert seen.count('checked data-key="x"') == 1
    seen = decide(editor_client, review, f"edit {pk}", edited="$45m")
    assert "1 fact of “Halden takes $42m” is accepted." in seen
    assert "$45m" in seen and "read as $42m, edited" in seen
    assert Round.objects.get().raised == usd(45_000_000)


def test_a_value_left_as_it_was_read_is_simply_accepted(editor_client: Client, review: Review):
    pk = pk_of(review, "raised")
    decide(editor_client, review, f"edit {pk}", edited="42m USD")
    assert Statement.objects.get().rule == "raise.subject"


def test_a_value_that_is_none_says_why_in_place_and_stays_typed(editor_client: Client, review: Review):
    given = {"decision": f"edit {pk_of(review, 'raised')}", "edited": "<b>plenty</b>", "proposal": []}
    response = editor_client.post(f"/review/{review.pk}/decide/", given)
    assert response.status_code == 422
    seen = page(response)
    assert 'value="&lt;b&gt;plenty&lt;/b&gt;"' in seen and "holds no figure" in seen
    assert set(decisions(review).values()) == {"pending"}


def test_a_stage_is_chosen_from_those_there_are(editor_client: Client, review: Review):
    pk = pk_of(review, "stage")
    assert '<option value="series_b" selected>' in page(editor_client.post(review.get_absolute_url(), {"edit": pk}))
    decide(editor_client, review, f"edit {pk}", edited="series_a")
    assert Round.objects.get().stage == "series_a"


def test_a_fact_decided_meanwhile_is_not_edited(editor_client: Client, review: Review):
    pk = pk_of(review, "raised")
    reviewing.reject(review, [pk], by=make_user("lena"))
    assert "1 fact had been rejected by lena before, " in decide(editor_client, review, f"edit {pk}", edited="$45m")
    assert not Statement.objects.exists()


def test_ones_last_ten_decisions_are_listed_and_undone(editor_client: Client, editor):
    reviews = [reviewing.open_review(make_source(title=f"Story {n}"), found()) for n in range(6)]
    for one in reviews:
        reviewing.reject(one, [pk_of(one, "stage")], by=editor)
        reviewing.accept(one, by=editor)
    reviewing.reject(reviewing.open_review(make_source(title="Hers"), found()), by=make_user("lena"))
    seen = page(editor_client.get(INBOX))
    mine = seen[seen.index("Your last 10 decisions") : seen.index("</details>")]
    assert mine.count("Undo</button>") == 10
    assert mine.index("Story 5") < mine.index("Story 1")
    assert "Story 0" not in mine and "Hers" not in mine
    change = Change.objects.latest("pk")
    assert f'action="/changes/{change.pk}/undo/"' in mine
    editor_client.post(f"/changes/{change.pk}/undo/")
    assert reviewing.counts(reviews[5])["pending"] == 4
    assert f'action="/changes/{change.pk}/undo/"' not in page(editor_client.get(INBOX))


def test_a_decided_review_shows_its_decisions_and_can_be_undone(editor_client: Client, editor, review: Review):
    reviewing.accept(review, by=editor)
    seen = page(editor_client.get(review.get_absolute_url()))
    change = Change.objects.get()
    assert "5 facts accepted</b> by erin" in seen
    assert f'action="/changes/{change.pk}/undo/"' in seen
    response = editor_client.post(f"/changes/{change.pk}/undo/", follow=True)
    assert response.redirect_chain == [(f"/review/{review.pk}/", 302)]
    assert "Taken back: review accepted" in page(response)
    assert set(decisions(review).values()) == {"pending"}
    assert not Statement.objects.live().exists()


def test_undoing_twice_says_that_it_was_done(editor_client: Client, editor, review: Review):
    change = reviewing.accept(review, by=editor)
    editor_client.post(f"/changes/{change.pk}/undo/")
    assert "This was taken back already." in page(editor_client.post(f"/changes/{change.pk}/undo/", follow=True))


def test_a_rejection_is_undone_from_the_page_too(editor_client: Client, editor, review: Review):
    reviewing.reject(review, by=editor)
    seen = page(editor_client.get(review.get_absolute_url()))
    value = seen.split('name="decision" value="reopen ')[1].split('"')[0]
    assert "5 facts of “Halden takes $42m” are open again." in decide(editor_client, review, f"reopen {value}")
    assert set(decisions(review).values()) == {"pending"}


def test_undoing_an_entry_by_hand_leads_to_its_source(editor_client: Client, editor):
    source = make_source("By hand.", kind=Source.Kind.ENTRY, entered_by=editor)
    change = say(source, rounds={"0": {"raised": Money.exact(1_000_000, "EUR")}}, by=editor)
    response = editor_client.post(f"/changes/{change.pk}/undo/")
    assert response["Location"] == source.get_absolute_url()
    assert not Round.objects.live().exists()


def test_what_is_not_there_is_404(editor_client: Client):
    assert editor_client.get("/review/999999/").status_code == 404
    assert editor_client.post("/review/999999/decide/", {"decision": "accept all"}).status_code == 404
    assert editor_client.post("/changes/999999/undo/").status_code == 404


def test_a_review_asks_the_database_no_more_for_more_facts(
    editor_client: Client, review, django_assert_max_num_queries
):
    for _ in range(6):
        reviewing.open_review(make_source(), found())
    say(
        make_source(),
        rounds={"0": {"announced_on": PartialDate(2024, 3), "raised": usd(42_000_000), "investors": ["A", "B"]}},
    )
    with django_assert_max_num_queries(12):
        editor_client.get(INBOX)
