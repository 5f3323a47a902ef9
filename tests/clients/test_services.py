"""Registering clients: what is written, and what never is."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from foundation.base import secrets
from foundation.directory.models import Client
from foundation.directory.registry import find_client
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client, rotate_secret, update_client

METADATA = ClientMetadata(client_name="Desk", redirect_uris=("https://desk.example/callback",))

pytestmark = pytest.mark.django_db


def test_the_secret_is_returned_and_only_its_digest_is_stored():
    client, secret = register_client(METADATA)

    row = Client.objects.values().get(pk=client.pk)
    assert secret is not None
    assert len(secret) == 43
    assert row["client_secret"] == f"hmac_sha256${secrets.digest(secret)}"
    assert secret not in str(row)


@pytest.mark.spec("RFC 6749", "2.1")
def test_a_public_client_is_given_no_secret():
    client, secret = register_client(replace(METADATA, token_endpoint_auth_method="none"))

    assert secret is None
    assert client.is_public
    assert client.client_type == Client.CLIENT_PUBLIC
    assert client.client_secret.startswith("hmac_sha256$")


def test_the_columns_of_the_engine_are_kept_in_step():
    interactive, _secret = register_client(METADATA)
    machine, _secret = register_client(
        replace(METADATA, redirect_uris=(), grant_types=("client_credentials",))
    )

    assert interactive.authorization_grant_type == Client.GRANT_AUTHORIZATION_CODE
    assert interactive.client_type == Client.CLIENT_CONFIDENTIAL
    assert machine.authorization_grant_type == Client.GRANT_CLIENT_CREDENTIALS


def test_rotating_voids_the_old_secret():
    client, old = register_client(METADATA)

    new = rotate_secret(client)

    stored = Client.objects.get(pk=client.pk).client_secret
    assert old is not None
    assert secrets.PepperedSecretHasher().verify(new, stored)
    assert not secrets.PepperedSecretHasher().verify(old, stored)


def test_a_registered_client_is_found_at_once():
    client, _secret = register_client(METADATA, client_id="desk")

    assert find_client("desk") == client


def test_updating_keeps_id_and_secret():
    client, _secret = register_client(METADATA)
    before = (client.client_id, client.client_secret)

    update_client(client, replace(METADATA, client_name="Other Desk"))

    client.refresh_from_db()
    assert client.name == "Other Desk"
    assert (client.client_id, client.client_secret) == before


@pytest.mark.parametrize(
    ("changes", "client_id", "field"),
    [
        ({"redirect_uris": ("https://*.example/",)}, None, "redirect_uris"),
        ({"scope": "openid nonsense"}, None, "scope"),
        ({"purpose": "x" * 301}, None, "purpose"),
        ({"client_name": "x" * 256}, None, "name"),
        ({}, "", "client_id"),
        ({}, "two words", "client_id"),
        ({}, "x" * 256, "client_id"),
        ({}, "percent%20", "client_id"),
    ],
)
def test_a_refused_registration_writes_nothing(changes, client_id, field):
    with pytest.raises(ValidationError) as caught:
        register_client(replace(METADATA, **changes), client_id=client_id)

    assert set(caught.value.message_dict) == {field}
    assert not Client.objects.exists()


@pytest.mark.spec("RFC 6749", "2.2")
def test_a_taken_id_is_refused():
    register_client(METADATA, client_id="desk")

    with pytest.raises(ValidationError) as caught:
        register_client(replace(METADATA, client_name="Another"), client_id="desk")

    assert set(caught.value.message_dict) == {"client_id"}
    assert Client.objects.get().name == "Desk"
