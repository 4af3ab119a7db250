"""What the exports hold: named columns over SQL, one list for each kind of row.

The SQL here is fixed text. `{into}` stands for the currency that amounts are converted into, `{counted_rates}` and
`{counted_amount}` for the rates and the amount of a round in a company's total; `exports` fills them in. The rows
themselves go by the alias `r`, what the displayed figure rests on by `said`, and its rates by `ours` and `theirs`.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

# Most statements have one quote or, of a row of a file, none.
QUOTE = (
    "CASE jsonb_array_length(st.quotes) WHEN 0 THEN NULL WHEN 1 THEN st.quotes -> 0 ->> 'text' ELSE"
    " (SELECT string_agg(q.part ->> 'text', ' […] ' ORDER BY q.n)"
    " FROM jsonb_array_elements(st.quotes) WITH ORDINALITY AS q (part, n)) END"
)
SAID = """
    LEFT JOIN LATERAL (
        SELECT so.url, so.title, so.publisher, so.kind, so.published_on, so.published_precision, {quote} AS quote
        FROM funding_statement st
        JOIN funding_mention me ON me.id = st.mention_id
        JOIN funding_source so ON so.id = me.source_id
        WHERE st.id = {statement}
    ) said ON true"""
# A derived valuation rests on all statements of its proof; the first one's source is named.
SAID_OF_VALUATION = """
    LEFT JOIN LATERAL (
        SELECT (array_agg(so.url ORDER BY s.n))[1] AS url, (array_agg(so.title ORDER BY s.n))[1] AS title,
            (array_agg(so.publisher ORDER BY s.n))[1] AS publisher, (array_agg(so.kind ORDER BY s.n))[1] AS kind,
            (array_agg(so.published_on ORDER BY s.n))[1] AS published_on,
            (array_agg(so.published_precision ORDER BY s.n))[1] AS published_precision,
            string_agg({quote}, ' […] ' ORDER BY s.n) AS quote
        FROM (
            SELECT v.statement_id AS id, 0 AS n WHERE v.statement_id IS NOT NULL
            UNION ALL
            SELECT p.id::text::bigint, min(p.n) FROM jsonb_path_query(v.proof, '$[*].statements[*]')
                WITH ORDINALITY AS p (id, n) WHERE v.statement_id IS NULL GROUP BY p.id
        ) s
        JOIN funding_statement st ON st.id = s.id
        JOIN funding_mention me ON me.id = st.mention_id
        JOIN funding_source so ON so.id = me.source_id
    ) said ON true"""
# Rates have sixteen decimals, as on the pages; the long 1 makes the division carry more. OFFSET 0 has the rate of a
# row worked out once, and not again wherever a cell needs it.
RATES = """
    LEFT JOIN funding_rate ours_day
        ON {precision} = 'day' AND ours_day.currency = {currency} AND ours_day.day = {on}
    LEFT JOIN funding_averagerate ours_mean
        ON ours_mean.precision = {precision} AND ours_mean.currency = {currency} AND ours_mean.first_day = {on}
    LEFT JOIN funding_rate theirs_day
        ON {precision} = 'day' AND theirs_day.currency = {{into}} AND theirs_day.day = {on}
    LEFT JOIN funding_averagerate theirs_mean
        ON theirs_mean.precision = {precision} AND theirs_mean.currency = {{into}} AND theirs_mean.first_day = {on}
    CROSS JOIN LATERAL (
        SELECT CASE WHEN {currency} = 'EUR' THEN 1 ELSE coalesce(ours_day.per_euro, ours_mean.per_euro) END AS ours,
            CASE WHEN {{into}} = 'EUR' THEN 1 ELSE coalesce(theirs_day.per_euro, theirs_mean.per_euro) END AS theirs,
            CASE WHEN {currency} <> 'EUR' THEN coalesce(ours_day.observed_on, ours_mean.first_day) END AS ours_on,
            CASE WHEN {{into}} <> 'EUR' THEN coalesce(theirs_day.observed_on, theirs_mean.first_day) END AS theirs_on,
            coalesce(ours_day.is_own, ours_mean.is_own, false)
                OR coalesce(theirs_day.is_own, theirs_mean.is_own, false) AS is_own
    ) per_euro
    CROSS JOIN LATERAL (
        SELECT CASE WHEN {currency} = {{into}} THEN 1
                WHEN {on} IS NOT NULL THEN round(theirs * 1.000000000000000000000000 / ours, 16) END AS rate,
            CASE WHEN {currency} <> {{into}} AND {on} IS NOT NULL AND ours IS NOT NULL AND theirs IS NOT NULL
                THEN least(ours_on, theirs_on) END AS rate_on,
            CASE WHEN per_euro.is_own THEN 'own' ELSE 'ECB' END AS rate_by
        OFFSET 0
    ) conversion"""
_PARTIES: Final = """
        SELECT {round}string_agg(i.name, '; ' ORDER BY i.key) FILTER (WHERE p.is_lead) AS leads,
            string_agg(i.name, '; ' ORDER BY i.key) AS everybody
        FROM funding_participation p JOIN companies_investor i ON i.id = p.investor_id"""
# Who took part in a round, looked up for each; of all rounds together it is a fraction of the work.
PARTIES: Final = f"""
    LEFT JOIN LATERAL ({_PARTIES.format(round="")} WHERE p.round_id = r.id
    ) parties ON true"""
PARTIES_OF_ALL: Final = f"""
    LEFT JOIN ({_PARTIES.format(round="p.round_id, ")} GROUP BY p.round_id
    ) parties ON parties.round_id = r.id"""


class Kind(Enum):
    """What a cell is. `TEXT` are words from outside, `CODE` words of our own; a `NUMBER` is exact, with any digits."""

    TEXT = auto()
    CODE = auto()
    NUMBER = auto()
    COUNT = auto()
    FLAG = auto()
    DATE = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading. `is_internal` marks ids and times of recording."""

    heading: str
    sql: str
    kind: Kind = Kind.CODE
    is_internal: bool = False


