"""The cells of tables: stages, amounts, values, dates, leads, each with the mark that leads to who said it.

In Python and not in templates, because a page has some hundreds of them: a template takes ten times as long.
A cell is given a record with what its view put beside it (`leads`, `others`, `dollars`), and gives markup.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from config.addresses import of_page
from config.markup import NOTHING, escaped, markup
from funding import drawn, figures
from funding.evidence import Mark, in_currency, wording
from funding.models import Round, Valuation
from funding.retelling import retold
from funding.values import Money

# The columns of an amount, and those that the cell of a valuation shows.
AMOUNT = ("low", "high", "low_open", "high_open", "is_approx", "currency")
OF_VALUE = (
    *AMOUNT, "basis", "origin", "has_conflict", "valued_on", "valued_precision", "usd", "eur", "gbp", "rate_on",
    "is_own_rate",
)  # fmt: skip
NO_MARKS = SafeString('<span class="marks"></span>')


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the content of its cells, and whether a phone leaves it out and it heads its row."""

    cell: Callable[[Any], str]
    classes: str = ""
    is_wide: bool = False
    is_head: bool = False


def rows(
    records: Iterable[Any],
    columns: Mapping[str, Column],
    shown: Mapping[str, bool] | None = None,
    wide: str = "at-wide",
) -> list[SafeString]:
    """Each record as a row of the columns that are shown; one that `shown` does not name always is.

    `wide` is the class of what a phone leaves out.
    """
    shown = shown or {}
    chosen = tuple([one for name, one in columns.items() if shown.get(name, True)])
    made = [(*_tags(one, wide), one.cell) for one in chosen]

    def row(one: Any) -> SafeString:
        return SafeString(f"<tr>{''.join([f'{start}{escaped(cell(one))}{end}' for start, end, cell in made])}</tr>")

    return list(map(drawn.once((chosen, wide), row), records))


def _tags(column: Column, wide: str) -> tuple[str, str]:
    classes = " ".join(filter(None, (column.classes, wide if column.is_wide else "")))
    named = f' class="{classes}"' if classes else ""
    return (f'<th scope="row"{named}>', "</th>") if column.is_head else (f"<td{named}>", "</td>")


def absent(words: str) -> SafeString:
    """What stands where nothing is known."""
    return markup('<span class="absent">{}</span>', words)


def second(content: str, classes: str = "second") -> SafeString:
    """The quieter line under a figure or name."""
    return markup('<span class="{}">{}</span>', classes, content)


def link(href: str, words: object, classes: str = "") -> SafeString:
    """Words that lead somewhere."""
    if classes:
        return markup('<a class="{}" href="{}">{}</a>', classes, href, words)
    return markup('<a href="{}">{}</a>', href, words)


def record(one: Any) -> SafeString:
    """The name of a record, which leads to its page."""
    return link(one.get_absolute_url(), one)


def money(value: Money | None, title: str = "") -> SafeString:
    """An amount with its unit set apart, for alignment in columns; nothing for None. `title` says how it was made."""
    shown = figures.money(value)
    if not shown.digits:
        return NOTHING
    titled = markup(' title="{}"', title) if title else NOTHING
    return markup('<span class="money"{}>{}<span class="unit">{}</span></span>', titled, shown.digits, shown.unit)


def convert(one: Any, currency: str, prefix: str = "") -> None:
    """Put beside a round (`prefix` is `raised_`) or a valuation what a reader of a currency sees: `shown`, `beside`.

    `shown` is the amount in it, None where it is shown as it is stated: because it is of that currency, because there
    is no rate, or because no currency was chosen. `beside` is what stands in the second line.
    """
    stated: Money | None = getattr(one, prefix.removesuffix("_") or "money")
    into = currency or "USD"
    found = in_currency(one, into, prefix) if stated and stated.currency != into else None
    one.shown, one.beside = (found, stated if found else None) if currency else (None, found)


def stage(one: Round) -> SafeString | str:
    """The stage of a round in words."""
    return one.get_stage_display() if one.stage else absent(_("not stated"))


def announced(one: Round) -> SafeString:
    """When a round was announced, which leads to it."""
    return link(one.get_absolute_url(), figures.date(one.announced) or _("undated"))


