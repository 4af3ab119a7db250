"""The catalogues of translations: what the code says, what a catalogue knows of it, and the form that gettext reads.

English is the language of the code. Babel reads the Python files, Django's own lexer the templates, so that GNU
gettext is needed nowhere. Only `django.po` is kept in the repository; it is compiled when a process finds it newer
than what was compiled of it.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from config.environment import ROOT

LOCALES: Final = ROOT / "config" / "locale"
LANGUAGES: Final = ("fr",)
PACKAGES: Final = ("companies", "config", "funding")
KEYWORDS: Final[dict[str, tuple[object, ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Of the head of a catalogue, what says when and by whom and not what.
VOLATILE: Final = (
    *('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Language-Team'),
    '"Report-Msgid-Bugs-To',
)
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")
# French sets a space before these signs, at which no line may break.
BREAKS: Final = {"fr": re.compile(r" [:;!?»]|« ")}

log = logging.getLogger(__name__)


def spoken() -> Catalog:
    """Every message that the code and the templates hold, with the files that hold it."""
    found = Catalog(locale=None, charset="utf-8")
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        for _line, message, comments, context in _messages_of(path):
            # A template's and a Python file's "%" mean the same, so the flag is ours to set.
            found.add(message, locations=[(name, 0)], auto_comments=comments, context=context, flags=_flags(message))
    return found


def written(language: str) -> Catalog:
    """The catalogue of a language as it stands in the repository."""
    with open(path_of(language), "rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def path_of(language: str) -> Path:
    """Where the catalogue of a language stands."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def update(language: str) -> None:
    """Add to a catalogue what the code says and it lacks, and take out what nothing says any longer."""
    catalog = written(language) if path_of(language).exists() else Catalog(locale=language, charset="utf-8")
    catalog.update(spoken(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    store(language, catalog)


def store(language: str, catalog: Catalog) -> None:
    """Write the catalogue of a language: by file, and without what differs from one writing to the next."""
    catalog.project, catalog.version, catalog.fuzzy = "Roundbook", "", False
    catalog.header_comment = "# What Roundbook says to its readers. `manage.py messages` adds what the code says anew."
    text = BytesIO()
    write_po(text, catalog, width=119, sort_by_file=True, include_lineno=False)
    kept = [line for line in text.getvalue().decode().splitlines() if not line.startswith(VOLATILE)]
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    _replace(path_of(language), "\n".join(kept).rstrip("\n").encode() + b"\n")


def faults(language: str) -> list[str]:
    """What a catalogue lacks, a sentence for each message: not translated, unsure, or other placeholders or spaces."""
    catalog, wrong = written(language), []
    for message in spoken():
        if not message.id:
            continue
        known = catalog.get(message.id, context=message.context)
        shown = f"{_forms(message.id)[0]!r} ({', '.join(sorted({name for name, _line in message.locations}))})"
        if known is None or not all(_forms(known.string)):
            wrong.append(f"not translated: {shown}")
        elif known.fuzzy:
            wrong.append(f"unsure: {shown}")
        elif _placeholders(known.id) != _placeholders(known.string):
            wrong.append(f"other placeholders: {shown}")
        elif any(BREAKS[language].search(form) for form in _forms(known.string)):
            wrong.append(f"a line may break at the space of a sign: {shown}")
    return wrong


def compile_stale() -> None:
    """Compile each catalogue that changed since. Where the folder cannot be written the pages stay in English."""
    for language in LANGUAGES:
        source = path_of(language)
        target = source.with_suffix(".mo")
        try:
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            compiled = BytesIO()
            write_mo(compiled, written(language))
            _replace(target, compiled.getvalue())
        except OSError as error:
            log.warning("The catalogue of %s cannot be compiled: %s", language, error)


def remember() -> None:
    """Have each message looked for once in a language and not hundreds of times a page.

    English messages are in no catalogue, which takes a look into eight of Django's own to find out.
    """
    for language, _name in settings.LANGUAGES:
        spoken_in = trans_real.translation(language)
        spoken_in.gettext = lru_cache(maxsize=8192)(spoken_in.gettext)


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


def _messages_of(path: Path) -> Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        # What is no message becomes X by X; as Python it must not be indented.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    return extract("python", BytesIO(text.encode()), keywords=KEYWORDS)  # type: ignore[arg-type, return-value]


def _flags(message: str | tuple[str, ...]) -> list[str]:
    return ["python-format"] if any("%(" in form for form in _forms(message)) else []


def _forms(message: Message | str | Iterable[str] | None) -> list[str]:
    return [message] if isinstance(message, str) else list(message or [""])  # type: ignore[arg-type]


def _placeholders(message: str | Iterable[str]) -> set[tuple[str, str]]:
    """The placeholders of a message; of all its forms, since a singular may write its number as a word."""
    return {found for form in _forms(message) for found in PLACEHOLDER.findall(form)}


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for several processes may start at once."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with open(handle, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)
    os.replace(name, path)
