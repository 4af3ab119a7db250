"""What is known of who is signed in, asked of the database once for each request: the role, and what they set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User


@dataclass(frozen=True, slots=True)
class Reader:
    """The groups that somebody is in, and the currency that they set; empty where they set none."""

    groups: frozenset[str] = frozenset()
    currency: str = ""


def known_of(user: AbstractBaseUser | AnonymousUser) -> Reader:
    """What is known of a person; nothing of a visitor. Asks the database once for each user object."""
    if not user.is_authenticated:
        return Reader()
    kept: Any = user
    known: Reader | None = getattr(kept, "_reader", None)
    if known is None:
        rows = User.objects.filter(pk=user.pk).values_list("groups__name", "reader_setting__currency")
        found = list(rows)
        groups = frozenset(name for name, _currency in found if name)
        known = Reader(groups, next((currency for _name, currency in found if currency), ""))
        kept._reader = known
    return known
