"""A provider elsewhere, and browsers."""

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from idp.upstream.relying_party import fetching, keys
from tests.people import make_ada, make_grace
from tests.upstream.elsewhere import Elsewhere


@pytest.fixture(autouse=True)
def _ready(fresh_rate_limits: None, quick_passwords: None) -> None:
    """Digest passwords quickly, and count nothing from before."""
    keys.forget()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    provider = Elsewhere()
    monkeypatch.setattr(fetching, "call", provider.call)
    return provider


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def ada(db: None) -> User:
    return make_ada()


@pytest.fixture
def grace(db: None) -> User:
    return make_grace()
