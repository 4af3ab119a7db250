"""The four roles. What each allows is decided in config/access.py."""

from django.db import migrations

ROLES = ("reader", "analyst", "editor", "admin")


def make_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.using(schema_editor.connection.alias).get_or_create(name=name)


class Migration(migrations.Migration):
    initial = True

    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    # Going back leaves the groups, since people may be in them.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
