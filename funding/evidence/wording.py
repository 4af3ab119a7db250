"""Fields and values of statements in the words of a page."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from companies import sectors
from companies.models import InvestorKind
from funding import figures
from funding.models import Exit, Proposal, Round, Stage, Statement, Valuation
from funding.recording.fields import BY_PUBLICATION
from funding.tellings import Field
from funding.values import Money, Multiple, PartialDate, Reference, Text, Value

LABELS = {
    Field.NAME: gettext_lazy("Name"),
    Field.ALIAS: gettext_lazy("Also known as"),
    Field.ANNOUNCED_ON: gettext_lazy("Announced"),
    Field.CLOSED_ON: gettext_lazy("Closed"),
    Field.RAISED: gettext_lazy("Amount raised"),
    Field.STAGE: gettext_lazy("Stage"),
    Field.STATUS: gettext_lazy("Status"),
    Field.PARTICIPATION: gettext_lazy("Investor"),
    Field.VALUATION: gettext_lazy("Valuation"),
    Field.VALUATION_RATIO: gettext_lazy("Multiple of the value before"),
    Field.IS_UNICORN: gettext_lazy("Called a unicorn"),
    Field.EXIT_KIND: gettext_lazy("Kind of exit"),
    Field.EXIT_STATUS: gettext_lazy("Status of the exit"),
    Field.ACQUIRER: gettext_lazy("Acquirer"),
    Field.PRICE: gettext_lazy("Price"),
    Field.EXCHANGE: gettext_lazy("Exchange"),
    Field.TICKER: gettext_lazy("Ticker"),
    Field.FOUNDED_ON: gettext_lazy("Founded"),
    Field.HEADQUARTERS: gettext_lazy("Office"),
    Field.EMPLOYEES: gettext_lazy("Employees"),
    Field.REVENUE: gettext_lazy("Revenue"),
    Field.TOTAL_RAISED: gettext_lazy("Raised in all, as stated"),
    Field.SECTOR: gettext_lazy("Sector"),
    Field.WEBSITE: gettext_lazy("Website"),
    Field.ROLE: gettext_lazy("Role"),
    Field.PARENT: gettext_lazy("Part of"),
    Field.INVESTOR_KIND: gettext_lazy("Kind of investor"),
    "pre_money": gettext_lazy("Pre-money value"),
}
NUMBERS = (
    gettext_lazy("no"),
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
    gettext_lazy("ten"),
    gettext_lazy("eleven"),
    gettext_lazy("twelve"),
)
# How a value compares with the one before it, by the ends of its ratio.
RATIOS = {(1, None): gettext_lazy("higher"), (1, 1): gettext_lazy("the same"), (None, 1): gettext_lazy("lower")}
# What an exit did, by whether its acquirer or exchange is known and by its status.
ACQUIRED = {
    True: {
        "rumoured": gettext_lazy("Acquisition by %(acquirer)s, rumoured"),
        "announced": gettext_lazy("To be acquired by %(acquirer)s"),
        "completed": gettext_lazy("Acquired by %(acquirer)s"),
        "cancelled": gettext_lazy("Acquisition by %(acquirer)s, cancelled"),
    },
    False: {
        "rumoured": gettext_lazy("Acquisition rumoured, the buyer not stated"),
        "announced": gettext_lazy("To be acquired, the buyer not stated"),
        "completed": gettext_lazy("Acquired, the buyer not stated"),
        "cancelled": gettext_lazy("Acquisition cancelled, the buyer not stated"),
    },
}
LISTED = {
    True: {
        "rumoured": gettext_lazy("IPO on %(exchange)s, rumoured"),
        "announced": gettext_lazy("To be listed on %(exchange)s"),
        "completed": gettext_lazy("Listed on %(exchange)s"),
        "cancelled": gettext_lazy("IPO on %(exchange)s, cancelled"),
    },
    False: {
        "rumoured": gettext_lazy("IPO rumoured, the exchange not stated"),
        "announced": gettext_lazy("To be listed, the exchange not stated"),
        "completed": gettext_lazy("Listed, the exchange not stated"),
        "cancelled": gettext_lazy("IPO cancelled, the exchange not stated"),
    },
}
# Why two values cannot be compared (`funding.intervals.Compared`).
WHY = {
    "first": gettext_lazy("no round before it is known"),
    "order": gettext_lazy("the dates leave open which round was before"),
    "currency": gettext_lazy("the two values are in different currencies"),
    "value_before": gettext_lazy("nothing bounds the value of the round before"),
    "value_now": gettext_lazy("nothing bounds the value after this round"),
    "pre_now": gettext_lazy("the value before the money is not known"),
}
DIRECTIONS = {
    "up": gettext_lazy("an up round"),
    "flat": gettext_lazy("a flat round, within 5%"),
    "down": gettext_lazy("a down round"),
}
BASES = {
    "pre": gettext_lazy("Pre-money."),
    "post": gettext_lazy("Post-money."),
    "unspecified": gettext_lazy("Pre- or post-money not stated."),
}


def at_rate(row: Any, on: PartialDate | None, stated: Money | None = None) -> str:
    """What the title of a converted figure says: `€200m, at the European Central Bank's rate of 1 Mar 2024`."""
    told = rate_of(row, on)
    if stated and told:
        told = _("%(amount)s, %(at_rate)s") % {"amount": figures.money(stated), "at_rate": told}
    return capfirst(told)


def rate_of(row: Any, on: PartialDate | None) -> str:
    """Whose rate of which day a record's amount is converted at: `at the European Central Bank's rate of 1 Mar 2024`.

    `on` is the date of the amount; of a month or year the rate is an average. Empty where there is none.
    """
    if row.rate_on is None or on is None:
        return ""
    if on.precision == "day":
        own, bank = _("at this site's own rate of %(when)s"), _("at the European Central Bank's rate of %(when)s")
        return (own if row.is_own_rate else bank) % {"when": figures.day(row.rate_on)}
    own, bank = (
        _("at the average of this site's own rates of %(when)s"),
        _("at the European Central Bank's average rate of %(when)s"),
    )
    return (own if row.is_own_rate else bank) % {"when": figures.date(on)}


def number(count: int) -> str:
    """A count in words up to twelve, in figures beyond."""
    return str(NUMBERS[count]) if count < len(NUMBERS) else str(count)


def label(field: str) -> str:
    """The name of a field on a page; its own where we know no better."""
    return str(LABELS.get(field, field.replace("_", " ").capitalize()))


def said(field: str, value: Value) -> str:
    """A value of a field in words: stages and sectors by their names, all else as `funding.figures` writes it."""
    if isinstance(value, Text):
        if field == Field.STAGE:
            return str(Stage(value.text).label) if value.text in Stage.values else value.text
        if field == Field.STATUS and value.text in Round.Status.values:
            return str(Round.Status(value.text).label)
        if field == Field.EXIT_KIND and value.text in Exit.Kind.values:
            return str(Exit.Kind(value.text).label)
        if field == Field.EXIT_STATUS and value.text in Exit.Status.values:
            return str(Exit.Status(value.text).label)
        if field == Field.INVESTOR_KIND and value.text in InvestorKind.values:
            return str(InvestorKind(value.text).label)
        if field == Field.SECTOR:
            return sectors.in_words(value.text.replace("_", " "))
        if field == Field.STATUS:
            return value.text.replace("_", " ")
    if isinstance(value, Multiple) and field == Field.VALUATION_RATIO and not value.is_approx:
        words = RATIOS.get((value.low, value.high))
        return f"{words} ({figures.multiple(value)})" if words else figures.multiple(value)
    return figures.words(value)


def stated(one: Statement | Proposal, names: Mapping[str, str] | None = None) -> str:
    """A statement's value with what qualifies it; `names` are those of the mentions it may refer to, by key."""
    value = one.said
    if isinstance(value, Reference):
        role = {True: _("lead"), False: _("not lead")}.get(one.qualifiers.get("is_lead"), "")
        return ", ".join(part for part in ((names or {}).get(value.key, value.key), role) if part)
    words = said(one.field, value)
    code = value.text if isinstance(value, Text) else ""
    return ", ".join([words, *(part for part in _qualifiers(one.qualifiers) if adds(part, words, code))])


def adds(label: str, *known: str) -> bool:
    """Whether a label says more than what is known: `Series C` adds nothing to `Série C`, whose code is `series_c`."""
    return _bare(label) not in map(_bare, known)


def _bare(words: str) -> str:
    return words.strip("“”«»\xa0 ").casefold().replace("-", " ").replace("_", " ")


def qualified(qualifiers: Mapping[str, Any]) -> str:
    """What narrows a value down: `pre-money`, `in France`, `expected for 2023, attributed to The Information`."""
    return ", ".join(_qualifiers(qualifiers))


def _qualifiers(qualifiers: Mapping[str, Any]) -> list[str]:
    year = qualifiers.get("year")
    parts = [str(Valuation.Basis(basis).label) for basis in [qualifiers.get("basis")] if basis in ("pre", "post")]
    parts += _dates(qualifiers)
    parts += [pgettext("a place", "in %(place)s") % {"place": qualifiers["place"]}] if qualifiers.get("place") else []
    if year:
        parts.append(
            _("expected for %(year)s") % {"year": year}
            if qualifiers.get("is_expected")
            else pgettext("a year", "in %(year)s") % {"year": year}
        )
    elif qualifiers.get("is_expected"):
        parts.append(_("expected"))
    parts += (
        [_("attributed to %(attributed_to)s") % {"attributed_to": qualifiers["attributed_to"]}]
        if qualifiers.get("attributed_to")
        else []
    )
    parts += [_("“%(text)s”") % {"text": qualifiers["label"]}] if qualifiers.get("label") else []
    return parts


def _dates(qualifiers: Mapping[str, Any]) -> list[str]:
    """Of which date a value is, where its statement gives one: `on 30 Nov 2021`."""
    try:
        return [figures.when(PartialDate.from_iso(str(qualifiers["on"])))]
    except (KeyError, ValueError):
        return []


def wordless(one: Statement | Proposal) -> str:
    """Why a statement has no words of its source to show."""
    if one.rule == BY_PUBLICATION:
        return _("No words give the date: it is the day on which the source appeared.")
    return _("Entered without words of a source.") if not one.quotes else ""


def round_name(record: Round) -> str:
    """A round by its stage and date, as far as they are known: `Series B, Mar 2021`, `round of 24 Aug 2023`."""
    when = figures.date(record.announced)
    if record.stage:
        return ", ".join(part for part in (record.label, when) if part)
    if not when:
        return _("undated round")
    has_day = record.announced is not None and record.announced.day
    return (pgettext("day", "round of %(when)s") if has_day else _("round of %(when)s")) % {"when": when}


def round_title(record: Round) -> str:
    """A round by its name where that is a title: no line breaks inside its stage or its date."""
    title = round_name(record)
    for part in (record.label, figures.date(record.announced)):
        title = title.replace(part, part.replace(" ", figures.NBSP))
    return title


def exit_name(record: Exit) -> str:
    """An exit by its kind and date, as far as they are known: `acquisition, May 2022`."""
    kind = record.get_kind_display() if record.kind else _("exit")
    return ", ".join(part for part in (kind, figures.date(record.announced)) if part)


def exit_told(record: Exit) -> str:
    """What an exit did to the company, in a phrase: `Acquired by Nordhavn Group`, `IPO on Oslo Børs cancelled`."""
    told = {"acquirer": record.acquirer, "exchange": record.exchange}
    if record.kind == Exit.Kind.IPO:
        words = LISTED[bool(record.exchange)]
    elif record.kind == Exit.Kind.ACQUISITION:
        words = ACQUIRED[bool(record.acquirer)]
    else:
        return _("Exit, %(status)s") % {"status": record.get_status_display()}
    return str(words[record.status]) % told
