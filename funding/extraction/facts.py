"""What extraction finds: mentions (whom a text speaks of) and facts (one value each, with the words that say it)."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Literal

from funding.values import Value

MentionKind = Literal["company", "round", "investor", "person"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Character offsets into the text as it was given: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody or something the text speaks of; `key` (`round:1`) is unique within one extraction.

    `is_headline` is set on the rounds that the article reports as its news and on their companies; `chance` says how
    likely the round is what the text tells, for a company and its people its round that is the news.
    """

    key: str
    kind: MentionKind
    name: str
    is_headline: bool = False
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of one field of one mention.

    `spans` are the quotes that give the value again by `rule`; they are empty only where the value comes from the
    date of publication alone. `confidence` is between 0 and 1. `qualifiers` say more of the value:
    `basis`, `is_lead`, `of`, `place`, `year`, `is_expected`, `attributed_to`, `title`, `is_founder`, `label`.
    """

    subject: str
    field: str
    value: Value
    spans: tuple[Span, ...]
    rule: str
    confidence: float
    qualifiers: Mapping[str, str | int | bool] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one text says about funding.

    `language` is its ISO 639-1 code, `cites` the papers it names as sources.
    """

    language: str
    mentions: tuple[Mention, ...]
    facts: tuple[Fact, ...]
    cites: tuple[str, ...] = ()
