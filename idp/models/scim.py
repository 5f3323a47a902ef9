"""SCIM (RFC 7643, 7644): who provisions people, with which tokens, and what came from there."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides


@decides(label="name")
class ScimConnection(models.Model):
    """A system that provisions people by SCIM. It sees and changes what it made, nothing else."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    verified_domains = models.TextField(
        _("domains whose addresses are verified"),
        blank=True,
        help_text=_(
            "One per line. An address of another domain counts as not verified until the person "
            "has confirmed it."
        ),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("SCIM connection")
        verbose_name_plural = _("SCIM connections")

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What people and groups of it are marked with."""
        return f"scim:{self.pk}"


class Touches(models.TextChoices):
    """What a token may do with one kind of resource."""

    NOTHING = "", _("Nothing")
    READS = "read", _("Read")
    WRITES = "write", _("Read and change")


@decides(
    label="label",
    secret=("digest",),
    beside={"last_used_at": "decides nothing", "created_at": "goes with its act"},
)
class ScimToken(models.Model):
    """What a system shows to be let in; only its digest is here."""

    connection = models.ForeignKey(
        ScimConnection,
        on_delete=models.CASCADE,
        related_name="tokens",
        verbose_name=_("SCIM connection"),
    )
    label = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    users = models.CharField(
        _("people"), max_length=5, choices=Touches.choices, default=Touches.WRITES, blank=True
    )
    groups = models.CharField(
        _("groups"), max_length=5, choices=Touches.choices, default=Touches.WRITES, blank=True
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("counts until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("SCIM token")
        verbose_name_plural = _("SCIM tokens")

    def __str__(self) -> str:
        return self.label


@decides(
    about="person",
    personal=("user_name", "external_id", "document"),
    beside={
        "user_name_key": "follows the user name",
        "version": "counts changes",
        "created_at": "goes with its act",
    },
)
class ScimUser(models.Model):
    """Provenance of a person: which connection made them, and all it said of them."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="scim"
    )
    connection = models.ForeignKey(ScimConnection, on_delete=models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=255)
    """As it was sent; most often an address, which no user name of ours is."""
    user_name_key = models.CharField(max_length=255)
    external_id = models.CharField(max_length=255, blank=True)
    document = models.JSONField(default=dict)
    """The other attributes of RFC 7643 §4.1 and §4.3 that the connection wrote."""
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "user_name_key"], name="scim_user_name_once"
            )
        ]
        indexes = [
            models.Index(fields=["connection", "person"], name="scim_user_page"),
            models.Index(fields=["connection", "external_id"], name="scim_user_external"),
        ]

    def __str__(self) -> str:
        return self.user_name


@decides(
    about="group",
    beside={"version": "counts changes", "created_at": "goes with its act", "updated_at": "same"},
)
class ScimGroup(models.Model):
    """Provenance of a group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.OneToOneField("auth.Group", on_delete=models.CASCADE, related_name="scim")
    connection = models.ForeignKey(ScimConnection, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=255, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["connection", "id"], name="scim_group_page"),
            models.Index(fields=["connection", "external_id"], name="scim_group_external"),
        ]

    def __str__(self) -> str:
        return str(self.group)