def raised(one: Any) -> SafeString:
    """The amount of a round with its mark, and what it is in another currency (`convert`)."""
    at_rate = wording.at_rate(one, one.announced) if one.beside else ""
    if amount := one.raised:
        shown = money(one.shown, at_rate) if one.shown else money(amount)
    else:
        shown = absent(_("undisclosed") if one.raised_undisclosed else _("not stated"))
    kept = one.resolved.get("raised")
    mark = kept_mark(kept, _("Raised")) if kept else file_mark(one, _("Raised")) if amount else NOTHING
    beside = money(one.beside, "" if one.shown else at_rate)
    return markup('{}<span class="marks">{}</span>{}', shown, mark, second(beside) if beside else "")


def leads(one: Round) -> SafeString:
    """Who led a round, and how many others took part (`leads`, `others`)."""
    led, others = one.leads, one.others  # type: ignore[attr-defined]
    names = SafeString("<br>".join([link(by.get_absolute_url(), by, "lead") for by in led]))
    more = NOTHING
    if others and led:
        more = second(_("and %(more)s more") % {"more": others})
    elif others:
        more = second(ngettext("%(number)s investor", "%(number)s investors", others) % {"number": others})
    return (names or absent(_("not stated"))) + more


def value(one: Valuation | None, sources: int = 0, unknown: str = "") -> SafeString:
    """A valuation with its mark and what it is of; `sources` is how many statements say so."""
    if one is None:
        return absent(unknown or _("not stated")) + NO_MARKS
    kind, sign, label = "", str(sources or 1), _("Valuation: its source")
    if one.has_conflict:
        kind, sign, label = "is-conflict", "≠", _("Valuation: sources differ")
    elif one.origin == Valuation.Origin.DERIVED:
        kind, sign, label = "is-proof", "∴", _("Valuation: how it follows")
    mark = mark_to(sign, evidence_at(f"valuation={one.pk}"), label, kind)
    basis = _("derived") if one.origin == Valuation.Origin.DERIVED else one.get_basis_display()
    converted = getattr(one, "shown", None)
    shown = money(converted, wording.at_rate(one, one.valued, one.money)) if converted else money(one.money)
    return markup('{}<span class="marks">{}</span>{}', shown, mark, second(basis))


def agreeing(one: Round | Valuation) -> int:
    """How many statements agree on a value, or on that of a round."""
    kept = one.kept if isinstance(one, Valuation) else one.resolved.get("valuation", {})
    return len(kept.get("agreeing", ()))


def kept_mark(kept: Mapping[str, Any] | None, what: str) -> SafeString:
    """The mark after a resolved field, of what the record keeps of it; `what` is the figure, in words."""
    if not kept:
        return NOTHING
    number = len(kept.get("agreeing", ()))
    if kept.get("settled"):
        kind, sign, label = "is-pinned", _("pinned"), retold(kept.get("reason") or "")
    elif kept.get("differing"):
        kind, sign, label = "is-conflict", "≠", _("sources differ")
    else:
        kind, sign, label = "", str(number), ngettext("%(n)s statement", "%(n)s statements", number) % {"n": number}
    explained = f"{what}{pgettext('before an explanation', ':')} {label}"
    return mark_to(sign, evidence_at(f"statement={kept.get('statement')}"), explained, kind)


def file_mark(one: Any, what: str) -> SafeString:
    """The mark after a figure that a row of a file gives, without words of its own; it leads to its page."""
    label = _("%(figure)s: a row of a file") % {"figure": what}
    return mark_to("1", one.get_absolute_url(), label)


def evidence_at(query: str) -> str:
    """The address of the page of evidence of what a query string names."""
    return f"{of_page('funding:evidence')}?{query}"


def mark_to(sign: object, href: str, label: str, kind: str = "") -> SafeString:
    """A raised sign that leads to what is behind a figure; `kind` is its modifier class."""
    classes = f"mark {kind}" if kind else "mark"
    return markup('<a class="{}" href="{}" aria-label="{}">{}</a>', classes, href, label, sign)


def marks(ones: Sequence[Mark]) -> SafeString:
    """The marks of evidence after a figure; on a page with a chart they open the panel beside it."""
    found = [
        markup(
            '<a class="mark{}" href="{}" title="{}"{}>{}</a>',
            f" {one.kind}" if one.kind else "",
            one.href,
            one.label,
            _opening(one.panel),
            one.sign,
        )
        for one in ones
    ]
    return SafeString("".join(found))


def _opening(panel: str) -> SafeString:
    if not panel:
        return NOTHING
    return markup(' hx-get="{}" hx-target="#evidence" hx-swap="outerHTML show:#evidence:top" data-panel', panel)
