"""The tables of the decision log. Rows are appended; triggers refuse to change them.

On PostgreSQL they are partitioned by `logged_at`, so a key is unique for the same `logged_at` only:
`append` sees to it that no decision comes twice.
"""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LoggedDecision(models.Model):
    """One decision. Nothing in it refers to another table: it outlives people and applications."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """Made of source, audience and the decider's own id: one decision cannot come twice."""
    reference = models.CharField(_("reference"), max_length=11, db_index=True)
    decided_at = models.DateTimeField(_("when"))
    logged_at = models.DateTimeField(default=timezone.now)
    """When it arrived, by which PostgreSQL keeps rows in partitions."""
    kept_until = models.DateTimeField(_("kept until"), db_index=True)
    source = models.CharField(_("decided by"), max_length=8)
    audience = models.CharField(_("resource server"), max_length=255)
    client_id = models.CharField(_("client id"), max_length=255, blank=True)
    application = models.CharField(_("application"), max_length=255, blank=True)
    subject_type = models.CharField(_("kind of subject"), max_length=64)
    subject = models.CharField(_("subject"), max_length=255)
    action = models.CharField(_("action"), max_length=128)
    resource_type = models.CharField(_("kind of resource"), max_length=64)
    resource = models.CharField(_("resource"), max_length=255)
    permit = models.BooleanField(_("permitted"))
    reasons = models.JSONField(_("reasons"), default=list)
    policies = models.JSONField(_("policies"), default=list)
    obligations = models.JSONField(_("obligations"), default=list)
    remedy = models.JSONField(_("what would help"), null=True)
    revision = models.CharField(_("policy revision"), max_length=64, blank=True)
    evaluation = models.JSONField(_("question"))
    """The access evaluation request (AuthZEN 1.0 §6.1), without what no policy can see."""
    is_complete = models.BooleanField(default=True)
    """Whether the question is small enough to be kept so that it can be asked again."""

    class Meta:
        verbose_name = _("policy decision")
        verbose_name_plural = _("policy decisions")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["decided_at"], name="logged_decided"),
            models.Index(fields=["permit", "decided_at"], name="logged_permit_at"),
            models.Index(fields=["subject", "decided_at"], name="logged_subject_at"),
            models.Index(fields=["client_id", "decided_at"], name="logged_client_at"),
            models.Index(fields=["audience", "decided_at"], name="logged_audience_at"),
        ]

    def __str__(self) -> str:
        return self.reference


class LoggedName(models.Model):
    """Something that a decision can be found and counted by: a policy or a resource."""

    class Kind(models.TextChoices):
        """What is named."""

        POLICY = "policy", _("Policy")
        RESOURCE = "resource", _("Resource")

    decision = models.ForeignKey(
        LoggedDecision, on_delete=models.DO_NOTHING, db_constraint=False, related_name="names"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=255)
    """Empty where no policy decided: a denial because nothing permits."""
    permit = models.BooleanField()
    decided_at = models.DateTimeField()
    logged_at = models.DateTimeField()
    """As of its decision: a name is where that is, and goes with it."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind", "name"], name="named_once")
        ]
        indexes = [
            models.Index(fields=["kind", "name", "decided_at"], name="named_at"),
            models.Index(fields=["kind", "permit", "decided_at", "name"], name="named_denials"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
