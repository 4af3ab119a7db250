"""Sectors as records: spellings of one line of business are one sector, by its folded name."""

from collections.abc import Iterable

from .models import Sector
from .names import fold

LONGEST = 80  # characters of a name


def key_of(name: str) -> str:
    """What tells a sector: `Health & Care` and `health and care` are one."""
    return fold(name)[:LONGEST]


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
