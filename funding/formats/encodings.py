"""Which encoding a file is in: a mark at its beginning, else the first of a few that all of its bytes fit.

The candidates are few and of one order, so the whole file is tried rather than guessed from a sample: a file of
which a million lines are ASCII may still have one apostrophe of Windows.
"""

import codecs
from typing import IO, Final

from .sentences import NOT_IN_ENCODING, UNKNOWN_ENCODING, Refused

CHUNK: Final = 1024 * 1024
MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Encodings that a person may name, by all their aliases.
READABLE: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
_NOT_IN_WINDOWS: Final = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))


def guess(stream: IO[bytes]) -> str:
    """The encoding of all that is left of a stream. Raises Refused where its mark promises one that it is not in."""
    first = stream.read(CHUNK)
    for mark, encoding in MARKS:
        if first.startswith(mark):
            return _checked(stream, encoding, first)
    if wide := _wide(first):
        return _checked(stream, wide, first)
    decoder, is_utf8, is_windows = codecs.getincrementaldecoder("utf-8")(), True, True
    chunk = first
    while chunk and (is_utf8 or is_windows):
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        is_windows = is_windows and len(chunk.translate(None, _NOT_IN_WINDOWS)) == len(chunk)
        chunk = stream.read(CHUNK)
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            pass
    return "cp1252" if is_windows else "latin-1"


def check(stream: IO[bytes], encoding: str) -> str:
    """The name of an encoding that a person gave, where all of a stream is in it. Raises Refused otherwise."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    for readable in READABLE:
        if name and codecs.lookup(readable).name == name:
            return _checked(stream, readable, stream.read(CHUNK))
    raise Refused(UNKNOWN_ENCODING % {"encoding": encoding})


def _checked(stream: IO[bytes], encoding: str, chunk: bytes) -> str:
    decoder, before = codecs.getincrementaldecoder(encoding)(), 0
    try:
        while chunk:
            decoder.decode(chunk)
            before += len(chunk)
            chunk = stream.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        at = before + getattr(error, "start", 0)
        raise Refused(NOT_IN_ENCODING % {"encoding": encoding, "position": at}) from error
    return encoding


def _wide(first: bytes) -> str:
    """An encoding of two bytes a character without its mark, told by the zeros of its ASCII; else empty."""
    sample = first[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) // 4:
        return ""
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    if high > len(sample) // 4 > low:
        return "utf-16-le"
    return "utf-16-be" if low > len(sample) // 4 > high else ""
