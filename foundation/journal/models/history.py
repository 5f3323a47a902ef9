"""The history: acts, their personal part, the head of the chain, sealed segments.

Nothing points at other tables with a constraint: the history outlives people, clients and grants.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What was done."""

    ASKED = "asked", _("Asked")
    SHOWN = "shown", _("Shown")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Taken back")
    REOPENED = "reopened", _("May be asked again")
    MINTED = "minted", _("Token issued")
    ERASED = "erased", _("Personal data erased")
    EXPORTED = "exported", _("Records exported")
    SESSION_ENDED = "session_ended", _("Session ended")
    CREDENTIAL_SET = "credential_set", _("Sign-in set by somebody else")
    SECRET_ROTATED = "secret_rotated", _("Secret replaced")
    HISTORY_RESUMED = "history_resumed", _("History taken up again")
    DELEGATED = "delegated", _("Standing in arranged")
    DELEGATION_ENDED = "delegation_ended", _("Standing in ended")
    QUERY_REQUESTED = "query_requested", _("Approval requested")
    QUERY_VIEWED = "query_viewed", _("Request looked at")
    QUERY_VOTED = "query_voted", _("Vote given")
    QUERY_APPROVED = "query_approved", _("Approval given")
    QUERY_OVERRIDDEN = "query_overridden", _("Emergency access taken")
    QUERY_DENIED = "query_denied", _("Approval denied")
    QUERY_EXPIRED = "query_expired", _("Approval expired")
    QUERY_CANCELLED = "query_cancelled", _("Request withdrawn")
    QUERY_MINTED = "query_minted", _("Token of an approval issued")
    QUERY_CONSUMED = "query_consumed", _("Token of an approval used")
    QUERY_EXECUTED = "query_executed", _("Executed")
    QUERY_FAILED = "query_failed", _("Failed")
    QUERY_UNKNOWN = "query_unknown", _("Outcome unknown")
    QUERY_REPLAYED = "query_replayed", _("Second use refused")
    QUERY_REVOKED = "query_revoked", _("Approval revoked")


class Actor(models.TextChoices):
    """Who did it, in kind; which one is in the personal part."""

    PERSON = "person", _("The person")
    CLIENT = "client", _("The application")
    ADMINISTRATOR = "administrator", _("An administrator")
    SYSTEM = "system", _("The system")
    APPROVER = "approver", _("Another person")
    RESOURCE_SERVER = "resource_server", _("The resource server")


class Act(models.Model):
    """One act. Written once, linked into the chain once (`number`), never changed after that."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
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
    text_version = models.PositiveIntegerField(_("text version"), null=True)
    locale = models.CharField(_("language"), max_length=35, blank=True)
    acr = models.CharField(_("acr"), max_length=255, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    """What else belongs to such an act; texts, whole numbers, truth values; nothing personal."""
    personal_digest = models.CharField(max_length=64)
    """Salted SHA-256 of the personal part."""
    seal = models.CharField(max_length=64)
    """HMAC-SHA-256 of everything above, made when the act was written."""
    number = models.PositiveBigIntegerField(_("number"), null=True, unique=True)
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
            models.Index(fields=["at"], name="act_at"),
            models.Index(fields=["client", "at"], name="act_client_at"),
            models.Index(fields=["grant", "at"], name="act_grant_at"),
            models.Index(fields=["kind", "at"], name="act_kind_at"),
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
    actor_id = models.CharField(_("who did it"), max_length=64, blank=True)
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
