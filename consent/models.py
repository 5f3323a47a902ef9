"""Scopes, consent requests, decisions, grants."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.epoch import ConfigurationModel

CLIENT_MODEL = settings.OAUTH2_PROVIDER_APPLICATION_MODEL


class Card(models.TextChoices):
    """Where on the consent screen a scope stands."""

    PERSONAL = "personal", _("Personal information")
    ACCESS = "access", _("Application access")


class Policy(models.TextChoices):
    """How a scope is put to the person."""

    IMPLICIT = "implicit", _("Granted without asking")
    OPTIONAL = "optional", _("The person may leave it off")
    REQUIRED = "required", _("The application cannot work without it")
    EMPHASISED = "emphasised", _("Optional, with a warning")


class Scope(ConfigurationModel):
    """An entry of the scope catalogue."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=100)
    sentence = models.CharField(
        _("sentence"), max_length=300, help_text=_("What the application may do, in plain words.")
    )
    translations = models.JSONField(
        _("translations"),
        default=dict,
        blank=True,
        help_text=_('For other languages: {"de": {"title": "…", "sentence": "…"}}'),
    )
    card = models.CharField(_("card"), max_length=16, choices=Card.choices, default=Card.PERSONAL)
    policy = models.CharField(
        _("policy"), max_length=16, choices=Policy.choices, default=Policy.OPTIONAL
    )
    ticked = models.BooleanField(_("ticked at first"), default=True)
    resource_server = models.CharField(_("resource server"), max_length=255, blank=True)
    minimum_acr = models.CharField(_("minimum acr"), max_length=255, blank=True)
    maximum_lifetime = models.PositiveIntegerField(
        _("longest time it may be granted for (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(60)],
    )
    text_version = models.PositiveIntegerField(_("text version"), default=1)
    position = models.PositiveIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """The standing permission of one person for one client; its id is the `grant_id`.

    `scopes` is what tokens may carry now: `{scope name: expiry in epoch seconds, or null}`. It is
    written in the same transaction as the decisions it sums up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent_grants"
    )
    client = models.ForeignKey(
        CLIENT_MODEL, on_delete=models.CASCADE, related_name="consent_grants"
    )
    scopes = models.JSONField(default=dict)
    withheld_claims = models.JSONField(default=dict)
    """Claims the person left out of what the scopes release: `{scope name: [claims]}`."""
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
                condition=models.Q(revoked_at__isnull=True),
                name="one_standing_grant_per_person_and_client",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Outcome(models.TextChoices):
    """What a person decided."""

    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")


class Decision(models.Model):
    """What one person decided about one scope for one client; denials are kept too."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent_decisions"
    )
    client = models.ForeignKey(
        CLIENT_MODEL, on_delete=models.CASCADE, related_name="consent_decisions"
    )
    grant = models.ForeignKey(
        Grant, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    scope = models.CharField(_("scope"), max_length=100)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    decided_at = models.DateTimeField(_("decided"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    withheld_claims = models.JSONField(_("claims left out"), default=list, blank=True)
    text_version = models.PositiveIntegerField(_("text version"), default=1)
    locale = models.CharField(_("language"), max_length=35, blank=True)
    acr = models.CharField(_("acr"), max_length=255, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client", "scope"], name="one_decision_per_person_client_scope"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.outcome}"


class ConsentRequest(models.Model):
    """Questions put to one person: what was asked, and where the browser goes afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(CLIENT_MODEL, on_delete=models.CASCADE, related_name="+")
    scopes = models.JSONField()
    """All scopes the application asked for, in catalogue order."""
    reopened = models.BooleanField(default=False)
    """Everything is asked again, earlier denials too (`prompt=consent`)."""
    requested_claims = models.JSONField(default=dict)
    acr = models.CharField(max_length=255, blank=True)
    return_to = models.CharField(max_length=500)
    redirect_origin = models.CharField(max_length=255, blank=True)
    """Where the browser is sent in the end: `https://host[:port]`, or an app's `scheme:`."""
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True)
    grant = models.ForeignKey(Grant, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)

    def get_absolute_url(self) -> str:
        """Return the path of the consent screen."""
        return reverse("consent:review", args=[self.pk])

    @property
    def has_expired(self) -> bool:
        """Whether it is too late to answer."""
        return self.expires_at <= timezone.now()
