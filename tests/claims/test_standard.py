"""The standard claims of OIDC Core §5.1 and the scopes that release them, §5.4."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from claims.names.standard import CLAIMS, COLUMNS, make

SOMEBODY: dict[str, Any] = {
    "username": "ada",
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "middle_name": "Augusta",
    "family_name": "Lovelace",
    "nickname": "Countess",
    "profile": "https://example.org/ada",
    "picture": "https://example.org/ada.png",
    "website": "https://example.org",
    "gender": "female",
    "birthdate": "1815-12-10",
    "zoneinfo": "Europe/London",
    "locale": "en-GB",
    "updated_at": datetime(2026, 1, 1, 12, 0, 0, 999, tzinfo=UTC),
    "email": "ada@example.org",
    "email_verified": True,
    "address": {"locality": "London", "country": "GB"},
    "phone_number": "+442079460000",
    "phone_number_verified": False,
}
NOBODY: dict[str, Any] = dict.fromkeys(SOMEBODY, "") | {
    "address": {},
    "updated_at": None,
    "email_verified": False,
    "phone_number_verified": False,
}


@pytest.mark.spec("OIDC Core", "5.4", module="oidcc-scope-all")
@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_every_standard_claim_is_made(claim: str) -> None:
    assert make(SOMEBODY, claim) is not None


@pytest.mark.spec("OIDC Core", "5.3.2")
@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_claims_without_a_value_are_left_out(claim: str) -> None:
    assert make(NOBODY, claim) is None


@pytest.mark.spec("OIDC Core", "5.1", module="oidcc-scope-profile")
def test_updated_at_is_a_number_of_seconds() -> None:
    value = make(SOMEBODY, "updated_at")

    assert value == 1767268800
    assert type(value) is int


@pytest.mark.spec("OIDC Core", "5.1.1", module="oidcc-scope-address")
def test_the_address_is_an_object_of_its_six_members() -> None:
    stored = {"locality": "London", "country": "", "region": 5, "planet": "Earth"}

    assert make({"address": stored}, "address") == {"locality": "London"}


@pytest.mark.parametrize("stored", [None, "London", ["London"], {"planet": "Earth"}, {}])
def test_what_is_no_address_is_left_out(stored: Any) -> None:
    assert make({"address": stored}, "address") is None


@pytest.mark.spec("OIDC Core", "5.1", module="oidcc-scope-email")
def test_whether_an_address_is_verified_is_said_only_of_an_address() -> None:
    assert make({"email": "", "email_verified": True}, "email_verified") is None
    assert (
        make({"phone_number": "", "phone_number_verified": True}, "phone_number_verified") is None
    )


@pytest.mark.spec("OIDC Core", "5.1", module="oidcc-scope-phone")
def test_an_unverified_number_is_called_unverified() -> None:
    assert make(SOMEBODY, "phone_number_verified") is False


def test_a_missing_name_is_composed_of_its_parts() -> None:
    assert make({**SOMEBODY, "name": ""}, "name") == "Ada Augusta Lovelace"


def test_a_username_is_no_name() -> None:
    assert make({**NOBODY, "username": "ada"}, "name") is None


def test_every_claim_is_made_from_columns_that_are_read() -> None:
    assert {claim for claim in CLAIMS if make(SOMEBODY, claim) is None} == set()
    assert set(SOMEBODY) == set(COLUMNS)


@given(
    st.dictionaries(
        st.sampled_from(COLUMNS), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_malformed_columns_never_raise(columns: dict[str, Any]) -> None:
    for claim in CLAIMS:
        assert make(columns, claim) not in ("", [], {})
