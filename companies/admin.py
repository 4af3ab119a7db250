"""Companies, investors and people as the record has them, and their other names, which an admin may add."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from companies.models import Alias, Company, Investor, Person
from companies.names import fold
from companies.search import indexing
from config.admin import ReadOnlyAdmin


class AliasForm(forms.ModelForm):
    """Another name of one company or one investor. Sources that use it are taken for that record from then on."""

    class Meta:
        model = Alias
        fields = ("name", "company", "investor", "valid_from", "valid_until")
        help_texts = {
            "name": "Sources that use this name are taken for the record below from now on.",
            "valid_from": "Only for sources published from this day on; empty for all.",
            "valid_until": "Only for sources published until this day; empty for all.",
        }

    def clean(self) -> dict[str, Any]:
        """One record, and a name that stands for nothing else."""
        cleaned = super().clean() or self.cleaned_data
        name, company, investor = cleaned.get("name", ""), cleaned.get("company"), cleaned.get("investor")
        if bool(company) == bool(investor):
            raise forms.ValidationError("An alias is of one company or of one investor. Choose one of the two.")
        record, key = company or investor, fold(name)
        if not key:
            raise forms.ValidationError(f"“{name}” is no name.")
        namesake = type(record).objects.filter(key=key, merged_into=None).exclude(pk=record.pk).first()
        if namesake:
            raise forms.ValidationError(
                f"“{name}” is the name of {namesake} already, so it cannot stand for {record}."
            )
        held = Alias.objects.filter(key=key, **{f"{type(record)._meta.model_name}__isnull": False})
        held = held.exclude(pk=self.instance.pk)
        if held:
            other = held[0].company or held[0].investor
            raise forms.ValidationError(f"“{name}” stands for {other} already.")
        self.instance.key = key[:200]
        return cleaned


@admin.register(Alias)
class AliasAdmin(admin.ModelAdmin):
    form = AliasForm
    list_display = ("name", "company", "investor")
    list_select_related = ("company", "investor")
    search_fields = ("name", "company__name", "investor__name")
    autocomplete_fields = ("company", "investor")

    def save_model(self, request: HttpRequest, obj: Alias, form: Any, change: bool) -> None:
        before = list(Alias.objects.filter(pk=obj.pk))
        super().save_model(request, obj, form, change)
        _index([*before, obj])

    def delete_model(self, request: HttpRequest, obj: Alias) -> None:
        super().delete_model(request, obj)
        _index([obj])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        gone = list(queryset)
        super().delete_queryset(request, queryset)
        _index(gone)


def _index(aliases: Iterable[Alias]) -> None:
    """Let the records of these aliases be found by the names they have now."""
    indexing.index_companies({one.company_id for one in aliases if one.company_id})
    indexing.index_investors({one.investor_id for one in aliases if one.investor_id})


class AliasesInline(admin.TabularInline):
    model = Alias
    extra = 0
    fields = ("name",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Company)
class CompanyAdmin(ReadOnlyAdmin):
    list_display = ("name", "city", "rounds_count", "last_round_on", "has_conflict", "is_live", "merged_into")
    list_filter = ("is_live", "has_conflict")
    list_select_related = ("merged_into",)
    search_fields = ("name", "key", "aliases__name")
    inlines = (AliasesInline,)


@admin.register(Investor)
class InvestorAdmin(ReadOnlyAdmin):
    list_display = ("name", "is_live", "merged_into")
    list_filter = ("is_live",)
    list_select_related = ("merged_into",)
    search_fields = ("name", "key", "aliases__name")
    inlines = (AliasesInline,)


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("name", "resolved_for", "is_live")
    list_select_related = ("resolved_for",)
    search_fields = ("name", "resolved_for__name")
