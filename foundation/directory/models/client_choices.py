"""What may be chosen when a client is registered."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GrantType(models.TextChoices):
    """Grant types a client may be registered for (RFC 7591 §2 `grant_types`)."""

    AUTHORIZATION_CODE = "authorization_code", _("Authorization code")
    REFRESH_TOKEN = "refresh_token", _("Refresh token")
    CLIENT_CREDENTIALS = "client_credentials", _("Client credentials")
    CIBA = "urn:openid:params:grant-type:ciba", _("Asking without a browser (CIBA)")
    DEVICE_CODE = (
        "urn:ietf:params:oauth:grant-type:device_code",
        _("Device without a browser (RFC 8628)"),
    )
    TOKEN_EXCHANGE = (
        "urn:ietf:params:oauth:grant-type:token-exchange",
        _("Token exchange (RFC 8693)"),
    )


class DeliveryMode(models.TextChoices):
    """How a client learns that a request without a browser was answered (CIBA Core §5)."""

    POLL = "poll", _("It asks again and again (poll)")
    PING = "ping", _("It is told to ask (ping)")


class AuthMethod(models.TextChoices):
    """How a client proves who it is at the token endpoint (RFC 7591 §2)."""

    BASIC = "client_secret_basic", _("Secret in the HTTP Basic header")
    POST = "client_secret_post", _("Secret in the form")
    PRIVATE_KEY_JWT = "private_key_jwt", _("A key of its own (private_key_jwt)")
    NONE = "none", _("None (public client)")


WITH_SECRET = frozenset({AuthMethod.BASIC, AuthMethod.POST})


class CodeProtection(models.TextChoices):
    """What has to bind a code to the request that asked for it (OAuth 2.1 §7.5.1, RFC 9700 §2.1.1).

    Of public clients it is always PKCE, whatever is chosen here.
    """

    PKCE_OR_NONCE = "pkce_or_nonce", _("PKCE, or the nonce of an OpenID request")
    PKCE = "pkce", _("PKCE")
    PKCE_AND_NONCE = "pkce_and_nonce", _("PKCE and, of OpenID requests, a nonce")
    NOTHING = "nothing", _("Nothing: codes can be injected into somebody else's sign-in")


class TokenFormat(models.TextChoices):
    """Which kind of access token a client gets."""

    JWT = "jwt", _("JWT (RFC 9068)")
    OPAQUE = "opaque", _("Opaque, to be introspected")


class IdTokenAlg(models.TextChoices):
    """Signature algorithms for ID tokens (`id_token_signed_response_alg`)."""

    ES256 = "ES256", "ES256"
    RS256 = "RS256", "RS256"


class AccessTokenTyp(models.TextChoices):
    """The `typ` in the header of a JWT access token."""

    AT_JWT = "at+jwt", _("at+jwt (RFC 9068)")
    JWT = "JWT", _("JWT, for servers that know no other")


class AssertionAlg(models.TextChoices):
    """By which algorithm a client signs who it is (`token_endpoint_auth_signing_alg`)."""

    ES256 = "ES256", "ES256"
    ES384 = "ES384", "ES384"
    EDDSA = "EdDSA", "EdDSA"
    PS256 = "PS256", "PS256"
    RS256 = "RS256", "RS256"
