"""What people and systems are told: written with what happened, sent afterwards."""

import uuid

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from consent.approvals.models.approval import Approval, ApprovalState
from foundation.base.configuration.deciding import decides
from foundation.base.keyed import UnknownKeyError, secret_key
from foundation.journal.outbox.entry import OutboxEntry
from foundation.journal.outbox.standard_webhooks import secret_of


class Event(models.TextChoices):
    """What somebody is told."""

    WAITING = "waiting", _("A request waits for you")
    DECIDED = "decided", _("Your request has been decided")
    BREAK_GLASS = "break_glass", _("Somebody went ahead alone")
    ASKED = "asked", _("An application asks you for access")


def key_id_in_force() -> str:
    """Return the id of the SECRET_KEY in force."""
    return secret_key().key_id


@decides(label="title")
class WebhookEndpoint(models.Model):
    """Where events are posted to, signed. The secret is derived, so none is stored."""

    title = models.CharField(_("title"), max_length=100)
    url = models.URLField(
        _("address"), max_length=500, validators=[URLValidator(schemes=["https", "http"])]
    )
    secret_version = models.PositiveIntegerField(default=1, editable=False)
    secret_key_id = models.CharField(max_length=8, default=key_id_in_force, editable=False)
    """Which SECRET_KEY it is derived from: one that is replaced leaves receivers what they have."""
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.title

    @property
    def secret(self) -> str:
        """What the receiver checks signatures with: `whsec_` and 32 bytes in base64."""
        named = f"{self.pk}:{self.secret_version}"
        try:
            secret = secret_key().secret(self.secret_key_id)
        except UnknownKeyError:
            secret = secret_key().current
        key = salted_hmac("scopeward.webhook", named, secret, algorithm="sha256").digest()
        return secret_of(key)


class Notice(OutboxEntry):
    """One thing to be told to one receiver: a person by e-mail, or a webhook."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    approval = models.ForeignKey(
        Approval, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    consent_request = models.ForeignKey(
        "consent.ConsentRequest", null=True, on_delete=models.CASCADE, related_name="+"
    )
    """What it is about, when it is about no approval: `Event.ASKED`."""
    event = models.CharField(max_length=16, choices=Event.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    endpoint = models.ForeignKey(WebhookEndpoint, null=True, on_delete=models.CASCADE)
    state = models.CharField(max_length=16, choices=ApprovalState.choices, blank=True)
    """Where the approval stood when this was written."""
    created_at = models.DateTimeField()

    class Meta(OutboxEntry.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approval__isnull=False, consent_request__isnull=True)
                | models.Q(approval__isnull=True, consent_request__isnull=False),
                name="notice_is_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.pk}"
