"""The records of whoever gets and gives money: companies, investors, people."""

from typing import Final

from companies.filters import CompanyFilter, InvestorFilter
from companies.models import Company, Investor, InvestorKind, Person, Unicorn
from funding.api.filters import PeopleAsked
from funding.api.parts import (
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
    link_to,
    links,
    listed,
    moment,
    named,
    named_of,
    nullable,
    number,
    ref,
    statements,
    text,
)
from funding.as_of import scopes
from funding.values import HEDGES

from .kinds import VALUATION_IN_BRIEF, Kind, aliases

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
        aliases("company"),
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
        code("raised_usd_hedge", "r.raised_hedge", HEDGES),
        Part(
            "valuation",
            f"""(SELECT {VALUATION_IN_BRIEF}
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
        aliases("investor"),
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
