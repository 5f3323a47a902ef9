"""A client that asks without a browser, and the person it asks."""

from typing import Any

import pytest

from tests.factories import make_relying_party
from tests.specs.ciba.asking import CIBA, Asker


def make_asker(**metadata: Any) -> Asker:
    """Register a client that polls."""
    values = {
        "client_name": "Reporter",
        "grant_types": ("authorization_code", "refresh_token", CIBA),
        "backchannel_token_delivery_mode": "poll",
    }
    party = make_relying_party(**{**values, **metadata})
    return Asker(party.client, party.secret)


@pytest.fixture
def asker(_provider: None) -> Asker:
    return make_asker()


@pytest.fixture
def other_asker(_provider: None) -> Asker:
    return make_asker(client_name="Other")
