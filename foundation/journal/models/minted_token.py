"""Tokens that have been minted and are not in the history yet."""

from django.db import models


class MintedToken(models.Model):
    """One use of a code or of a refresh token, written by a trigger of `idp_refreshtoken`.

    The token endpoint has no statement to spare for the history, and a use that is not recorded
    must not be possible: so the database writes this row with the UPDATE that is the use. A task
    moves it into the history. Plain columns, so that it outlives what it tells of.
    """

    family = models.UUIDField()
    rotation = models.PositiveIntegerField()
    """0: the code was exchanged; n: the nth refresh."""
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    client_id = models.BigIntegerField(null=True)
    grant_id = models.UUIDField(null=True)
    scope = models.TextField(blank=True)
    acr = models.CharField(max_length=255, blank=True)

    def __str__(self) -> str:
        return f"{self.family}, rotation {self.rotation}"
