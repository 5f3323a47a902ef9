"""Reading of providers upstream; they are kept in memory."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from foundation.base.configuration.kept import Kept
from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.models import Client
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider


class Offered(NamedTuple):
    """A provider as the sign-in page shows it."""

    slug: str
    name: str
    button: str
    logo: str
    leads: tuple[str, ...] = ()
    """Domains whose people are led there."""


def _offered() -> tuple[Offered, ...]:
    rows = UpstreamProvider.objects.filter(is_on=True).order_by("name", "pk")
    return tuple(
        Offered(row.slug, row.name, row.button, row.logo, tuple(row.leads.split())) for row in rows
    )


_KEPT = Kept(_offered)


def offered() -> tuple[Offered, ...]:
    """Return the providers that are on. No statement, unless something has changed."""
    return _KEPT.get()


def offered_for(client: Client | None) -> tuple[Offered, ...]:
    """Return those whose word counts for an application, all where there is none."""
    if client is None or not client.limits_upstreams:
        return offered()
    return tuple(each for each in offered() if client.takes_upstream(each.slug))


def leading(address: str, client: Client | None) -> str:
    """Return the name of the provider that the domain of an address leads to, "" for none.

    Whether anybody has that address is not looked at.
    """
    domain = canonical_address(address).rpartition("@")[2] if "@" in address else ""
    return next((each.slug for each in offered_for(client) if domain in each.leads), "")


def find_provider(slug: str) -> UpstreamProvider | None:
    """Return the provider of this name, None when it is off."""
    return UpstreamProvider.objects.filter(slug=slug, is_on=True).first()


def accounts_of(person: UUID) -> list[UpstreamAccount]:
    """Return what somebody has connected."""
    rows = UpstreamAccount.objects.filter(user=person).select_related("provider")
    return list(rows.order_by("provider__name"))


def connectable(connected: Iterable[UpstreamAccount]) -> list[Offered]:
    """Return the providers with which somebody has not connected an account yet."""
    taken = {account.provider.slug for account in connected}
    return [each for each in offered() if each.slug not in taken]
