"""A file arrives: its content is kept, and what it is is told by its header."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from funding import formats
from funding.formats import Format, Table
from funding.models import Import, ImportPart
from funding.texts import clean_line

PART: Final = 1024 * 1024  # bytes of one row of content


class Unusable(ValueError):
    """A file that nothing can be read of, or a choice that cannot be; the text says why, for people."""


def arrive(name: str, content: Iterable[bytes], *, by: User | None = None, form: Format | None = None) -> Import:
    """Keep a file and recognise its format, in one transaction. Raises Unusable where it is no table.

    `form` is how to read it where somebody says so; a date in the name is taken for that of the file.
    """
    with transaction.atomic():
        file = Import.objects.create(name=clean_line(name, 200) or "file.csv", size=0, digest="", created_by=by)
        digest = hashlib.sha256()
        for number, part in enumerate(_parts(content)):
            digest.update(part)
            file.size += len(part)
            ImportPart.objects.create(file=file, number=number, content=part)
        file.digest = digest.hexdigest()
        if not file.size:
            raise Unusable("The file is empty.")
        _look_at(file, form)
        return file


def _parts(content: Iterable[bytes]) -> Iterator[bytes]:
    """The content in pieces of one size."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)


def _look_at(file: Import, form: Format | None) -> None:
    """Guess how the file is written, and recognise whose it is."""
    with opened(file) as table:
        file.encoding, file.delimiter, file.header = table.encoding, table.delimiter, table.header
    found = form or formats.recognise(file.header) or formats.unmapped(file.header)
    if found.refusal:
        raise Unusable(found.refusal)
    if "as_of" not in found.options.as_json() and (on := formats.dated(file.name)):
        found = found.with_mapping({}, {"as_of": on.iso})
    file.format = found.as_json()
    file.save()


def reread(
    file: Import, *, encoding: str, delimiter: str, mapping: Mapping[str, str], options: Mapping[str, Any]
) -> None:
    """Have a file read in another way, as a person says. Raises Unusable with what cannot be, and changes nothing."""
    try:
        with opened(file, encoding=encoding or None, delimiter=delimiter or None) as table:
            header = table.header
        form = Format.from_json(file.format)
        if header == file.header:
            form = form.with_mapping(mapping, options)
        else:
            form = (formats.recognise(header) or formats.unmapped(header)).with_mapping({}, options)
            if form.refusal:
                raise Unusable(form.refusal)
    except (ValueError, LookupError) as error:
        raise Unusable(str(error)) from error
    file.encoding, file.delimiter, file.header, file.format = table.encoding, table.delimiter, header, form.as_json()
    file.state, file.counts = Import.State.ARRIVED, {}
    with transaction.atomic():
        file.rows.all().delete()
        file.save()


@contextmanager
def opened(file: Import, *, encoding: str | None = None, delimiter: str | None = None) -> Iterator[Table]:
    """The table that a kept file is, in the encoding and with the delimiter that were found. Raises Unusable."""
    with tempfile.NamedTemporaryFile(prefix="roundbook-import-", suffix=Path(file.name).suffix[:10]) as place:
        for content in file.parts.order_by("number").values_list("content", flat=True).iterator(chunk_size=4):
            place.write(content)
        place.flush()
        try:
            yield formats.open_table(
                place.name,
                encoding=encoding or file.encoding or None,
                delimiter=delimiter or file.delimiter or None,
            )
        except formats.Refused as refused:
            raise Unusable(str(refused)) from refused


def samples(file: Import, number: int = 3) -> list[list[str]]:
    """The first rows of a file as far as its first part has them whole; none of a workbook or once it is recorded."""
    part = file.parts.filter(number=0).first()
    if part is None or not file.delimiter:
        return []
    try:
        table = formats.open_table(bytes(part.content), encoding=file.encoding, delimiter=file.delimiter)
        return [cells for _line, cells in islice(table.rows(), number)]
    except formats.Refused:
        return []


def form_of(file: Import) -> Format:
    """How a file is read."""
    return Format.from_json(file.format)
