"""Finding a client that another process has just registered."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.base.configuration import epoch
from foundation.base.models import ConfigurationEpoch
from foundation.directory.models import Client
from foundation.directory.registry import find_client
from tests.factories import make_client


@pytest.fixture
def unknown(provider: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that is not registered, as this process trusts for an hour."""
    client, _secret = make_client()
    Client.objects.filter(pk=client.pk).delete()
    epoch.forget()
    assert find_client(client.client_id) is None
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
    return client


def test_client_registered_elsewhere_a_moment_ago_is_found(unknown: Client) -> None:
    # As another process does it: this one is not told.
    Client.objects.bulk_create([unknown])
    ConfigurationEpoch.objects.update(value=uuid.uuid4())

    assert find_client(unknown.client_id) == unknown


def test_client_that_is_not_there_costs_one_statement(unknown: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert find_client(unknown.client_id) is None

    assert len(captured) == 1
