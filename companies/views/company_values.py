"""The table below a company's chart: the same values in words."""

from collections.abc import Iterator

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.addresses import of_page
from config.markup import NOTHING, markup
from funding import figures
from funding.cells import absent, link, second
from funding.charts.history import History, Point


def rows(history: History, query: QueryDict | None, shown: str = "") -> list[SafeString]:
    """The lines, oldest first. `query` is that of the page, whose links open the evidence; None where nothing leads
    on. `shown` is the key of the evidence that is open."""
    before = ""
    if query is not None:
        kept = query.copy()
        kept.pop("evidence", None)
        before = f"{kept.urlencode()}&" if kept else ""
    return [_row(point, history.currency, before if query is not None else None, shown) for point in history.points]


def _row(point: Point, currency: str, query: str | None, shown: str) -> SafeString:
    current = SafeString(' aria-current="true"') if point.key == shown else NOTHING
    return markup(
        '<tr data-point="{}"{}>{}</tr>', point.key, current, SafeString("".join(_cells(point, currency, query)))
    )


def _cells(point: Point, currency: str, query: str | None) -> Iterator[str]:
    yield markup('<td class="date">{}</td>', figures.date(point.on) or _("undated"))
    yield markup('<th scope="row">{}</th>', _round(point, leads_on=query is not None))
    stated = NOTHING
    if point.money and point.native.currency != currency:
        stated = second(_("%(amount)s as stated") % {"amount": figures.money(point.native)})
    yield markup('<td class="num">{}{}</td>', _value(point, query), stated)
    status = f", {point.round.get_status_display()}" if point.round and not point.is_counted else ""
    yield markup("<td>{}{}</td>", point.standing, status)
    unknown = _("none before") if point.is_first else _("undetermined") if point.why else _("not known")
    yield markup('<td class="num">{}</td>', point.multiple or absent(unknown))
    why = SafeString("".join(map(second, point.why)))
    yield markup('<td class="num at-wide">{}{}</td>', point.step_up or absent(unknown), why)


def _round(point: Point, *, leads_on: bool) -> str:
    if point.round is None:
        return absent(_("of no round"))
    return link(point.round.get_absolute_url(), point.round.label) if leads_on else point.round.label


def _value(point: Point, query: str | None) -> str:
    if query is None:
        return point.words
    address = f"?{query}evidence={point.key}"
    return markup(
        '<a href="{}#evidence" hx-get="{}"{} hx-replace-url="{}" data-panel>{}</a>',
        address,
        f"{of_page('funding:evidence')}?valuation={point.id}",
        SafeString(' hx-target="#evidence" hx-swap="outerHTML"'),
        address,
        point.words,
    )
