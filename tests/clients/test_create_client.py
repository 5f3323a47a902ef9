"""`manage.py create_client`: one JSON object, or one sentence and nothing written."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from foundation.directory.models import Client
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> dict[str, object]:
    output = StringIO()
    call_command("create_client", *arguments, stdout=output)
    document: dict[str, object] = json.loads(output.getvalue())
    return document


@pytest.mark.spec("RFC 7591", "3.2.1")
def test_an_application_is_printed_as_a_client_information_response():
    document = create("--name", "Desk", "--redirect-uri", "https://desk.example/callback")

    client = Client.objects.get()
    secret = document.pop("client_secret")
    assert isinstance(secret, str)
    assert secret not in client.client_secret
    assert document == {
        "client_id": client.client_id,
        "client_secret_expires_at": 0,
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": "Desk",
        "redirect_uris": ["https://desk.example/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid profile email offline_access",
        "token_endpoint_auth_method": "client_secret_basic",
        "only_auth_method": False,
        "dpop_bound_access_tokens": False,
        "code_protection": "pkce_or_nonce",
        "claims_in_id_token": False,
        "access_token_signed_response_alg": "ES256",
        "access_token_typ": "at+jwt",
        "require_pushed_authorization_requests": False,
        "access_token_format": "jwt",
        "id_token_signed_response_alg": "RS256",
    }


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("agent", [True, False])
def test_what_people_are_told_of_an_application_is_said_on_the_command_line(
    verified: bool, agent: bool
):
    marks = ["--verified"] * verified + ["--agent"] * agent

    create("--name", "Desk", "--redirect-uri", "https://desk.example/callback", *marks)

    client = Client.objects.get()
    assert (client.is_verified, client.is_agent) == (verified, agent)


def test_no_way_to_register_verifies_by_itself():
    metadata = ClientMetadata(client_name="Desk", redirect_uris=("https://desk.example/callback",))
    registered, _secret = register_client(metadata)

    assert not registered.is_verified
    assert not Client().is_verified
    assert not Client.objects.create(name="By hand").is_verified


def test_every_option_arrives():
    document = create(
        *("--name", "Desk", "--client-id", "desk", "--auth-method", "client_secret_post"),
        *("--redirect-uri", "https://desk.example/a", "--redirect-uri", "https://desk.example/b"),
        *("--post-logout-redirect-uri", "https://desk.example/bye"),
        *("--grant-type", "authorization_code", "--code-protection", "nothing"),
        *("--scope", "openid roles", "--scope", "projects"),
        *("--resource", "https://api.example", "--resource", "https://other.example"),
        *("--details-type", "urn:scopeward:query:1", "--require-par"),
        *("--id-token-alg", "ES256", "--access-token-format", "opaque"),
        *("--only-auth-method", "--claims-in-id-token"),
        *("--access-token-alg", "RS256", "--access-token-typ", "JWT"),
        *("--logo-uri", "https://desk.example/logo.svg", "--purpose", "It asks."),
    )

    client = Client.objects.get()
    assert document["client_id"] == client.client_id == "desk"
    assert client.redirect_uris.split() == ["https://desk.example/a", "https://desk.example/b"]
    assert client.post_logout_redirect_uris == "https://desk.example/bye"
    assert client.grant_types == ["authorization_code"]
    assert client.token_endpoint_auth_method == "client_secret_post"
    assert client.code_protection == "nothing"
    assert client.require_pushed_authorization_requests is True
    assert client.authorization_details_types == ["urn:scopeward:query:1"]
    assert client.scope == "openid roles projects"
    assert client.resources == ["https://api.example", "https://other.example"]
    assert client.id_token_signed_response_alg == "ES256"
    assert client.access_token_format == "opaque"
    assert client.only_auth_method
    assert client.claims_in_id_token
    assert client.access_token_signed_response_alg == "RS256"
    assert client.access_token_typ == "JWT"
    assert client.logo_uri == "https://desk.example/logo.svg"
    assert client.purpose == "It asks."


def test_a_resource_server_is_registered_with_the_claims_it_reads():
    server = ("--name", "Mail", "--resource-server", "https://mail.example")
    claims = ("--access-token-claim", "email", "--access-token-claim", "preferred_username")

    document = create(*server, *claims)

    assert document["access_token_claims"] == "email preferred_username"
    assert Client.objects.get().access_token_claims == "email preferred_username"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--resource-server", "https://m.example", "--access-token-claim", "groups"), "groups"),
        (("--redirect-uri", "https://m.example/cb", "--access-token-claim", "email"), "Only a res"),
    ],
)
def test_claims_of_access_tokens_are_standard_ones_of_a_resource_server(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        create("--name", "Mail", *arguments)

    assert not Client.objects.exists()


def test_a_public_client_is_printed_without_a_secret():
    document = create(
        *("--name", "App", "--redirect-uri", "com.example.app:/callback", "--auth-method", "none")
    )

    assert "client_secret" not in document
    assert "client_secret_expires_at" not in document


def test_a_resource_server_needs_nothing_but_its_audience():
    document = create("--name", "Warehouse", "--resource-server", "https://api.example")

    client = Client.objects.get()
    assert client.resource_server == document["resource_server"] == "https://api.example"
    assert client.grant_types == []
    assert client.scope == ""
    assert document["client_secret"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--redirect-uri", "https://desk.example/"], "--name"),
        (["--name", "Desk"], "redirect_uris:"),
        (["--name", "Desk", "--redirect-uri", "https://x.example/#a"], "redirect_uris:"),
        (["--name", "Desk", "--redirect-uri", "https://x.example", "--scope", "a"], "scope:"),
        (["--name", "Desk", "--grant-type", "password"], "password"),
        (["--name", "Desk", "--auth-method", "magic"], "magic"),
        (
            ["--name", "Desk", "--grant-type", "client_credentials", "--auth-method", "none"],
            "secret",
        ),
    ],
)
def test_a_refusal_is_a_sentence_and_writes_nothing(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        create(*arguments)

    assert not Client.objects.exists()
