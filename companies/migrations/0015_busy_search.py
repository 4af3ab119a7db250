"""Lets records be found by the steps of how busy they are that there are now."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    from companies.search.indexing import index_everything

    index_everything()


class Migration(migrations.Migration):
    dependencies = [("companies", "0014_sector_key_unique")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
