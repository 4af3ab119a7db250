"""Records as they come from the database."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class Record(models.Model):
    """A model whose rows become objects without its constructor, which would go through all fields of each.

    A page reads two hundred rows. No `pre_init` or `post_init` is sent for them: none of our fields listens.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs are of a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """An object of the fields that were read; others are read when they are asked for."""
        one = cls.__new__(cls)
        one._state = state = ModelState()
        state.adding, state.db = False, db
        vars(one).update(zip(field_names, values, strict=True))
        return one
