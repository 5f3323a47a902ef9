"""Registering clients. Secrets are generated here, returned once, and kept as digests."""

import re
from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from claims.catalogue import scopes as catalogue
from claims.catalogue.details import all_types
from foundation.base import conf, secrets
from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from idp.clients.metadata import ClientLimits, ClientMetadata
from idp.clients.rules import check

# RFC 3986 §2.3: the same in a URL, in a form and in HTTP Basic, so no encoding is ever in doubt.
CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,255}")


@transaction.atomic
def register_client(
    metadata: ClientMetadata,
    *,
    client_id: str | None = None,
    is_verified: bool = False,
    is_agent: bool = False,
) -> tuple[Client, str | None]:
    """Register a client; return it with its secret, None for one that proves itself otherwise.

    Without a `client_id` a random one is given. No client says of itself what people are told of
    it: `is_verified`, that somebody checked who operates it, and `is_agent`, that it acts on its
    own, are not among the metadata. Raises `ValidationError` with the metadata's
    field names; nothing is written then.
    """
    client = Client(is_verified=is_verified, is_agent=is_agent)
    if client_id is not None:
        check_client_id(client_id)
        client.client_id = client_id
    update_client(client, metadata)
    secret = rotate_secret(client)
    return client, secret if metadata.has_secret else None


@transaction.atomic
def update_client(client: Client, metadata: ClientMetadata) -> None:
    """Replace all that is registered about a client except its id and secret (RFC 7592 §2.2).

    Raises `ValidationError` with the metadata's field names; nothing is written then.
    """
    check_metadata(metadata)
    for field, value in _columns(metadata).items():
        setattr(client, field, value)
    # An empty list is right for a resource server; the rules above have looked at it.
    client.clean_fields(exclude={"client_secret", "grant_types"})
    client.save()


def rotate_secret(client: Client) -> str:
    """Give the client a new secret and return it; the old one is void at once.

    One that does not use it gets one too that nobody is told: no row is ever without.
    """
    secret = secrets.generate()
    client.client_secret = secret
    client.save(update_fields=["client_secret", "updated"])
    return secret


def check_metadata(metadata: ClientMetadata) -> None:
    """Raise `ValidationError` with the metadata's field names when a rule is broken."""
    check(metadata, _limits())


def check_client_id(client_id: str) -> None:
    """Raise `ValidationError` unless the id is well-formed and free."""
    if not CLIENT_ID.fullmatch(client_id):
        raise ValidationError({"client_id": _("Use letters, digits and . _ ~ - only.")})
    if Client.objects.filter(client_id=client_id).exists():
        raise ValidationError({"client_id": _("An application with this id exists.")})


def _limits() -> ClientLimits:
    return ClientLimits(
        known_scopes=frozenset(catalogue.all_scopes()),
        known_details_types=frozenset(all_types()),
        http_anywhere=not conf.current().production,
    )


def _columns(metadata: ClientMetadata) -> dict[str, object]:
    """Return the row's values, with the columns that django-oauth-toolkit reads kept in step."""
    columns = asdict(metadata)
    interactive = GrantType.AUTHORIZATION_CODE in metadata.grant_types
    return columns | {
        "name": columns.pop("client_name"),
        "redirect_uris": " ".join(metadata.redirect_uris),
        "post_logout_redirect_uris": " ".join(metadata.post_logout_redirect_uris),
        "grant_types": list(metadata.grant_types),
        "resources": list(metadata.resources),
        "authorization_details_types": list(metadata.authorization_details_types),
        "client_type": Client.CLIENT_PUBLIC if metadata.is_public else Client.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": Client.GRANT_AUTHORIZATION_CODE
        if interactive
        else Client.GRANT_CLIENT_CREDENTIALS,
        "algorithm": Client.NO_ALGORITHM,
    }
