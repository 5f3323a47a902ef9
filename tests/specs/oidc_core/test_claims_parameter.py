"""The `claims` parameter: single claims, in the ID token or in userinfo."""

import json

import pytest

from foundation.directory.models import User
from tests.assertions import assert_redirected_error, assert_sent_to_sign_in
from tests.factories import make_relying_party
from tests.jwt import payload_of
from tests.relying_party import RelyingParty


@pytest.mark.spec(
    "OIDC Core",
    "5.5",
    module="fapi2-security-profile-final-test-claims-parameter-identity-claims",
    hole=2,
)
def test_essential_name_reaches_userinfo(rp: RelyingParty, person: User) -> None:
    claims = json.dumps({"userinfo": {"name": {"essential": True}}})
    tokens = rp.obtain_tokens(person, scope="openid profile", claims=claims)

    answer = rp.userinfo(tokens["access_token"]).json()

    assert answer["name"] == "Ada Lovelace"


@pytest.mark.spec(
    "OIDC Core",
    "5.5",
    module="fapi2-security-profile-final-test-claims-parameter-identity-claims",
    hole=2,
)
def test_claim_asked_for_in_the_id_token_is_put_there(rp: RelyingParty, person: User) -> None:
    claims = json.dumps({"id_token": {"email": {"essential": True}}})

    tokens = rp.obtain_tokens(person, scope="openid email", claims=claims)

    assert payload_of(tokens["id_token"])["email"] == "ada@example.org"


@pytest.mark.spec("RFC 8259", "2")
def test_claims_may_be_written_over_several_lines(rp: RelyingParty) -> None:
    claims = '{\n\t"id_token": {\r\n\t\t"name": null\n\t}\n}'

    assert_sent_to_sign_in(rp.authorize(claims=claims))


@pytest.mark.spec("OIDC Core", "5.5")
def test_claim_of_another_scope_than_the_clients_is_not_released(
    provider: None, person: User
) -> None:
    rp = make_relying_party(scope="openid profile")
    claims = json.dumps(
        {"userinfo": {"email": {"essential": True}}, "id_token": {"phone_number": None}}
    )
    tokens = rp.obtain_tokens(person, scope="openid profile", claims=claims)

    assert "email" not in rp.userinfo(tokens["access_token"]).json()
    assert "phone_number" not in payload_of(tokens["id_token"])


@pytest.mark.spec("OIDC Core", "5.5")
def test_claim_of_a_withheld_scope_is_not_released(rp: RelyingParty, person: User) -> None:
    claims = json.dumps({"userinfo": {"email": {"essential": True}}})

    tokens = rp.obtain_tokens(
        person, scope="openid profile email", claims=claims, allow={"profile"}
    )

    assert "email" not in rp.userinfo(tokens["access_token"]).json()


@pytest.mark.spec("OIDC Core", "5.5")
@pytest.mark.parametrize(
    "claims",
    [
        "{}",
        '{"userinfo": null, "id_token": null}',
        '{"userinfo": {"unheard_of": {"essential": true}}}',
        '{"elsewhere": {"name": null}}',
        '{"userinfo": {"name": {"value": {"deep": [1, 2.5, null, true]}}}}',
        '{"userinfo": {"https://example.org/ünï": {"other": "member"}}}',
    ],
)
def test_claims_that_we_do_not_know_do_no_harm(rp: RelyingParty, claims: str) -> None:
    response = rp.authorize(claims=claims)

    assert_sent_to_sign_in(response)


@pytest.mark.spec("OIDC Core", "5.5")
@pytest.mark.parametrize(
    "claims",
    [
        "name",
        "{",
        "[]",
        '"name"',
        "1",
        "null",
        "true",
        '{"userinfo": []}',
        '{"userinfo": "name"}',
        '{"id_token": {"name": true}}',
        '{"id_token": {"name": "Ada"}}',
        '{"id_token": {"name": []}}',
        '{"id_token": {"name": {"essential": "yes"}}}',
        '{"id_token": {"name": {"values": "Ada"}}}',
    ],
)
def test_claims_of_another_shape_are_refused(rp: RelyingParty, claims: str) -> None:
    response = rp.authorize(claims=claims)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "5.5", hole=18)
@pytest.mark.parametrize(
    "claims",
    [
        '{"userinfo": {"name": {"value": "\\u0000"}}}',
        '{"userinfo": {"\\u0000": null}}',
        '{"userinfo": {"name": {"value": "\\ud800"}}}',
        '{"userinfo": {"name": {"value": NaN}}}',
        '{"userinfo": {"name": {"value": Infinity}}}',
        '{"userinfo": {"name": {"value": 1e999}}}',
        '{"userinfo": {"name": {"value": ' + "[" * 200 + "]" * 200 + "}}}",
        '{"userinfo": {"name": {"value": ' + "[" * 990 + "]" * 990 + "}}}",
        "[" * 8_000,
        '{"userinfo": {"name": {"value": ' + "9" * 5_000 + "}}}",
    ],
)
def test_claims_that_no_database_can_store_are_refused(rp: RelyingParty, claims: str) -> None:
    response = rp.authorize(claims=claims)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "5.4")
def test_application_may_be_registered_for_standard_claims_in_the_id_token(
    provider: None, person: User
) -> None:
    rp = make_relying_party(claims_in_id_token=True)

    told = payload_of(rp.obtain_tokens(person, scope="openid email")["id_token"])

    assert told["email"] == "ada@example.org"
    assert told["email_verified"] is True
    assert "name" not in told, "its scope was not asked for"
    assert "roles" not in told


@pytest.mark.spec("OIDC Core", "5.4")
def test_refused_scope_puts_no_standard_claim_into_the_id_token(
    provider: None, person: User
) -> None:
    rp = make_relying_party(claims_in_id_token=True)
    code = rp.obtain_code(person, scope="openid profile email", allow=["profile"])

    told = payload_of(rp.exchange(code).json()["id_token"])

    assert told["name"] == "Ada Lovelace"
    assert "email" not in told


@pytest.mark.spec("OIDC Core", "5.4")
def test_without_it_standard_claims_stay_in_userinfo(rp: RelyingParty, person: User) -> None:
    told = payload_of(rp.obtain_tokens(person, scope="openid email")["id_token"])

    assert "email" not in told
