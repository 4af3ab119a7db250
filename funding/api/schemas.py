"""The schemas of what is sent to the API and by it, beside those of records: entries, problems, and webhooks."""

from collections.abc import Mapping
from typing import Any, Final

from companies.models import InvestorKind
from funding.exports import ROWS
from funding.exports.formats import FORMATS
from funding.models import Exit, Job, Round, Stage, Valuation

from .parts import BOOLEAN, INTEGER, LINK, MOMENT, STRING, Schema, array, nullable, one_of, ref

DATE_TEXT: Final[Schema] = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}

# What bodies hold, beside what answers do.
BODIES: Final[Mapping[str, Any]] = {
    "Amount": {
        "description": "As people type it (`€12m`, `≈ 300m USD`, `undisclosed`), or as answers have it.",
        "anyOf": [
            STRING,
            {
                "type": "object",
                "properties": {
                    "low": nullable(STRING), "high": nullable(STRING), "low_open": nullable(BOOLEAN),
                    "high_open": nullable(BOOLEAN), "is_approx": nullable(BOOLEAN), "currency": STRING,
                },
                "required": ["currency"],
                "additionalProperties": False,
            },
        ],
        "examples": ["€12m"],
    },
    "SourceOfEntry": {
        "type": "object",
        "description": "Where it was said: an address, or one's own knowledge; and the words that say it.",
        "properties": {
            "url": STRING, "is_own_knowledge": BOOLEAN, "publisher": STRING, "published_on": DATE_TEXT,
            "quote": STRING,
        },
        "additionalProperties": False,
    },
    "InvestorOfEntry": {
        "type": "object",
        "properties": {"name": STRING, "is_lead": BOOLEAN},
        "required": ["name"],
        "additionalProperties": False,
    },
}  # fmt: skip
_OF_ROUND: Final[Mapping[str, Any]] = {
    "stage": one_of(Stage.values), "status": one_of(Round.Status.values), "announced_on": STRING, "closed_on": STRING,
    "raised": ref("Amount"), "pre_money": ref("Amount"), "post_money": ref("Amount"), "valued_at": {
        "description": "Of a value of which the source does not say whether it is before or after the money.",
        "allOf": [ref("Amount")],
    },
    "is_extension": {**BOOLEAN, "description": "It is a further part of an earlier round."},
    "compared": one_of(["higher", "flat", "lower", "times"]),
    "times": {**STRING, "description": "How many times the value of the round before: `2.5`, `more than 2`."},
    "as_stated": {**BOOLEAN, "description": "The source itself does not add up: keep all figures as stated."},
    "investors": array(ref("InvestorOfEntry")), "source": ref("SourceOfEntry"),
}  # fmt: skip
_OF_EXIT: Final[Mapping[str, Any]] = {
    "kind": one_of(Exit.Kind.values), "status": one_of(Exit.Status.values), "announced_on": STRING, "acquirer": STRING,
    "price": ref("Amount"), "exchange": STRING, "ticker": STRING, "valuation": ref("Amount"),
    "source": ref("SourceOfEntry"),
}  # fmt: skip
_OF_COMPANY: Final[Mapping[str, Any]] = {
    "website": STRING, "founded_on": STRING, "headquarters": array(STRING), "sectors": array(STRING),
    "employees": {"anyOf": [INTEGER, STRING], "description": "As people type it: `300`, `more than 200`."},
    "total_raised": {"description": "As a source states it, of all rounds together.", "allOf": [ref("Amount")]},
    "source": ref("SourceOfEntry"),
}  # fmt: skip


