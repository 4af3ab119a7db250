"""The Django admin: for admins, over people, names and feeds; what was recorded is only looked at there."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from factories import bearer, company, make_source, make_user, say, usd

from companies import candidates
from companies.models import Alias, Company, Investor
from config.accounts.roles import give_role
from config.admin import ReadOnlyAdmin, role_of
from config.models import ApiToken
from funding.models import Article, Change, Feed, Job, Round, Source, Statement
from funding.values import PartialDate

pytestmark = pytest.mark.django_db
ALIAS_NEW, PERSON_NEW = "/admin/companies/alias/add/", "/admin/auth/user/add/"


def person_page(user: User) -> str:
    return reverse("admin:auth_user_change", args=[user.pk])


def person(user: User, **changed: object) -> dict[str, object]:
    return {"username": user.username, "email": "", "first_name": "", "last_name": "", "is_active": "on"} | changed


def hold() -> None:
    told = {"announced_on": PartialDate(2024, 1, 5), "raised": usd(5_000_000), "investors": ["Northgate Capital"]}
    say(make_source(), rounds={"0": told})


@pytest.mark.parametrize("persona", ["reader_client", "analyst_client", "editor_client"])
def test_only_admins_come_in(request, persona):
    assert request.getfixturevalue(persona).get("/admin/").status_code == 403


def test_anonymous_visitors_sign_in_on_the_sites_own_page(client):
    for address in ("/admin/", "/admin/login/"):
        assert client.get(address)["Location"].startswith("/accounts/login/?next=/admin/")


def test_every_page_of_the_admin_answers(admin_client):
    hold()
    Feed.objects.create(url="https://ledger.example/feed", next_fetch_at="2025-01-01T00:00Z")
    Job.objects.create(kind="article", idempotency_key="a")
    Alias.objects.create(company=company(), name="Ferrovia", key="ferrovia")
    source = Source.objects.get()
    Article.objects.create(key="k", source=source)
    for model, registered in admin.site._registry.items():
        options = model._meta
        listing = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        assert admin_client.get(listing, {"q": "a"} if registered.search_fields else {}).status_code == 200, listing
        first = model.objects.first()
        if first:
            page = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[first.pk])
            assert admin_client.get(page).status_code == 200, page


@pytest.mark.parametrize("model", [Source, Statement, Change, Round, Company, Investor, Job, Article, LogEntry, Group])
def test_what_is_written_elsewhere_is_only_shown(model, admin_client):
    hold()
    assert isinstance(admin.site._registry[model], ReadOnlyAdmin)
    options = model._meta
    assert admin_client.get(reverse(f"admin:{options.app_label}_{options.model_name}_add")).status_code == 403
    first = model.objects.first()
    if first:
        page = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[first.pk])
        assert admin_client.post(page, {"name": "changed"}).status_code == 403


def test_an_alias_makes_a_name_known_and_is_logged(admin_client):
    hold()
    added = admin_client.post(ALIAS_NEW, {"name": "Ferrovia S.A.", "company": company().pk, "investor": ""})
    assert added.status_code == 302
    assert Alias.objects.get().key == "ferrovia"
    assert candidates.company_named("FERROVIA") == company()
    assert LogEntry.objects.get().object_repr == "Ferrovia S.A."


@pytest.mark.parametrize("kind", ["neither", "both", "a namesake", "twice"])
def test_an_alias_stands_for_one_record_and_nothing_else(admin_client, kind):
    hold()
    say(make_source(), company="Bruma", facts={"founded_on": PartialDate(2016)})
    one, other = company().pk, company("Bruma").pk
    if kind == "twice":
        Alias.objects.create(company_id=other, name="Ferrovia", key="ferrovia")
    sent = {
        "neither": ({"name": "Ferrovia"}, "Choose one of the two."),
        "both": (
            {"name": "Ferrovia", "company": one, "investor": Investor.objects.get().pk},
            "Choose one of the two.",
        ),
        "a namesake": ({"name": "BRUMA", "company": one}, "“BRUMA” is the name of Bruma already"),
        "twice": ({"name": "Ferrovia", "company": one}, "“Ferrovia” stands for Bruma already."),
    }[kind]
    answer = admin_client.post(ALIAS_NEW, sent[0])
    assert answer.status_code == 200
    assert sent[1] in answer.text
    assert Alias.objects.count() == (kind == "twice")


def test_a_person_is_made_with_a_role(admin_client):
    sent = {"username": "nora", "email": "", "usable_password": "false", "password1": "", "password2": ""}
    assert admin_client.post(PERSON_NEW, sent | {"role": "editor"}).status_code == 302
    nora = User.objects.get(username="nora")
    assert (role_of(nora), nora.is_staff, nora.has_usable_password()) == ("editor", False, False)


@pytest.mark.parametrize(("role", "may_administer"), [("reader", False), ("admin", True), ("", False)])
def test_changing_a_role_changes_what_goes_with_it(admin_client, role, may_administer):
    rui = make_user("nora", "editor")
    assert admin_client.post(person_page(rui), person(rui, role=role)).status_code == 302
    rui.refresh_from_db()
    assert (role_of(rui), rui.is_staff, rui.is_superuser) == (role, may_administer, may_administer)


def test_the_last_admin_stays_one(admin_client):
    ada = User.objects.get(username="ada")
    for changed in ({"role": "reader"}, {"role": "admin", "is_active": ""}):
        answer = admin_client.post(person_page(ada), person(ada, **changed))
        assert answer.status_code == 200
        assert "ada is the only active admin." in answer.text
    assert role_of(ada) == "admin"
    give_role(make_user("nora"), "admin")
    assert admin_client.post(person_page(ada), person(ada, role="reader")).status_code == 302


def test_a_feeds_address_is_not_changed_here(admin_client):
    feed = Feed.objects.create(url="https://ledger.example/feed", next_fetch_at="2025-01-01T00:00Z")
    page = reverse("admin:funding_feed_change", args=[feed.pk])
    sent = {"title": "Ledger", "is_active": "", "interval_minutes": 15, "url": "http://10.0.0.1/"}
    assert admin_client.post(page, sent).status_code == 302
    feed.refresh_from_db()
    assert (feed.title, feed.is_active, feed.interval_minutes) == ("Ledger", False, 15)
    assert feed.url == "https://ledger.example/feed"


def test_it_has_the_colours_and_type_of_the_other_pages(admin_client):
    page = admin_client.get("/admin/").content.decode()
    for sheet in ("css/tokens.css", "css/admin.css", "js/theme.js"):
        assert sheet in page, sheet
    assert "admin/css/dark_mode.css" not in page


def test_tokens_are_listed_and_revoked_and_no_hash_is_shown(admin_client):
    owner = make_user("olga", "reader")
    working = bearer(owner)
    token = ApiToken.objects.get()
    listing = reverse("admin:config_apitoken_changelist")
    for address in (listing, reverse("admin:config_apitoken_change", args=[token.pk])):
        page = admin_client.get(address).content.decode()
        assert token.prefix in page and "olga" in page
        assert token.digest not in page and working["Authorization"].split()[1] not in page
    again = {"action": "revoke", "_selected_action": [token.pk]}
    assert "1 revoked." in admin_client.post(listing, again, follow=True).content.decode()
    assert Client().get("/api/v1/rounds", headers=working).status_code == 401
    assert "Revoked the token of olga." in LogEntry.objects.get().change_message
    assert "0 revoked. 1 had been revoked before." in admin_client.post(listing, again, follow=True).content.decode()


def test_tokens_are_not_made_in_the_admin(admin_client):
    assert admin_client.get(reverse("admin:config_apitoken_add")).status_code == 403
