"""Plain functions that make what a test needs, with boring defaults."""

import datetime
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from companies.models import Company
from config import tokens
from config.accounts.roles import give_role
from funding import recording
from funding.models import AverageRate, Change, Embed, Rate, Round, Source
from funding.tellings import NewMention, NewStatement
from funding.values import Money, Multiple, PartialDate, Reference, Text, Value

_numbers = count(1)


def make_user(name: str = "", role: str = "editor") -> User:
    """A person with one role."""
    user = User.objects.create_user(name or f"{role}{next(_numbers)}", password=None)
    give_role(user, role)
    return user


def bearer(user: User, *scopes: str) -> dict[str, str]:
    """The header of a token of a person, with the scope `read` unless others are given, for the test client."""
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    _token, secret = tokens.issue(user, "test", scopes or ("read",), until)
    return {"Authorization": f"Bearer {secret}"}


def make_source(text: str = "", **columns: Any) -> Source:
    """A report; its text is unlike any other unless given."""
    text = text or f"Text number {next(_numbers)} says something about funding."
    published = columns.pop("published", PartialDate(2024, 3, 1))
    defaults: dict[str, Any] = {
        "kind": Source.Kind.REPORT,
        "publisher": "The Daily Round",
        "title": text.split("\n")[0][:80],
        "text": text,
        "text_hash": hashlib.sha256(text.encode()).hexdigest(),
        "language": "en",
        "published_on": published.first_day if published else None,
        "published_precision": published.precision if published else "",
    }
    return Source.objects.create(**defaults | columns)


def usd(amount: int | str, **flags: Any) -> Money:
    """So many US dollars, exactly unless a flag says otherwise."""
    return Money(Decimal(amount), Decimal(amount), currency="USD", **flags)


def say(
    source: Source,
    *,
    company: str = "Halden Robotics",
    rounds: Mapping[str, Mapping[str, Value | list[str]]] | None = None,
    facts: Mapping[str, Value] | None = None,
    by: User | None = None,
    decided: Mapping[str, Any] | None = None,
    names_seen: bool = True,
) -> Change:
    """Record what a source says of one company: facts of it, and rounds by key.

    A round's `investors` and `leads` are lists of names; `basis` is the basis of its valuation; every other entry is
    a field and its value.
    """
    mentions = [NewMention("company:0", "company", company)]
    statements = [NewStatement("company:0", "name", Text(company))]
    statements += [NewStatement("company:0", field, value) for field, value in (facts or {}).items()]
    investors: dict[str, str] = {}
    for key, fields in (rounds or {}).items():
        mentions.append(NewMention(f"round:{key}", "round", company, "company:0"))
        fields = dict(fields)
        basis = fields.pop("basis", None)
        leads, others = fields.pop("leads", []), fields.pop("investors", [])
        for name in [*leads, *others]:
            investor = investors.setdefault(name, f"investor:{len(investors)}")
            lead = {"is_lead": True} if name in leads else {}
            statements.append(NewStatement(f"round:{key}", "participation", Reference(investor), lead))
        for field, value in fields.items():
            qualifiers = {"basis": basis} if field == "valuation" and basis else {}
            statements.append(NewStatement(f"round:{key}", field, value, qualifiers, _quote(source)))
    mentions += [NewMention(key, "investor", name) for name, key in investors.items()]
    kind = Change.Kind.ENTRY if source.kind == Source.Kind.ENTRY else Change.Kind.REVIEW
    about = {"origin": "engine test", "kind": kind, "by": by, "decided": decided, "names_seen": names_seen}
    return recording.record(source, mentions, statements, **about)


def say_of_investor(
    source: Source,
    investor: str = "Northgate Ventures",
    *,
    arm_of: str = "",
    arm_of_company: str = "",
    kind: str = "",
    by: User | None = None,
    decided: Mapping[str, Any] | None = None,
) -> Change:
    """Record what a source says of an investor: whose arm it is, an investor's or a company's, and its kind."""
    mentions = [NewMention("investor:0", "investor", investor)]
    statements = [NewStatement("investor:0", "investor_kind", Text(kind), {}, _quote(source))] if kind else []
    for key, name in (("investor:1", arm_of), ("company:0", arm_of_company)):
        if name:
            mentions.append(NewMention(key, key.split(":")[0], name))
            statements.append(NewStatement("investor:0", "parent", Reference(key), {}, _quote(source)))
    if arm_of_company:
        statements.append(NewStatement("company:0", "name", Text(arm_of_company)))
    change_kind = Change.Kind.ENTRY if source.kind == Source.Kind.ENTRY else Change.Kind.REVIEW
    about = {"origin": "engine test", "kind": change_kind, "by": by, "decided": decided}
    return recording.record(source, mentions, statements, **about)


def _quote(source: Source) -> list[dict[str, Any]]:
    return [{"start": 0, "end": min(len(source.text), 20), "text": source.text[:20]}] if source.text else []


def make_round(company: str = "Halden Robotics", **fields: Any) -> Round:
    """A round that one source tells of, with `raised`, `announced_on` and so on as values of statements."""
    fields = {"announced_on": PartialDate(2024, 2, 20), "raised": usd(10_000_000)} | fields
    say(make_source(), company=company, rounds={"0": fields})
    return Round.objects.live().get(company__name=company, announced_on=fields["announced_on"].first_day)


