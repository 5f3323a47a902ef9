"""Putting the demo in place, as often as one likes."""

from urllib.parse import urlsplit

from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.templatetags.static import static

from claims.catalogue import scopes as catalogue
from claims.catalogue.resource_scopes import install_scopes
from claims.services import set_group_attributes
from consent.approvals.sensitive_data import protect
from console.demo.data import QUERY, SCOPES, sensitive_data, warehouse_policies
from console.demo.people import GRACE, GROUPS, PASSWORD, PEOPLE, Person
from foundation.base.conf import Conf
from foundation.directory.models import Client, User
from idp.accounts.services import create_person
from idp.clients.metadata import ClientMetadata
from idp.clients.redirect_uris import is_loopback
from idp.clients.services import register_client, rotate_secret, update_client
from policy.library import starter
from policy.services import ensure

QUERY_DESK = "query-desk"
WAREHOUSE = "warehouse"
POLICIES = "Warehouse"
"""The title of the policy set."""


@transaction.atomic
def load_demo(conf: Conf, *, query_desk: str, warehouse: str) -> dict[str, str]:
    """Make people and applications as they should be; return the new secrets by client id.

    `query_desk` and `warehouse` are the origins where those programs answer. People who exist stay
    as they are, except for the address of their picture, which follows the issuer. Raises
    `ImproperlyConfigured` where the demo must not exist.
    """
    refuse_outside_loopback(conf)
    for name, values in GROUPS.items():
        set_group_attributes(Group.objects.get_or_create(name=name)[0], values)
    for person in PEOPLE:
        _ensure_person(person, issuer=conf.issuer)
    install_scopes(warehouse, SCOPES)
    protect(warehouse, QUERY, sensitive_data(User.objects.get(username=GRACE.username)))
    ensure(warehouse, POLICIES, warehouse_policies(), note="As it comes with the demo")
    ensure(conf.issuer, "Scopeward", starter("provider"), note="Starter set")
    return {
        QUERY_DESK: _ensure_client(QUERY_DESK, _query_desk(query_desk, warehouse)),
        WAREHOUSE: _ensure_client(WAREHOUSE, _warehouse(warehouse)),
    }


def refuse_outside_loopback(conf: Conf) -> None:
    """Raise `ImproperlyConfigured` in production, and where others could reach the provider."""
    if conf.production:
        raise ImproperlyConfigured("The demo's accounts are never loaded in production.")
    if not is_loopback(urlsplit(conf.issuer).hostname):
        raise ImproperlyConfigured(
            f"The demo's accounts are only for this machine, and the issuer is {conf.issuer}."
        )


def _ensure_person(person: Person, *, issuer: str) -> None:
    if not User.objects.filter(username=person.username).exists():
        row = create_person(
            person.username,
            person.email,
            PASSWORD,
            claims={
                **person.claims,
                "phone_number_verified": True,
                "profile": f"https://example.com/people/{person.username}",
                "website": f"https://{person.username}.example.com/",
            },
            attributes=person.attributes,
            is_superuser=person.is_superuser,
        )
        row.groups.set(Group.objects.filter(name__in=person.groups))
    picture = f"{issuer}{static(f'demo/{person.username}.svg')}"
    User.objects.filter(username=person.username).update(picture=picture)


def _ensure_client(client_id: str, metadata: ClientMetadata) -> str:
    client = Client.objects.filter(client_id=client_id).first()
    if client is None:
        client, _secret = register_client(metadata, client_id=client_id, is_verified=True)
    else:
        update_client(client, metadata)
    return rotate_secret(client)


def _query_desk(origin: str, warehouse: str) -> ClientMetadata:
    return ClientMetadata(
        client_name="Query Desk",
        redirect_uris=(f"{origin}/callback",),
        post_logout_redirect_uris=(f"{origin}/signed-out",),
        scope=" ".join(entry.name for entry in catalogue.known(catalogue.all_scopes())),
        resources=(warehouse,),
        authorization_details_types=(QUERY,),
        client_uri=f"{origin}/",
        logo_uri=f"{origin}/static/logo.svg",
        policy_uri=f"{origin}/privacy",
        tos_uri=f"{origin}/terms",
        purpose="Query Desk lets you ask questions of the company's data.",
    )


def _warehouse(origin: str) -> ClientMetadata:
    return ClientMetadata(client_name="Warehouse", grant_types=(), resource_server=origin)
