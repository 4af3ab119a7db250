"""The only writer of mentions, statements, assignments and the records that follow from them.

`record` adds what a source says and `hold` waits for whoever writes of the same, `merge`, `split` and
`judge_different` what a person says of two records, `mark` and `unmark` what a person says of a statement,
`say_again` adds what was taken back, `undo` takes back what one change did, `reconvert` projects some companies at
other rates, `rebuild` projects everything again. Each is one transaction, and after each the records equal what
projecting from scratch would give.
"""

from .changes import hold, read_word_lists, reconvert, record, record_in, undo
from .marks import mark, say_again, unmark
from .merging import judge_different, merge, split
from .projecting import rebuild

__all__ = [
    "hold",
    "judge_different",
    "mark",
    "merge",
    "read_word_lists",
    "rebuild",
    "reconvert",
    "record",
    "record_in",
    "say_again",
    "split",
    "undo",
    "unmark",
]
