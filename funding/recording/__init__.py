"""The only writer of mentions, statements, assignments and the records that follow from them.

`record` adds what a source says, `undo` takes back what one change added, `rebuild` projects everything again. Each is
one transaction, and after each the records equal what projecting from scratch would give.
"""

from .changes import NewMention, NewStatement, record, undo
from .projecting import rebuild

__all__ = ["NewMention", "NewStatement", "rebuild", "record", "undo"]
