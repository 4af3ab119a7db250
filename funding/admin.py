"""What was said and what became of it, to look at; feeds, to change. `funding.recording` and `funding.jobs` write."""

from django.contrib import admin
from django.http import HttpRequest

from config.admin import ReadOnlyAdmin
from funding import figures
from funding.models import Article, Change, Exit, Feed, Job, Round, Source, Statement, Valuation

FETCHED = ("url", "next_fetch_at", "last_fetch_at", "failures", "last_error", "created_by", "created_at")


@admin.register(Feed)
class FeedAdmin(admin.ModelAdmin):
    """Feeds are added on the articles page, which looks at their address first, and given up there."""

    list_display = ("title", "url", "is_active", "interval_minutes", "last_fetch_at", "failures", "last_error")
    list_filter = ("is_active",)
    search_fields = ("title", "url")
    fields = ("title", "is_active", "interval_minutes", *FETCHED)
    readonly_fields = FETCHED

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "attempt", "created_at", "finished_at", "result", "error")
    list_filter = ("state", "kind")
    search_fields = ("idempotency_key", "host", "error")


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "publisher", "published_on", "created_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("source", "created_by")
    search_fields = ("title", "url", "publisher")


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "publisher", "published_on", "entered_by", "created_at")
    list_filter = ("kind", "language")
    list_select_related = ("entered_by",)
    search_fields = ("title", "publisher", "url")


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ("mention", "field", "in_words", "recorded_at", "retracted_at")
    list_filter = ("field", ("retracted_at", admin.EmptyFieldListFilter))
    list_select_related = ("mention",)
    search_fields = ("mention__name",)

    @admin.display(description="value")
    def in_words(self, one: Statement) -> str:
        return figures.words(one.said)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "by", "note", "undoes")
    list_filter = ("kind",)
    list_select_related = ("by", "undoes__by")


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ("company", "label", "status", "announced_on", "raised_usd", "has_conflict", "is_live")
    list_filter = ("stage", "status", "is_live", "has_conflict")
    list_select_related = ("company",)
    search_fields = ("company__name",)


@admin.register(Exit)
class ExitAdmin(ReadOnlyAdmin):
    list_display = ("company", "kind", "status", "announced_on", "acquirer", "exchange", "has_conflict", "is_live")
    list_filter = ("kind", "status", "is_live", "has_conflict")
    list_select_related = ("company",)
    search_fields = ("company__name", "acquirer")


@admin.register(Valuation)
class ValuationAdmin(ReadOnlyAdmin):
    list_display = ("company", "round", "valued_on", "basis", "origin", "usd", "unicorn", "has_conflict")
    list_filter = ("origin", "basis", "has_conflict", ("round", admin.EmptyFieldListFilter))
    list_select_related = ("company", "round__company")
    search_fields = ("company__name",)
