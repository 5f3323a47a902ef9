"""`acr_values`, and `acr` as an essential claim."""

import json

import pytest

from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.models import User
from tests.assertions import assert_redirected_error, assert_sent_to_sign_in
from tests.jwt import payload_of
from tests.relying_party import RelyingParty


def essential_acr(**request: object) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, **request}}})


@pytest.mark.spec(
    "OIDC Core", "3.1.2.1", module="oidcc-ensure-request-with-acr-values-succeeds", hole=2
)
def test_acr_values_that_cannot_be_reached_are_a_wish_only(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, acr_values="urn:mace:incommon:iap:silver 5")

    assert payload_of(tokens["id_token"])["acr"] == ACR_ONE_FACTOR


@pytest.mark.spec("OIDC Core", "2", hole=2)
def test_id_token_tells_how_the_person_signed_in(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, acr_values=ACR_ONE_FACTOR)

    payload = payload_of(tokens["id_token"])
    assert (payload["acr"], payload["amr"]) == (ACR_ONE_FACTOR, ["pwd"])


@pytest.mark.spec("OIDC Core", "5.5.1.1")
@pytest.mark.parametrize(
    "claims",
    [
        essential_acr(value="urn:example:gold"),
        essential_acr(values=["urn:example:gold", "urn:example:silver"]),
        essential_acr(value=5),
        essential_acr(values=[None, {}]),
    ],
)
def test_essential_acr_that_cannot_be_reached_is_refused(rp: RelyingParty, claims: str) -> None:
    response = rp.authorize(claims=claims)

    assert_redirected_error(response, "unmet_authentication_requirements")


@pytest.mark.spec("OIDC Core", "5.5.1.1")
@pytest.mark.parametrize(
    "claims",
    [
        essential_acr(value=ACR_ONE_FACTOR),
        essential_acr(values=["urn:example:gold", ACR_ONE_FACTOR]),
        essential_acr(),
        json.dumps({"id_token": {"acr": {"value": "urn:example:gold"}}}),
        json.dumps({"id_token": {"acr": None}}),
    ],
)
def test_essential_acr_that_can_be_reached_is_accepted(rp: RelyingParty, claims: str) -> None:
    response = rp.authorize(claims=claims)

    assert_sent_to_sign_in(response)
