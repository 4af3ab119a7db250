"""The URL map. Who may reach what is decided in `config/access.py`."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config import currencies, health
from funding.views import overview

handler400 = "config.requests.bad_request"
handler500 = "config.requests.server_error"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("", include("config.accounts.urls")),
    path("", include("companies.urls")),
    path("", include("funding.urls")),
    path("", include("funding.api.urls")),
    path("language/", set_language, name="set_language"),
    path("currency/", currencies.set_currency, name="set_currency"),
    path("health/", health.health, name="health"),
    path("csp-report/", health.csp_report, name="csp_report"),
    path("admin/", admin.site.urls),
]
