"""The filters of what only the API lists: people, sources, mentions, changes; and ids where statements are listed."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.filters.fields import (
    DateField,
    RecordField,
    WordsField,
    between,
    require_order,
)
from companies.models import Company, Investor
from companies.names import fold
from config import paging
from config.filters import ChoicesField, QueryFilter
from config.paging import BIGGEST_ID
from funding.filters import ParticipationFilter, StatementFilter
from funding.models import Article, Assignment, Change, Mention, Round, Source, Statement
from funding.values import PartialDate

BY_RECORDING = {
    "recorded": paging.Order(gettext_lazy("the last recorded first")),
    "recorded_asc": paging.Order(gettext_lazy("the first recorded first"), is_descending=False),
}


class IdField(forms.CharField):
    """One row of a model by its id; an id that none has is a mistake, and no empty list."""

    def __init__(self, model: Any, label: Any) -> None:
        self.model = model
        super().__init__(required=False, max_length=40, label=label)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        is_id = text.isascii() and text.isdigit() and int(text) <= BIGGEST_ID
        found = self.model.objects.filter(pk=int(text)).first() if is_id else None
        if found is None:
            raise ValidationError(_("Nothing of this kind has the id “%(text)s”.") % {"text": text})
        return found


class PartsAsked(ParticipationFilter):
    """Participations: as those of rounds, by the order in which they were recorded."""

    ORDERS = BY_RECORDING


class StatementsAsked(StatementFilter):
    """Live statements: of a company, round, source, mention or change, and of some fields."""

    ORDERS = BY_RECORDING

    round = IdField(Round, gettext_lazy("Round"))
    source = IdField(Source, gettext_lazy("Source"))
    mention = IdField(Mention, gettext_lazy("Mention"))
    change = IdField(Change, gettext_lazy("Change"))

    def conditions(self) -> list[tuple[str, Q]]:
        asked, found = self.cleaned_data, super().conditions()
        if asked["round"]:
            own = Assignment.objects.filter(round=asked["round"], retracted_at=None).values("mention")
            found.append(("round", Q(mention__in=own)))
        for name, path in (("source", "mention__source"), ("mention", "mention"), ("change", "added_in")):
            if asked[name]:
                found.append((name, Q(**{path: asked[name]})))
        return found


class PeopleAsked(QueryFilter):
    """People, by name and company."""

    ORDERS = BY_RECORDING

    q = WordsField(gettext_lazy("Name"))
    company = RecordField(Company, gettext_lazy("Company"))

    def conditions(self) -> list[tuple[str, Q]]:
        asked, found = self.cleaned_data, []
        for word in fold(asked["q"]).split():
            found.append(("q", Q(key__startswith=word) | Q(key__contains=f" {word}")))
        if asked["company"]:
            found.append(("company", Q(resolved_for=asked["company"])))
        return found


class SourcesAsked(QueryFilter):
    """Sources: by kind, publisher, address, day, and the company that they speak of."""

    ORDERS = BY_RECORDING

    kind = ChoicesField(
        Source.Kind.choices, unknown=gettext_lazy("“%(value)s” is no kind of source."), label=gettext_lazy("Kind")
    )
    publisher = forms.CharField(required=False, max_length=200, label=gettext_lazy("Publisher"))
    url = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Address"))
    company = RecordField(Company, gettext_lazy("Company"))
    since = DateField(gettext_lazy("Published, from"))
    until = DateField(gettext_lazy("Published, to"))

    def clean(self) -> dict[str, Any]:
        require_order(self, "since", "until")
        return super().clean()

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        of_company = Assignment.objects.filter(company=asked["company"], retracted_at=None)
        found = [
            ("kind", Q(kind__in=asked["kind"]) if asked["kind"] else Q()),
            ("publisher", Q(publisher__iexact=asked["publisher"]) if asked["publisher"] else Q()),
            ("url", Q(url=asked["url"]) if asked["url"] else Q()),
            ("company", Q(pk__in=of_company.values("mention__source")) if asked["company"] else Q()),
            ("published", between("published_on", asked["since"], asked["until"])),
        ]
        return [(name, condition) for name, condition in found if condition]


class ArticlesAsked(QueryFilter):
    """Articles on their way in: by what became of them."""

    ORDERS = BY_RECORDING

    state = ChoicesField(
        Article.State.choices,
        unknown=gettext_lazy("“%(value)s” is no state of an article."),
        label=gettext_lazy("State"),
    )

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        return [("state", Q(state__in=asked["state"]))] if asked["state"] else []


class MentionsAsked(QueryFilter):
    """Mentions: by kind, source, and the company, investor or round that they are taken for."""

    ORDERS = BY_RECORDING

    kind = ChoicesField(
        Mention.Kind.choices, unknown=gettext_lazy("“%(value)s” is no kind of mention."), label=gettext_lazy("Kind")
    )
    source = IdField(Source, gettext_lazy("Source"))
    company = RecordField(Company, gettext_lazy("Company"))
    investor = RecordField(Investor, gettext_lazy("Investor"))
    round = IdField(Round, gettext_lazy("Round"))

    def conditions(self) -> list[tuple[str, Q]]:
        asked, found = self.cleaned_data, []
        if asked["kind"]:
            found.append(("kind", Q(kind__in=asked["kind"])))
        if asked["source"]:
            found.append(("source", Q(source=asked["source"])))
        for side in ("company", "investor", "round"):
            if asked[side]:
                own = Assignment.objects.filter(retracted_at=None, **{side: asked[side]})
                found.append((side, Q(pk__in=own.values("mention"))))
        return found


class ChangesAsked(QueryFilter):
    """Changes: by kind, who made them, day, and the company whose statements they added or took back."""

    ORDERS = BY_RECORDING

    kind = ChoicesField(
        Change.Kind.choices, unknown=gettext_lazy("“%(value)s” is no kind of change."), label=gettext_lazy("Kind")
    )
    by = forms.CharField(required=False, max_length=150, label=gettext_lazy("By"))
    company = RecordField(Company, gettext_lazy("Company"))

    def __init__(self, query: QueryDict, also: Iterable[str] = ()) -> None:
        super().__init__(query, also)
        # As on the page of changes; a class cannot have an attribute of the one name.
        self.fields["from"] = DateField(gettext_lazy("From"))
        self.fields["to"] = DateField(gettext_lazy("To"))

    def clean_by(self) -> str:
        name: str = self.cleaned_data["by"]
        if name and not Change.objects.filter(by__username=name).exists():
            raise ValidationError(_("Nobody called “%(name)s” has changed anything.") % {"name": name})
        return name

    def clean(self) -> dict[str, Any]:
        require_order(self, "from", "to")
        return super().clean()

    def conditions(self) -> list[tuple[str, Q]]:
        asked = self.cleaned_data
        of_company = Assignment.objects.filter(company=asked["company"]).values("mention")
        said = Statement.objects.filter(Q(mention__in=of_company) | Q(mention__company__in=of_company))
        touching = Q(pk__in=said.values("added_in")) | Q(pk__in=said.values("retracted_in"))
        found = [
            ("kind", Q(kind__in=asked["kind"]) if asked["kind"] else Q()),
            ("by", Q(by__username=asked["by"]) if asked["by"] else Q()),
            ("company", touching if asked["company"] else Q()),
            ("days", _within(asked["from"], asked["to"])),
        ]
        return [(name, condition) for name, condition in found if condition]


def _within(first: PartialDate | None, last: PartialDate | None) -> Q:
    """That an instant lies between two dates, both of which count, in UTC."""
    found = Q()
    if first:
        found &= Q(at__gte=datetime.datetime.combine(first.first_day, datetime.time(), datetime.UTC))
    if last:
        end = datetime.datetime.combine(last.last_day, datetime.time.max, datetime.UTC)
        found &= Q(at__lte=end)
    return found
