"""Policy sets, one per resource server and one for the provider itself, and their versions."""

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel


@decides(label="title")
class PolicySet(ConfigurationModel):
    """The policy of one resource server. The provider's own has the issuer as its audience."""

    title = models.CharField(_("title"), max_length=100)
    audience = models.CharField(
        _("resource server"),
        max_length=255,
        unique=True,
        help_text=_("The audience of its tokens; for the provider itself, the issuer."),
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        help_text=_("Decides what an hour and a day of the week are, such as Europe/Berlin."),
    )
    default_sensitivity = models.PositiveSmallIntegerField(
        _("sensitivity of what has no label"), default=1
    )
    schema = models.JSONField(
        _("schema"),
        default=dict,
        blank=True,
        help_text=_("Cedar's JSON schema. Empty: the one that comes with Scopeward."),
    )
    data = models.JSONField(
        _("tables and columns"),
        default=dict,
        blank=True,
        help_text=_(
            'As JSON: {"hr.employees": ["id", "iban"]}. A mask or filter of anything else is '
            "refused. Empty: names are not checked."
        ),
    )

    class Meta:
        ordering = ["title"]
        verbose_name = _("policy set")
        verbose_name_plural = _("policy sets")

    def __str__(self) -> str:
        return self.title


class VersionState(models.TextChoices):
    """Where a version stands. Only one of a set is active."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


@decides(
    label="number",
    about="policy_set",
    beside={
        "created_at": "when it was made is when its act is",
        "created_by": "its act says who",
        "instead_of": "the act of the other version says the same",
        "activated_at": "its act says when",
        "activated_by": "its act says who",
    },
)
class PolicyVersion(ConfigurationModel):
    """The whole text of a set's policies, at one time. Only a draft's text may change."""

    policy_set = models.ForeignKey(
        PolicySet,
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("policy set"),
    )
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=VersionState.choices,
        default=VersionState.DRAFT,
        editable=False,
    )
    text = models.TextField(_("policies"))
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    instead_of = models.PositiveIntegerField(_("in force before"), null=True, editable=False)
    """The number of the version that it took the place of when it was last put in force by choice;
    going back leaves it as it is: whoever goes back twice wants to be two versions back."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    activated_at = models.DateTimeField(_("activated"), null=True, editable=False)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("activated by"),
    )

    class Meta:
        ordering = ["policy_set", "-number"]
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        permissions = [("activate_policyversion", "Can say which version is in force")]
        constraints = [
            models.UniqueConstraint(fields=["policy_set", "number"], name="one_number_per_version"),
            models.UniqueConstraint(
                fields=["policy_set"],
                condition=models.Q(state="active"),
                name="one_active_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_set} {self.number}"

    @property
    def fingerprint(self) -> str:
        """What a page carries to say which text somebody looked at."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


@decides(label="title", about="policy_set")
class PolicyCase(models.Model):
    """A question that the policies of a set must answer like this before they may be activated."""

    policy_set = models.ForeignKey(
        PolicySet, on_delete=models.CASCADE, related_name="cases", verbose_name=_("policy set")
    )
    title = models.CharField(_("title"), max_length=150)
    evaluation = models.JSONField(
        _("question"), help_text=_("An access evaluation request (AuthZEN 1.0 §6.1).")
    )
    permit = models.BooleanField(_("is permitted"))
    expected = models.JSONField(
        _("and"),
        default=dict,
        blank=True,
        help_text=_("What else the decision's context must hold, such as policies or remedy."),
    )

    class Meta:
        ordering = ["policy_set", "title"]
        verbose_name = _("policy test case")
        verbose_name_plural = _("policy test cases")

    def __str__(self) -> str:
        return self.title
