"""Files of rows: how they arrive, are checked row by row before anything changes, are recorded, and taken back.

`arrive` keeps a file and recognises its format; `check` reads every row and says what recording it would do; `record`
does it, some hundred companies in a transaction, so that it can stop at any moment and go on; `take_back` undoes it.
`ask` has a worker do one of the three.
"""

from .arriving import Unusable, arrive, form_of, reread, samples
from .checking import check
from .recording import Stopped, begin, record, take_back
from .working import ask, discard, remap, use_mapping

__all__ = [
    "Stopped",
    "Unusable",
    "arrive",
    "ask",
    "begin",
    "check",
    "discard",
    "form_of",
    "record",
    "remap",
    "reread",
    "samples",
    "take_back",
    "use_mapping",
]
