"""Stages are said once: a label of the source that says the same in other letters is left out."""

import pytest
from django.utils import translation

from funding.evidence import wording
from funding.models import Statement


@pytest.mark.parametrize(
    ("language", "label", "words"),
    [
        ("en-gb", "Series C", "Series C"),
        ("en-gb", "série C", "Series C, “série C”"),
        ("fr", "Series C", "Série C"),
        ("fr", "série C", "Série C"),
        ("fr", "Serie C", "Série C, «\u00a0Serie C\u00a0»"),
    ],
)
def test_a_label_is_told_where_it_says_more_than_the_stage(language: str, label: str, words: str) -> None:
    one = Statement(field="stage", value={"kind": "text", "text": "series_c"}, qualifiers={"label": label})
    with translation.override(language):
        assert wording.stated(one) == words
