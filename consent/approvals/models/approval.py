"""Approvals, the votes on them, and whose votes they wait for."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApprovalState(models.TextChoices):
    """Where an approval stands; `transitions.py` says what may follow."""

    PENDING = "pending", _("Waiting")
    APPROVED = "approved", _("Approved")
    MINTED = "minted", _("Token issued")
    CONSUMED = "consumed", _("Being executed")
    EXECUTED = "executed", _("Executed")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Outcome unknown")
    DENIED = "denied", _("Denied")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")
    REVOKED = "revoked", _("Revoked")


class Approval(models.Model):
    """One request to do one thing once.

    `requester` is empty when a client acts for itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("asked by"),
    )
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("application"),
    )
    type = models.CharField(_("type"), max_length=255)
    audience = models.CharField(_("resource server"), max_length=255)
    canonical = models.TextField(_("detail"))
    """The detail as RFC 8785 writes it: JSON columns reorder members and rewrite numbers."""
    detail_digest = models.CharField(max_length=64)
    """base64url SHA-256 of `canonical`."""
    query_hash = models.CharField(_("digest of the query"), max_length=128, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=ApprovalState.choices, default=ApprovalState.PENDING
    )
    demands = models.JSONField(default=list)
    """Who has to agree, as the rules said at lodging: `deciders.demands.Demand`."""
    terms = models.JSONField(default=dict)
    """Lifetimes and the sign-in wanted, as the type said at lodging: `terms.Terms`."""
    policy_rev = models.CharField(_("policy version"), max_length=128, blank=True)
    binding_code = models.CharField(_("code"), max_length=128)
    """Shown to who asks and to who decides, so that both know they mean the same request."""
    shown_digest = models.CharField(_("digest of what was shown"), max_length=64, blank=True)
    """What the person who made it complete had on the screen."""
    created_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("expires"))
    """When the present state ends by itself; of a final state, when it would have."""
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    minted_at = models.DateTimeField(null=True, blank=True)
    jti = models.CharField(max_length=128, blank=True)
    minted_digest = models.CharField(max_length=64, blank=True)
    """As `detail_digest`, of the detail as its token carries it."""
    token_expires_at = models.DateTimeField(null=True, blank=True)
    consumed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    row_count = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    """Why it was denied, revoked or failed."""
    note = models.TextField(_("note"), blank=True)
    justification = models.TextField(_("justification"), blank=True)
    is_break_glass = models.BooleanField(_("emergency access"), default=False)
    txn = models.CharField(max_length=128)
    grant = models.ForeignKey(
        "consent.Grant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """What its token points at: it ends with that one."""
    consent_request = models.ForeignKey(
        "consent.ConsentRequest", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    return_to = models.CharField(max_length=500, blank=True)
    """A path of this site where the requester goes on once it is decided."""
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    risk = models.PositiveSmallIntegerField(null=True, editable=False)
    """Of the session that asked, 0 to 100; None: unknown. Policy is asked by it to the end."""
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes = [
            models.Index(fields=["state", "expires_at"], name="approval_state_expiry"),
            models.Index(fields=["requester", "-created_at"], name="approval_requester"),
            models.Index(fields=["client", "-created_at"], name="approval_client"),
            models.Index(fields=["-created_at"], name="approval_created"),
            models.Index(fields=["state", "-created_at"], name="approval_state_created"),
            models.Index(
                fields=["-created_at"],
                condition=models.Q(is_break_glass=True),
                name="approval_emergency",
            ),
            models.Index(fields=["binding_code"], name="approval_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["jti", "detail_digest"],
                condition=~models.Q(jti=""),
                name="one_approval_per_detail_of_a_token",
            )
        ]

    def __str__(self) -> str:
        return f"{self.binding_code} ({self.state})"

    def get_absolute_url(self) -> str:
        """Return the path of the approver's screen."""
        return reverse("consent:approval", args=[self.pk])

    def get_waiting_url(self) -> str:
        """Return the path of the page of who asked."""
        return reverse("consent:approval_waiting", args=[self.pk])

    @property
    def detail(self) -> dict[str, Any]:
        """What was lodged, as a copy of your own."""
        detail: dict[str, Any] = json.loads(self.canonical)
        return detail

    @property
    def has_run_out(self) -> bool:
        """Whether the present state has ended by itself, recorded or not."""
        return self.expires_at <= timezone.now()


class VoteOutcome(models.TextChoices):
    """What one person said."""

    APPROVE = "approve", _("Approved")
    DENY = "deny", _("Denied")


class Vote(models.Model):
    """What one person said about an approval, and for whom if that person is away."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    keys = models.JSONField(default=list)
    """The capacities in which it was given: `consent.approvals.deciders.demands`."""
    outcome = models.CharField(max_length=8, choices=VoteOutcome.choices)
    shown_digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    acr = models.CharField(max_length=255, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "voter"], name="one_vote_per_person")
        ]
        indexes = [models.Index(fields=["voter", "-voted_at"], name="vote_voter")]

    def __str__(self) -> str:
        return f"{self.voter}: {self.outcome}"


class AwaitedKey(models.Model):
    """One capacity in which an approval can be voted on; so that an inbox is one question."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="awaited")
    key = models.CharField(max_length=600)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "approval"], name="one_awaited_key")]

    def __str__(self) -> str:
        return self.key
