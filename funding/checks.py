"""What the database must allow, as `manage.py check --database default` and `migrate` ask."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

ASKED = "select current_user, current_database(), has_database_privilege(current_database(), 'TEMPORARY')"


@register(Tags.database)
def may_make_temporary_tables(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Pages as of a date read temporary tables, for which an account has the right unless it was revoked."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(ASKED)
            account, database, is_allowed = cursor.fetchone()
        if not is_allowed:
            told = f"The account {account} may not make temporary tables in the database {database}."
            hint = f"Pages as of a date need it: GRANT TEMPORARY ON DATABASE {database} TO {account};"
            found.append(Warning(told, hint, id="funding.W001"))
    return found
