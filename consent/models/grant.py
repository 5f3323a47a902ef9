"""Grants: what stands between a person and a client."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Grant(models.Model):
    """The standing permission of one person for one client; its id is the `grant_id`.

    `scopes` is what tokens may carry now: `{scope name: expiry in epoch seconds, or null}`. It is
    written in the same transaction as the decisions it sums up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent_grants"
    )
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="consent_grants",
    )
    scopes = models.JSONField(default=dict)
    withheld_claims = models.JSONField(default=dict)
    """Claims the person left out of what the scopes release: `{scope name: [claims]}`."""
    authorization_details = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    """Raised by every change: a token is minted only for the version that was read."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_standing_grant_per_person_and_client",
            )
        ]
        indexes = [
            models.Index(fields=["updated_at"], name="grant_updated"),
            models.Index(fields=["client", "updated_at"], name="grant_client_updated"),
            models.Index(
                fields=["client", "updated_at"],
                condition=models.Q(revoked_at__isnull=True),
                name="grant_client_standing",
            ),
            models.Index(
                fields=["updated_at"],
                condition=models.Q(revoked_at__isnull=True),
                name="grant_standing",
            ),
            models.Index(
                fields=["updated_at"],
                condition=models.Q(revoked_at__isnull=False),
                name="grant_revoked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
