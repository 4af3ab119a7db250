"""Which country a seat is in."""

import pytest

from companies.places import country_of


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
    ],
)
def test_a_city_or_a_country_tells_the_country(place: str, country: str) -> None:
    assert country_of(place) == country


@pytest.mark.parametrize(
    "place", ["Cambridge", "Valencia", "Georgia", "Station F", "", ", ,", "(", "Nowhere, Nowhere"]
)
def test_what_may_be_in_several_countries_or_in_none_tells_nothing(place: str) -> None:
    assert country_of(place) == ""
