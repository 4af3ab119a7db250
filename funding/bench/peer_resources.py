"""The rounds as resources of django-import-export; run in the benchmark's environment alone, never by the project.

`python -m funding.bench.peer_resources export|import FILE ROWS` prints one JSON object: the rows, and the seconds
that the library took. Out, each column is a field over rows that were fetched with all they refer to; in, what a row
refers to is made in `before_import_row` and `after_save_instance`, as its documentation shows. What makes it slow
without being asked for (comparing, looking each row up) is turned off.
"""

import csv
import itertools
import json
import sys
import time
from decimal import Decimal
from typing import Any, Final

import django

django.setup()

import tablib  # noqa: E402
from django.utils import timezone  # noqa: E402
from import_export import fields, resources  # noqa: E402

from companies.models import Company, Investor  # noqa: E402
from companies.names import fold  # noqa: E402
from funding.bench.peer_cells import FETCHED, JOINED, RATES, cells  # noqa: E402
from funding.company_matching import name_key  # noqa: E402
from funding.exports.columns import ROUNDS  # noqa: E402
from funding.models import (  # noqa: E402
    Assignment,
    Change,
    Mention,
    Participation,
    Round,
    Source,
    Statement,
    Valuation,
)
from funding.recording.changes import digest  # noqa: E402
from funding.tellings import Field  # noqa: E402
from funding.values import (  # noqa: E402
    Money,
    PartialDate,
    Reference,
    Text,
    Undisclosed,
    Value,
    to_json,
)

ORIGIN: Final = "peer"


class Cell(fields.Field):  # type: ignore[misc]
    """A column; the cells of a row are worked out once for all its columns."""

    last: tuple[Any, dict[str, str]] = (None, {})

    def export(self, one: Round, **more: Any) -> str:
        if Cell.last[0] is not one:
            Cell.last = one, cells(one)
        return Cell.last[1][self.column_name]


class ExportedRounds(resources.ModelResource):  # type: ignore[misc]
    """Rounds with the columns of our own export."""

    class Meta:
        model = Round
        fields = ()
        chunk_size = 1_000

    def __init__(self) -> None:
        super().__init__()
        self.fields = {one.heading: Cell(column_name=one.heading) for one in ROUNDS if not one.is_internal}


def export(path: str, number: int) -> int:
    """Write so many rounds; how many there were."""
    chosen = Round.objects.live().newest_first().select_related(*JOINED).prefetch_related(FETCHED)
    found = ExportedRounds().export(chosen[:number])
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(found.csv)
    return len(found)


