"""Requests that no browser brought (CIBA Core §7): a program asks, a person or approvers answer."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from foundation.directory.models.client_choices import GrantType
from foundation.journal.outbox.entry import OutboxEntry


class BackchannelRequest(OutboxEntry):
    """One `auth_req_id`: good for one answer to one client, who may want to be told of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=64, unique=True)
    """Digest of the `auth_req_id`: who reads the table cannot use one."""
    user_code = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    """Digest of what a person types to take a device's request on (RFC 8628); None: no device's."""
    asked_from = models.GenericIPAddressField(null=True)
    """Where the program is."""
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    """Who is asked; None when a client asks for itself, and approvers answer, or for a device."""
    parameters = models.JSONField()
    """`AuthorizationRequest.as_json()`."""
    consent_request = models.ForeignKey(
        "consent.ConsentRequest", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """What the person is asked."""
    approvals = models.JSONField(default=list)
    """Ids of what approvers are asked, for a client that asks for itself."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    interval = models.PositiveIntegerField()
    """Seconds between two polls; grows with every poll that comes too soon."""
    next_poll_at = models.DateTimeField()
    """When the client may poll again."""
    used_at = models.DateTimeField(null=True)
    """When the tokens were given; they are given once."""

    sid = models.CharField(max_length=64, blank=True)
    auth_time = models.DateTimeField(null=True)
    """The sign-in in which the person answers; None until they have come."""
    acr = models.CharField(max_length=255, blank=True)
    amr = models.JSONField(default=list)

    notification = models.TextField(blank=True)
    """What the client is told, and the token it is told with (CIBA Core §10.2), encrypted."""

    class Meta(OutboxEntry.Meta):
        indexes = [
            *OutboxEntry.Meta.indexes,
            models.Index(fields=["user", "expires_at"], name="backchannel_user"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_of_a_device(self) -> bool:
        """Whether somebody takes it on by a code (RFC 8628)."""
        return self.user_code is not None

    @property
    def grant_type(self) -> str:
        """How its answer is fetched."""
        return GrantType.DEVICE_CODE if self.is_of_a_device else GrantType.CIBA

    def get_absolute_url(self) -> str:
        """Return the path where the person answers."""
        return reverse("backchannel_request", args=[self.pk])