def _entry(properties: Mapping[str, Any], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _change(properties: Mapping[str, Any]) -> Schema:
    """What changes a record: what it names, null taking an entry back."""
    nulled = {name: nullable(schema) for name, schema in properties.items() if name != "source"}
    return _entry(nulled | {"source": properties["source"]}, "source")


ENTRIES: Final[Mapping[str, Any]] = {
    "RoundEntry": _entry(
        {
            "company": STRING,
            **_OF_ROUND,
            "same_as": {
                "description": "The id of the held round that it is, or `another`.",
                "anyOf": [INTEGER, {"type": "string", "enum": ["another"]}],
            },
        },
        "company",
        "source",
    ),
    "RoundChange": _change(_OF_ROUND),
    "ExitEntry": _entry({"company": STRING, **_OF_EXIT}, "company", "source"),
    "ExitChange": _change(_OF_EXIT),
    "CompanyEntry": _entry(
        {
            "name": STRING,
            **_OF_COMPANY,
            "same_as": {"type": "string", "enum": ["another"], "description": "Another company has this name."},
        },
        "name",
        "source",
    ),
    "CompanyChange": _change({"name": STRING, **_OF_COMPANY}),
    "PersonEntry": _entry(
        {
            "company": {**STRING, "description": "The name or the slug of a company that is held."},
            "name": STRING, "title": STRING, "is_founder": BOOLEAN, "source": ref("SourceOfEntry"),
        },
        "company",
        "name",
        "source",
    ),
    "InvestorChange": _entry(
        {
            "kind": one_of(InvestorKind.values),
            "part_of": STRING,
            "part_of_is": {**STRING, "description": "`investor:slug`, `company:slug`, `investor:new`, `company:new`."},
            "source": ref("SourceOfEntry"),
        },
        "source",
    ),
    "ValuationEntry": _entry(
        {
            "company": STRING, "value": ref("Amount"), "valued_on": STRING, "basis": one_of(Valuation.Basis.values),
            "source": ref("SourceOfEntry"),
        },
        "company",
        "value",
        "source",
    ),
    "ExportEntry": _entry(
        {
            "rows": one_of(ROWS),
            "format": one_of(FORMATS),
            "columns": {**array(STRING), "description": "In the order of the file; all of them where none is named."},
            "filters": {
                "type": "object",
                "description": "Those of the list of these rows, by the same names.",
                "additionalProperties": {"anyOf": [STRING, {"type": "number"}, array(STRING)]},
            },
            "order": STRING,
            "currency": {**STRING, "description": "Any that there are rates of; USD unless given."},
            "known": {**STRING, "format": "date", "description": "As known on a day."},
            "public": {**STRING, "format": "date", "description": "As public on a day."},
            "exact": {**BOOLEAN, "description": "Cells that a spreadsheet would run stay as they are."},
            "ids": {**BOOLEAN, "description": "With ids and times of recording."},
        },
        "rows",
    ),
    "ArticleEntry": _entry(
        {
            "text": STRING, "url": STRING, "title": STRING, "publisher": STRING, "published_on": STRING,
            "language": STRING,
        }
    ),
}  # fmt: skip
PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457.",
    "properties": {
        "type": LINK,
        "title": STRING,
        "status": INTEGER,
        "detail": STRING,
        "errors": array(
            {
                "type": "object",
                "properties": {"parameter": STRING, "pointer": STRING, "detail": STRING},
                "required": ["detail"],
            }
        ),
    },
    "required": ["type", "title", "status"],
}

EXPORT: Final[Schema] = {
    "type": "object",
    "description": "A file of rows that was asked for. Once it is made, `file` leads to it.",
    "properties": {
        "id": INTEGER, "href": LINK, "rows": STRING, "format": one_of(FORMATS),
        "query": {**STRING, "description": "What was asked for, as the address of a download has it."},
        "state": one_of(Job.State.values), "progress": nullable(STRING), "error": nullable(STRING),
        "file": nullable(LINK), "filename": nullable(STRING), "row_count": nullable(INTEGER),
        "size": nullable(INTEGER),
        "sha256": nullable({"type": "string", "pattern": "^[0-9a-f]{64}$"}), "asked_at": MOMENT,
        "kept_until": MOMENT,
    },
    "required": ["id", "href", "rows", "format", "state", "file", "row_count", "sha256", "kept_until"],
    "additionalProperties": False,
}  # fmt: skip

HAPPENING: Final[Schema] = {
    "type": "object",
    "properties": {
        "id": STRING,
        "alert": {"type": "object", "properties": {"id": STRING, "name": STRING}},
        "left_out": INTEGER,
        "events": array(
            {
                "type": "object",
                "properties": {
                    "id": STRING,
                    "kind": one_of(["new_round", "round", "valuation", "exit", "conflict"]),
                    "record": STRING,
                    "url": STRING,
                    "company": {"type": "object", "properties": {"name": STRING, "url": STRING}},
                    "at": {**STRING, "format": "date-time"},
                    "fields": array(
                        {
                            "type": "object",
                            "properties": {
                                "field": STRING,
                                "label": STRING,
                                "before": array(STRING),
                                "after": array(STRING),
                            },
                        }
                    ),
                    "sources": array({"type": "object", "properties": {"words": STRING, "url": STRING}}),
                },
            }
        ),
    },
}