class ImportedRounds(resources.ModelResource):  # type: ignore[misc]
    """Rounds from our own export, with their company, investors, valuation, mentions, statements and assignments."""

    class Meta:
        model = Round
        fields = ("stage", "status", "announced_label")
        force_init_instance = True
        skip_diff = True
        use_transactions = True

    def __init__(self) -> None:
        super().__init__()
        self.source = Source.objects.create(kind=Source.Kind.FILE, title="rounds.csv", text_hash="peer")
        self.change = Change.objects.create(kind=Change.Kind.IMPORT, note="rounds.csv")
        self.mentions: dict[str, Mention] = {}

    def before_import_row(self, row: Any, **more: Any) -> None:
        name = row["company"]
        if name in self.mentions:
            return
        slug = f"peer-{len(self.mentions)}"
        company = Company.objects.create(name=name, key=fold(name), slug=slug, is_live=True)
        self.mentions[name] = own = self._mention("company", name, slug, company=company)
        self._say(own, Field.NAME, Text(name))

    def before_save_instance(self, one: Round, row: Any, **more: Any) -> None:
        one.company = self.mentions[row["company"]].taken_for
        one.is_live = one.has_source = True
        if on := row["announced_on"]:
            announced = PartialDate.from_iso(on)
            one.announced_on, one.announced_precision = announced.first_day, announced.precision
        one.raised_undisclosed = row["raised_disclosure"] == "undisclosed"
        if money := _money(row, "raised"):
            for name in ("low", "high", "low_open", "high_open", "is_approx", "currency"):
                setattr(one, f"raised_{name}", getattr(money, name))
            for into in ("USD", "EUR", "GBP"):
                worth = RATES.convert(money, into, one.announced) if money.currency != into else money
                setattr(one, f"raised_{into.lower()}", worth.middle if worth else None)

    def after_save_instance(self, one: Round, row: Any, **more: Any) -> None:
        mention = self._mention(
            "round", row["company"], f"round:{one.pk}", of=self.mentions[row["company"]], round=one
        )
        if on := row["announced_on"]:
            one.announced_on_statement = self._say(mention, Field.ANNOUNCED_ON, PartialDate.from_iso(on))
        money = _money(row, "raised")
        if money or one.raised_undisclosed:
            one.raised_statement = self._say(mention, Field.RAISED, money or Undisclosed())
        if one.stage:
            one.stage_statement = self._say(mention, Field.STAGE, Text(one.stage))
        one.save(update_fields=["announced_on_statement", "raised_statement", "stage_statement"])
        self._take_part(one, mention, row)
        if value := _money(row, "valuation"):
            said = self._say(mention, Field.VALUATION, value, basis=row["valuation_basis"])
            ends = {name: getattr(value, name) for name in ("low", "high", "currency")}
            Valuation.objects.create(company=one.company, round=one, valued_on=one.announced_on, statement=said,
                                     valued_precision=one.announced_precision, basis=row["valuation_basis"],
                                     origin="imported", usd=value.middle, **ends)  # fmt: skip

    def _take_part(self, one: Round, mention: Mention, row: Any) -> None:
        leads = set(row["lead_investors"].split("; "))
        for name in filter(None, row["investors"].split("; ")):
            if name not in self.mentions:
                slug = f"peer-{len(self.mentions)}"
                record = Investor.objects.create(name=name, key=fold(name), slug=slug, is_live=True)
                self.mentions[name] = self._mention("investor", name, slug, investor=record)
            said = self._say(mention, Field.PARTICIPATION, Reference(self.mentions[name].key))
            is_lead = True if name in leads else None
            investor = self.mentions[name].taken_for
            Participation.objects.get_or_create(
                round=one, investor=investor, defaults={"is_lead": is_lead, "statement": said}
            )

    def _mention(self, kind: str, name: str, key: str, of: Mention | None = None, **record: Any) -> Any:
        folded = "" if of else name_key(kind, name)
        mention: Any = Mention.objects.create(
            source=self.source, origin=ORIGIN, key=key, kind=kind, name=name, name_key=folded, company=of
        )
        Assignment.objects.create(
            mention=mention, added_in=self.change, recorded_at=timezone.now(), reason="a row of a file", **record
        )
        mention.taken_for = next(iter(record.values()))
        return mention

    def _say(self, mention: Mention, field: str, value: Value, **qualifiers: Any) -> Statement:
        made = to_json(value)
        found, _ = Statement.objects.get_or_create(
            mention=mention,
            digest=digest(field, made, qualifiers),
            defaults={"field": field, "value": made, "qualifiers": qualifiers, "added_in": self.change,
                      "recorded_at": timezone.now()},
        )  # fmt: skip
        return found


def _money(row: Any, stem: str) -> Money | None:
    ends = {end: Decimal(row[f"{stem}_{end}"]) if row[f"{stem}_{end}"] else None for end in ("low", "high")}
    if not any(end is not None for end in ends.values()):
        return None
    flags = {name: row[f"{stem}_{name}"] == "true" for name in ("low_open", "high_open", "is_approx")}
    return Money(**ends, **flags, currency=row[f"{stem}_currency"])


def import_(path: str, number: int) -> int:
    """Record the first rows of a file; how many there were."""
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = itertools.islice(csv.reader(file), number + 1)
    found = ImportedRounds().import_data(tablib.Dataset(*rows, headers=header), raise_errors=True)
    return int(found.total_rows)


def main(what: str, path: str, number: int) -> None:
    """Do it, and print how many rows there were and the seconds they took."""
    start = time.perf_counter()
    rows = {"export": export, "import": import_}[what](path, number)
    print(json.dumps({"rows": rows, "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
