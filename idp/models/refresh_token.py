"""Token families: one row for all that one authorization code gave."""

import uuid

from django.db import models
from oauth2_provider.models import AbstractRefreshToken

from idp.models.facts import AuthenticationFacts


class RefreshToken(AuthenticationFacts, AbstractRefreshToken):
    """The family of tokens of one authorization, and its current refresh token.

    The row is written with the code. Exchanging the code is one conditional UPDATE that sets
    `redeemed_at`; rotating the refresh token is one that replaces `token_checksum`. So a code or
    a refresh token can be used once, whoever comes at the same time, and revoking the row ends
    everything that came from the code (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
    """

    token_family = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    handle = models.CharField(max_length=32, unique=True)
    """The constant first half of the family's refresh tokens; whoever knows it has seen one."""
    token_checksum = models.CharField(max_length=64, blank=True)
    """Digest of the second half of the current refresh token; empty when there is none."""
    scope = models.TextField(blank=True)
    redeemed_at = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(null=True)
    expires = models.DateTimeField()
    """When the current refresh token expires unused; for a family without one, its last token."""
    ends_at = models.DateTimeField()
    """No refreshing beyond this."""
    rotations = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["grant", "revoked"]),
            models.Index(fields=["user", "application"]),
            models.Index(fields=["expires"]),
            models.Index(
                fields=["revoked"],
                condition=models.Q(revoked__isnull=False),
                name="family_revoked",
            ),
            models.Index(fields=["sid"]),
        ]

    def __str__(self) -> str:
        return f"token family {self.token_family}"
