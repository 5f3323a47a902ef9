"""People, clients and grants: keyword-only, valid by default."""

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from claims.catalogue.models import Scope
from claims.services import set_attributes
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import Client, User
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client
from tests.relying_party import PASSWORD, RelyingParty

REDIRECT_URI = "https://rp.example/callback"
AFTER_LOGOUT = "https://rp.example/signed-out"
WAREHOUSE = "https://warehouse.example"
SCOPES = "openid profile email phone address offline_access roles department projects clearance"

PERSON: dict[str, Any] = {
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email_verified": True,
    "phone_number": "+44 20 7946 0000",
    "phone_number_verified": True,
    "address": {"street_address": "12 St James's Square", "locality": "London", "country": "GB"},
}
ATTRIBUTES: dict[str, Any] = {
    "roles": ["analyst"],
    "department": "finance",
    "projects": ["atlas"],
    "clearance": "confidential",
}


def make_person(
    *, username: str = "ada", attributes: dict[str, Any] | None = None, **columns: Any
) -> User:
    """Return an active person with all standard claims, who signs in with `PASSWORD`."""
    email = columns.pop("email", f"{username}@example.org")
    person = User(username=username, email=email, **{**PERSON, **columns})
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    set_attributes(person, ATTRIBUTES if attributes is None else attributes)
    return person


def make_client(
    *,
    default_max_age: int | None = None,
    is_active: bool = True,
    client_id: str | None = None,
    is_verified: bool = True,
    **metadata: Any,
) -> tuple[Client, str | None]:
    """Register a client that was checked; return it with its secret. It may ask for every scope."""
    values = {
        "client_name": "Example",
        "redirect_uris": (REDIRECT_URI,),
        "post_logout_redirect_uris": (AFTER_LOGOUT,),
        "scope": SCOPES,
        "id_token_signed_response_alg": "ES256",
    }
    client, secret = register_client(
        ClientMetadata(**{**values, **metadata}), client_id=client_id, is_verified=is_verified
    )
    if default_max_age is not None or not is_active:
        client.default_max_age, client.is_active = default_max_age, is_active
        client.save()
    return client, secret


def make_public_client(**metadata: Any) -> Client:
    """Register a public client."""
    client, _ = make_client(**{"token_endpoint_auth_method": "none", **metadata})
    return client


def make_machine(**metadata: Any) -> tuple[Client, str | None]:
    """Register a client that acts for itself."""
    values = {
        "client_name": "Machine",
        "redirect_uris": (),
        "post_logout_redirect_uris": (),
        "grant_types": ("client_credentials",),
        "scope": "",
    }
    return make_client(**{**values, **metadata})


def make_resource_server(
    *, audience: str = WAREHOUSE, scopes: Collection[str] = (), **metadata: Any
) -> tuple[Client, str | None]:
    """Register a resource server, with scopes of its own in the catalogue."""
    for name in scopes:
        make_scope(name=name, resource_server=audience)
    values = {"client_name": "Warehouse", "grant_types": (), "resource_server": audience}
    return make_machine(**{**values, **metadata})


def make_scope(*, name: str, **columns: Any) -> Scope:
    """Add a scope to the catalogue."""
    texts = {"title": name.title(), "sentence": f"Use {name}."}
    scope = Scope(name=name, **{**texts, **columns})
    scope.save()
    return scope


def make_relying_party(**metadata: Any) -> RelyingParty:
    """Register a client; return it as a relying party with a browser of its own."""
    client, secret = make_client(**metadata)
    return RelyingParty(client, secret)


def make_grant(*, person: User, client: Client, scopes: Collection[str]) -> Grant:
    """Return a standing grant, as if the person had allowed exactly these scopes."""
    grant = Grant.objects.create(user=person, client=client, scopes=dict.fromkeys(scopes))
    for scope in scopes:
        ScopeDecision.objects.create(
            user=person,
            client=client,
            grant=grant,
            scope=scope,
            outcome=DecisionOutcome.GRANTED,
            decided_at=timezone.now(),
        )
    return grant
