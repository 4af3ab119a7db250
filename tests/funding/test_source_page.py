"""The reader of a source: its text with the words of every fact marked, and the facts beside it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from factories import STORY, company, fact, make_source, tell, tell_story, usd
from pytest_django.fixtures import DjangoAssertNumQueries

from funding import reviewing
from funding.models import Proposal, Review, Round, Source
from funding.values import PartialDate, Text, to_json

pytestmark = pytest.mark.django_db


def page(client: Client, source: Source) -> str:
    answer = client.get(source.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def words(markup: str) -> str:
    text = re.sub(r"<[^>]*>", "", markup)
    return " ".join(text.replace("&gt;", ">").replace("\u00a0", " ").split())


def article(markup: str) -> str:
    return markup[markup.index("<article") : markup.index("</article>")]


def propose(source: Source) -> Review:
    """A review of a source with one pending fact."""
    mentions = [{"key": "company:0", "kind": "company", "name": "Halden Robotics", "company": ""}]
    review = Review.objects.create(source=source, engine_version="2", mentions=mentions)
    at = source.text.index("140 people")
    Proposal.objects.create(
        review=review, position=0, subject="company:0", field="employees", value=to_json(Text("140")),
        quotes=[{"start": at, "end": at + 10, "text": "140 people"}], rule="test", confidence=0.9,
    )  # fmt: skip
    return review


def test_the_words_of_each_fact_are_marked_at_their_place(reader_client: Client) -> None:
    markup = article(page(reader_client, tell_story()))
    at = STORY.index("$900 million")
    assert f'<mark id="c{at}">$900 million</mark>' in markup
    assert f'<mark id="c{STORY.index("In May 2022")}">In May 2022</mark>' in markup


def test_the_text_is_whole_and_in_its_paragraphs(reader_client: Client) -> None:
    source = tell_story()
    markup = re.sub(r'<a class="mark".*?</a>', "", article(page(reader_client, source)))
    assert words(markup) == " ".join(STORY.split())
    assert markup.count("<p>") == 2


def test_a_number_after_the_words_leads_to_the_fact_and_the_fact_back(reader_client: Client) -> None:
    markup = page(reader_client, tell_story())
    at = STORY.index("$900 million")
    number = re.search(r'\$900 million</mark><a class="mark" href="#f(\d+)">', markup)
    assert number
    assert f'<div id="f{number[1]}"><dt>Valuation</dt>' in markup
    assert f'<a class="mark" href="#c{at}">{number[1]}</a>' in markup


def test_an_accepted_fact_leads_to_the_figure_that_rests_on_it(reader_client: Client) -> None:
    markup = page(reader_client, tell_story())
    newer = Round.objects.get(announced_on__year=2024)
    assert f'<a href="/rounds/{newer.pk}/#raised">$42m</a>' in markup
    assert f'<a href="/rounds/{newer.pk}/#investors">Northgate Capital, lead</a>' in markup
    assert f'<a href="{company().get_absolute_url()}#company-facts">2016</a>' in markup


def test_words_that_overlap_are_each_marked(reader_client: Client) -> None:
    source = make_source("It raised $9 million in May 2022, all told.")
    tell(
        source,
        fact("round:0", "raised", usd(9_000_000), "$9 million in May"),
        fact("round:0", "announced_on", PartialDate(2022, 5), "in May 2022"),
    )
    markup = article(page(reader_client, source))
    assert '<mark id="c10">$9 million </mark>' in markup
    assert re.search(r'<mark id="c21">in May</mark><a class="mark" href="#f1">1</a><mark> 2022</mark>', markup)


def test_facts_that_wait_are_marked_but_lead_to_no_figure(reader_client: Client, editor_client: Client) -> None:
    source = tell_story()
    review = propose(source)
    markup = page(reader_client, source)
    assert ">140 people</mark>" in markup
    assert "11 facts recorded, 1 in review." in words(markup)
    assert f'href="{review.get_absolute_url()}"' not in markup
    assert f'href="{review.get_absolute_url()}"' in page(editor_client, source)


def test_a_fact_that_was_turned_down_is_not_shown(reader_client: Client, editor: User) -> None:
    source = tell_story()
    reviewing.reject(propose(source), by=editor)
    assert ">140 people</mark>" not in page(reader_client, source)


def test_an_entry_says_who_made_it_and_in_which_words(reader_client: Client, editor: User) -> None:
    source = make_source("They took $9 million.", kind=Source.Kind.ENTRY, entered_by=editor, title="", language="")
    tell(source, fact("round:0", "raised", usd(9_000_000), "$9 million"), by=editor)
    text = words(page(reader_client, source))
    assert "Entered by erin" in text and "They took $9 million" in text


def test_an_entry_without_words_says_so(reader_client: Client, editor: User) -> None:
    source = make_source(kind=Source.Kind.ENTRY, entered_by=editor, title="", language="")
    Source.objects.filter(pk=source.pk).update(text="")
    source.refresh_from_db()
    tell(source, fact("round:0", "raised", usd(9_000_000)), by=editor)
    text = words(page(reader_client, source))
    assert "Entered by erin without words of a source." in text
    assert "Entered without words of a source." in text


def test_the_language_of_the_text_is_set(reader_client: Client) -> None:
    source = make_source("Kivik lève 9 millions.", language="fr")
    assert '<article class="article" aria-labelledby="article-title" lang="fr">' in page(reader_client, source)


def test_the_text_is_plain_and_an_odd_address_is_no_link(reader_client: Client) -> None:
    source = make_source("<script>alert(1)</script> & more", title="<i>T</i>", url="javascript:alert(1)")
    markup = page(reader_client, source)
    assert "<script>alert" not in markup and "<i>T" not in markup and 'href="javascript:' not in markup
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in markup


def test_a_text_nothing_rests_on_says_so(reader_client: Client) -> None:
    assert "Nothing that we hold rests on this text" in words(page(reader_client, make_source()))


def test_an_unknown_source_is_not_found(reader_client: Client) -> None:
    assert reader_client.get("/sources/999999/").status_code == 404


def test_the_queries_do_not_grow_with_the_facts(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    source = tell_story()
    propose(source)
    with django_assert_max_num_queries(12):
        assert editor_client.get(source.get_absolute_url()).status_code == 200
