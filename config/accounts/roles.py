"""People and their roles. What a role allows is decided in `config/access.py`."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import Group, User

from config.access import ROLES

OWNER: Final = "owner"


def give_role(user: User, role: str) -> None:
    """Give a person one role instead of those held before.

    An admin may also use the Django admin for everything, so the two flags it asks for go with the role.
    Raises ValueError for a role that does not exist.
    """
    if role not in ROLES:
        raise ValueError(f"There is no role “{role}”; the roles are {', '.join(ROLES)}.")
    user.groups.remove(*Group.objects.filter(name__in=ROLES))
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    user.is_staff = user.is_superuser = role == "admin"
    user.save(update_fields=["is_staff", "is_superuser"])


def ensure_owner() -> User:
    """The owner of this Roundbook, made when there is none: an admin who signs in by link until a password is set."""
    owner, is_new = User.objects.get_or_create(username=OWNER)
    if is_new:
        owner.set_unusable_password()
        owner.save(update_fields=["password"])
        give_role(owner, "admin")
    return owner
