"""Changes that have been noted and are no acts yet."""

from django.db import models


class Change(models.Model):
    """One change of one row of a table that decides, written by a trigger of that table.

    It is written within the statement that is the change, so nothing is changed without it, and it
    can only be removed once there is an act with its key. It lives for seconds.
    """

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)
    """The key of the act that it becomes."""
    at = models.DateTimeField()
    source = models.CharField(max_length=63)
    """The table."""
    verb = models.CharField(max_length=6)
    """insert, update, delete; or found: it was there before any act."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    """The declared columns; `foundation.base.configuration.deciding`."""
    secrets = models.TextField(blank=True)
    """Names of secret columns that were replaced, separated by spaces."""
    author = models.TextField(blank=True)
    """Who was at work, with a MAC; empty: whoever it was did not say so."""

    def __str__(self) -> str:
        return f"{self.verb} {self.source}"
