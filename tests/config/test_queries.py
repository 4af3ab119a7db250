"""A kept query is written once, and answers as its queryset does with the values that each asking gives."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import CharField, Prefetch, Q

from companies.models import Company
from config.queries import Given, KeptQuery, KeptRows
from funding.models import Round

pytestmark = pytest.mark.django_db


def _companies(*names: str) -> list[Company]:
    return [Company.objects.create(name=name, slug=name.lower(), is_live=True) for name in names]


def _counting() -> tuple[KeptQuery, list[int]]:
    written: list[int] = []

    def write():
        written.append(1)
        return Company.objects.filter(pk__among=Given("ids")).order_by("name")

    return KeptQuery(write), written


def test_it_answers_with_the_values_given_and_is_written_once():
    alder, birch, cedar = _companies("Alder", "Birch", "Cedar")
    query, written = _counting()
    assert query.ask(ids=[cedar.pk, alder.pk]) == [alder, cedar]
    assert query.ask(ids=[birch.pk]) == [birch]
    assert query.ask(ids=[]) == []
    assert written == [1]


def test_a_value_that_is_not_given_is_an_error():
    query, _written = _counting()
    with pytest.raises(KeyError, match="ids"):
        query.ask(id=[1])


def test_values_stand_where_they_belong_in_subqueries_too():
    alder, birch = _companies("Alder", "Birch")
    of_both = Company.objects.filter(Q(name=Given("name", CharField())) | Q(pk__in=_pks_of("slug"))).order_by("pk")
    query = KeptQuery(lambda: of_both)
    assert query.ask(name="Alder", slug="birch") == [alder, birch]
    assert query.ask(name="Birch", slug="alder") == [alder, birch]
    assert query.ask(name="Alder", slug="alder") == [alder]


def _pks_of(name: str):
    return Company.objects.filter(slug=Given(name, CharField())).values("pk")


def test_tuples_related_and_prefetched_records_come_as_of_a_queryset(django_assert_num_queries):
    (alder,) = _companies("Alder")
    one = Round.objects.create(company=alder, stage="seed", is_live=True)
    rounds = KeptQuery(lambda: Round.objects.filter(company=Given("company")).select_related("company"))
    (found,) = rounds.ask(company=alder.pk)
    prefetched = Prefetch("rounds", Round.objects.order_by("pk"))
    companies = KeptQuery(lambda: Company.objects.filter(pk=Given("pk")).prefetch_related(prefetched))
    with_rounds = [companies.ask(pk=alder.pk)[0] for _again in range(2)][-1]
    with django_assert_num_queries(0):
        assert (found.company, list(with_rounds.rounds.all())) == (alder, [one])
    pairs = KeptQuery(lambda: Round.objects.filter(pk=Given("pk")).values_list("stage", "company__name"))
    assert pairs.ask(pk=one.pk) == [("seed", "Alder")]


def test_asking_changes_nothing_of_the_queryset():
    alder, birch = _companies("Alder", "Birch")
    query, _written = _counting()
    first = query.ask(ids=[alder.pk])
    query.ask(ids=[birch.pk])
    assert first == [alder]


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection():
    alder, birch = _companies("Alder", "Birch")
    query, _written = _counting()
    query.ask(ids=[alder.pk])
    found: list[list[Company]] = []

    def ask() -> None:
        found.append(query.ask(ids=[birch.pk]))
        connection.close()

    with transaction.atomic():  # what this thread's connection sees alone
        Company.objects.filter(pk=birch.pk).update(name="Beech")
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert [one.name for one in found[0]] == ["Birch"]


def test_a_queryset_may_choose_the_rows_of_a_kept_query():
    alder, birch, cedar = _companies("Alder", "100%s Birch", "Cedar")
    query = KeptQuery(lambda: Company.objects.filter(pk__chosen=Given("ids")).exclude(slug=Given("not", CharField())))
    chosen = Company.objects.filter(name__in=["Alder", "100%s Birch"]).values("pk")
    assert query.ask(ids=chosen, **{"not": "alder"}) == [birch]
    assert query.ask(ids=Company.objects.values("pk"), **{"not": "100%s birch"}) == [alder, cedar]
    assert query.ask(ids=Company.objects.none().values("pk"), **{"not": ""}) == []


def test_rows_are_chosen_in_the_order_of_the_ids_and_written_once_for_each():
    alder, birch, _cedar = _companies("Alder", "Birch", "Cedar")
    written: list[int] = []

    def write():
        written.append(1)
        return Company.objects.all()

    rows = KeptRows(write)
    some = Company.objects.filter(name__lt="C")
    assert rows.chosen(some.order_by("name").values("pk")[:5]) == [alder, birch]
    assert rows.chosen(some.order_by("-name").values("pk")[:1]) == [birch]
    assert rows.chosen(some.order_by("name").values("pk")[:1]) == [alder]
    assert written == [1, 1]
