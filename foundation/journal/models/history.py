"""The history: acts, their personal part, the head of the chain, sealed segments.

Nothing points at other tables with a constraint: the history outlives people, clients and grants.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.journal.keys import new_key
from foundation.journal.models.kinds import Actor, Kind


class Act(models.Model):
    """One act. Written once, linked into the chain once (`number`), never changed after that.

    Its key begins with its moment: on PostgreSQL, acts and their personal parts are partitioned by
    it, so they go a month at a time. A trigger sees to it that no number is given twice.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("act"), max_length=16, choices=Kind.choices)
    actor = models.CharField(_("by"), max_length=16, choices=Actor.choices)
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        null=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
        verbose_name=_("application"),
    )
    grant = models.ForeignKey(
        "consent.Grant",
        null=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
        verbose_name=_("grant"),
    )
    scope = models.TextField(_("scope"), blank=True)
    """One scope; of asked, shown and minted all of them, separated by spaces."""
    object_kind = models.CharField(_("what"), max_length=64, blank=True)
    """The model that was changed, such as `catalogue.scope`; `foundation/journal/changes`."""
    object_key = models.CharField(_("which"), max_length=64, blank=True)
    """Its key; of a person empty, because that is in the personal part."""
    text_version = models.PositiveIntegerField(_("text version"), null=True)
    locale = models.CharField(_("language"), max_length=35, blank=True)
    acr = models.CharField(_("acr"), max_length=255, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    """What else belongs to such an act; texts, whole numbers, truth values; nothing personal."""
    personal_digest = models.CharField(max_length=64)
    """Salted SHA-256 of the personal part."""
    seal = models.CharField(max_length=64)
    """HMAC-SHA-256 of everything above, made when the act was written."""
    number = models.PositiveBigIntegerField(_("number"), null=True)
    """Its place in the chain, from 1 without a gap; none until it is linked."""
    hash = models.CharField(max_length=64, blank=True)
    """SHA-256 of the act, its number and the hash before it."""
    mac = models.CharField(max_length=64, blank=True)
    """HMAC-SHA-256 of `hash`: only who has the operator's secret can have linked it."""

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("history")
        indexes = [
            models.Index(
                fields=["at"], condition=models.Q(number__isnull=True), name="act_unlinked"
            ),
            models.Index(fields=["number"], name="act_number"),
            models.Index(fields=["at"], name="act_at"),
            models.Index(fields=["client", "at"], name="act_client_at"),
            models.Index(fields=["grant", "at"], name="act_grant_at"),
            models.Index(fields=["kind", "at"], name="act_kind_at"),
            models.Index(
                fields=["object_kind", "object_key", "at"],
                condition=~models.Q(object_kind=""),
                name="act_object_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '-'}: {self.kind} {self.scope}".rstrip()


class PersonalPart(models.Model):
    """What an act says about people. It can be blanked on request; the chain keeps its digest."""

    act = models.OneToOneField(
        Act,
        primary_key=True,
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="personal",
    )
    salt = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
        verbose_name=_("person"),
    )
    actor_id = models.CharField(_("who did it"), max_length=64, blank=True, db_index=True)
    """Key of the administrator or approver; empty when the kind of actor says it all."""
    address = models.CharField(_("address"), max_length=45, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    shown = models.CharField(_("digest of the screen"), max_length=64, blank=True)
    """SHA-256 of everything on the screen, the person's values too; `consent/screen/digest.py`."""
    shared_email = models.CharField(_("e-mail address shared"), max_length=254, blank=True)
    """The one chosen, where it is not the main one."""
    other_id = models.CharField(_("the other person"), max_length=64, blank=True)
    """Key of another person whom the act is about: for whom a vote was given, who stands in."""
    changes = models.TextField(_("changed"), blank=True)
    """What a change says of people, as JSON: `{"label": …, "changes": {name: [was, is]}}`."""
    erased_in = models.UUIDField(null=True)
    """The act of kind `erased` in which this was blanked."""
    erased_mac = models.CharField(max_length=64, blank=True)
    """MAC of act and erasure: who can write here blanks nothing unseen."""

    def __str__(self) -> str:
        return f"personal part of {self.act_id}"


class ChainHead(models.Model):
    """One row: how long the chain is. Whoever links holds its lock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number}: {self.hash}"


class Segment(models.Model):
    """The seal of rows that were moved to a file; only sealed rows can be removed."""

    first = models.PositiveBigIntegerField(primary_key=True)
    last = models.PositiveBigIntegerField(unique=True)
    previous_hash = models.CharField(max_length=64)
    last_hash = models.CharField(max_length=64)
    acts = models.PositiveBigIntegerField(default=0)
    """How many acts were moved."""
    erased = models.PositiveBigIntegerField(default=0)
    """How many of them had been blanked by then."""
    signed = models.PositiveBigIntegerField(default=0)
    """How many are of approvals that take signatures."""
    sealed_at = models.DateTimeField()
    jws = models.TextField()
    """The other columns, signed."""
    mac = models.CharField(max_length=64, blank=True)
    """MAC of `jws`: a key that signs does not make a seal without the operator's secret."""

    class Meta:
        verbose_name = _("sealed segment")
        verbose_name_plural = _("sealed segments")

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
