"""The records of the API: of each kind its members, where they come from, its filter, and how one is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company, Investor, InvestorKind, Person, Unicorn
from config.filters import QueryFilter
from config.problems import API
from funding.as_of import scopes
from funding.as_of.scopes import Scope
from funding.filters import ExitFilter, RoundFilter, ValuationFilter
from funding.models import Article, Change, Exit, Mention, Participation, Round, Source, Stage, Statement, Valuation

from .filters import ArticlesAsked, ChangesAsked, MentionsAsked, PartsAsked, PeopleAsked, SourcesAsked, StatementsAsked
from .parts import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    LINK,
    STRING,
    Part,
    amount,
    array,
    code,
    date,
    date_of,
    day,
    flag,
    interval_of,
    link,
    link_to,
    links,
    listed,
    moment,
    money,
    named,
    named_of,
    nullable,
    number,
    ref,
    statements,
    text,
    value_of,
)

STATED, UNDISCLOSED, NOT_STATED = "stated", "undisclosed", "not_stated"
DISCLOSURES: Final = (STATED, UNDISCLOSED, NOT_STATED)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of records. `by` is what finds one: slug or id. `each` are those found so, where they are more than
    `rows`, which are listed; `scope` and `scope_of_one` are what a date is about, where one can be asked for.
    """

    name: str
    model: Any
    words: str
    parts: tuple[Part, ...]
    joined: str
    filter: type[QueryFilter]
    rows: Callable[[], QuerySet[Any]]
    by: str = "pk"
    scope: Callable[[QueryDict], Scope] | None = None
    scope_of_one: Callable[[Any], Scope] | None = None
    each: Callable[[], QuerySet[Any]] | None = None

    def choose(self, chosen: QueryFilter) -> QuerySet[Any]:
        """The rows that a filter leaves, in no order."""
        if isinstance(chosen, PartsAsked):
            return chosen.apply_to_parts(self.rows())
        return chosen.apply(self.rows())

    def part(self, name: str) -> Part | None:
        """The member of this name."""
        return next((part for part in self.parts if part.name == name), None)

    @property
    def schema_name(self) -> str:
        """Its name among the document's schemas."""
        return self.model.__name__


def _believed_amount(prefix: str, row: str = "r") -> list[Part]:
    return [amount(f"{prefix}{currency}", f"{row}.{prefix}{currency}") for currency in ("usd", "eur", "gbp")]


def _aliases(side: str) -> Part:
    select = f"SELECT to_json(a.name) FROM companies_alias a WHERE a.{side}_id = r.id ORDER BY a.name, a.id"
    return Part("aliases", listed(select), array(STRING))


def _statement(sql: str) -> Part:
    return link("statement", "statements", sql)


COMPANIES: Final = Kind(
    "companies",
    Company,
    "company",
    (
        number("id", "r.id"),
        Part("slug", "r.slug", STRING),
        Part("name", "r.name", STRING),
        Part("href", link_to("companies", "r.slug"), LINK),
        Part("page", "'/companies/' || r.slug || '/'", LINK),
        _aliases("company"),
        text("website", "r.resolved #>> '{website,value,text}'"),
        text("city", "r.city"),
        text("country", "r.country"),
        Part(
            "sectors",
            listed("SELECT to_json(s.name) FROM companies_sector s WHERE s.id = ANY (r.sector_ids) ORDER BY s.name"),
            array(STRING),
        ),
        date("founded_on", "r.founded"),
        Part(
            "last_round",
            f"""(SELECT json_build_object('id', o.id, 'href', {link_to("rounds", "o.id")}, 'stage',
                nullif(o.stage, ''), 'announced_on', {date_of("o.announced_on", "o.announced_precision")})
            FROM funding_round o WHERE o.company_id = r.id AND o.is_live AND o.status = 'closed'
            ORDER BY o.announced_on DESC NULLS LAST, o.id DESC LIMIT 1)""",
            nullable(ref("LastRound")),
        ),
        number("rounds_count", "r.rounds_count"),
        number("rounds_without_amount", "r.undisclosed_count"),
        amount("raised_usd", "r.raised_usd"),
        Part(
            "valuation",
            f"""(SELECT json_build_object('id', v.id, 'href', {link_to("valuations", "v.id")}, 'valued_on',
                {date_of("v.valued_on", "v.valued_precision")}, 'amount', {interval_of("v.", is_money=True)},
                'basis', v.basis, 'origin', v.origin)
            FROM funding_valuation v LEFT JOIN funding_round o ON o.id = v.round_id
            WHERE v.company_id = r.id AND (o.id IS NULL OR o.status = 'closed')
            ORDER BY v.origin = 'derived', v.valued_on DESC NULLS LAST, v.usd DESC NULLS LAST, v.id DESC LIMIT 1)""",
            nullable(ref("ValuationInBrief")),
        ),
        code("unicorn", "r.unicorn", Unicorn.values),
        code("was_unicorn", "r.was_unicorn", Unicorn.values),
        day("unicorn_on", "r.unicorn_on"),
        day("last_told_on", "r.last_told_on"),
        flag("has_conflict", "r.has_conflict"),
        moment("recorded_at", "r.created_at"),
        statements("r.resolved"),
    ),
    "companies_company r",
    CompanyFilter,
    Company.objects.live,
    by="slug",
    scope=lambda query: scopes.everything(),
    scope_of_one=scopes.of_company,
)

