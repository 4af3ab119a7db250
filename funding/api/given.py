"""What bodies give of rounds, exits, companies and people, as the fields of the forms that enter them.

Only what a body names is there: of something new the rest has the defaults below, of a change it stays as it is held.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from funding.models import Exit, Round
from funding.round_form import TIMES

from .bodies import Body, with_bound

Fields = dict[str, Any]
Gives = Callable[[str], bool]

NEW_ROUND: Final[Mapping[str, Any]] = {"status": Round.Status.CLOSED, **with_bound("")}
NEW_EXIT: Final[Mapping[str, Any]] = {"kind": Exit.Kind.ACQUISITION, "status": Exit.Status.COMPLETED}

# Where in a body the fields of the forms stand, if not under their own names.
PLACES: Final[Mapping[str, str]] = {
    "announced": "announced_on",
    "announced_to": "announced_on",
    "closed": "closed_on",
    "closed_to": "closed_on",
    "bound": "raised",
    "currency": "raised",
    "url": "source/url",
    "is_own_knowledge": "source/is_own_knowledge",
    "publisher": "source/publisher",
    "published": "source/published_on",
    "quote": "source/quote",
    "parent": "part_of",
    "parent_is": "part_of_is",
    "is_undisclosed": "price",
    "valued": "valued_at",
    "founded": "founded_on",
    "person": "name",
    "is_another": "same_as",
}


def source_fields(body: Body) -> dict[str, Any]:
    """The fields of a form for where it was said."""
    source = body.inner("source")
    return {
        "url": source.text("url"),
        "is_own_knowledge": source.flag("is_own_knowledge"),
        "publisher": source.text("publisher"),
        "published": source.text("published_on"),
        "quote": source.text("quote"),
        "form_key": secrets.token_urlsafe(16),
    }


def round_fields(body: Body, gives: Gives) -> Fields:
    """The fields of the form of a round, but for its company. `gives` tells which members count as given."""
    announced, closed, raised = body.text("announced_on"), body.text("closed_on"), body.amount("raised")
    lines = [_investor(one) for one in body.each("investors")]
    told: dict[str, Fields] = {
        "stage": {"stage": body.text("stage")},
        "status": {"status": body.text("status")},
        "announced_on": {"announced": announced},
        "closed_on": {"closed": closed},
        "raised": with_bound(raised),
        "as_stated": {"as_stated": body.flag("as_stated")},
        "is_extension": {"is_extension": body.flag("is_extension")},
        "investors": {"investors": "\n".join(lines)},
        **_values(body),
        **_ratio(body),
    }
    return _given(told, gives)


def _given(told: Mapping[str, Fields], gives: Gives) -> Fields:
    return {field: value for member, fields in told.items() if gives(member) for field, value in fields.items()}


def _values(body: Body) -> dict[str, Fields]:
    """What the company is worth before and after; of the two ways to say the latter one takes the other's place."""
    pre, post, valued = (body.amount(name) for name in ("pre_money", "post_money", "valued_at"))
    return {
        "pre_money": {"pre_money": pre},
        "post_money": {"post_money": post, **({} if valued else {"valued": ""})},
        "valued_at": {"valued": valued, **({} if post else {"post_money": ""})},
    }


def _ratio(body: Body) -> dict[str, Fields]:
    compared, times = body.text("compared"), body.text("times")
    told = {"compared": compared or (TIMES if times else ""), "times": times}
    return {"compared": told, "times": told}


def _investor(body: Body) -> str:
    """A line of the form's list: the name, a star before that of a lead."""
    name, is_lead = body.text("name"), body.flag("is_lead")
    words = " ".join(name.split()).strip("* ")
    if not words:
        body.wrong("name", _("Name the investor."))
    return f"*{words}" if is_lead else words


def exit_fields(body: Body, gives: Gives) -> Fields:
    """The fields of the form of an exit, but for its company."""
    price = body.amount("price")
    is_undisclosed = price.strip().casefold() == "undisclosed"
    told: dict[str, Fields] = {
        "announced_on": {"announced": body.text("announced_on")},
        "price": {"price": "" if is_undisclosed else price, "is_undisclosed": is_undisclosed},
        "valuation": {"valuation": body.amount("valuation")},
        **{name: {name: body.text(name)} for name in ("kind", "status", "acquirer", "exchange", "ticker")},
    }
    return _given(told, gives)


def company_fields(body: Body, gives: Gives) -> Fields:
    """The fields of the form of a company's facts, but for its name."""
    told: dict[str, Fields] = {
        "website": {"website": body.text("website")},
        "founded_on": {"founded": body.text("founded_on")},
        "headquarters": {"headquarters": "; ".join(body.words("headquarters"))},
        "employees": {"employees": body.count("employees")},
        # With the mark at the end a comma within one parts nothing.
        "sectors": {"sectors": "".join(f"{one}; " for one in body.words("sectors"))},
        "total_raised": {"total_raised": body.amount("total_raised")},
    }
    return _given(told, gives)
