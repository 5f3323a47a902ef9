"""`manage.py grant_application`: what the provider's own role may do in the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from foundation.base.partitions.table import declared
from foundation.journal.privileges import PRIVILEGES

USUAL = "SELECT, INSERT, UPDATE, DELETE"
READ_ONLY = ("django_migrations",)
OWNS = """
SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s
"""
TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
ORDER BY relname
"""


class Command(BaseCommand):
    """Run by the owner of the tables after every migration; a second run changes nothing."""

    help = (
        "Lets a PostgreSQL role do what the provider must, and no more: it owns no table, so it "
        "cannot drop the triggers of the history."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the role."""
        parser.add_argument("role", help="the role in the DATABASE_URL of the provider")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Grant."""
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles.")
        role = options["role"]
        with connection.cursor() as cursor:
            cursor.execute(OWNS, [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role}: deploy/postgres-roles makes it.")
            if found[0]:
                raise CommandError(f"{role} may do everything, or is who runs this: take another.")
            cursor.execute(TABLES)
            for statement in statements(role, [name for (name,) in cursor.fetchall()]):
                cursor.execute(statement)
        self.stdout.write(f"{role} may do what the provider must.")


def statements(role: str, tables: list[str]) -> list[str]:
    """Return what takes everything from a role and gives it what it must have.

    Of partitions it gets nothing: their rows are reached through their table, which has the rules.
    """
    name = connection.ops.quote_name
    to = name(role)
    special = {**dict.fromkeys(READ_ONLY, "SELECT"), **PRIVILEGES}
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        f"REVOKE ALL ON SCHEMA public FROM {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}",
        *(f"GRANT {special.get(table, USUAL)} ON {name(table)} TO {to}" for table in tables),
        *(
            f"GRANT EXECUTE ON FUNCTION {function.name} TO {to}"
            for table in declared
            for function in table.granted
        ),
    ]
