"""The records of what happens to companies: rounds, who took part in them, valuations, exits."""

from typing import Final

from companies.models import Unicorn
from funding.api.filters import PartsAsked
from funding.api.parts import (
    BOOLEAN,
    LINK,
    Part,
    amount,
    array,
    code,
    date,
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
    nullable,
    number,
    ref,
    statements,
    text,
)
from funding.as_of import scopes
from funding.filters import ExitFilter, RoundFilter, ValuationFilter
from funding.models import Exit, Participation, Round, Stage, Valuation

from .kinds import DISCLOSURES, VALUATION_IN_BRIEF, Kind, believed_amounts, statement

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
        *believed_amounts("raised_"),
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
            f"CASE WHEN v.id IS NOT NULL THEN {VALUATION_IN_BRIEF} END",
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
        statement("r.statement_id"),
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
        statement("r.statement_id"),
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
        *believed_amounts("price_"),
        text("exchange", "r.exchange"),
        text("ticker", "r.ticker"),
        money("valuation", "r.valuation_"),
        *believed_amounts("valuation_"),
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
