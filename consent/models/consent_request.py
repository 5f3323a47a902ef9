"""Consent requests: what a person is asked."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from consent.models.grant import Grant


class Intent(models.TextChoices):
    """What a consent request does, and to which grant."""

    USE = "use"
    """Add to the ordinary grant; make it if there is none."""
    CREATE = "create"
    """Open a separate grant, whatever was decided before."""
    MERGE = "merge"
    """Add to one particular grant."""
    REPLACE = "replace"
    """Let one particular grant hold what is asked for now, and nothing else."""


class ConsentRequest(models.Model):
    """Questions put to one person: what was asked, and where the browser goes afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    scopes = models.JSONField()
    """All scopes the application asked for, in catalogue order."""
    reopened = models.BooleanField(default=False)
    """Everything is asked again, earlier denials too (`prompt=consent`)."""
    requested_claims = models.JSONField(default=dict)
    intent = models.CharField(max_length=8, choices=Intent.choices, default=Intent.USE)
    target = models.UUIDField(null=True)
    """Key of the grant to merge into or to replace."""
    authorization_details = models.JSONField(default=list)
    """The details asked for (RFC 9396), checked, each to be approved on its own.

    What becomes of them is in the approvals that the answer leads to.
    """
    acr = models.CharField(max_length=255, blank=True)
    return_to = models.CharField(max_length=500)
    redirect_origin = models.CharField(max_length=255, blank=True)
    """Where the browser is sent in the end: `https://host[:port]`, or an app's `scheme:`."""
    binding_message = models.CharField(max_length=64, blank=True)
    """Shown by who asks too, so that the person knows they mean the same request."""
    asked_from = models.GenericIPAddressField(null=True)
    """The address of the program that asked, when no browser brought the request."""
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
    def came_without_browser(self) -> bool:
        """Whether a program asked: nobody is on the way to an application."""
        return not self.redirect_origin

    @property
    def has_expired(self) -> bool:
        """Whether it is too late to answer."""
        return self.expires_at <= timezone.now()
