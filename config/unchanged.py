"""Answers that hold as long as no record changes: sums and counts that many readers ask for and are long to find.

Triggers count the transactions that changed a table of records (`RecordChanges`), in those transactions themselves.
Two snapshots that see the same number of them see the same transactions, and so the same records. What was found under
a number is therefore never old: nothing has to be told or forgotten in time, and no writer can fail to say that
something changed. Where records change all the time nothing is kept, and a page costs one short query more.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

from django.db import connection
from django.utils import timezone

from .models import RecordChanges

MOST: Final = 256  # answers; the one that was asked for longest ago goes first

Found = TypeVar("Found")

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock: Final = Lock()
_CHANGES: Final = f"select sum(number), max(last) from {RecordChanges._meta.db_table}"


def found(key: Hashable, find: Callable[[], Found]) -> Found:
    """What `find` finds, or what it found for the same key on the same day when all records were as they are.

    It may look at records alone, at the day and at what the key tells of, and nobody may change what it returns.
    Within a transaction it is asked each time: what that one changed is not seen by others, and some read the past.
    """
    if connection.in_atomic_block:
        return find()
    place = (key, timezone.localdate(), _changes())
    with _lock:
        if place in _kept:
            _kept.move_to_end(place)
            return _kept[place]  # type: ignore[no-any-return]
    answer = find()
    with _lock:
        _kept[place] = answer
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return answer


def forget() -> None:
    """Keep nothing, for who measures or tests what a first reader waits for."""
    with _lock:
        _kept.clear()


def _changes() -> Hashable:
    """Which transactions this connection sees, as far as they changed records.

    The last of them is told as well, so that a database which was restored, and counts on from less, is another.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES)
        return cursor.fetchone()
