"""`manage.py database_connections`: how many connections this installation may take."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.base import conf
from idp.front.connections import ConnectionPlan, plan


class Command(BaseCommand):
    """Exits with 1 when PostgreSQL has fewer than that."""

    help = "Says how many connections to the database all processes together may take."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many processes there are."""
        own = conf.current().web_processes
        parser.add_argument("--providers", type=int, default=1, help="containers or machines (1)")
        parser.add_argument("--workers", type=int, default=own, help="GRANIAN_WORKERS of each")
        parser.add_argument("--worker-threads", type=int, default=5, help="of Celery, in all (5)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the sum."""
        processes = options["providers"] * options["workers"]
        found = plan(conf.current(), processes=processes, worker_threads=options["worker_threads"])
        self.stdout.write(
            f"{found.web} for {processes} web processes, {found.process} each\n"
            f"{found.worker} for background work\n"
            f"{found.others} for migration and administrators\n"
            f"{found.needed} at most"
        )
        if not found.is_enough:
            raise CommandError(_short(found))


def _short(found: ConnectionPlan) -> str:
    return (
        f"PostgreSQL takes {found.most}: raise its max_connections by "
        f"{found.needed - found.most}, or see docs/operations.md, Connections."
    )
