"""Bodies of requests: JSON objects, read member by member, every mistake with the place where it stands."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.problems import Problem
from funding import typed
from funding.deal_form import NOT_STATED, UNDISCLOSED

# How exact an amount is, by the ends of an interval, as people type it.
SIGNS = {(True, False): "≥", (True, True): ">", (False, False): "≤", (False, True): "<"}


def read_json(request: HttpRequest) -> Any:
    """The body of a request. Raises Problem where it is no JSON, or holds what cannot be stored."""
    if request.content_type != "application/json":
        raise Problem("not-json", _("Send the body as application/json."))
    try:
        text = request.body.decode("utf-8")
        found = json.loads(text, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Problem("bad-request", _("The body is no JSON in UTF-8.")) from None
    if "\\u0000" in text:
        raise Problem("bad-request", _("The body holds a NUL character."))
    return found


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


class Body:
    """A JSON object. Members are read by their type; `finish` refuses what was wrong, and what nobody asked for.

    A member that is null is as good as none.
    """

    def __init__(self, found: Any, at: str = "", errors: list[dict[str, str]] | None = None) -> None:
        self.at, self.errors = at, [] if errors is None else errors
        self._asked: set[str] = set()
        self._inner: list[Body] = []
        if not isinstance(found, Mapping):
            self.wrong("", _("It must be an object."))
            found = {}
        self._found: Mapping[str, Any] = found

    def wrong(self, name: str, told: str) -> None:
        """Keep what is wrong with a member."""
        self.errors.append({"pointer": f"{self.at}/{name}" if name else self.at or "/", "detail": told})

    def _take(self, name: str) -> Any:
        self._asked.add(name)
        return self._found.get(name)

    def has(self, name: str) -> bool:
        """Whether a member is given and not null."""
        return self._found.get(name) is not None

    def gives(self, name: str) -> bool:
        """Whether a member is given, be it as null."""
        return name in self._found

    def choice(self, name: str, word: str) -> int | str | None:
        """A whole number, or one word in its place."""
        if self._found.get(name) == word:
            self._asked.add(name)
            return word
        return self.whole(name)

    def text(self, name: str, usual: str = "") -> str:
        """A string."""
        value = self._take(name)
        if value is None:
            return usual
        if not isinstance(value, str):
            self.wrong(name, _("It must be a string."))
            return usual
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where it is not given."""
        value = self._take(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, _("It must be true or false."))
        return value is True

    def whole(self, name: str) -> int | None:
        """A whole number."""
        value = self._take(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.wrong(name, _("It must be a whole number."))
        return None

    def count(self, name: str) -> str:
        """A number as people type it: a whole number is one already."""
        value = self._found.get(name)
        return str(self.whole(name)) if isinstance(value, int) and not isinstance(value, bool) else self.text(name)

    def words(self, name: str) -> list[str]:
        """A list of strings, on one line each. A semicolon, which parts them in the forms, is refused."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, Sequence) or not all(isinstance(one, str) for one in value) or isinstance(value, str):
            self.wrong(name, _("It must be a list of strings."))
            return []
        if any(";" in one for one in value):
            self.wrong(name, _("A semicolon cannot stand in one of them."))
        return [" ".join(one.split()) for one in value]

    def filters(self, name: str) -> dict[str, list[str]]:
        """An object of parameters: each a string, a number, true or false, or a list of such."""
        value = self._take(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(name, _("It must be an object."))
            return {}
        found = {}
        for key, given in value.items():
            each = given if isinstance(given, list) else [given]
            if not all(isinstance(one, str | int | float) for one in each):
                self.wrong(f"{name}/{str(key)[:60]}", _("It must be a string, a number, or a list of them."))
            found[str(key)] = [str(one) for one in each]
        return found

    def inner(self, name: str) -> "Body":
        """An object in the object; an empty one where it is not given."""
        value = self._take(name)
        found = Body({} if value is None else value, f"{self.at}/{name}", self.errors)
        self._inner.append(found)
        return found

    def each(self, name: str) -> list["Body"]:
        """A list of objects."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.wrong(name, _("It must be a list."))
            return []
        found = [Body(one, f"{self.at}/{name}/{at}", self.errors) for at, one in enumerate(value)]
        self._inner += found
        return found

    def amount(self, name: str) -> str:
        """An amount as people type it: a string is one already, an object is as answers have it."""
        value = self._take(name)
        if value is None or isinstance(value, str):
            return value or ""
        if not isinstance(value, Mapping):
            self.wrong(name, _("It must be a string, such as €12m, or an object."))
            return ""
        inner = Body(value, f"{self.at}/{name}", self.errors)
        self._inner.append(inner)
        return _typed(inner)

    def finish(self) -> None:
        """Raises Problem where anything was wrong."""
        self._refuse_others()
        if self.errors:
            raise Problem("invalid", errors=self.errors)

    def _refuse_others(self) -> None:
        for name in self._found:
            if name not in self._asked:
                self.wrong(str(name)[:60], _("There is no such member here."))
        for one in self._inner:
            one._refuse_others()


def _typed(body: Body) -> str:
    """The interval of an object, typed: `≥ 5000000 EUR`. A range has no such form, and is refused."""
    low, high, currency = (body.text(name) for name in ("low", "high", "currency"))
    low_open, high_open, is_approx = (body.flag(name) for name in ("low_open", "high_open", "is_approx"))
    if low and high and low != high:
        body.wrong("high", _("A range cannot be entered. Give one end, or the amount that it is about."))
    if not low and not high:
        body.wrong("low", _("An amount has at least one end."))
    if not currency:
        body.wrong("currency", _("Name the currency of the amount, such as USD."))
    if low and high:
        sign = "≈" if is_approx else ""
    else:
        sign = SIGNS[bool(low), low_open if low else high_open]
    return f"{sign} {low or high} {currency}".strip()


def with_bound(words: str) -> dict[str, str]:
    """The fields of the form of a round for the amount raised: how exact it is, and what is typed."""
    if not words:
        return {"bound": NOT_STATED, "raised": ""}
    if words.strip().casefold() == UNDISCLOSED:
        return {"bound": UNDISCLOSED, "raised": ""}
    try:
        bound = typed.read_amount(words).bound
    except ValueError:  # the form says what is wrong with it
        bound = ""
    return {"bound": bound or "exactly", "raised": words}
