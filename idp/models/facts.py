"""Columns shared by codes, refresh tokens and opaque access tokens."""

from django.db import models


class AuthenticationFacts(models.Model):
    """What is known of the sign-in and the grant behind a credential.

    `auth_time`, `acr`, `amr` and `sid` come from the browser session in which the person agreed
    (OIDC Core §2), and never change afterwards.
    """

    grant = models.ForeignKey(
        "consent.Grant", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    sid = models.CharField(max_length=64, blank=True)
    auth_time = models.DateTimeField(null=True)
    acr = models.CharField(max_length=255, blank=True)
    amr = models.JSONField(default=list)
    cnf = models.JSONField(default=dict)
    """Sender constraint (RFC 7800), such as `{"jkt": …}`."""
    authorization_details = models.JSONField(default=list)
    requested_claims = models.JSONField(default=dict)
    """The `claims` request parameter (OIDC Core §5.5)."""

    class Meta:
        abstract = True
