"""The only writer of mentions, statements, assignments and the records that follow from them.

`record` adds what a source says, `merge`, `split` and `judge_different` what a person says of two records, `undo`
takes back what one change added, `rebuild` projects everything again. Each is one transaction, and after each the
records equal what projecting from scratch would give.
"""

from .changes import NewMention, NewStatement, record, undo
from .merging import judge_different, merge, split
from .projecting import rebuild

__all__ = ["NewMention", "NewStatement", "judge_different", "merge", "rebuild", "record", "split", "undo"]
