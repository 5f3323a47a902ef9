"""Decisions: the newest word of a person on each scope of each client."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.grant import ORDINARY, Grant


class DecisionOutcome(models.TextChoices):
    """What a person decided."""

    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")


class ScopeDecision(models.Model):
    """What one person decided about one scope for one client; denials are kept too."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent_decisions"
    )
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="consent_decisions",
    )
    grant = models.ForeignKey(
        Grant, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    kept_with = models.UUIDField(default=ORDINARY, editable=False)
    """`Grant.kept_with`. Decisions about a separate grant say nothing of the ordinary one."""
    scope = models.CharField(_("scope"), max_length=100)
    outcome = models.CharField(_("outcome"), max_length=8, choices=DecisionOutcome.choices)
    decided_at = models.DateTimeField(_("decided"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    withheld_claims = models.JSONField(_("claims left out"), default=list, blank=True)
    shared_email = models.CharField(_("e-mail address shared"), max_length=254, blank=True)
    """As in the grant; of other scopes than `email`, empty."""
    text_version = models.PositiveIntegerField(_("text version"), default=1)
    locale = models.CharField(_("language"), max_length=35, blank=True)
    acr = models.CharField(_("acr"), max_length=255, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    expiry_recorded_at = models.DateTimeField(null=True, editable=False)
    """When the history took down that it has expired."""

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client", "kept_with", "scope"],
                name="one_decision_per_scope_and_grant",
            )
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, expiry_recorded_at__isnull=True),
                name="decision_expiry_to_record",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="decision_expires",
            ),
            models.Index(fields=["decided_at"], name="decision_decided"),
            models.Index(fields=["client", "decided_at"], name="decision_client_decided"),
            models.Index(fields=["outcome", "decided_at"], name="decision_outcome_decided"),
            models.Index(fields=["scope", "decided_at"], name="decision_scope_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.outcome}"
