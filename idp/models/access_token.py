"""Access tokens that need a row: opaque ones, and JWTs revoked before their time."""

from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractAccessToken

from idp.models.facts import AuthenticationFacts


class AccessToken(AuthenticationFacts, AbstractAccessToken):
    """An opaque access token, stored as its digest in `token_checksum`."""

    id_token = None
    """Of the engine's columns the one left out: ID tokens have no table."""
    token_checksum = models.CharField(max_length=64, unique=True)
    jti = models.CharField(max_length=80, unique=True)
    family = models.ForeignKey(
        "idp.RefreshToken", null=True, on_delete=models.CASCADE, related_name="access_tokens"
    )
    revoked_at = models.DateTimeField(null=True)
    actor = models.JSONField(default=dict)
    """Who acts with it, when that is somebody else (RFC 8693 §4.1)."""

    class Meta(AbstractAccessToken.Meta):
        indexes = [models.Index(fields=["expires"])]

    def __str__(self) -> str:
        return f"access token {self.jti}"


class RevokedAccessToken(models.Model):
    """The `jti` of a JWT access token that was revoked (RFC 7009) and has not expired yet."""

    jti = models.CharField(max_length=80, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.jti
