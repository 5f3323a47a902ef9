"""Query Desk, which may ask for queries at the Warehouse."""

from typing import Any

import pytest

from claims.catalogue.details.defaults import QUERY
from claims.catalogue.models import AuthorizationDetailsType
from foundation.directory.models import Client
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.relying_party import RelyingParty
from tests.specs.rfc9396.asking import FILES, LAKE, files_type


@pytest.fixture(autouse=True)
def files(_provider: None) -> AuthorizationDetailsType:
    """A type whose details may be used again and be narrowed."""
    row = AuthorizationDetailsType(**files_type())
    row.full_clean()
    row.save()
    return row


@pytest.fixture
def warehouse(_provider: None) -> tuple[Client, str | None]:
    """The resource server, which may introspect tokens."""
    return make_resource_server(scopes=["query"])


@pytest.fixture
def desk(warehouse: Any) -> RelyingParty:
    """It may ask for queries and files, at the Warehouse and at the Lake."""
    make_resource_server(audience=LAKE)
    return make_relying_party(
        resources=(WAREHOUSE, LAKE),
        scope="openid email offline_access query",
        authorization_details_types=(QUERY, FILES),
    )
