"""Provenance: which person and which group here is which one elsewhere."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides

SOURCE = 64
KEY = 255


class ProvidedBySource(models.Model):
    """Something that another system knows under a key of its own."""

    source = models.CharField(_("source"), max_length=SOURCE)
    """Kind and number, such as `ldap:1`."""
    key = models.CharField(_("key there"), max_length=KEY)
    """What stays when it is renamed there: `entryUUID`, `objectGUID`, the `id` of SCIM."""
    place = models.TextField(_("place there"), blank=True)
    """Its distinguished name, where it has one."""
    place_digest = models.CharField(max_length=64, blank=True)
    """What its place is found by: SHA-256 of the name in one form, hexadecimal."""

    class Meta:
        abstract = True


@decides(
    about="person",
    personal=("key", "place"),
    beside={
        "place_digest": "follows the place",
        "seen_in": "says who was met, decides nothing",
    },
)
class ProvidedPerson(ProvidedBySource):
    """Which person here is which one there. Nobody is in two places."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="provided",
        verbose_name=_("person"),
    )
    seen_in = models.UUIDField(null=True, editable=False)
    """The synchronisation that met them last."""
    gives = models.JSONField(_("what comes from there"), default=list, blank=True)
    """Columns and, as `attributes.NAME`, attributes that the source decides."""
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    """When the source did not know them any more and they lost access for it."""

    class Meta:
        verbose_name = _("person of a directory")
        verbose_name_plural = _("people of directories")
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="provided_person_once"),
        ]
        indexes = [
            models.Index(fields=["source", "place_digest"], name="provided_person_place"),
            models.Index(fields=["source", "seen_in"], name="provided_person_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


@decides(about="group", beside={"place_digest": "follows the place"})
class ProvidedGroup(ProvidedBySource):
    """Which group here is which one there."""

    group = models.OneToOneField(
        "auth.Group",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="provided",
        verbose_name=_("group"),
    )
    is_named = models.BooleanField(_("named by an administrator"), default=False)
    """It was here before: it is never renamed, and left alone when it is named no more."""

    class Meta:
        verbose_name = _("group of a directory")
        verbose_name_plural = _("groups of directories")
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="provided_group_once"),
        ]
        indexes = [
            models.Index(fields=["source", "place_digest"], name="provided_group_place"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
