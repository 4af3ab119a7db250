from django.apps import AppConfig

from config import catalogues


class RoundbookConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        catalogues.compile_stale()
        catalogues.remember()
        # The tasks must bind to our app wherever they are imported, the web process included.
        from config import celery  # noqa: F401
