"""Lets rounds tell when a source last spoke of them."""

from django.db import migrations, models

# As `funding.recording` projects it: of what is live and not deprecated, the day of the source or else of recording.
FILL = """
    update funding_round r set last_told_on = told.last
    from (
        select a.round_id, max(coalesce(so.published_on, (st.recorded_at at time zone 'UTC')::date)) as last
        from funding_assignment a
        join funding_mention me on me.id = a.mention_id
        join funding_source so on so.id = me.source_id
        join funding_statement st on st.mention_id = me.id and st.retracted_at is null
        where a.round_id is not null and a.retracted_at is null and not exists (
            select from funding_mark ma
            where ma.statement_id = st.id and ma.retracted_at is null and ma.kind = 'deprecation'
        )
        group by a.round_id
    ) told
    where told.round_id = r.id and r.is_live
"""


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0008_investor_facts'),
        ('funding', '0008_exits'),
    ]

    operations = [
        migrations.AddField(
            model_name='round',
            name='last_told_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='round',
            index=models.Index(models.OrderBy(models.F('announced_on'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status', 'rumoured')), name='round_rumoured'),
        ),
    ]
