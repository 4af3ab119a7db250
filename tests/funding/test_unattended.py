"""What may be recorded without a person: only what is sure, and a round only where enough of it is."""

import pytest
from factories import make_source, usd

from funding import reviewing, unattended
from funding.extraction import Extraction, Fact, Mention, Span
from funding.models import Proposal
from funding.values import PartialDate, Reference, Text

pytestmark = pytest.mark.django_db


def accepted(above: float = 0.8, **confidences: float) -> set[str]:
    """The fields of a company's one round, and its name, that are sure enough where their confidences are these."""
    values = {
        "name": ("company:0", Text("Halden Robotics")),
        "company": ("round:0", Reference("company:0")),
        "announced_on": ("round:0", PartialDate(2024, 3)),
        "raised": ("round:0", usd(40)),
        "stage": ("round:0", Text("seed")),
        "status": ("round:0", Text("closed")),
    }
    facts = tuple(
        Fact(subject, field, value, (Span(0, 4),), "rule", confidences[field], {})
        for field, (subject, value) in values.items()
        if field in confidences
    )
    mentions = (Mention("company:0", "company", "Halden Robotics"), Mention("round:0", "round", "Halden Robotics"))
    review = reviewing.open_review(make_source(), Extraction("en", mentions, facts))
    return set(Proposal.objects.filter(pk__in=unattended.sure_enough(review, above)).values_list("field", flat=True))


SURE = {"name": 0.9, "company": 0.9, "announced_on": 0.9, "raised": 0.9, "stage": 0.9, "status": 0.9}


def test_what_is_sure_is_accepted_and_the_rest_left() -> None:
    assert accepted(**SURE | {"stage": 0.7}) == {"name", "announced_on", "raised", "status"}


@pytest.mark.parametrize(
    "doubts",
    [{"announced_on": 0.7, "stage": 0.7}, {"raised": 0.7, "stage": 0.7}, {"company": 0.7}],
    ids=["its date and its stage", "its amount and its stage", "whose it is"],
)
def test_a_round_is_left_whole_where_this_is_in_doubt(doubts: dict[str, float]) -> None:
    assert accepted(**SURE | doubts) == {"name"}


def test_an_amount_and_a_stage_do_without_a_date() -> None:
    assert accepted(**SURE | {"announced_on": 0.7}) == {"name", "raised", "stage", "status"}


def test_nothing_is_accepted_of_a_company_whose_name_is_in_doubt() -> None:
    assert accepted(**SURE | {"name": 0.7}) == set()


def test_what_is_not_told_is_not_asked_for() -> None:
    told = {key: sure for key, sure in SURE.items() if key not in ("announced_on", "raised", "stage")}
    assert accepted(**told) == {"name", "status"}


def test_everything_is_accepted_from_no_confidence_on() -> None:
    assert len(accepted(0.0, **dict.fromkeys(SURE, 0.1))) == 5
