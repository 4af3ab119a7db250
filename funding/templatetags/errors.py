"""The errors of a form's field, as every form shows them."""

from typing import Any

from django import template
from django.forms import BoundField

register = template.Library()


@register.inclusion_tag("_field_errors.html")
def field_errors(field: BoundField) -> dict[str, Any]:
    """Each error under its field: the first sentence, which says what is wrong, and the rest, how to mend it."""
    told = [str(error).partition(". ") for error in field.errors]
    return {
        "id": f"{field.auto_id}_error",
        "errors": [(first if not rest else f"{first}.", rest) for first, _, rest in told],
    }
