"""Examples of the document: what records look like, and bodies that are taken as they stand. All of it is invented."""

from collections.abc import Mapping
from typing import Any, Final

_EXACT: Final = {"low_open": False, "high_open": False, "is_approx": False}
_AMOUNT: Final = {"low": "42000000", "high": "42000000", **_EXACT, "currency": "USD"}
_VALUE: Final = {"low": "900000000", "high": "900000000", **_EXACT, "currency": "USD"}
_DAY: Final = {"on": "2024-03-01", "precision": "day"}
_COMPANY: Final = {"slug": "halden-robotics", "name": "Halden Robotics", "href": "/api/v1/companies/halden-robotics"}
_SOURCE: Final = {
    "url": "https://news.example/halden-robotics",
    "publisher": "Nordic Ledger",
    "published_on": "2024-03-01",
    "quote": "Halden Robotics takes in $42 million. Northgate Capital led the round.",
}

RECORDS: Final[Mapping[str, Any]] = {
    "companies": {
        "id": 1,
        "slug": "halden-robotics",
        "name": "Halden Robotics",
        "href": "/api/v1/companies/halden-robotics",
        "country": "NO",
        "founded_on": {"on": "2016", "precision": "year"},
        "rounds_count": 2,
        "raised_usd": "92000000",
        "raised_usd_hedge": None,
        "unicorn": "no",
    },
    "rounds": {
        "id": 12,
        "href": "/api/v1/rounds/12",
        "company": _COMPANY,
        "stage": "series_b",
        "status": "closed",
        "announced_on": _DAY,
        "raised_disclosure": "stated",
        "raised": _AMOUNT,
        "investors": [
            {
                "slug": "northgate-capital",
                "name": "Northgate Capital",
                "href": "/api/v1/investors/northgate-capital",
                "is_lead": True,
                "statements": ["/api/v1/statements/31"],
            }
        ],
        "statements": {
            "raised": [
                {
                    "value": {"kind": "money", **_AMOUNT},
                    "qualifiers": {},
                    "statement": "/api/v1/statements/30",
                    "agreeing": ["/api/v1/statements/30"],
                    "differing": [],
                    "corrected": [],
                    "is_pinned": False,
                    "reason": "the only statement",
                }
            ]
        },
    },
    "investors": {
        "id": 4,
        "slug": "northgate-capital",
        "name": "Northgate Capital",
        "kind": "venture_capital",
        "part_of": None,
        "rounds_count": 7,
        "rounds_led": 3,
    },
    "participations": {"id": 40, "round": "/api/v1/rounds/12", "company": _COMPANY, "is_lead": True},
    "valuations": {
        "id": 8,
        "company": _COMPANY,
        "round": "/api/v1/rounds/12",
        "valued_on": _DAY,
        "amount": _VALUE,
        "basis": "unspecified",
        "origin": "stated",
    },
    "exits": {
        "id": 2,
        "company": _COMPANY,
        "kind": "acquisition",
        "status": "announced",
        "acquirer": "Nordhavn Group",
    },
    "people": {"id": 3, "slug": "mira-solheim", "name": "Mira Solheim", "company": _COMPANY},
    "sources": {
        "id": 5,
        "kind": "report",
        "publisher": "Nordic Ledger",
        "title": "Halden Robotics takes in $42 million",
        "published_on": _DAY,
    },
    "mentions": {"id": 9, "source": "/api/v1/sources/5", "key": "round:0", "kind": "round", "name": "Halden Robotics"},
    "statements": {
        "id": 30,
        "source": "/api/v1/sources/5",
        "mention": "/api/v1/mentions/9",
        "field": "raised",
        "value": {"kind": "money", **_AMOUNT},
        "quotes": [{"start": 25, "end": 36, "text": "$42 million"}],
    },
    "changes": {"id": 7, "kind": "entry", "by": "erin", "at": "2024-03-02T09:30:00.000000Z"},
    "articles": {"id": 6, "href": "/api/v1/articles/6", "state": "waiting", "title": "Halden Robotics grows"},
}

EXPORT: Final[Mapping[str, Any]] = {
    "id": 3,
    "href": "/api/v1/exports/3",
    "rows": "rounds",
    "format": "csv",
    "query": "stage=seed&since=2024&columns=company%2Craised_low",
    "state": "done",
    "progress": None,
    "error": None,
    "file": "/api/v1/exports/3/file",
    "filename": "roundbook-rounds.csv",
    "row_count": 2,
    "size": 66,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "asked_at": "2024-03-02T09:30:00.000000+00:00",
    "kept_until": "2024-03-03T09:30:00.000000+00:00",
}

BODIES: Final[Mapping[str, Any]] = {
    "RoundEntry": {
        "company": "Halden Robotics",
        "stage": "series_b",
        "announced_on": "2024-03-01",
        "raised": "$42m",
        "investors": [{"name": "Northgate Capital", "is_lead": True}, {"name": "Fjordline"}],
        "source": _SOURCE,
    },
    "RoundChange": {"post_money": "$900m", "source": {"is_own_knowledge": True}},
    "ExitEntry": {
        "company": "Halden Robotics",
        "kind": "acquisition",
        "status": "announced",
        "announced_on": "2025-06",
        "acquirer": "Nordhavn Group",
        "price": {"low": "1200000000", "high": None, "low_open": True, "currency": "EUR"},
        "source": {"url": "https://news.example/nordhavn"},
    },
    "ExitChange": {"status": "completed", "source": {"is_own_knowledge": True}},
    "CompanyEntry": {
        "name": "Vestlys Energy",
        "website": "vestlys.example",
        "founded_on": "2019",
        "headquarters": ["Bergen, Norway"],
        "employees": 120,
        "sectors": ["Energy", "Batteries"],
        "source": {"url": "https://vestlys.example/about"},
    },
    "CompanyChange": {"founded_on": "2018-05", "source": {"is_own_knowledge": True}},
    "PersonEntry": {
        "company": "vestlys-energy",
        "name": "Ingrid Aasen",
        "title": "chief executive",
        "is_founder": True,
        "source": {"url": "https://vestlys.example/about"},
    },
    "InvestorChange": {"kind": "venture_capital", "source": {"is_own_knowledge": True}},
    "ValuationEntry": {
        "company": "Halden Robotics",
        "value": "$1.2bn",
        "valued_on": "2025-01",
        "source": {"url": "https://news.example/unicorns"},
    },
    "ExportEntry": {
        "rows": "rounds",
        "format": "csv",
        "columns": [
            "company",
            "announced_on",
            "stage",
            "raised_low",
            "raised_currency",
            "converted_low",
            "rate",
            "rate_on",
        ],
        "filters": {"stage": ["seed", "series_b"], "since": "2024"},
        "order": "largest",
        "currency": "SEK",
    },
    "ArticleEntry": {
        "title": "Halden Robotics takes in $42 million",
        "text": "Halden Robotics takes in $42 million. Northgate Capital led the round of the Oslo firm.",
        "publisher": "Nordic Ledger",
        "published_on": "2024-03-01",
    },
}
