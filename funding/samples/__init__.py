"""The sample articles that come with Roundbook, so that a first start shows something: texts, each with its TOML."""

import tomllib
from decimal import Decimal
from pathlib import Path

from funding import intake
from funding.models import Article
from funding.values import PartialDate

FOLDER = Path(__file__).parent


def add_all() -> list[Article]:
    """Take in every sample article, to be read and accepted like any other; those held already are left as they are.

    The articles of the tour stay out: they are there to be brought in by hand.
    """
    return [_add(path) for path in sorted(FOLDER.glob("*.txt"))]


def _add(path: Path) -> Article:
    about = tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))
    article, _ = intake.add_text(
        path.read_text("utf-8"),
        title=about["title"],
        publisher=about["publisher"],
        published=PartialDate.of(about["published_on"]),
        language=about["language"],
        url=about["url"],
        accept_above=Decimal(0),
    )
    return article