def text(heading: str, sql: str) -> Column:
    return Column(heading, f"nullif({sql}, '')", Kind.TEXT)


def code(heading: str, sql: str) -> Column:
    return Column(heading, f"nullif({sql}, '')")


def number(heading: str, sql: str) -> Column:
    return Column(heading, f"trim_scale({sql})", Kind.NUMBER)


def count(heading: str, sql: str) -> Column:
    return Column(heading, sql, Kind.COUNT)


def flag(heading: str, sql: str) -> Column:
    return Column(heading, f"({sql})::text", Kind.FLAG)


def key(heading: str, sql: str) -> Column:
    return Column(heading, sql, Kind.COUNT, is_internal=True)


def slug(heading: str, sql: str) -> Column:
    return Column(heading, sql, is_internal=True)


def moment(heading: str, sql: str) -> Column:
    sql = f"""to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return Column(heading, sql, is_internal=True)


def date(heading: str, on: str, precision: str) -> tuple[Column, Column]:
    """A date as exact as it is (`2023-08-24`, `2022-05`, `2019`), and its precision."""
    sql = (
        f"CASE {precision} WHEN 'day' THEN to_char({on}, 'YYYY-MM-DD') WHEN 'month' THEN to_char({on}, 'YYYY-MM')"
        f" WHEN 'year' THEN to_char({on}, 'YYYY') END"
    )
    return Column(heading, sql, Kind.DATE), code(f"{heading}_precision", precision)


def interval(stem: str, prefix: str, *, is_money: bool = True) -> tuple[Column, ...]:
    """The two ends, whether each is left out, whether the figure is approximate, and the currency of money.

    The flags are empty where there is no figure.
    """
    low, high = f"{prefix}low", f"{prefix}high"
    known = f"coalesce({low}, {high}) IS NOT NULL"
    flags = [
        flag(f"{stem}_{name}", f"CASE WHEN {known} THEN {prefix}{name} END")
        for name in ("low_open", "high_open", "is_approx")
    ]
    columns = (number(f"{stem}_low", low), number(f"{stem}_high", high), *flags)
    return (*columns, code(f"{stem}_currency", f"{prefix}currency")) if is_money else columns


def kept_interval(stem: str, kept: str, *, is_money: bool = True) -> tuple[Column, ...]:
    """As `interval`, of a value that a record keeps as JSON, whose flags are left out where false."""
    flags = [
        flag(f"{stem}_{name}", f"CASE WHEN {kept} IS NOT NULL THEN coalesce({kept} ->> '{name}', 'false') END")
        for name in ("low_open", "high_open", "is_approx")
    ]
    ends = [number(f"{stem}_{end}", f"({kept} ->> '{end}')::numeric") for end in ("low", "high")]
    return (*ends, *flags, code(f"{stem}_currency", f"{kept} ->> 'currency'")) if is_money else (*ends, *flags)


def converted(low: str, high: str) -> tuple[Column, ...]:
    """Both ends in the other currency, to the cent, with the rate, the day it is of, and whose it is."""
    known = f"conversion.rate IS NOT NULL AND coalesce({low}, {high}) IS NOT NULL"
    return (
        number("converted_low", f"round({low} * conversion.rate, 2)"),
        number("converted_high", f"round({high} * conversion.rate, 2)"),
        Column("converted_currency", f"CASE WHEN {known} THEN {{into}} END"),
        number("rate", f"CASE WHEN {known} THEN conversion.rate END"),
        Column("rate_on", f"CASE WHEN {known} THEN to_char(conversion.rate_on, 'YYYY-MM-DD') END", Kind.DATE),
        Column("rate_by", f"CASE WHEN {known} AND conversion.rate_on IS NOT NULL THEN conversion.rate_by END"),
    )


def rates(currency: str, on: str, precision: str) -> str:
    return RATES.format(currency=currency, on=on, precision=precision)


# All rounds have a fraction as many currencies and dates as there are of them; each is converted once. A currency has
# its rate to itself without any date, so rounds without one must be found as well.
RATES_OF_ALL: Final = f"""
    LEFT JOIN (
        SELECT once.*, conversion.* FROM (
            SELECT DISTINCT raised_currency AS currency, announced_on AS day, announced_precision AS precision
            FROM funding_round WHERE is_live
        ) once{rates("once.currency", "once.day", "once.precision")}
    ) conversion ON conversion.currency = r.raised_currency AND conversion.precision = r.announced_precision
        AND coalesce(conversion.day, 'infinity') = coalesce(r.announced_on, 'infinity')"""

# A round in the total of its company: what is stored of it, or else the middle of its amount at the rate of its day.
_LOW: Final = "round(coalesce(o.raised_low, o.raised_high) * conversion.rate, 2)"
_HIGH: Final = "round(coalesce(o.raised_high, o.raised_low) * conversion.rate, 2)"
COUNTED: Final = f"round(({_LOW} + {_HIGH}) / 2, 2)"
# How many of the amounts in such a sum are no exact numbers.
INEXACT: Final = (
    "count(*) FILTER (WHERE {counted_amount} IS NOT NULL"
    " AND (o.raised_is_approx OR o.raised_low IS DISTINCT FROM o.raised_high))"
)
COUNTED_RATES: Final = rates("o.raised_currency", "o.announced_on", "o.announced_precision")


def said_by(statement: str) -> str:
    return SAID.format(quote=QUOTE, statement=statement)


SOURCE: Final = (
    text("source_url", "said.url"),
    text("source_title", "said.title"),
    code("source_kind", "said.kind"),
    text("publisher", "said.publisher"),
    *date("published_on", "said.published_on", "said.published_precision"),
    text("quote", "said.quote"),
)
COMPANY: Final = (text("company", "c.name"), slug("company_slug", "c.slug"))
RAISED: Final = (
    Column(
        "raised_disclosure",
        "CASE WHEN coalesce(r.raised_low, r.raised_high) IS NOT NULL THEN 'stated'"
        " WHEN r.raised_undisclosed THEN 'undisclosed' ELSE 'not_stated' END",
    ),
    *interval("raised", "r.raised_"),
)
ANNOUNCED: Final = date("announced_on", "r.announced_on", "r.announced_precision")
VALUATION: Final = (
    *interval("valuation", "v."),
    code("valuation_basis", "v.basis"),
    code("valuation_origin", "v.origin"),
)

ROUNDS: Final = (
    *COMPANY,
    *ANNOUNCED,
    *date("closed_on", "r.closed_on", "r.closed_precision"),
    code("stage", "r.stage"),
    text("announced_label", "r.announced_label"),
    code("status", "r.status"),
    *RAISED,
    *converted("r.raised_low", "r.raised_high"),
    text("lead_investors", "parties.leads"),
    text("investors", "parties.everybody"),
    *VALUATION,
    # A value before the money that is stated beside one after it, and what is said of the value before it.
    *kept_interval("pre_money", "kept.pre_money"),
    *kept_interval("stated_multiple", "kept.multiple", is_money=False),
    flag("called_unicorn", "CASE WHEN r.resolved ? 'is_unicorn' THEN true END"),
    flag("is_extension", "r.parent_id IS NOT NULL"),
    *date("extends_round_of", "above.announced_on", "above.announced_precision"),
    flag("has_conflict", "r.has_conflict"),
    flag("has_source", "r.has_source"),
    # Where nobody speaks of the amount, what is quoted gives the date.
    Column(
        "quote_of",
        "CASE WHEN r.raised_statement_id IS NOT NULL THEN 'raised'"
        " WHEN r.announced_on_statement_id IS NOT NULL THEN 'announced_on' END",
    ),
    *SOURCE,
    key("round_id", "r.id"),
    key("company_id", "r.company_id"),
    moment("recorded_at", "r.created_at"),
)
_ROUNDS_FROM: Final = (
    "funding_round r JOIN companies_company c ON c.id = r.company_id"
    " LEFT JOIN funding_valuation v ON v.round_id = r.id"
    " LEFT JOIN funding_round above ON above.id = r.parent_id"
    # OFFSET 0 has each looked up once a row, and not by every cell.
    " CROSS JOIN LATERAL (SELECT r.resolved #> '{{pre_money,value}}' AS pre_money,"
    " r.resolved #> '{{valuation_ratio,value}}' AS multiple OFFSET 0) kept"
    + said_by("coalesce(r.raised_statement_id, r.announced_on_statement_id)")
)
ROUNDS_FROM: Final = _ROUNDS_FROM + rates("r.raised_currency", "r.announced_on", "r.announced_precision") + PARTIES
ALL_ROUNDS_FROM: Final = _ROUNDS_FROM + RATES_OF_ALL + PARTIES_OF_ALL

# Other names, outside numbers and what a company has several of, as lists.
_ALIASES: Final = "(SELECT string_agg(a.name, '; ' ORDER BY a.key) FROM companies_alias a WHERE a.{side} = r.id)"
_NUMBERS: Final = (
    "(SELECT string_agg(n.value, '; ' ORDER BY n.value) FROM companies_identifier n"
    " WHERE n.company_id = r.id AND n.kind = '{kind}')"
)
_LISTED: Final = (
    "(SELECT string_agg(one.kept #>> '{{{{value,text}}}}', '; ' ORDER BY one.n)"
    " FROM jsonb_array_elements(r.resolved -> '{field}') WITH ORDINALITY AS one (kept, n))"
)
COMPANIES: Final = (
    text("company", "r.name"),
    slug("company_slug", "r.slug"),
    text("city", "r.city"),
    code("country", "r.country"),
    text("sectors", "sectors.names"),
    *date("founded_on", "r.founded_on", "r.founded_precision"),
    text("website", "r.resolved #>> '{{website,value,text}}'"),
    text("headquarters", _LISTED.format(field="headquarters")),
    text("aliases", _ALIASES.format(side="company_id")),
    *(text(kind, _NUMBERS.format(kind=kind)) for kind in ("wikidata", "lei", "crunchbase")),
    *kept_interval("employees", "r.resolved #> '{{employees,value}}'", is_money=False),
    *kept_interval("revenue", "r.resolved #> '{{revenue,value}}'"),
    Column("revenue_year", "r.resolved #>> '{{revenue,qualifiers,year}}'"),
    flag("revenue_is_expected", "r.resolved #>> '{{revenue,qualifiers,is_expected}}'"),
    *kept_interval("stated_total", "r.resolved #> '{{total_raised,value}}'"),
    count("rounds_count", "r.rounds_count"),
    count("rounds_without_amount", "r.undisclosed_count"),
    *date("last_round_on", "last.announced_on", "last.announced_precision"),
    code("last_round_stage", "last.stage"),
    number("raised_total", "total.raised"),
    Column("raised_total_currency", "CASE WHEN total.raised IS NOT NULL THEN {into} END"),
    count("raised_total_inexact", "total.inexact"),
    *date("valued_on", "v.valued_on", "v.valued_precision"),
    *VALUATION,
    *converted("v.low", "v.high"),
    code("unicorn", "r.unicorn"),
    code("was_unicorn", "r.was_unicorn"),
    flag("has_conflict", "r.has_conflict"),
    # The source and quote are those of the valuation.
    *SOURCE,
    key("company_id", "r.id"),
    moment("recorded_at", "r.created_at"),
)
COMPANIES_FROM: Final = (
    """companies_company r
    LEFT JOIN LATERAL (
        SELECT string_agg(s.name, '; ' ORDER BY s.name) AS names FROM companies_company_sectors l
        JOIN companies_sector s ON s.id = l.sector_id WHERE l.company_id = r.id
    ) sectors ON true
    LEFT JOIN LATERAL (
        SELECT o.announced_on, o.announced_precision, o.stage FROM funding_round o
        WHERE o.company_id = r.id AND o.is_live AND o.status = 'closed'
        ORDER BY o.announced_on DESC NULLS LAST, o.id DESC LIMIT 1
    ) last ON true
    LEFT JOIN LATERAL (
        SELECT sum({counted_amount}) AS raised, """
    + INEXACT
    + """ AS inexact FROM funding_round o{counted_rates}
        WHERE o.company_id = r.id AND o.is_live AND o.status = 'closed' AND o.stage <> ALL ({not_in_total})
    ) total ON true
    LEFT JOIN LATERAL (
        SELECT o.* FROM funding_valuation o LEFT JOIN funding_round x ON x.id = o.round_id
        WHERE o.company_id = r.id AND x.status IS DISTINCT FROM 'rumoured'
        ORDER BY o.origin = 'derived', o.valued_on DESC NULLS LAST, o.id DESC LIMIT 1
    ) v ON true"""
    + SAID_OF_VALUATION.format(quote=QUOTE)
    + rates("v.currency", "v.valued_on", "v.valued_precision")
)

# Of rounds by quarter and stage; a round known no more exactly than by its year is of no quarter.
QUARTER: Final = "CASE WHEN r.announced_precision <> 'year' THEN to_char(r.announced_on, 'YYYY-\"Q\"Q') END"
QUARTERS: Final = (
    Column("quarter", QUARTER),
    code("stage", "r.stage"),
    count("rounds_count", "count(*)"),
    count("rounds_without_amount", "count(*) FILTER (WHERE {counted_amount} IS NULL)"),
    number("raised_total", "sum({counted_amount})"),
    Column("raised_total_currency", "CASE WHEN sum({counted_amount}) IS NOT NULL THEN {into} END"),
    count("raised_total_inexact", INEXACT),
)
QUARTERS_FROM: Final = "funding_round r JOIN funding_round o ON o.id = r.id{counted_rates}"

# Of investors by the rounds that are asked for; what they raised together is of the rounds, not of the investor.
LEAGUE: Final = (
    text("investor", "i.name"),
    slug("investor_slug", "i.slug"),
    code("investor_kind", "i.kind"),
    count("rounds_count", "count(*)"),
    count("rounds_led", "count(*) FILTER (WHERE r.is_lead)"),
    count("companies_count", "count(DISTINCT o.company_id)"),
    count("rounds_without_amount", "count(*) FILTER (WHERE {counted_amount} IS NULL)"),
    number("raised_total", "sum({counted_amount})"),
    Column("raised_total_currency", "CASE WHEN sum({counted_amount}) IS NOT NULL THEN {into} END"),
    count("raised_total_inexact", INEXACT),
    key("investor_id", "i.id"),
)
LEAGUE_FROM: Final = (
    "funding_participation r JOIN funding_round o ON o.id = r.round_id"
    " JOIN companies_investor i ON i.id = r.investor_id{counted_rates}"
)

INVESTORS: Final = (
    text("investor", "r.name"),
    slug("investor_slug", "r.slug"),
    code("investor_kind", "r.kind"),
    text("part_of", "coalesce(above.name, owner.name)"),
    Column(
        "part_of_kind", "CASE WHEN above.id IS NOT NULL THEN 'investor' WHEN owner.id IS NOT NULL THEN 'company' END"
    ),
    slug("part_of_slug", "coalesce(above.slug, owner.slug)"),
    text("aliases", _ALIASES.format(side="investor_id")),
    count("rounds_count", "r.rounds_count"),
    count("rounds_led", "r.led_count"),
    count("companies_count", "r.companies_count"),
    text("last_company", "last.name"),
    slug("last_company_slug", "last.slug"),
    *date("last_round_on", "last.announced_on", "last.announced_precision"),
    # The source and quote are those of the last round taken part in.
    *SOURCE,
    key("investor_id", "r.id"),
    key("part_of_id", "coalesce(above.id, owner.id)"),
    moment("recorded_at", "r.created_at"),
)
INVESTORS_FROM: Final = """companies_investor r
    LEFT JOIN companies_investor above ON above.id = r.parent_id
    LEFT JOIN companies_company owner ON owner.id = r.parent_company_id
    LEFT JOIN LATERAL (
        SELECT c.name, c.slug, o.announced_on, o.announced_precision, p.statement_id
        FROM funding_participation p JOIN funding_round o ON o.id = p.round_id
        JOIN companies_company c ON c.id = o.company_id
        WHERE p.investor_id = r.id AND o.is_live AND o.status = 'closed'
        ORDER BY o.announced_on DESC NULLS LAST, o.id DESC LIMIT 1
    ) last ON true""" + said_by("last.statement_id")

PARTICIPATIONS: Final = (
    *COMPANY,
    *date("announced_on", "o.announced_on", "o.announced_precision"),
    code("stage", "o.stage"),
    code("status", "o.status"),
    text("investor", "i.name"),
    slug("investor_slug", "i.slug"),
    flag("is_lead", "r.is_lead"),
    *SOURCE,
    key("participation_id", "r.id"),
    key("round_id", "r.round_id"),
    key("company_id", "o.company_id"),
    key("investor_id", "r.investor_id"),
    key("statement_id", "r.statement_id"),
)
PARTICIPATIONS_FROM: Final = (
    "funding_participation r JOIN funding_round o ON o.id = r.round_id"
    " JOIN companies_company c ON c.id = o.company_id JOIN companies_investor i ON i.id = r.investor_id"
    + said_by("r.statement_id")
)

# What people are to companies: a person of two companies has two rows, for people are told apart within a company.
PEOPLE: Final = (
    *COMPANY,
    text("person", "p.name"),
    text("title", "r.title"),
    flag("is_founder", "r.is_founder"),
    *SOURCE,
    key("person_id", "p.id"),
    key("company_id", "r.company_id"),
)
PEOPLE_FROM: Final = (
    "companies_role r JOIN companies_person p ON p.id = r.person_id JOIN companies_company c ON c.id = r.company_id"
    + said_by("(r.statement_ids ->> 0)::bigint")
)

# An exit has a price or a valuation, never both; what is converted is the one it has.
_EXIT_LOW: Final = "coalesce(r.price_low, r.valuation_low)"
_EXIT_HIGH: Final = "coalesce(r.price_high, r.valuation_high)"
_EXIT_CURRENCY: Final = "coalesce(nullif(r.price_currency, ''), r.valuation_currency)"
EXITS: Final = (
    *COMPANY,
    code("kind", "r.kind"),
    code("status", "r.status"),
    *ANNOUNCED,
    text("acquirer", "r.acquirer"),
    Column(
        "price_disclosure",
        "CASE WHEN coalesce(r.price_low, r.price_high) IS NOT NULL THEN 'stated'"
        " WHEN r.price_undisclosed THEN 'undisclosed' WHEN r.kind = 'acquisition' THEN 'not_stated' END",
    ),
    *interval("price", "r.price_"),
    text("exchange", "r.exchange"),
    text("ticker", "r.ticker"),
    *interval("valuation", "r.valuation_"),
    *converted(_EXIT_LOW, _EXIT_HIGH),
    flag("has_conflict", "r.has_conflict"),
    flag("has_source", "r.has_source"),
    # Where nobody speaks of an amount, what is quoted gives the date, or the exit itself.
    Column(
        "quote_of",
        "CASE WHEN r.resolved ? 'price' THEN 'price' WHEN r.resolved ? 'valuation' THEN 'valuation'"
        " WHEN r.resolved ? 'announced_on' THEN 'announced_on' WHEN r.resolved ? 'exit_kind' THEN 'exit_kind' END",
    ),
    *SOURCE,
    key("exit_id", "r.id"),
    key("company_id", "r.company_id"),
    moment("recorded_at", "r.created_at"),
)
EXITS_FROM: Final = (
    "funding_exit r JOIN companies_company c ON c.id = r.company_id"
    + said_by(
        "coalesce(r.resolved #> '{{price,statement}}', r.resolved #> '{{valuation,statement}}',"
        " r.resolved #> '{{announced_on,statement}}', r.resolved #> '{{exit_kind,statement}}')::bigint"
    )
    + rates(_EXIT_CURRENCY, "r.announced_on", "r.announced_precision")
)

# Kept among what follows from a valuation (`Valuation.follows`), for pages; its flags are left out where false.
_STEP_UP: Final = "v.follows #> '{{step_up,value}}'"
STEP_UP: Final = (
    Column("step_up_low", f"{_STEP_UP} ->> 'low'", Kind.NUMBER),
    Column("step_up_high", f"{_STEP_UP} ->> 'high'", Kind.NUMBER),
    *(
        flag(
            f"step_up_{name}", f"CASE WHEN {_STEP_UP} IS NOT NULL THEN coalesce({_STEP_UP} ->> '{name}', 'false') END"
        )
        for name in ("low_open", "high_open", "is_approx")
    ),
)

VALUATIONS: Final = (
    *COMPANY,
    *date("valued_on", "v.valued_on", "v.valued_precision"),
    code("stage", "o.stage"),
    code("status", "o.status"),
    *VALUATION,
    *converted("v.low", "v.high"),
    *interval("multiple", "v.multiple_", is_money=False),
    *STEP_UP,
    code("unicorn", "v.unicorn"),
    # The rules by which a derived valuation follows, or that it contradicts.
    Column(
        "proof",
        "(SELECT string_agg(DISTINCT p.step ->> 'rule', '; ') FROM jsonb_array_elements(v.proof) AS p (step))",
    ),
    flag("has_conflict", "v.has_conflict"),
    *SOURCE,
    key("valuation_id", "v.id"),
    key("round_id", "v.round_id"),
    key("company_id", "v.company_id"),
    key("statement_id", "v.statement_id"),
)
VALUATIONS_FROM: Final = (
    "funding_valuation r JOIN funding_valuation v ON v.id = r.id LEFT JOIN funding_round o ON o.id = r.round_id"
    " JOIN companies_company c ON c.id = r.company_id"
    + SAID_OF_VALUATION.format(quote=QUOTE)
    + rates("v.currency", "v.valued_on", "v.valued_precision")
)

STATEMENTS: Final = (
    text("company", "c.name"),
    slug("company_slug", "c.slug"),
    code("subject", "m.kind"),
    text("subject_name", "m.name"),
    *date("round_announced_on", "o.announced_on", "o.announced_precision"),
    code("field", "r.field"),
    code("value_kind", "r.value ->> 'kind'"),
    Column("value_low", "r.value ->> 'low'", Kind.NUMBER),
    Column("value_high", "r.value ->> 'high'", Kind.NUMBER),
    flag("value_low_open", "r.value -> 'low_open'"),
    flag("value_high_open", "r.value -> 'high_open'"),
    flag("value_is_approx", "r.value -> 'is_approx'"),
    Column("value_currency", "r.value ->> 'currency'"),
    Column("value_on", "r.value ->> 'on'", Kind.DATE),
    text("value_text", "coalesce(named.name, r.value ->> 'text')"),
    text("qualifiers", "nullif(r.qualifiers, '{{}}')::text"),
    code("rule", "r.rule"),
    Column("confidence", "r.confidence::text", Kind.NUMBER),
    *SOURCE,
    key("statement_id", "r.id"),
    key("mention_id", "r.mention_id"),
    key("source_id", "m.source_id"),
    key("company_id", "c.id"),
    key("round_id", "o.id"),
    moment("recorded_at", "r.recorded_at"),
)
STATEMENTS_FROM: Final = """funding_statement r JOIN funding_mention m ON m.id = r.mention_id
    LEFT JOIN funding_assignment a ON a.mention_id = m.id AND a.retracted_at IS NULL
    LEFT JOIN funding_assignment b ON b.mention_id = m.company_id AND b.retracted_at IS NULL
    LEFT JOIN companies_company c ON c.id = coalesce(a.company_id, b.company_id)
    LEFT JOIN funding_round o ON o.id = a.round_id
    LEFT JOIN funding_mention named ON r.value ->> 'kind' = 'reference' AND named.source_id = m.source_id
        AND named.origin = m.origin AND named.key = r.value ->> 'key'""" + said_by("r.id")
