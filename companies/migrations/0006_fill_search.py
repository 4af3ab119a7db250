"""Lets what is held already be found."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    from companies.search.indexing import index_everything

    index_everything()


class Migration(migrations.Migration):
    dependencies = [("companies", "0005_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
