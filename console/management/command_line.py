"""The command line: what a command changes is changed by that command."""

from django.core.management import BaseCommand, ManagementUtility


class CommandLine(ManagementUtility):
    """Django's, which says who is at work."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return the command, which is the author of what it changes."""
        from foundation.journal.changes.acting import work_as
        from foundation.journal.context import DecisionContext
        from foundation.journal.models import Actor

        command = super().fetch_command(subcommand)
        work_as(DecisionContext(actor=Actor.COMMAND, program=subcommand))
        return command
