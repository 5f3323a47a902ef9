"""No token is longer than servers take in a header, and nothing is lost for it."""

from typing import Any

import pytest

from claims.models import ClaimMapping
from claims.services import set_attributes
from foundation.directory.models import User
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.jwt import payload_of, verified
from tests.relying_party import RelyingParty

HEADER = 8_192
"""Bytes of one header that nginx takes by default, and many other servers do."""
NUMBERS = [0, 1, 80, 120, 400, 1_000]


def roles(number: int) -> list[str]:
    return [f"role-{n:04}-of-a-rather-long-name-{n:04}" for n in range(number)]


def signed_in(person: User, number: int, **parameters: Any) -> tuple[RelyingParty, dict[str, Any]]:
    set_attributes(person, {"roles": roles(number)})
    rp = make_relying_party(resources=(WAREHOUSE,))
    return rp, rp.obtain_tokens(person, scope="openid roles", **parameters)


@pytest.mark.spec("OIDC Core", "5.6.2")
@pytest.mark.parametrize("number", NUMBERS)
def test_id_token_stays_short_and_userinfo_has_the_rest(
    provider: None, person: User, number: int
) -> None:
    ClaimMapping.objects.filter(claim="roles").update(in_userinfo=False, in_id_token=True)
    rp, tokens = signed_in(person, number)
    told = verified(tokens["id_token"])

    assert len(tokens["id_token"]) < HEADER
    moved = told.get("_claim_names", {})
    if "roles" in moved:
        endpoint = told["_claim_sources"][moved["roles"]]["endpoint"]
        assert endpoint.endswith("/userinfo")
        assert "roles" not in told
        told = rp.userinfo(tokens["access_token"]).json()
    assert told.get("roles", []) == roles(number)


@pytest.mark.spec("RFC 6750", "2.1")
@pytest.mark.parametrize("number", NUMBERS)
def test_access_token_fits_into_a_header_and_its_server_learns_all(
    provider: None, person: User, number: int
) -> None:
    warehouse = RelyingParty(*make_resource_server())
    _rp, tokens = signed_in(person, number, resource=WAREHOUSE)
    token = tokens["access_token"]

    assert len(f"Authorization: Bearer {token}") < HEADER
    answer = warehouse.introspect(token).json()
    assert answer["active"] is True
    assert answer.get("roles", []) == roles(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_we_minted_we_take(provider: None, person: User, number: int) -> None:
    rp, tokens = signed_in(person, number)

    assert rp.userinfo(tokens["access_token"]).status_code == 200
    assert rp.logout(id_token_hint=tokens["id_token"]).status_code == 200
    again = rp.obtain_tokens(person, scope="openid roles", id_token_hint=tokens["id_token"])
    assert verified(again["id_token"])["sub"] == person.subject


def test_short_id_token_leaves_nothing_out(provider: None, person: User) -> None:
    _rp, tokens = signed_in(person, 3)

    assert "_claim_names" not in payload_of(tokens["id_token"])
