"""Sectors as records: spellings of one line of business are one sector, by its folded name."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop

from .models import Sector
from .names import fold

LONGEST = 80  # characters of a name
# The lines of business that articles are read for (funding/extraction/vocabulary), which have words in each language.
READ: Final = frozenset({
    *(gettext_noop("artificial intelligence"), gettext_noop("fintech"), gettext_noop("insurance")),
    *(gettext_noop("health"), gettext_noop("biotech"), gettext_noop("robotics"), gettext_noop("cybersecurity")),
    *(gettext_noop("mobility"), gettext_noop("energy"), gettext_noop("ecommerce"), gettext_noop("software")),
})  # fmt: skip


def key_of(name: str) -> str:
    """What tells a sector: `Health & Care` and `health and care` are one."""
    return fold(name)[:LONGEST]


def in_words(name: str) -> str:
    """A sector in the reader's language where articles are read for it, else as its source spells it."""
    key = _key_read(name)
    words = gettext(key) if key else ""
    if words == key:
        return name
    return capfirst(words) if name[:1].isupper() else words


@lru_cache(maxsize=4096)
def _key_read(name: str) -> str:
    """The key of a sector that articles are read for; empty for any other."""
    key = key_of(name)
    return key if key in READ else ""


def held(names: Iterable[str]) -> dict[str, int]:
    """The sectors of some names, by name their ids; those that nobody named before are made."""
    keys = {name: key_of(name) for name in names}
    if not keys:
        return {}
    wanted = set(keys.values())
    ids = _ids(wanted)
    if new := wanted - ids.keys():
        # Of several spellings the first by letters, so that one file makes the same sectors each time.
        spelled = {key: min(name for name in keys if keys[name] == key) for key in sorted(new)}
        # Somebody else may make it at the same moment.
        Sector.objects.bulk_create(
            [Sector(name=name, key=key) for key, name in spelled.items()], ignore_conflicts=True
        )
        ids |= _ids(new)
    return {name: ids[key] for name, key in keys.items()}


def _ids(keys: Iterable[str]) -> dict[str, int]:
    return dict(Sector.objects.filter(key__in=list(keys)).values_list("key", "pk"))
