"""Authorization requests that wait for a person. Protocol state never travels through a form."""

import uuid

from django.conf import settings
from django.db import models


class StoredAuthorizationRequest(models.Model):
    """A checked authorization request, bound to the browser that brought it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    parameters = models.JSONField()
    """`AuthorizationRequest.as_json()`."""
    browser_digest = models.CharField(max_length=64)
    """Digest of a secret kept in the browser's session: nobody else can resume the request."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    consumed_at = models.DateTimeField(null=True)
    account_chosen_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    """When the person would not confirm more of who they are."""
    consent_request_id = models.UUIDField(null=True)
    """The consent request this one waits for."""
    pushed_request = models.ForeignKey(
        "idp.PushedAuthorizationRequest", null=True, on_delete=models.CASCADE, related_name="+"
    )
    """Where it came from; whoever answers this uses that up."""

    def __str__(self) -> str:
        return str(self.pk)

    def keep(self) -> None:
        """Insert it, unless another tab of the browser has just done so."""
        members = [field.attname for field in self._meta.concrete_fields if field.name != "id"]
        values = {name: getattr(self, name) for name in members}
        kept, _ = type(self).objects.get_or_create(pk=self.pk, defaults=values)
        self._state.adding, self.consumed_at = False, kept.consumed_at

    @property
    def is_kept(self) -> bool:
        """Whether it is in the database, and not only carried by its browser."""
        return not self._state.adding