def company(name: str = "Halden Robotics") -> Company:
    """The company of this name."""
    return Company.objects.get(name=name)


def make_embed(by: User, **columns: Any) -> Embed:
    """An address at which another site shows the chart of a company, Halden Robotics unless another is given."""
    view = {"scale": "linear", "currency": "USD", "theme": "system", "language": "en-gb"}
    given = {"until": datetime.date(2100, 1, 1), "made_by": by} | view | columns
    return Embed.objects.create(**{"company": columns.get("company") or company()} | given)


def make_rate(currency: str, per_euro: str, day: datetime.date) -> None:
    """The rate of a currency on a day, and as the average of its month and year."""
    rate = Decimal(per_euro)
    Rate.objects.update_or_create(currency=currency, day=day, defaults={"per_euro": rate, "observed_on": day})
    for precision, first_day in (("month", day.replace(day=1)), ("year", day.replace(month=1, day=1))):
        AverageRate.objects.update_or_create(
            currency=currency, precision=precision, first_day=first_day, defaults={"per_euro": rate}
        )


def fact(subject: str, field: str, value: Value, *words: str, rule: str = "", **qualifiers: Any) -> tuple[Any, ...]:
    """One thing that a source says in these words of it, for `tell`; `subject` is `company:0`, `round:1` and so on."""
    return subject, field, value, words, rule, qualifiers


def tell(
    source: Source,
    *facts: tuple[Any, ...],
    company: str = "Halden Robotics",
    names: Mapping[str, str] | None = None,
    by: User | None = None,
) -> Change:
    """Record facts with the words that say them; `names` gives those of investors and people by key."""
    keys = dict.fromkeys(["company:0", *(subject for subject, *_ in facts), *(names or {})])
    mentions = [NewMention(key, key.split(":")[0], (names or {}).get(key, company), _of_company(key)) for key in keys]
    statements = [NewStatement("company:0", "name", Text(company))]
    for subject, field, value, words, rule, qualifiers in facts:
        quotes = [
            {"start": at, "end": at + len(word), "text": word} for word in words for at in [source.text.index(word)]
        ]
        statements.append(NewStatement(subject, field, value, qualifiers, quotes, rule))
    kind = Change.Kind.ENTRY if source.kind == Source.Kind.ENTRY else Change.Kind.REVIEW
    return recording.record(source, mentions, statements, origin="engine test", kind=kind, by=by)


def _words(text: str, word: str) -> dict[str, Any]:
    at = text.index(word)
    return {"start": at, "end": at + len(word), "text": word}


def _of_company(key: str) -> str:
    return "company:0" if key.split(":")[0] in ("round", "person") else ""


STORY = (
    "Halden Robotics takes in $42 million\n\n"
    "Northgate Capital led the round, and Fjordline took part. It values the company at $900 million, more than "
    "double its previous value. The Oslo firm, founded in 2016, employs 140 people.\n\n"
    "In May 2022 it had raised $50 million."
)


def tell_story(by: User | None = None) -> Source:
    """Two rounds of Halden Robotics, a stated value, and a ratio that bounds the value before it."""
    source = make_source(STORY, title="Halden Robotics takes in $42 million", publisher="Nordic Ledger")
    tell(
        source,
        fact("company:0", "founded_on", PartialDate(2016), "founded in 2016"),
        fact("company:0", "headquarters", Text("Oslo"), "Oslo"),
        fact("round:0", "announced_on", PartialDate(2024, 3, 1), rule="published_on"),
        fact("round:0", "raised", usd(42_000_000), "$42 million"),
        fact("round:0", "participation", Reference("investor:0"), "Northgate Capital led", is_lead=True),
        fact("round:0", "participation", Reference("investor:1"), "Fjordline"),
        fact("round:0", "valuation", usd(900_000_000), "$900 million"),
        fact(
            "round:0",
            "valuation_ratio",
            Multiple(Decimal(2), None, low_open=True),
            "more than double its previous value",
        ),
        fact("round:1", "announced_on", PartialDate(2022, 5), "In May 2022"),
        fact("round:1", "raised", usd(50_000_000), "$50 million"),
        names={"investor:0": "Northgate Capital", "investor:1": "Fjordline"},
        by=by,
    )
    return source


def say_value(
    source: Source, money: Value, on: str = "", *, basis: str = "", company: str = "Halden Robotics"
) -> Change:
    """Record that a source values a company by itself, of no round, on a date as ISO 8601 writes it."""
    qualifiers = {name: word for name, word in (("basis", basis), ("on", on)) if word}
    mentions = [NewMention("company:0", "company", company)]
    statements = [
        NewStatement("company:0", "name", Text(company)),
        NewStatement("company:0", "valuation", money, qualifiers, _quote(source)),
    ]
    kind = Change.Kind.ENTRY if source.kind == Source.Kind.ENTRY else Change.Kind.REVIEW
    return recording.record(source, mentions, statements, origin="engine test", kind=kind)
