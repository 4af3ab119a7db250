"""Makes one sector of those that differ in spelling alone, on companies, on rounds and in the sums."""

from collections import defaultdict
from typing import Any

from django.db import migrations

COMPANIES = (
    "insert into companies_company_sectors (company_id, sector_id) select distinct company_id, %(kept)s"
    " from companies_company_sectors where sector_id = any(%(gone)s) on conflict do nothing",
    "delete from companies_company_sectors where sector_id = any(%(gone)s)",
    "delete from companies_sector where id = any(%(gone)s)",
)
LISTS = tuple(
    f"update {table} set sector_ids = array(select distinct case when one = any(%(gone)s) then %(kept)s else one end"
    " from unnest(sector_ids) as one order by 1) where sector_ids && %(gone)s::int[]"
    for table in ("companies_company", "funding_round")
)
# A round of a company in two that are one now was counted twice: the cells of both are made anew, as
# `funding.recording.totals` counts.
OF_ROUNDS = """
    from funding_round r cross join lateral (values ('*'), (r.country)) as c(country)
    where r.is_live and r.status = 'closed' and r.announced_on is not null and r.announced_precision <> 'year'
        and r.sector_ids @> array[%(kept)s]::int[]"""
SUMS = (
    "delete from funding_roundtotal where sector = any(%(gone)s) or sector = %(kept)s",
    f"""insert into funding_roundtotal (quarter, stage, country, sector, rounds, unstated, inexact, usd, eur, gbp)
    select date_trunc('quarter', r.announced_on)::date, r.stage, c.country, %(kept)s, count(*),
        count(*) filter (where r.raised_usd is null),
        count(*) filter (where r.raised_usd is not null
            and (r.raised_is_approx or r.raised_low is distinct from r.raised_high)),
        coalesce(sum(r.raised_usd), 0), coalesce(sum(r.raised_eur), 0), coalesce(sum(r.raised_gbp), 0)
    {OF_ROUNDS} group by 1, 2, 3""",
    "delete from funding_roundsize where sector = any(%(gone)s) or sector = %(kept)s",
    f"""insert into funding_roundsize (quarter, stage, country, sector, size, rounds)
    select date_trunc('quarter', r.announced_on)::date, r.stage, c.country, %(kept)s,
        floor(log(r.raised_usd) * 48), count(*)
    {OF_ROUNDS} and r.raised_usd > 0 group by 1, 2, 3, 5""",
)


def merge(apps: Any, schema_editor: Any) -> None:
    from companies.sectors import key_of

    spelled: dict[str, list[int]] = defaultdict(list)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select id, name from companies_sector order by id")
        for pk, name in cursor.fetchall():
            spelled[key_of(name)].append(pk)
        for key, (kept, *gone) in spelled.items():
            cursor.execute("update companies_sector set key = %s where id = %s", [key, kept])
            if gone:
                for statement in (*COMPANIES, *LISTS, *SUMS):
                    cursor.execute(statement, {"kept": kept, "gone": gone})


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0013_sector_key'),
        ('funding', '0026_inexact_sums'),
    ]

    operations = [migrations.RunPython(merge, migrations.RunPython.noop)]
