"""A connection and its token."""

import pytest

from tests.scim.calling import Caller, connect


@pytest.fixture
def scim(db: None) -> Caller:
    return connect("Entra")


@pytest.fixture
def scim_token(scim: Caller) -> str:
    return scim.secret
