"""Resource indicators: which resource server a token is for, and only that one."""

import pytest

from foundation.base import conf
from foundation.directory.models import User
from tests.assertions import assert_oauth_error, assert_redirected_error, assert_sent_to_sign_in
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.jwt import verified
from tests.relying_party import RelyingParty, answer_of

LAKE = "https://lake.example"


@pytest.fixture
def desk(provider: None) -> RelyingParty:
    make_resource_server(scopes=["query"])
    make_resource_server(audience=LAKE, scopes=["fish"])
    return make_relying_party(
        resources=(WAREHOUSE, LAKE), scope="openid email offline_access query fish"
    )


@pytest.mark.spec("RFC 8707", "2.2")
def test_token_is_for_the_resource_of_the_authorization_request(
    desk: RelyingParty, person: User
) -> None:
    tokens = desk.obtain_tokens(person, resource=WAREHOUSE)

    assert verified(tokens["access_token"])["aud"] == WAREHOUSE


@pytest.mark.spec("RFC 8707", "2.2")
def test_token_has_only_the_scopes_of_its_audience(desk: RelyingParty, person: User) -> None:
    tokens = desk.obtain_tokens(person, resource=WAREHOUSE)

    assert "query" in tokens["scope"].split()
    assert "fish" not in tokens["scope"].split()
    assert verified(tokens["access_token"])["scope"] == tokens["scope"]


@pytest.mark.spec("RFC 8707", "2.2")
def test_token_request_chooses_among_the_resources_of_the_authorization_request(
    desk: RelyingParty, person: User
) -> None:
    code = desk.obtain_code(person, resource=[WAREHOUSE, LAKE])

    answer = desk.exchange(code, resource=LAKE).json()

    assert verified(answer["access_token"])["aud"] == LAKE


@pytest.mark.spec("RFC 8707", "2.2")
def test_refresh_chooses_another_resource_of_the_authorization_request(
    desk: RelyingParty, person: User
) -> None:
    tokens = desk.obtain_tokens(person, resource=[WAREHOUSE, LAKE])

    refreshed = desk.refresh(tokens["refresh_token"], resource=LAKE).json()

    assert verified(tokens["access_token"])["aud"] == WAREHOUSE
    assert verified(refreshed["access_token"])["aud"] == LAKE


@pytest.mark.spec("RFC 8707", "2.2")
def test_openid_client_that_names_no_resource_gets_a_token_for_userinfo(
    desk: RelyingParty, person: User
) -> None:
    tokens = desk.obtain_tokens(person)

    assert verified(tokens["access_token"])["aud"] == conf.current().issuer
    assert desk.userinfo(tokens["access_token"]).status_code == 200


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    "resource", ["https://other.example", f"{WAREHOUSE}/x", "relative", f"{WAREHOUSE}#x", "ü:", "."]
)
def test_resource_that_is_not_the_clients_is_an_invalid_target(
    desk: RelyingParty, resource: str
) -> None:
    response = desk.authorize(resource=resource)

    assert_redirected_error(response, "invalid_target")


@pytest.mark.spec("RFC 8707", "2")
def test_one_wrong_resource_among_right_ones_is_an_invalid_target(desk: RelyingParty) -> None:
    response = desk.authorize(resource=[WAREHOUSE, "https://other.example"])

    assert_redirected_error(response, "invalid_target")


@pytest.mark.spec("RFC 8707", "2")
def test_resource_may_be_repeated(desk: RelyingParty) -> None:
    response = desk.authorize(resource=[WAREHOUSE, LAKE])

    assert_sent_to_sign_in(response)


@pytest.mark.spec("RFC 8707", "2.2")
def test_code_gives_no_token_for_a_resource_that_was_not_in_the_request(
    desk: RelyingParty, person: User
) -> None:
    code = desk.obtain_code(person, resource=WAREHOUSE)

    response = desk.exchange(code, resource=LAKE)

    assert_oauth_error(response, "invalid_target")


@pytest.mark.spec("RFC 8707", "2.2")
def test_refresh_gives_no_token_for_a_resource_that_was_not_in_the_request(
    desk: RelyingParty, person: User
) -> None:
    tokens = desk.obtain_tokens(person, resource=WAREHOUSE)

    response = desk.refresh(tokens["refresh_token"], resource=LAKE)

    assert_oauth_error(response, "invalid_target")


@pytest.mark.spec("RFC 8707", "2.2")
def test_one_token_for_two_resources_is_refused(desk: RelyingParty, person: User) -> None:
    code = desk.obtain_code(person, resource=[WAREHOUSE, LAKE])

    response = desk.exchange(code, resource=[WAREHOUSE, LAKE])

    assert_oauth_error(response, "invalid_target")


@pytest.mark.spec("RFC 8707", "2.2")
def test_resource_of_another_client_is_an_invalid_target(
    desk: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    code = other_rp.obtain_code(person)

    response = other_rp.exchange(code, resource=WAREHOUSE)

    assert_oauth_error(response, "invalid_target")


SPELLINGS = [
    f"{WAREHOUSE}/", f"{WAREHOUSE}:443", f"{WAREHOUSE}:443/", WAREHOUSE.upper(),
    WAREHOUSE.replace("https", "HTTPS"),
]  # fmt: skip


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_resource_in_another_spelling_is_the_registered_one(
    desk: RelyingParty, person: User, spelling: str
) -> None:
    tokens = desk.obtain_tokens(person, resource=spelling)

    assert verified(tokens["access_token"])["aud"] == WAREHOUSE
    again = desk.refresh(tokens["refresh_token"], resource=spelling).json()
    assert verified(again["access_token"])["aud"] == WAREHOUSE


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    "other",
    [
        f"{WAREHOUSE}//", f"{WAREHOUSE}/x", f"{WAREHOUSE}?", f"{WAREHOUSE}:444", f"{WAREHOUSE}.",
        f"https://ada@{WAREHOUSE[8:]}", f"http://{WAREHOUSE[8:]}", f"{WAREHOUSE}/%2F",
    ],
)  # fmt: skip
def test_resource_that_is_another_address_is_refused_by_name(
    desk: RelyingParty, other: str
) -> None:
    response = desk.authorize(resource=other)

    assert_redirected_error(response, "invalid_target")
    assert other in answer_of(response)["error_description"]


@pytest.mark.spec("RFC 8707", "2")
def test_of_two_registered_spellings_neither_is_taken_for_the_other(
    desk: RelyingParty, person: User
) -> None:
    make_resource_server(audience=f"{WAREHOUSE}/")

    assert_redirected_error(desk.authorize(resource=f"{WAREHOUSE}/"), "invalid_target")
