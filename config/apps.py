from django.apps import AppConfig

from config import catalogues


class RoundbookConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        catalogues.compile_stale()
        catalogues.remember()
        # The tasks must bind to our app wherever they are imported, the web process included.
        # So must the lookup `__among` be known to columns.
        from config import celery, queries  # noqa: F401