ROUNDS: Final = Kind(
    "rounds",
    Round,
    "round",
    (
        number("id", "r.id"),
        Part("href", link_to("rounds", "r.id"), LINK),
        Part("page", "'/rounds/' || r.id || '/'", LINK),
        named("company", "companies", "c"),
        code("stage", "r.stage", Stage.values),
        text("announced_label", "r.announced_label"),
        code("status", "r.status", Round.Status.values),
        date("announced_on", "r.announced"),
        date("closed_on", "r.closed"),
        Part(
            "raised_disclosure",
            "CASE WHEN coalesce(r.raised_low, r.raised_high) IS NOT NULL THEN 'stated'"
            " WHEN r.raised_undisclosed THEN 'undisclosed' ELSE 'not_stated' END",
            {"type": "string", "enum": list(DISCLOSURES)},
        ),
        money("raised", "r.raised_"),
        *_believed_amount("raised_"),
        day("rate_on", "r.rate_on"),
        Part(
            "investors",
            listed(
                f"""SELECT json_build_object('slug', i.slug, 'name', i.name,
                    'href', {link_to("investors", "i.slug")}, 'is_lead', p.is_lead,
                    'statements', {links("p.statement_ids")})
                FROM funding_participation p JOIN companies_investor i ON i.id = p.investor_id
                WHERE p.round_id = r.id ORDER BY i.key, p.id"""
            ),
            array(ref("InvestorInRound")),
        ),
        Part(
            "valuation",
            f"""CASE WHEN v.id IS NOT NULL THEN json_build_object('id', v.id,
                'href', {link_to("valuations", "v.id")}, 'valued_on', {date_of("v.valued_on", "v.valued_precision")},
                'amount', {interval_of("v.", is_money=True)}, 'basis', v.basis, 'origin', v.origin) END""",
            nullable(ref("ValuationInBrief")),
        ),
        link("part_of", "rounds", "r.parent_id"),
        flag("has_conflict", "r.has_conflict"),
        flag("has_source", "r.has_source"),
        day("last_told_on", "r.last_told_on"),
        moment("recorded_at", "r.created_at"),
        statements("r.resolved"),
    ),
    "funding_round r JOIN companies_company c ON c.id = r.company_id"
    " LEFT JOIN funding_valuation v ON v.round_id = r.id",
    RoundFilter,
    Round.objects.live,
    scope=scopes.of_list,
    scope_of_one=scopes.of_round,
)

INVESTORS: Final = Kind(
    "investors",
    Investor,
    "investor",
    (
        number("id", "r.id"),
        Part("slug", "r.slug", STRING),
        Part("name", "r.name", STRING),
        Part("href", link_to("investors", "r.slug"), LINK),
        Part("page", "'/investors/' || r.slug || '/'", LINK),
        _aliases("investor"),
        code("kind", "r.kind", InvestorKind.values),
        Part(
            "part_of",
            f"coalesce({named_of('investors', 'above')}, {named_of('companies', 'owner')})",
            nullable(ref("Named")),
        ),
        number("rounds_count", "r.rounds_count"),
        number("rounds_led", "r.led_count"),
        number("companies_count", "r.companies_count"),
        day("last_round_on", "r.last_round_on"),
        moment("recorded_at", "r.created_at"),
        statements("r.resolved"),
    ),
    "companies_investor r LEFT JOIN companies_investor above ON above.id = r.parent_id"
    " LEFT JOIN companies_company owner ON owner.id = r.parent_company_id",
    InvestorFilter,
    Investor.objects.live,
    by="slug",
    scope=lambda query: scopes.everything(),
    scope_of_one=scopes.of_investor,
)

