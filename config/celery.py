"""The Celery app. Its messages only say which job is due; the job itself stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("roundbook")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
