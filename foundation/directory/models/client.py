"""Relying parties, under the field names of RFC 7591 and of django-oauth-toolkit's next release."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from foundation.base.configuration.deciding import decides
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.directory.level_field import LevelField
from foundation.directory.models.client_choices import (
    WITH_SECRET,
    AccessTokenTyp,
    AssertionAlg,
    AuthMethod,
    CodeProtection,
    DeliveryMode,
    GrantType,
    IdTokenAlg,
    TokenFormat,
)


def default_grant_types() -> list[str]:
    """Return what an interactive application usually needs."""
    return [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN]


@decides(
    label="client_id",
    secret=("client_secret",),
    beside={
        "contacts": "whom to write to",
        "created": "when it was made is when its act is",
        "updated": "goes with the others",
    },
)
class Client(ConfigurationModel, AbstractApplication):
    """A registered relying party or resource server."""

    grant_types = models.JSONField(_("grant types"), default=default_grant_types)
    token_endpoint_auth_method = models.CharField(
        _("client authentication"),
        max_length=32,
        choices=AuthMethod.choices,
        default=AuthMethod.BASIC,
    )
    token_endpoint_auth_signing_alg = models.CharField(
        _("signed by"), max_length=8, choices=AssertionAlg.choices, blank=True
    )
    jwks = models.JSONField(_("public keys (JWKS)"), null=True, blank=True)
    jwks_uri = models.URLField(_("address of the public keys"), max_length=500, blank=True)
    only_auth_method = models.BooleanField(
        _("in no other way"),
        default=False,
        help_text=_("Otherwise its secret is taken from the header and from the form alike."),
    )
    code_protection = models.CharField(
        _("what protects its codes"),
        max_length=16,
        choices=CodeProtection.choices,
        default=CodeProtection.PKCE_OR_NONCE,
        help_text=_("Public clients always need PKCE."),
    )
    require_pushed_authorization_requests = models.BooleanField(
        _("require pushed authorization requests"), default=False
    )
    dpop_bound_access_tokens = models.BooleanField(
        _("require DPoP"),
        default=False,
        help_text=_("Its tokens are bound to a key that it proves to have at every use."),
    )
    scope = models.TextField(
        _("scopes"), blank=True, help_text=_("What it may ask for, separated by spaces.")
    )
    resources = models.JSONField(
        _("resource servers"),
        default=list,
        blank=True,
        help_text=_("Audiences it may ask access tokens for (RFC 8707)."),
    )
    resource_server = models.CharField(
        _("is the resource server"),
        max_length=255,
        blank=True,
        help_text=_("The audience this client may introspect tokens for."),
    )
    access_token_format = models.CharField(
        _("access tokens"), max_length=8, choices=TokenFormat.choices, default=TokenFormat.JWT
    )
    id_token_signed_response_alg = models.CharField(
        _("ID token algorithm"),
        max_length=8,
        choices=IdTokenAlg.choices,
        default=IdTokenAlg.RS256,
    )
    claims_in_id_token = models.BooleanField(
        _("standard claims in the ID token"),
        default=False,
        help_text=_("Name, e-mail address and the like, for applications that never ask userinfo."),
    )
    access_token_signed_response_alg = models.CharField(
        _("its access tokens' algorithm"),
        max_length=8,
        choices=IdTokenAlg.choices,
        default=IdTokenAlg.ES256,
        help_text=_("Of a resource server: how the tokens for it are signed."),
    )
    access_token_typ = models.CharField(
        _("its access tokens' type"),
        max_length=8,
        choices=AccessTokenTyp.choices,
        default=AccessTokenTyp.AT_JWT,
        help_text=_("Of a resource server: what the header of the tokens for it says they are."),
    )
    access_token_claims = models.CharField(
        _("standard claims in its access tokens"),
        max_length=300,
        blank=True,
        help_text=_(
            "Of a resource server: names such as email, with spaces between. "
            "What the person's scopes do not release is in none."
        ),
    )
    default_max_age = models.PositiveIntegerField(
        _("oldest sign-in accepted (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    minimum_acr = LevelField(
        _("Weakest sign-in"),
        help_text=_("Of everybody who signs in to it. Empty: any sign-in."),
    )
    limits_upstreams = models.BooleanField(
        _("only some sign-in providers count"),
        default=False,
        help_text=_("Signing in here, with password or passkey, always counts."),
    )
    upstreams = models.JSONField(_("sign-in providers that count"), default=list, blank=True)
    """By their names in addresses, which stay."""
    authorization_details_types = models.JSONField(
        _("authorization details types"), default=list, blank=True
    )
    backchannel_token_delivery_mode = models.CharField(
        _("learns of answers"), max_length=8, choices=DeliveryMode.choices, blank=True
    )
    backchannel_client_notification_endpoint = models.CharField(
        _("is told at"),
        max_length=500,
        blank=True,
        help_text=_("Address that is notified in the mode ping (CIBA Core §4)."),
    )
    may_ask_for_itself = models.BooleanField(
        _("may ask for approvals of its own"),
        default=False,
        help_text=_("Without a person who asks: approvers are found by the rules."),
    )
    may_write_freely = models.BooleanField(
        _("may write messages in its own words"),
        default=False,
        help_text=_(
            "To people it asks without a browser (binding_message); else it sends codes such as "
            "W4-SCT. Never links."
        ),
    )
    software_id = models.CharField(_("software identifier"), max_length=255, blank=True)

    client_uri = models.URLField(_("home page"), blank=True)
    logo_uri = models.CharField(_("logo"), max_length=500, blank=True)
    policy_uri = models.URLField(_("privacy policy"), blank=True)
    tos_uri = models.URLField(_("terms of service"), blank=True)
    contacts = models.JSONField(_("contacts"), default=list, blank=True)
    purpose = models.CharField(
        _("purpose"),
        max_length=300,
        blank=True,
        help_text=_("One sentence shown on the consent screen."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_verified = models.BooleanField(
        _("verified"), default=False, help_text=_("Somebody checked who operates it.")
    )
    is_for_some = models.BooleanField(
        _("only for some"), default=False, help_text=_("For the people and groups it names.")
    )
    only_people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people")
    )
    only_groups = models.ManyToManyField(
        "auth.Group", blank=True, related_name="+", verbose_name=_("groups")
    )
    is_agent = models.BooleanField(_("acts on its own (agent)"), default=False)

    class Meta(AbstractApplication.Meta):
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    @property
    def is_public(self) -> bool:
        """A client that cannot keep a secret (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method == AuthMethod.NONE

    @property
    def has_secret(self) -> bool:
        """Whether it proves itself by a secret that we gave it."""
        return self.token_endpoint_auth_method in WITH_SECRET

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes it may ask for."""
        return frozenset(self.scope.split())

    @property
    def needs_pkce(self) -> bool:
        """RFC 9700 §2.1.1: public clients must, others as registered."""
        return self.is_public or self.code_protection in {
            CodeProtection.PKCE,
            CodeProtection.PKCE_AND_NONCE,
        }

    @property
    def needs_nonce(self) -> bool:
        """Say whether an OpenID request has to bring a `nonce` beside PKCE."""
        return self.code_protection == CodeProtection.PKCE_AND_NONCE

    @property
    def needs_pkce_or_nonce(self) -> bool:
        """OAuth 2.1 §7.5.1: a confidential client may use the OpenID `nonce` in place of PKCE."""
        return self.code_protection == CodeProtection.PKCE_OR_NONCE

    def takes_upstream(self, slug: str) -> bool:
        """Say whether the word of a sign-in provider, by its name in addresses, counts for it."""
        return not self.limits_upstreams or slug in self.upstreams

    def accepts_auth_method(self, method: str) -> bool:
        """Say whether the client may prove itself so.

        RFC 6749 §2.3.1: a secret comes in the header or in the form, as the client's library does
        it, unless an administrator chose one of the two.
        """
        if method == self.token_endpoint_auth_method:
            return True
        return (
            not self.only_auth_method and {method, self.token_endpoint_auth_method} == WITH_SECRET
        )

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Say whether one of the grant types is registered."""
        return any(grant_type in self.grant_types for grant_type in grant_types)
