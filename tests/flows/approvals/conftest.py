"""Query Desk asks for queries at the Warehouse; Ada asks, Grace and others may have to agree."""

from collections.abc import Callable, Iterator

import pytest

from claims.catalogue.details.defaults import QUERY
from consent.approvals.models import Approvers
from foundation.directory.models import Client, User
from tests.approvals.asking import make_rule
from tests.factories import WAREHOUSE, make_person, make_relying_party, make_resource_server
from tests.flows.approvals.warehouse import Warehouse
from tests.relying_party import RelyingParty


@pytest.fixture
def warehouse_client(_provider: None) -> tuple[Client, str | None]:
    return make_resource_server(scopes=["query"])


@pytest.fixture
def warehouse(warehouse_client: tuple[Client, str | None]) -> Iterator[Warehouse]:
    """The resource server, with its guard."""
    server = Warehouse(*warehouse_client)
    yield server
    server.close()


@pytest.fixture
def desk(warehouse: Warehouse) -> RelyingParty:
    return make_relying_party(
        client_name="Query Desk",
        resources=(WAREHOUSE,),
        scope="openid email offline_access query",
        authorization_details_types=(QUERY,),
    )


@pytest.fixture
def grace(other_person: User) -> User:
    """Who has to agree to everything."""
    make_rule(Approvers.PEOPLE, people=[other_person], title="Grace agrees")
    return other_person


@pytest.fixture
def stewards(_provider: None) -> list[User]:
    """Three people of whom two have to agree."""
    people = [make_person(username=name, attributes={"roles": ["steward"]}) for name in "xyz"]
    make_rule(Approvers.ROLE, role="steward", needed=2, title="Two stewards")
    return people


@pytest.fixture
def own_browser(desk: RelyingParty) -> Callable[[User], RelyingParty]:
    """Let somebody sign in to the provider with a browser of their own."""

    def sign_in(person: User) -> RelyingParty:
        party = RelyingParty(desk.client, desk.secret)
        party.sign_in(person)
        return party

    return sign_in
