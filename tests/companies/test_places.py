"""Which country a seat is in."""

import pytest

from companies.places import country_of, may_be_one


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("Paris", "FR"),
        ("Londres", "GB"),
        ("München", "DE"),
        ("Zürich", "CH"),
        ("Cambridge, UK", "GB"),
        ("Cambridge, Massachusetts", "US"),
        ("Austin, TX", "US"),
        ("Deutschland", "DE"),
        ("États-Unis", "US"),
        ("Lyon (France)", "FR"),
        ("Barcelona", "ES"),
        ("Barcelona, Venezuela", "VE"),
    ],
)
def test_a_city_or_a_country_tells_the_country(place: str, country: str) -> None:
    assert country_of(place) == country


@pytest.mark.parametrize(
    "place", ["Cambridge", "Valencia", "Georgia", "Station F", "", ", ,", "(", "Nowhere, Nowhere"]
)
def test_what_may_be_in_several_countries_or_in_none_tells_nothing(place: str) -> None:
    assert country_of(place) == ""


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("san francisco", "united states"),
        ("etats unis", "san francisco"),
        ("san francisco", "san francisco california"),
        ("oslo", "oslo"),
    ],
)
def test_a_city_and_its_country_may_be_one_seat(place: str, other: str) -> None:
    assert may_be_one(place, other)


@pytest.mark.parametrize(
    ("place", "other"), [("oslo", "lima"), ("oslo", "united states"), ("nowhere", "elsewhere"), ("san", "santiago")]
)
def test_two_cities_are_two_seats_and_so_is_a_city_of_another_country(place: str, other: str) -> None:
    assert not may_be_one(place, other)
