"""Grants: what stands between a person and a client."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

ORDINARY = uuid.UUID(int=0)
"""Stands for the ordinary grant of a person and a client, whichever that is at the moment."""


class Grant(models.Model):
    """The standing permission of one person for one client; its id is the `grant_id`.

    There is one ordinary grant, which every request without a wish of its own uses, and any number
    of separate ones that the client opened on purpose and names when it means one of them.

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
    separate = models.BooleanField(_("opened separately"), default=False)
    scopes = models.JSONField(default=dict)
    withheld_claims = models.JSONField(default=dict)
    """Claims the person left out of what the scopes release: `{scope name: [claims]}`."""
    shared_email = models.CharField(max_length=254, blank=True)
    """The verified address chosen for this client; empty: the main one, whichever that is."""
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
                condition=models.Q(revoked_at__isnull=True, separate=False),
                name="one_ordinary_grant_per_person_and_client",
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

    @property
    def kept_with(self) -> uuid.UUID:
        """What its decisions are kept with: itself, or whatever grant is the ordinary one."""
        return self.pk if self.separate else ORDINARY
