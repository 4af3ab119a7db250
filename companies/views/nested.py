"""Records read as JSON within the query for another: its page makes as many queries as it may."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DecimalField, F, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject


def as_json(found: QuerySet[Any], **more: Any) -> ArraySubquery:
    """Records with all of their columns, and `more` expressions of each."""
    cells = {column.attname: _cell(column) for column in found.model._meta.concrete_fields}
    return ArraySubquery(found.values(json=JSONObject(**cells, **more)))


def _cell(column: Any) -> Any:
    """A column as JSON holds it: amounts in words, for its numbers are not exact."""
    return Cast(column.attname, TextField()) if isinstance(column, DecimalField) else F(column.attname)


def from_json(model: Any, cells: Mapping[str, Any]) -> Any:
    """A record as `as_json` told of it, without those that it refers to."""
    return model(**{each.attname: each.to_python(cells[each.attname]) for each in model._meta.concrete_fields})