PARTICIPATIONS: Final = Kind(
    "participations",
    Participation,
    "participation",
    (
        number("id", "r.id"),
        Part("href", link_to("participations", "r.id"), LINK),
        Part("round", link_to("rounds", "r.round_id"), LINK),
        named("company", "companies", "c"),
        date("announced_on", "o.announced"),
        code("stage", "o.stage", Stage.values),
        code("status", "o.status", Round.Status.values),
        named("investor", "investors", "i"),
        Part("is_lead", "r.is_lead", nullable(BOOLEAN)),
        _statement("r.statement_id"),
        Part("statements", links("r.statement_ids"), array(LINK)),
    ),
    "funding_participation r JOIN funding_round o ON o.id = r.round_id"
    " JOIN companies_company c ON c.id = o.company_id JOIN companies_investor i ON i.id = r.investor_id",
    PartsAsked,
    lambda: Participation.objects.filter(round__is_live=True),
    scope=scopes.of_list,
)

VALUATIONS: Final = Kind(
    "valuations",
    Valuation,
    "valuation",
    (
        number("id", "r.id"),
        Part("href", link_to("valuations", "r.id"), LINK),
        named("company", "companies", "c"),
        link("round", "rounds", "r.round_id"),
        code("status", "o.status", Round.Status.values),
        date("valued_on", "r.valued"),
        money("amount", "r."),
        code("basis", "r.basis", Valuation.Basis.values),
        code("origin", "r.origin", Valuation.Origin.values),
        amount("usd", "r.usd"),
        amount("eur", "r.eur"),
        amount("gbp", "r.gbp"),
        day("rate_on", "r.rate_on"),
        Part("multiple", interval_of("r.multiple_", is_money=False), nullable(ref("Interval"))),
        code("unicorn", "r.unicorn", Unicorn.values),
        flag("has_conflict", "r.has_conflict"),
        _statement("r.statement_id"),
        Part(
            "proof",
            listed(
                f"""SELECT json_build_object('rule', p.step ->> 'rule',
                    'statements', {links("p.step -> 'statements'")})
                FROM jsonb_array_elements(r.proof) WITH ORDINALITY AS p (step, n) ORDER BY p.n"""
            ),
            array(ref("ProofStep")),
        ),
    ),
    "funding_valuation r JOIN companies_company c ON c.id = r.company_id"
    " LEFT JOIN funding_round o ON o.id = r.round_id",
    ValuationFilter,
    Valuation.objects.all,
    scope=scopes.of_list,
    scope_of_one=scopes.of_valuation,
)

EXITS: Final = Kind(
    "exits",
    Exit,
    "exit",
    (
        number("id", "r.id"),
        Part("href", link_to("exits", "r.id"), LINK),
        named("company", "companies", "c"),
        code("kind", "r.kind", Exit.Kind.values),
        code("status", "r.status", Exit.Status.values),
        date("announced_on", "r.announced"),
        text("acquirer", "r.acquirer"),
        Part(
            "price_disclosure",
            "CASE WHEN coalesce(r.price_low, r.price_high) IS NOT NULL THEN 'stated'"
            " WHEN r.price_undisclosed THEN 'undisclosed' WHEN r.kind = 'acquisition' THEN 'not_stated' END",
            nullable({"type": "string", "enum": list(DISCLOSURES)}),
        ),
        money("price", "r.price_"),
        *_believed_amount("price_"),
        text("exchange", "r.exchange"),
        text("ticker", "r.ticker"),
        money("valuation", "r.valuation_"),
        *_believed_amount("valuation_"),
        day("rate_on", "r.rate_on"),
        flag("has_conflict", "r.has_conflict"),
        flag("has_source", "r.has_source"),
        moment("recorded_at", "r.created_at"),
        statements("r.resolved"),
    ),
    "funding_exit r JOIN companies_company c ON c.id = r.company_id",
    ExitFilter,
    Exit.objects.live,
    scope=scopes.of_list,
)

PEOPLE: Final = Kind(
    "people",
    Person,
    "person",
    (
        number("id", "r.id"),
        Part("slug", "r.slug", STRING),
        Part("name", "r.name", STRING),
        Part("href", link_to("people", "r.slug"), LINK),
        named("company", "companies", "c"),
        Part(
            "roles",
            listed(
                f"""SELECT json_build_object('company', {named_of("companies", "own")},
                    'title', nullif(l.title, ''), 'is_founder', l.is_founder,
                    'statements', {links("l.statement_ids")})
                FROM companies_role l JOIN companies_company own ON own.id = l.company_id
                WHERE l.person_id = r.id ORDER BY l.id"""
            ),
            array(ref("Role")),
        ),
        moment("recorded_at", "r.created_at"),
    ),
    "companies_person r JOIN companies_company c ON c.id = r.resolved_for_id",
    PeopleAsked,
    Person.objects.live,
    by="slug",
    scope=scopes.of_list,
)

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

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        COMPANIES, ROUNDS, INVESTORS, PARTICIPATIONS, VALUATIONS, EXITS, PEOPLE, SOURCES, MENTIONS, STATEMENTS,
        CHANGES, ARTICLES,
    )
}  # fmt: skip

