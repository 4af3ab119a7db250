"""A figure that its own publisher corrected is shown as that: no disagreement, and no other round."""

import pytest
from django.test import Client
from factories import make_source, make_user, say, usd

from companies.models import Company
from funding.models import Round
from funding.values import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected() -> Round:
    for day, millions in ((3, "14.2"), (6, "12.5")):
        source = make_source(f"${millions} million, they say.", published=PartialDate(2024, 5, day))
        told = {"announced_on": PartialDate(2024, 5, 3), "raised": usd(int(float(millions) * 1_000_000))}
        say(source, rounds={"0": told})
    return Round.objects.live().get()


def test_the_later_figure_stands_and_nothing_is_in_conflict(corrected: Round) -> None:
    assert corrected.raised == usd(12_500_000)
    assert not corrected.has_conflict
    assert not Company.objects.filter(has_conflict=True).exists()


@pytest.mark.parametrize("page", ["round", "evidence"])
def test_the_first_figure_is_shown_as_corrected_with_its_words(corrected: Round, page: str) -> None:
    client = Client()
    client.force_login(make_user("ada", "reader"), backend="django.contrib.auth.backends.ModelBackend")
    evidence = f"/evidence/?statement={corrected.raised_statement_id}"
    text = client.get(corrected.get_absolute_url() if page == "round" else evidence).content.decode()
    assert "Corrected since by its own publisher" in text
    assert "$14.2m" in text.replace("\u00a0", "")
    assert "Other sources differ" not in text
    before = corrected.resolved["raised"]["corrected"][0]
    answer = client.get(f"/evidence/?statement={before}")
    assert answer.status_code == 200
    assert "Corrected since by its own publisher" in answer.content.decode()
