"""The rules of a registration."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from idp.clients.metadata import ClientLimits, ClientMetadata, default_scope
from idp.clients.rules import check
from tests.client_keys import client_key, key_set_of

WEB = ClientMetadata(
    client_name="Query Desk",
    redirect_uris=("https://desk.example/callback",),
    scope="openid profile",
)
KEYS = key_set_of(client_key())
LIMITS = ClientLimits(known_scopes=frozenset({"openid", "profile", "email"}))


def broken_fields(limits: ClientLimits = LIMITS, **changes: object) -> set[str]:
    try:
        check(replace(WEB, **changes), limits)
    except ValidationError as error:
        return set(error.message_dict)
    return set()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"redirect_uris": ("https://desk.example/a", "https://desk.example/b")},
        {"client_name": "پرونده‌ها"},
        {"client_name": "ශ්‍රී ලංකා"},
        {"client_name": "問い合わせ机"},
        {"code_protection": "nothing"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "none"},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": KEYS},
        {"jwks_uri": "https://desk.example/keys"},
        {"grant_types": ("client_credentials",), "redirect_uris": ()},
        {"grant_types": (), "redirect_uris": (), "resource_server": "https://api.example"},
        {"resources": ("https://api.example", "urn:example:api")},
        {"id_token_signed_response_alg": "ES256", "access_token_format": "opaque"},
        {"redirect_uris": ("https://desk.example/?tenant=a&codex=b",)},
        {"logo_uri": "https://desk.example/logo.svg?code=x"},
        {"logo_uri": "http://localhost:8001/logo.svg"},
    ],
)
def test_a_sound_registration_passes(changes):
    assert broken_fields(**changes) == set()


@pytest.mark.spec("OIDC Core", "2")
@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"token_endpoint_auth_method": "private_key_jwt"}, {"jwks"}),
        ({"jwks": KEYS, "jwks_uri": "https://desk.example/keys"}, {"jwks"}),
        ({"jwks": {"keys": []}}, {"jwks"}),
        ({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, {"jwks"}),
        ({"jwks": {"keys": [{**KEYS["keys"][0], "d": "AAAA"}]}}, {"jwks"}),
        ({"jwks": {"keys": KEYS["keys"] * 21}}, {"jwks"}),
        ({"jwks": {"keys": [{**KEYS["keys"][0], "use": "enc"}]}}, {"jwks"}),
        ({"jwks": {"keys": [{**KEYS["keys"][0], "x": "AAAA"}]}}, {"jwks"}),
        ({"jwks": ["keys"]}, {"jwks"}),
        ({"jwks_uri": "http://desk.example/keys"}, {"jwks_uri"}),
        ({"jwks_uri": "javascript:keys"}, {"jwks_uri"}),
        ({"token_endpoint_auth_signing_alg": "HS256"}, {"token_endpoint_auth_signing_alg"}),
        ({"client_name": " "}, {"client_name"}),
        ({"client_name": "\u200c\u200d"}, {"client_name"}),
        ({"client_name": "Query\nDesk"}, {"client_name"}),
        ({"redirect_uris": ()}, {"redirect_uris"}),
        ({"redirect_uris": ("http://desk.example/callback",)}, {"redirect_uris"}),
        ({"redirect_uris": ("https://desk.example/?a=1&code=x",)}, {"redirect_uris"}),
        ({"redirect_uris": ("https://desk.example/?iss",)}, {"redirect_uris"}),
        (
            {"post_logout_redirect_uris": ("https://desk.example/?state=",)},
            {"post_logout_redirect_uris"},
        ),
        ({"post_logout_redirect_uris": ("javascript:1",)}, {"post_logout_redirect_uris"}),
        ({"grant_types": ("authorization_code", "password")}, {"grant_types"}),
        ({"grant_types": ("implicit",), "redirect_uris": ()}, {"grant_types"}),
        ({"grant_types": ("refresh_token",)}, {"grant_types"}),
        ({"grant_types": ()}, {"grant_types"}),
        ({"scope": "openid nonsense"}, {"scope"}),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, {"token_endpoint_auth_method"}),
        ({"resources": ("api",)}, {"resources"}),
        ({"resources": ("https://api.example/#part",)}, {"resources"}),
        ({"resources": ("https://api.example/a b",)}, {"resources"}),
        ({"resource_server": "api"}, {"resource_server"}),
        ({"access_token_format": "paper"}, {"access_token_format"}),
        ({"id_token_signed_response_alg": "none"}, {"id_token_signed_response_alg"}),
        ({"id_token_signed_response_alg": "HS256"}, {"id_token_signed_response_alg"}),
        ({"client_uri": "desk.example"}, {"client_uri"}),
        ({"logo_uri": "http://desk.example/logo.svg"}, {"logo_uri"}),
        ({"logo_uri": "data:image/svg+xml,x"}, {"logo_uri"}),
        ({"policy_uri": "com.example.app:/privacy"}, {"policy_uri"}),
        ({"tos_uri": "javascript:alert(1)"}, {"tos_uri"}),
    ],
)
def test_a_broken_rule_is_told_by_the_name_of_its_field(changes, fields):
    assert broken_fields(**changes) == fields


def test_every_broken_rule_is_told_at_once():
    fields = broken_fields(client_name="", scope="nonsense", tos_uri="x")

    assert fields == {"client_name", "scope", "tos_uri"}


@pytest.mark.spec("CIBA Core", "4")
@pytest.mark.parametrize(
    ("mode", "endpoint", "fields"),
    [
        ("poll", "", set()),
        ("ping", "https://desk.example/ping", set()),
        ("", "", {"backchannel_token_delivery_mode"}),
        ("push", "https://desk.example/push", {"backchannel_token_delivery_mode"}),
        ("ping", "", {"backchannel_client_notification_endpoint"}),
        ("ping", "http://desk.example/ping", {"backchannel_client_notification_endpoint"}),
        ("ping", "desk.example", {"backchannel_client_notification_endpoint"}),
    ],
)
def test_a_client_of_ciba_says_how_it_is_told(mode, endpoint, fields):
    broken = broken_fields(
        grant_types=("authorization_code", "urn:openid:params:grant-type:ciba"),
        backchannel_token_delivery_mode=mode,
        backchannel_client_notification_endpoint=endpoint,
    )

    assert broken == fields


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
@pytest.mark.parametrize("uri", ["http://desk.example/bye", "http://10.0.0.1/bye", "bye"])
def test_a_way_back_over_plain_http_is_refused_beyond_this_machine(uri):
    assert broken_fields(post_logout_redirect_uris=(uri,)) == {"post_logout_redirect_uris"}
    assert broken_fields(post_logout_redirect_uris=("http://127.0.0.1/bye",)) == set()


@pytest.mark.spec("RFC 9700", "2.1.1")
def test_a_public_client_cannot_do_without_pkce():
    broken = broken_fields(token_endpoint_auth_method="none", code_protection="nothing")

    assert broken == {"code_protection"}


@pytest.mark.spec("RFC 6749", "4.4")
def test_a_public_client_gets_no_tokens_of_its_own():
    grant_types = ("authorization_code", "client_credentials")

    fields = broken_fields(token_endpoint_auth_method="none", grant_types=grant_types)

    assert fields == {"grant_types"}


@pytest.mark.spec("RFC 7662", "2.1")
def test_a_resource_server_has_a_secret():
    fields = broken_fields(token_endpoint_auth_method="none", resource_server="https://api.example")

    assert fields == {"resource_server"}


def test_plain_http_may_be_allowed_everywhere():
    limits = replace(LIMITS, http_anywhere=True)

    assert broken_fields(limits, redirect_uris=("http://desk.example/callback",)) == set()


@pytest.mark.parametrize(
    ("grant_types", "scope"),
    [
        (["authorization_code"], "openid profile email"),
        (["authorization_code", "refresh_token"], "openid profile email offline_access"),
        (["client_credentials"], ""),
        ([], ""),
    ],
)
def test_scopes_by_default_are_those_of_a_plain_sign_in(grant_types, scope):
    assert default_scope(grant_types) == scope
