"""The pytest plugin with a provider that is ready: keys made once, nothing slow, nothing stale."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from foundation.base.configuration import epoch
from foundation.base.keys import authentic, ring as keys, sealing
from foundation.base.keys.models import KeyState
from foundation.base.models import SigningKey
from foundation.directory.models import User
from tests.factories import make_person, make_relying_party
from tests.relying_party import RelyingParty


@lru_cache
def _signing_key_columns(algorithm: str) -> dict[str, Any]:
    """Return the columns of an active key. An RSA key takes long to make: once per process."""
    key = keys.generate_key(algorithm)
    kid = key.thumbprint()
    public = {**key.export_public(as_dict=True), "kid": kid, "use": "sig", "alg": algorithm}
    return {
        "kid": kid,
        "algorithm": algorithm,
        "public_jwk": public,
        "private_jwe": sealing.seal(key),
        "state": KeyState.ACTIVE,
    }


@pytest.fixture
def provider(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the provider ready for requests: signing keys, cheap password hashes, no rate limits.

    The epoch is one that no other test has seen, so nothing that a test before kept is trusted;
    the rollback brings back an older one, so nothing is left for the test after it either.
    """
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "foundation.base.secrets.PepperedSecretHasher",
    ]
    settings.ACCOUNT_RATE_LIMITS = False
    # Loading an RSA key is slow too, and every change of configuration loads the keys again.
    monkeypatch.setattr(keys, "unseal", _unseal)
    cache.clear()
    now = timezone.now()
    rows = [SigningKey(**_signing_key_columns(name), activated_at=now) for name in keys.ALGORITHMS]
    for row in rows:
        authentic.stamp(row)
    SigningKey.objects.bulk_create(rows)
    epoch.start_new_epoch()
    yield
    epoch.forget()


_unseal = lru_cache(sealing.unseal)


@pytest.fixture
def no_refresh_grace(settings: Any) -> None:
    """Whoever sends a used refresh token again is a thief at once."""
    settings.SCOPEWARD = replace(settings.SCOPEWARD, refresh_grace=0)


@pytest.fixture
def person(provider: None) -> User:
    """Ada."""
    return make_person()


@pytest.fixture
def other_person(provider: None) -> User:
    """Grace."""
    return make_person(username="grace", name="Grace Hopper", given_name="Grace")


@pytest.fixture
def rp(provider: None) -> RelyingParty:
    """A confidential client with PKCE, and a browser in which nobody is signed in."""
    return make_relying_party()


@pytest.fixture
def other_rp(provider: None) -> RelyingParty:
    """Another client, with another browser."""
    return make_relying_party(client_name="Other")


class Clock:
    """Lets time pass."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def advance(self, **duration: float) -> None:
        """Go forward by a duration such as `seconds=61`."""
        self._traveller.shift(timedelta(**duration))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that goes on by itself, and can be put forward."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield Clock(traveller)
