"""Files of the field, such as a funding database exports: recognised by their header, and what their rows tell.

Pure Python: no Django, no network. `files.open_table` opens a file as a table, `known.recognise` tells which format
its header is, and `reading.read` says what each row tells, in the words of `funding.tellings`.
"""

from .files import Table, open_table
from .known import FORMATS, UNMAPPED, Format, dated, recognise, unmapped
from .reading import Row, read
from .sentences import Refused

__all__ = [
    "FORMATS",
    "UNMAPPED",
    "Format",
    "Refused",
    "Row",
    "Table",
    "dated",
    "open_table",
    "read",
    "recognise",
    "unmapped",
]
