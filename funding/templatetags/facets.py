"""The choices of a list's filters, of which a page has a hundred: in Python, as the cells of tables are."""

from collections.abc import Iterable

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from config.listing import Choice, Choices
from config.markup import markup

register = template.Library()


@register.filter
def checkboxes(choices: Choices, part: str) -> SafeString:
    """The `usual` choices of a parameter or the `others`, of which several may be in use, with their numbers."""
    return _boxes("checkbox", choices.name, getattr(choices, part))


@register.filter
def radios(choices: Choices) -> SafeString:
    """The choices of a parameter of which one is in use, with their numbers."""
    return _boxes("radio", choices.name, choices.usual)


@register.filter
def flag(choices: Choices) -> SafeString:
    """The one choice of a parameter that is in use or not, with its number."""
    return _boxes("checkbox", choices.name, [one for one in choices.usual if one.value])


@register.filter
def select(field: BoundField) -> SafeString:
    """The choices of a field of which one is in use, in one line to open."""
    asked = field.value()
    options = [
        markup('<option value="{}"{}>{}</option>', code, SafeString(" selected") if code == asked else "", label)
        for code, label in field.field.choices  # type: ignore[attr-defined]  # of a field that has them
    ]
    wrong = SafeString(' aria-invalid="true"') if field.errors else ""
    return markup('<select name="{0}" id="id_{0}"{1}>{2}</select>', field.name, wrong, SafeString("".join(options)))


def _boxes(kind: str, name: str, ones: Iterable[Choice]) -> SafeString:
    return SafeString(
        "\n".join(
            [
                markup(
                    '<label class="check"><input type="{}" name="{}" value="{}"{}>{}{}</label>',
                    kind,
                    name,
                    one.value,
                    SafeString(" checked") if one.is_chosen else "",
                    one.label,
                    _number(name, one),
                )
                for one in ones
            ]
        )
    )


def _number(name: str, one: Choice) -> SafeString | str:
    if not one.count:
        return ""
    return markup('<span class="n" data-count="{}={}">{}</span>', name, one.value, one.count)
