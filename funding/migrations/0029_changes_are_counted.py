from django.db import migrations

TABLES = [
    *("round", "participation", "valuation", "roundtotal", "roundsize", "investment", "investortotal"),
    *("rate", "averagerate", "ownrate"),
]
COUNT = """
create trigger record_change after insert or update or delete or truncate on funding_{0}
for each statement execute function count_record_change()
"""


class Migration(migrations.Migration):
    dependencies = [("funding", "0028_counted_rounds"), ("config", "0005_record_changes")]

    operations = [
        migrations.RunSQL(COUNT.format(one), f"drop trigger record_change on funding_{one}") for one in TABLES
    ]
