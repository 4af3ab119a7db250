"""Read articles in the extraction contract's form, one JSON object a line, and write what each says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from funding.extraction.contract import to_contract
from funding.extraction.engine import extract
from funding.values import PartialDate

EARLIEST, LATEST = 1900, 2100  # in which an article can have appeared
OPTIONAL = ("title", "language", "published_on", "publisher", "url")


@dataclass(frozen=True, slots=True)
class Line:
    """The outcome of one line: the contract's object as JSON, or what is wrong with the line."""

    number: int
    row: str | None = None
    problem: str | None = None


def extract_lines(lines: Iterable[str]) -> Iterator[Line]:
    """The outcome of every line that is not blank, in order; a bad line never stops the rest."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not _is_text(line):
            yield Line(number, problem="is no text in UTF-8")
            continue
        try:
            row = json.dumps(extract_article(json.loads(line)), ensure_ascii=False)
            row.encode()
        except UnicodeEncodeError:
            yield Line(number, problem="is no text: it holds half of a character")
        except RecursionError:
            yield Line(number, problem="is not JSON that anybody means: it is nested too deeply")
        except json.JSONDecodeError as problem:
            yield Line(number, problem=f"is not JSON: {problem.msg}")
        except ValueError as problem:
            yield Line(number, problem=str(problem))
        else:
            yield Line(number, row=row)


def _is_text(line: str) -> bool:
    """Whether a line was UTF-8; other bytes come as halves of characters."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def extract_article(article: Any) -> dict[str, Any]:
    """The contract's object for one article. Raises ValueError saying which key is missing or wrong."""
    if not isinstance(article, dict):
        raise ValueError("is no JSON object")
    for key in ("id", "text"):
        if not isinstance(article.get(key), str) or not article[key]:
            raise ValueError(f"{key!r} must be a string that is not empty")
    for key in OPTIONAL:
        if not isinstance(article.get(key), str | None):
            raise ValueError(f"{key!r} must be a string or null")
    published = PartialDate.from_iso(article["published_on"]) if article.get("published_on") else None
    if published and not EARLIEST <= published.year <= LATEST:
        raise ValueError(f"'published_on' lies outside the years {EARLIEST} to {LATEST}")
    extraction = extract(
        article["text"],
        language=article.get("language"),
        published_on=published,
        title=article.get("title"),
        publisher=article.get("publisher"),
    )
    return to_contract(extraction, article["id"])
