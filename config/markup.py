"""Markup made in Python, where a page has hundreds of one kind and templates would take ten times as long."""

from html import escape

from django.utils.safestring import SafeString

NOTHING = SafeString("")


def markup(form: str, *parts: object) -> SafeString:
    """What `format_html` gives, in a third of the time: parts that are no markup yet are escaped."""
    return SafeString(form.format(*[escaped(part) for part in parts]))


def escaped(part: object) -> str:
    """A part that is markup as it is, any other one escaped."""
    return part if isinstance(part, SafeString) else escape(str(part))
