from django.db import migrations

TABLES = ["company", "company_sectors", "investor", "person", "sector", "searchentry", "searchword"]
COUNT = """
create trigger record_change after insert or update or delete or truncate on companies_{0}
for each statement execute function count_record_change()
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0016_counted_choices"), ("config", "0005_record_changes")]

    operations = [
        migrations.RunSQL(COUNT.format(one), f"drop trigger record_change on companies_{one}") for one in TABLES
    ]