# What the members above refer to.
SCHEMAS: Final[Mapping[str, Any]] = {
    "Date": {
        "type": "object",
        "description": "A date, no more exact than its source: a day, a month or a year.",
        "properties": {
            "on": {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
            "precision": {"type": "string", "enum": ["day", "month", "year"]},
        },
        "required": ["on", "precision"],
        "examples": [{"on": "2022-05", "precision": "month"}],
    },
    "Interval": {
        "type": "object",
        "description": "A number, or the ends that it lies between; null is an end that nobody knows.",
        "properties": {
            "low": nullable(DECIMAL),
            "high": nullable(DECIMAL),
            "low_open": {**BOOLEAN, "description": "Strictly more than the lower end."},
            "high_open": {**BOOLEAN, "description": "Strictly less than the upper end."},
            "is_approx": BOOLEAN,
        },
        "required": ["low", "high", "low_open", "high_open", "is_approx"],
    },
    "Money": {
        "description": "Currency units as decimal strings; an exact amount has two equal ends.",
        "allOf": [ref("Interval")],
        "properties": {"currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        "required": ["currency"],
        "examples": [
            {"low": "235000000", "high": "235000000", "low_open": False, "high_open": False, "is_approx": False,
             "currency": "USD"}
        ],
    },
    "Named": {
        "type": "object",
        "properties": {"slug": STRING, "name": STRING, "href": LINK},
        "required": ["slug", "name", "href"],
    },
    "InvestorInRound": {
        "type": "object",
        "properties": {
            "slug": STRING, "name": STRING, "href": LINK, "statements": array(LINK),
            "is_lead": {**nullable(BOOLEAN), "description": "null where no source says."},
        },
        "required": ["slug", "name", "href", "is_lead", "statements"],
    },
    "LastRound": {
        "type": "object",
        "properties": {
            "id": INTEGER, "href": LINK, "stage": nullable(STRING), "announced_on": nullable(ref("Date")),
        },
        "required": ["id", "href", "stage", "announced_on"],
    },
    "ValuationInBrief": {
        "type": "object",
        "properties": {
            "id": INTEGER, "href": LINK, "valued_on": nullable(ref("Date")), "amount": ref("Money"),
            "basis": STRING, "origin": STRING,
        },
        "required": ["id", "href", "valued_on", "amount", "basis", "origin"],
    },
    "Believed": {
        "type": "object",
        "description": "A value that is believed, the statement it is taken from, and those for and against it.",
        "properties": {
            "value": ref("Value"), "qualifiers": {"type": "object"}, "statement": nullable(LINK),
            "agreeing": array(LINK), "differing": array(LINK), "corrected": array(LINK), "is_pinned": BOOLEAN,
            "reason": nullable(STRING),
        },
        "required": ["value", "statement", "agreeing", "differing"],
    },
    "Value": {
        "type": "object",
        "description": "By `kind`: money, quantity, multiple (with the ends of an interval), date (`on`), text, "
        "reference (the `key` of another mention of the source), undisclosed.",
        "properties": {
            "kind": {
                "type": "string",
                "enum": ["money", "quantity", "multiple", "date", "text", "reference", "undisclosed"],
            },
            "low": nullable(DECIMAL), "high": nullable(DECIMAL), "low_open": BOOLEAN, "high_open": BOOLEAN,
            "is_approx": BOOLEAN, "currency": STRING, "on": STRING, "text": STRING, "key": STRING,
        },
        "required": ["kind"],
    },
    "Quote": {
        "type": "object",
        "description": "Words of the source, with their offsets in its text.",
        "properties": {"start": INTEGER, "end": INTEGER, "text": STRING},
        "required": ["start", "end", "text"],
    },
    "ProofStep": {
        "type": "object",
        "properties": {"rule": nullable(STRING), "statements": array(LINK)},
        "required": ["rule", "statements"],
    },
    "Role": {
        "type": "object",
        "properties": {
            "company": ref("Named"), "title": nullable(STRING), "is_founder": BOOLEAN, "statements": array(LINK),
        },
        "required": ["company", "title", "is_founder", "statements"],
    },
}  # fmt: skip
