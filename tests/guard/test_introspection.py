"""Opaque tokens: the provider is asked, and its answer is not kept for long."""

from typing import Any

import pytest

from scopeward_guard._provider.settings import GuardSettings
from tests.guard.conftest import bearing, refusal, settings
from tests.guard.doors import Door
from tests.guard.provider import ISSUER, NOW, QUERY, RESOURCE, FakeProvider

INVALID = (401, "invalid_token")


def active(provider: FakeProvider, **changes: Any) -> dict[str, Any]:
    answer = {"active": True, "token_type": "Bearer", **provider.claims(), **changes}
    return {name: value for name, value in answer.items() if value is not None}


@pytest.mark.spec("RFC 7662", "2.1")
def test_opaque_token_is_introspected_as_the_resource_server(
    either: Any, provider: FakeProvider
) -> None:
    provider.opaque["opaque"] = active(provider)

    assert either.authenticate(bearing("opaque")).subject == "ada"
    assert provider.requests[-1].headers["Authorization"].startswith("Basic ")


@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.parametrize(
    "changes",
    [
        {"active": False},
        {"active": "true"},
        {"active": 1},
        {"active": None},
        {"token_type": None},
        {"token_type": "N_A"},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": [RESOURCE, "https://other.example"]},
        {"iss": "https://evil.example"},
        {"exp": int(NOW) - 10},
        {"sub": None},
        {"cnf": {"jkt": "x"}},
    ],
    ids=str,
)
def test_answer_that_is_not_about_us_refuses(
    changes: dict[str, Any], either: Any, provider: FakeProvider
) -> None:
    provider.opaque["opaque"] = active(provider, **changes)

    assert refusal(lambda: either.authenticate(bearing("opaque"))) == INVALID


@pytest.mark.parametrize("token", ["unknown", "two.parts", "a.b.c.d", "x" * 5_000])
def test_unknown_token_is_refused(token: str, either: Any) -> None:
    assert refusal(lambda: either.authenticate(bearing(token))) == INVALID


def test_without_credentials_no_opaque_token_is_accepted(
    door: Door, provider: FakeProvider
) -> None:
    either = door.guard(settings(client_id="", client_secret=""))
    provider.opaque["opaque"] = active(provider)

    assert refusal(lambda: either.authenticate(bearing("opaque"))) == INVALID
    assert provider.asked.total() == 0


@pytest.mark.spec("RFC 7662", "4")
def test_revoked_token_is_refused_at_once(either: Any, provider: FakeProvider) -> None:
    provider.opaque["opaque"] = active(provider)
    either.authenticate(bearing("opaque"))
    provider.opaque.clear()

    assert refusal(lambda: either.authenticate(bearing("opaque"))) == INVALID


@pytest.mark.spec("RFC 7662", "4")
@pytest.mark.parametrize(("details", "asked"), [([], 1), ([{"type": QUERY}], 2)])
def test_answer_is_kept_unless_it_approves_something(
    details: list[Any], asked: int, door: Door, provider: FakeProvider
) -> None:
    either = door.guard(settings(introspection_kept_for=5))
    provider.opaque["opaque"] = active(provider, authorization_details=details)

    either.authenticate(bearing("opaque"))
    either.authenticate(bearing("opaque"))

    assert provider.asked["/introspect"] == asked


def test_provider_that_is_down_denies(either: Any, provider: FakeProvider) -> None:
    provider.is_down = True

    assert refusal(lambda: either.authenticate(bearing("opaque")))[0] == 503


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://id.example"},
        {"issuer": ISSUER + "/"},
        {"issuer": ""},
        {"issuer": "https://user@id.example"},
        {"resource": "warehouse"},
        {"resource": RESOURCE + "#x"},
        {"algorithms": ()},
        {"algorithms": ("none",)},
        {"algorithms": ("HS256",)},
        {"leeway": 3600},
        {"leeway": -1},
        {"introspection_kept_for": 60},
        {"keys_fresh_for": 100, "keys_stale_for": 10},
        {"keys_stale_for": 10**6},
        {"client_id": "warehouse"},
        {"client_secret": "s"},
    ],
    ids=str,
)
def test_settings_that_could_not_be_safe_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=":"):
        GuardSettings(**{"issuer": ISSUER, "resource": RESOURCE, **changes})


def test_settings_do_not_print_the_secret() -> None:
    read = GuardSettings.from_environment(
        {"SCOPEWARD_ISSUER": ISSUER, "SCOPEWARD_RESOURCE": RESOURCE,
         "SCOPEWARD_CLIENT_ID": "warehouse", "SCOPEWARD_CLIENT_SECRET": "hidden"}
    )  # fmt: skip

    assert read.client_secret == "hidden"
    assert "hidden" not in repr(read)
