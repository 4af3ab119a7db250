"""The list of investors."""

import pytest
from django.http import QueryDict
from factories import make_round, make_user

from companies.filters import InvestorFilter
from companies.models import Alias, Investor
from companies.search import indexing
from config import paging
from funding.values import Text

pytestmark = pytest.mark.django_db
URL = "/investors/"


@pytest.fixture
def three():
    """One that led, one that took part often, one that took part once."""
    make_round("Halden", leads=["Northgate"], investors=["Écho Ventures"], stage=Text("seed"))
    make_round("Quillwork", investors=["Écho Ventures", "Zeta"], stage=Text("series_a"))


def found(query: str) -> list[str]:
    """The names that a query string leaves, in its order."""
    chosen = InvestorFilter(QueryDict(query))
    rows = chosen.apply(Investor.objects.live())
    assert not chosen.problems
    return [one.name for one in chosen.ordering.sort(rows)]


def test_filters(three):
    zeta = Investor.objects.get(name="Zeta")
    Alias.objects.create(investor=zeta, name="Omega Fund", key="omega fund")
    indexing.index_investors([zeta.pk])
    assert found("q=echo") == ["Écho Ventures"]
    assert found("q=fund") == ["Zeta"]
    assert found("company=halden") == ["Écho Ventures", "Northgate"]
    assert found("stage=series_a") == ["Écho Ventures", "Zeta"]
    assert found("lead=yes") == ["Northgate"]
    assert found("lead=yes&company=quillwork") == []


def test_orders(three):
    assert found("") == ["Écho Ventures", "Northgate", "Zeta"]
    assert found("order=rounds")[0] == "Écho Ventures"


@pytest.mark.parametrize("order", ["name", "rounds"])
def test_pages_show_every_investor_once_in_order(three, order):
    chosen = InvestorFilter(QueryDict(f"order={order}"))
    rows, after, ids = chosen.apply(Investor.objects.live()), "", []
    for _ in range(5):
        page = paging.take(rows, chosen.ordering, after, 1)
        ids += [one.pk for one in page.rows]
        after = page.next
        if not after:
            break
    assert ids == [one.pk for one in chosen.ordering.sort(rows)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("company=nobody", "No company is called “nobody”."),
        ("lead=no", "“no” is not known here; it is one of: yes."),
        ("order=fame", "“fame” is no order of this list."),
        ("rounds_min=many", "“many” is no count. Write a whole number, such as 5."),
        ("after=-1~2&order=rounds", "The address names no place in this list."),
    ],
)
def test_what_cannot_be_read_is_said(reader_client, three, query, message):
    page = reader_client.get(f"{URL}?{query}")
    assert page.status_code == 422
    assert message in page.content.decode()


def test_a_row_counts_rounds_and_leads(reader_client, three):
    page = reader_client.get(f"{URL}?q=echo").content.decode()
    assert 'href="/rounds/?investor=echo-ventures&amp;status=closed">2</a>' in page
    assert '<span class="absent">none stated</span>' in page
    assert 'href="/investors/northgate/"' not in page


def test_the_export_link_carries_the_query_string(analyst_client, three):
    assert 'href="/export/investors.csv?lead=yes"' in analyst_client.get(f"{URL}?lead=yes").content.decode()


def test_a_full_page_asks_at_most_twelve_queries(client, django_assert_max_num_queries):
    client.force_login(make_user("mia", "editor"), backend="django.contrib.auth.backends.ModelBackend")
    make_round(investors=[f"Investor {number}" for number in range(20)])
    with django_assert_max_num_queries(12):
        page = client.get(f"{URL}?q=investor&company=halden-robotics&order=rounds")
    assert page.content.decode().count("<tr>") == 21
