"""Pushed authorization requests (RFC 9126)."""

from django.conf import settings
from django.db import models


class PushedAuthorizationRequest(models.Model):
    """A checked authorization request that a client left here before it sent the browser."""

    reference = models.CharField(max_length=64, unique=True)
    """Digest of the `request_uri`: who reads the table cannot use one."""
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    parameters = models.JSONField()
    """`AuthorizationRequest.as_json()`."""
    expires_at = models.DateTimeField(db_index=True)
    """Until when a browser may bring the `request_uri`."""
    used_at = models.DateTimeField(null=True)
    """When the client was answered; there is one answer."""

    def __str__(self) -> str:
        return f"pushed request {self.pk}"
