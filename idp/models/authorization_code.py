"""Authorization codes (RFC 6749 §4.1.2)."""

from django.db import models
from oauth2_provider.models import AbstractGrant

from idp.models.facts import AuthenticationFacts


class AuthorizationCode(AuthenticationFacts, AbstractGrant):
    """A code, stored as its digest in `code`; which family it opens says whether it was used."""

    nonce = models.TextField(blank=True)
    family = models.OneToOneField(
        "idp.RefreshToken", on_delete=models.CASCADE, related_name="opened_by"
    )

    class Meta(AbstractGrant.Meta):
        indexes = [models.Index(fields=["expires"])]

    def __str__(self) -> str:
        return f"code {self.pk}"
