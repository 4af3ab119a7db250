"""The records of who said what: sources, mentions, statements, and the changes and articles that brought them."""

from typing import Final

from config.problems import API
from funding.api.filters import ArticlesAsked, ChangesAsked, MentionsAsked, SourcesAsked, StatementsAsked
from funding.api.parts import (
    BOOLEAN,
    LINK,
    STRING,
    Part,
    array,
    date,
    link,
    link_to,
    moment,
    nullable,
    number,
    ref,
    text,
    value_of,
)
from funding.as_of import scopes
from funding.models import Article, Change, Mention, Source, Statement

from .kinds import Kind

SOURCES: Final = Kind(
    "sources",
    Source,
    "source",
    (
        number("id", "r.id"),
        Part("href", link_to("sources", "r.id"), LINK),
        Part("page", "'/sources/' || r.id || '/'", LINK),
        Part("kind", "r.kind", {"type": "string", "enum": list(Source.Kind.values)}),
        text("publisher", "r.publisher"),
        text("url", "r.url"),
        text("title", "r.title"),
        text("language", "r.language"),
        date("published_on", "r.published"),
        Part("cites", "r.cites", array(STRING)),
        text("text_hash", "r.text_hash"),
        text("entered_by", "who.username"),
        moment("recorded_at", "r.created_at"),
        Part("text", "nullif(r.text, '')", nullable(STRING), is_usual=False),
    ),
    "funding_source r LEFT JOIN auth_user who ON who.id = r.entered_by_id",
    SourcesAsked,
    Source.objects.all,
)

MENTIONS: Final = Kind(
    "mentions",
    Mention,
    "mention",
    (
        number("id", "r.id"),
        Part("href", link_to("mentions", "r.id"), LINK),
        Part("source", link_to("sources", "r.source_id"), LINK),
        Part("origin", "r.origin", STRING),
        Part("key", "r.key", STRING),
        Part("kind", "r.kind", {"type": "string", "enum": list(Mention.Kind.values)}),
        Part("name", "r.name", STRING),
        link("of", "mentions", "r.company_id"),
        Part(
            "record",
            "CASE WHEN c.id IS NOT NULL THEN " + link_to("companies", "c.slug")
            + " WHEN i.id IS NOT NULL THEN " + link_to("investors", "i.slug")
            + " WHEN p.id IS NOT NULL THEN " + link_to("people", "p.slug")
            + " WHEN a.round_id IS NOT NULL THEN " + link_to("rounds", "a.round_id")
            + " WHEN a.exit_id IS NOT NULL THEN " + link_to("exits", "a.exit_id") + " END",
            nullable(LINK),
        ),
        Part("is_decided", "a.is_decided", nullable(BOOLEAN)),
        text("reason", "a.reason"),
        Part("row", "r.row", nullable({"type": "object"})),
    ),
    """funding_mention r LEFT JOIN funding_assignment a ON a.mention_id = r.id AND a.retracted_at IS NULL
    LEFT JOIN companies_company c ON c.id = a.company_id LEFT JOIN companies_investor i ON i.id = a.investor_id
    LEFT JOIN companies_person p ON p.id = a.person_id""",
    MentionsAsked,
    Mention.objects.all,
)  # fmt: skip

STATEMENTS: Final = Kind(
    "statements",
    Statement,
    "statement",
    (
        number("id", "r.id"),
        Part("href", link_to("statements", "r.id"), LINK),
        Part("source", link_to("sources", "m.source_id"), LINK),
        Part("mention", link_to("mentions", "r.mention_id"), LINK),
        Part("subject", "m.kind", {"type": "string", "enum": list(Mention.Kind.values)}),
        Part("subject_name", "m.name", STRING),
        link("company", "companies", "c.slug"),
        link("round", "rounds", "a.round_id"),
        Part("field", "r.field", STRING),
        Part("value", value_of("r.value"), ref("Value")),
        Part("qualifiers", "r.qualifiers", {"type": "object"}),
        Part("quotes", "r.quotes", array(ref("Quote"))),
        text("rule", "r.rule"),
        Part("confidence", "r.confidence", nullable({"type": "number"})),
        link("change", "changes", "r.added_in_id"),
        moment("recorded_at", "r.recorded_at"),
        moment("retracted_at", "r.retracted_at"),
    ),
    """funding_statement r JOIN funding_mention m ON m.id = r.mention_id
    LEFT JOIN funding_assignment a ON a.mention_id = m.id AND a.retracted_at IS NULL
    LEFT JOIN funding_assignment b ON b.mention_id = m.company_id AND b.retracted_at IS NULL
    LEFT JOIN companies_company c ON c.id = coalesce(a.company_id, b.company_id)""",
    StatementsAsked,
    Statement.objects.live,
    scope=scopes.of_list,
    scope_of_one=lambda pk: scopes.of_statements([pk]),
    each=Statement.objects.all,
)

CHANGES: Final = Kind(
    "changes",
    Change,
    "change",
    (
        number("id", "r.id"),
        Part("href", link_to("changes", "r.id"), LINK),
        Part("kind", "r.kind", {"type": "string", "enum": list(Change.Kind.values)}),
        text("by", "who.username"),
        moment("at", "r.at"),
        text("note", "r.note"),
        link("undoes", "changes", "r.undoes_id"),
        link("undone_by", "changes", "undoing.id"),
        Part("statements", f"'{API}statements?change=' || r.id", LINK),
    ),
    "funding_change r LEFT JOIN auth_user who ON who.id = r.by_id"
    " LEFT JOIN funding_change undoing ON undoing.undoes_id = r.id",
    ChangesAsked,
    Change.objects.all,
)

ARTICLES: Final = Kind(
    "articles",
    Article,
    "article",
    (
        number("id", "r.id"),
        Part("href", link_to("articles", "r.id"), LINK),
        Part("page", "'/articles/' || r.id || '/'", LINK),
        Part("state", "r.state", {"type": "string", "enum": list(Article.State.values)}),
        text("reason", "r.reason"),
        text("progress", "job.progress"),
        text("title", "r.title"),
        text("url", "r.url"),
        text("publisher", "r.publisher"),
        text("language", "r.language"),
        date("published_on", "r.published"),
        link("source", "sources", "r.source_id"),
        text("imported_by", "who.username"),
        moment("recorded_at", "r.created_at"),
    ),
    "funding_article r LEFT JOIN funding_job job ON job.id = r.job_id"
    " LEFT JOIN auth_user who ON who.id = r.created_by_id",
    ArticlesAsked,
    Article.objects.all,
)
