"""What is told of a file or a row that cannot be taken, in English; pages tell it in the reader's language.

Each is whole, with named places; `funding.retelling` knows them again. A test holds the two together.
"""

from typing import Final

# Of a whole file
NO_HEADER: Final = "The file has no row that could be a header."
NOT_IN_ENCODING: Final = "The file is not in %(encoding)s: byte %(position)s cannot be read so."
UNKNOWN_ENCODING: Final = "“%(encoding)s” is no encoding that is known."
BAD_DELIMITER: Final = "“%(delimiter)s” cannot separate cells. Choose a comma, a semicolon, a tab or a stroke."
DAMAGED_GZIP: Final = "The compressed file is damaged: it does not unpack to its end."
TOO_LARGE: Final = "The file unpacks to more than %(limit)s MB for each MB of its own, as no table does."
LINE_TOO_LONG: Final = "Line %(line)s is longer than %(limit)s characters, as no row of a table is."
DAMAGED_WORKBOOK: Final = "The workbook cannot be read. Save it again as .xlsx, or as CSV."

MONTHLY_COUNTS: Final = (
    "The file counts how many records Crunchbase added each month. It names no company, round or investor."
)

# Of a row as a whole
CELLS: Final = "Cells of the row: %(found)s; of the header: %(wanted)s."
SWALLOWED: Final = (
    "Cells of the row: %(found)s; of the header: %(wanted)s. It runs over %(lines)s lines: a quotation mark"
    " may not be closed."
)
CELL_TOO_LONG: Final = "A cell is longer than %(limit)s characters; a quotation mark may not be closed."
NO_COMPANY: Final = "No column of the row names a company."
NO_ROUND: Final = "The row names no round that it is about."
NO_INVESTOR: Final = "No column of the row names an investor."
NO_PERSON: Final = "No column of the row names a person."
ANOTHER_KIND: Final = "The row is about a “%(words)s”, of which Roundbook holds nothing."
UNEQUAL: Final = "The lists of the row are not equally long: %(lengths)s."

# Of one cell, each with its column and its words
NOT_A_NAME: Final = "Column “%(column)s”: a name of %(length)s characters is none (“%(words)s”)."
NOT_A_DATE: Final = "Column “%(column)s”: “%(words)s” is not read as a date."
NO_SUCH_DAY: Final = "Column “%(column)s”: “%(words)s” is no day of the calendar."
SHORT_YEAR: Final = "Column “%(column)s”: “%(words)s” gives its year by two digits."
TOO_EARLY: Final = "Column “%(column)s”: “%(words)s” is in the year %(year)s, before 1900."
TOO_LATE: Final = "Column “%(column)s”: “%(words)s” is after %(day)s, the last day it can be."
MENDED_DATE: Final = "Column “%(column)s”: “%(words)s” is read as %(date)s."
NOT_AN_AMOUNT: Final = "Column “%(column)s”: “%(words)s” is not read as an amount."
OTHER_GROUPING: Final = "Column “%(column)s”: the marks in “%(words)s” do not group thousands."
NEGATIVE: Final = "Column “%(column)s”: “%(words)s” is less than nothing."
ENORMOUS: Final = "Column “%(column)s”: “%(words)s” is more than any round has raised."
NO_UNIT: Final = "Column “%(column)s”: “%(words)s” is so small that its unit must be missing."
ZERO: Final = "Column “%(column)s”: an amount of 0 is none."
NO_CURRENCY: Final = "Column “%(column)s”: “%(words)s” has no currency."
BAD_CURRENCY: Final = "Column “%(column)s”: “%(words)s” is no ISO code of a currency."
EITHER_CURRENCY: Final = "Column “%(column)s”: “%(words)s” may be in %(one)s or in %(other)s."
TWO_CURRENCIES: Final = "Column “%(column)s”: “%(words)s” names two currencies."
UPSIDE_DOWN: Final = "Column “%(column)s”: “%(words)s” has its lower end above its upper one."
NOT_A_NUMBER: Final = "Column “%(column)s”: “%(words)s” is not read as a number."
NO_STAGE: Final = "Column “%(column)s”: “%(words)s” names no stage that is known; the round is taken without one."
NO_EXIT: Final = "Column “%(column)s”: “%(words)s” names no exit that Roundbook holds; it is left in the row."
NO_STATUS: Final = "Column “%(column)s”: “%(words)s” is no status that is known."
NO_BASIS: Final = "Column “%(column)s”: “%(words)s” is no basis of a valuation."
NO_LEAD: Final = "Column “%(column)s”: “%(words)s” says neither yes nor no; who led is left open."
NO_KIND: Final = "Column “%(column)s”: “%(words)s” is no kind of investor that is known; it is left in the row."
NO_COUNTRY: Final = "Column “%(column)s”: “%(words)s” is no country that is known."
LEFT: Final = "Column “%(column)s”: “%(words)s” has no place in what the row tells; it is left in the row."
UNNAMED_INVESTORS: Final = "Column “%(column)s”: “%(words)s” names nobody; it is left in the row."


class Unread(ValueError):
    """Words of a cell that are not what their column is of: a sentence that lacks only the name of the column."""

    def __init__(self, sentence: str, **places: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.places = places

    def of(self, column: str) -> str:
        """The sentence about the cell of `column`."""
        return self.sentence % {"column": column, **self.places}


class Refused(ValueError):
    """A row, or a whole file, that cannot be taken; its text is the sentence that says why."""
