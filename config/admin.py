"""The Django admin: people and their roles, and the kind of page that only shows. Open to admins alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest

from config import tokens
from config.access import ROLES, role_level
from config.accounts.roles import give_role
from config.models import ApiToken

admin.site.site_header = admin.site.site_title = "Roundbook administration"
admin.site.index_title = "People, names, feeds and the record"
# Signing in is allauth's, with its rate limits, also for those who come by the admin's own address.
admin.site.login = secure_admin_login(admin.site.login)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at here and written elsewhere."""

    list_per_page = 50
    show_full_result_count = False  # no count of millions of rows for a line nobody reads

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class RoleField(forms.ChoiceField):
    """One of the four roles, or none yet."""

    def __init__(self) -> None:
        super().__init__(
            choices=[("", "no role: may do nothing"), *((name, name) for name in ROLES)],
            required=False,
            help_text="Each role includes what those before it may do. docs/access.md says what that is.",
        )


class NewPersonForm(AdminUserCreationForm):
    role = RoleField()


class PersonForm(UserChangeForm):
    role = RoleField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = role_of(self.instance)

    def clean(self) -> dict[str, Any]:
        """Somebody has to be left who can give roles."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stays = cleaned.get("role") == "admin" and cleaned.get("is_active")
        others = User.objects.filter(is_active=True, groups__name="admin").exclude(pk=self.instance.pk)
        if role_of(self.instance) == "admin" and not stays and not others.exists():
            raise forms.ValidationError(
                f"{self.instance.username} is the only active admin. Make somebody else admin first."
            )
        return cleaned


def role_of(user: User) -> str:
    """The name of a person's role, empty where there is none."""
    held = set(user.groups.values_list("name", flat=True)) if user.pk else set()
    return next((name for name in reversed(ROLES) if name in held), "")


class PersonAdmin(UserAdmin):
    """People by role. What a role allows is decided in `config/access.py`, so permissions are not given one by one."""

    form, add_form = PersonForm, NewPersonForm
    list_display = ("username", "email", "role", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("role", "is_active")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "usable_password", "password1", "password2", "role")}),)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="role")
    def role(self, user: User) -> str:
        held = {group.name for group in user.groups.all()}
        return next((name for name in reversed(ROLES) if name in held), "none")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        role, user = form.cleaned_data["role"], form.instance
        if role and role != role_of(user):
            give_role(user, role)
        elif not role and role_level(user):
            user.groups.remove(*Group.objects.filter(name__in=ROLES))
            user.is_staff = user.is_superuser = False
            user.save(update_fields=["is_staff", "is_superuser"])

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        # What somebody entered stays theirs; an account is closed by unticking "active".
        return False


class RoleAdmin(ReadOnlyAdmin, GroupAdmin):
    """The roles, to see that they are there; they are four, and what they allow is code."""

    fields: Sequence[str] = ("name",)


class LogEntryAdmin(ReadOnlyAdmin):
    """What was changed here, by whom and when."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "change_message")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "change_message")


class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens of the API of all people, to look at and to revoke; their hashes are shown to nobody."""

    list_display = ("name", "owner", "prefix", "scopes_in_words", "created_at", "expires_on", "last_used_at", "state")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "expires_on")
    list_select_related = ("owner",)
    search_fields = ("name", "prefix", "owner__username")
    exclude = ("digest",)
    ordering = ("-pk",)
    actions = ("revoke",)

    @admin.display(description="state")
    def state(self, token: ApiToken) -> str:
        if token.revoked_at:
            return f"revoked {token.revoked_at:%Y-%m-%d}"
        return "works" if token.is_usable else "expired"

    @admin.action(description="Revoke selected tokens, for good")
    def revoke(self, request: HttpRequest, chosen: models.QuerySet[ApiToken]) -> None:
        revoked = [token for token in chosen.select_related("owner") if tokens.revoke(token)]
        for token in revoked:
            self.log_change(request, token, f"Revoked the token of {token.owner}.")
        left = chosen.count() - len(revoked)
        told = f"{len(revoked)} revoked." + (f" {left} had been revoked before." if left else "")
        self.message_user(request, told)


admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(User, PersonAdmin)
admin.site.register(Group, RoleAdmin)
admin.site.register(LogEntry, LogEntryAdmin)
admin.site.register(ApiToken, ApiTokenAdmin)
