"""Pages about companies and investors."""

from django.urls import path

from companies.views import (
    company_embed,
    company_facts,
    company_page,
    company_similar,
    compare,
    investor_facts,
    investor_page,
    investor_with,
    lists,
    search,
    suggest,
)

app_name = "companies"
urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/suggest/", search.search_suggest, name="search_suggest"),
    path("companies/", lists.company_list, name="company_list"),
    path("companies/suggest/", suggest.company_suggest, name="company_suggest"),
    path("companies/<slug:slug>/", company_page.company_detail, name="company_detail"),
    path("companies/<slug:slug>/embed/", company_embed.company_embed, name="company_embed"),
    path("companies/<slug:slug>/similar/", company_similar.company_similar, name="company_similar"),
    path("embeds/<int:pk>/take-back/", company_embed.embed_take_back, name="embed_take_back"),
    path("embed/<str:token>/", company_embed.embedded_chart, name="embedded_chart"),
    path("compare/", compare.compare, name="compare"),
    path("compare/suggest/", compare.compare_suggest, name="compare_suggest"),
    path("compare/values.csv", compare.compare_export, name="compare_export"),
    path("investors/", lists.investor_list, name="investor_list"),
    path("investors/suggest/", suggest.investor_suggest, name="investor_suggest"),
    path("new/company/", company_facts.company_new, name="company_new"),
    path("companies/<slug:slug>/facts/", company_facts.company_facts, name="company_facts"),
    path("companies/<slug:slug>/people/new/", company_facts.person_new, name="person_new"),
    path("investors/parents/suggest/", investor_facts.parent_suggest, name="parent_suggest"),
    path("investors/<slug:slug>/facts/", investor_facts.investor_facts, name="investor_facts"),
    path("investors/<slug:slug>/years.csv", investor_page.investor_years, name="investor_years"),
    path("investors/<slug:slug>/with/", investor_with.investor_with, name="investor_with"),
    path("investors/<slug:slug>/", investor_page.investor_detail, name="investor_detail"),
]
