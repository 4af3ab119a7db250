"""The names of countries in templates."""

from django import template

from companies.filters.fields import country_in_words

register = template.Library()


@register.filter
def country(code: str) -> str:
    """The name of a country in the reader's language."""
    return country_in_words(code)
