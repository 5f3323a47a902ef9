"""Providers that people may sign in with, and which account there is which person here."""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.configuration.deciding import decides
from foundation.base.keys.secret_texts import seal_text, unseal_text


class Newcomers(models.TextChoices):
    """What becomes of somebody who comes from there for the first time."""

    NOBODY = "nobody", _("Only people who have connected their account")
    DOMAINS = "domains", _("A new account for addresses in these domains")
    EVERYBODY = "everybody", _("A new account for everybody")


@decides(
    label="name",
    secret=("sealed_secret",),
    beside={"metadata": "what the provider says of itself, checked when it is kept"},
)
class UpstreamProvider(models.Model):
    """An OpenID Provider whose word on who somebody is counts here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(
        _("name in addresses"),
        max_length=40,
        unique=True,
        help_text=_("Part of the redirect URI that is registered there; it stays."),
    )
    issuer = models.CharField(
        _("issuer"),
        max_length=500,
        help_text=_("Exactly as it says of itself, with or without a slash at the end; it stays."),
    )
    client_id = models.CharField(_("client identifier"), max_length=255)
    sealed_secret = models.TextField(editable=False, blank=True)
    scopes = models.CharField(
        _("scopes"),
        max_length=255,
        default="openid profile email",
        validators=[RegexValidator(r"^(?:\S+ )*openid(?: \S+)*$", _("One of them is openid."))],
    )
    button = models.CharField(
        _("text of the button"),
        max_length=60,
        blank=True,
        help_text=_("Without one: Sign in with, and the name."),
    )
    logo = models.URLField(_("logo"), blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    newcomers = models.CharField(
        _("who comes for the first time"),
        max_length=16,
        choices=Newcomers.choices,
        default=Newcomers.NOBODY,
    )
    domains = models.CharField(
        _("domains"),
        max_length=500,
        blank=True,
        help_text=_("Separated by spaces. Only addresses count that the provider calls verified."),
    )
    leads = models.CharField(
        _("domains led here"),
        max_length=1000,
        blank=True,
        help_text=_(
            "Separated by spaces. Whoever types an address there on the sign-in page, and no "
            "password, is led to this provider."
        ),
    )
    believes_addresses = models.BooleanField(
        _("believe its addresses"),
        default=False,
        help_text=_("An address that it calls verified counts as verified here, for new accounts."),
    )
    required = models.JSONField(
        _("claims that they have to have"),
        default=list,
        blank=True,
        help_text=_(
            "One a line: claim = value. Of several values of one claim, one is enough. Whoever is "
            "connected already comes in without."
        ),
    )
    groups = models.ManyToManyField(
        Group, verbose_name=_("groups of new accounts"), blank=True, related_name="+"
    )
    taken = models.JSONField(
        _("claims taken over"),
        default=list,
        blank=True,
        help_text=_(
            "One a line: claim = attributes.NAME, or a column such as given_name. At each sign-in, "
            "except what was changed here or comes from a directory."
        ),
    )
    levels = models.JSONField(
        _("levels that it vouches for"),
        default=list,
        blank=True,
        help_text=_(
            "One a line: acr there = 1 (one factor), 2 (two factors) or 3 (phishing-resistant). "
            "Any other acr, and none, is one factor."
        ),
    )
    methods = models.CharField(
        _("methods passed on"),
        max_length=255,
        blank=True,
        help_text=_("Members of its amr that applications are told of, separated by spaces."),
    )
    metadata = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("sign-in provider")
        verbose_name_plural = _("sign-in providers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """The client secret; empty for a public client."""
        return unseal_text(self.sealed_secret) if self.sealed_secret else ""

    def keep_secret(self, secret: str) -> None:
        """Take the client secret, sealed."""
        self.sealed_secret = seal_text(secret) if secret else ""

    def takes(self, address: str) -> bool:
        """Say whether an address is in one of the domains whose people get an account."""
        return address.rpartition("@")[2].lower() in self.domains.lower().split()


class UpstreamAccount(models.Model):
    """An account there, by the one thing that names it: its `sub` (OIDC Core §5.7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(
        UpstreamProvider, on_delete=models.CASCADE, related_name="accounts"
    )
    sub = models.CharField(max_length=255)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="upstream_accounts"
    )
    called = models.CharField(max_length=255, blank=True)
    """What the person sees of it: address or name, as it was said there."""
    gives = models.JSONField(default=dict)
    """Provenance: columns and, as `attributes.NAME`, attributes that it filled, each with the
    digest of the value, so that what somebody changed here since is known."""
    connected_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("account elsewhere")
        verbose_name_plural = _("accounts elsewhere")
        constraints = [
            models.UniqueConstraint(fields=["provider", "sub"], name="upstream_sub_is_one_person"),
            models.UniqueConstraint(fields=["user", "provider"], name="upstream_one_each"),
        ]

    def __str__(self) -> str:
        return self.called or self.sub


class UpstreamSession(models.Model):
    """A session here that began by one there, so that it ends when that does."""

    account = models.ForeignKey(UpstreamAccount, on_delete=models.CASCADE, related_name="sessions")
    there = models.CharField(max_length=255, blank=True, db_index=True)
    """Its `sid` there (Back-Channel Logout 1.0 §2.1); empty where none is said."""
    here = models.CharField(max_length=64)
    """Its `sid` here."""
    name = models.CharField(max_length=64)
    """Of its row as it began: a second factor may have been wanted still."""
    began_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("session elsewhere")
        verbose_name_plural = _("sessions elsewhere")

    def __str__(self) -> str:
        return str(self.began_at)
