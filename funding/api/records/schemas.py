"""The schemas that members of records refer to."""

from collections.abc import Mapping
from typing import Any, Final

from funding.api.parts import BOOLEAN, DECIMAL, INTEGER, LINK, STRING, array, nullable, ref

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
