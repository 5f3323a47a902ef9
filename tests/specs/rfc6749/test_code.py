"""Exchanging a code: once, by the client it is for, with everything as it was."""

import pytest

from foundation.directory.models import User
from idp.models import AuthorizationCode
from tests.assertions import assert_bearer_error, assert_inactive, assert_oauth_error
from tests.factories import make_relying_party
from tests.provider import Clock
from tests.relying_party import RelyingParty


@pytest.mark.spec("RFC 6749", "4.1.4", module="oidcc-server")
def test_code_is_exchanged_for_tokens(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)

    answer = rp.exchange(code).json()

    assert set(answer) == {
        "access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token",
        "grant_id",
    }  # fmt: skip
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 300)


@pytest.mark.spec("RFC 6749", "5.1")
def test_tokens_are_not_kept_by_any_cache(rp: RelyingParty, person: User) -> None:
    response = rp.exchange(rp.obtain_code(person))

    assert response["Cache-Control"] == "no-store"
    assert response["Pragma"] == "no-cache"
    assert response["Content-Type"] == "application/json"


@pytest.mark.spec(
    "RFC 6749",
    "4.1.2",
    module=(
        "oidcc-codereuse",
        "oidcc-codereuse-30seconds",
        "fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second",
    ),
)
def test_reused_code_is_refused(rp: RelyingParty, person: User, clock: Clock) -> None:
    code = rp.obtain_code(person)
    rp.exchange(code)
    clock.advance(seconds=30)

    response = rp.exchange(code)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.2", module="oidcc-codereuse-30seconds", hole=10)
def test_reused_code_ends_the_access_token_it_gave(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    code = rp.obtain_code(person)
    tokens = rp.exchange(code).json()
    clock.advance(seconds=30)

    rp.exchange(code)

    assert_bearer_error(rp.userinfo(tokens["access_token"]), "invalid_token", status=401)
    assert_inactive(rp.introspect(tokens["access_token"]))


@pytest.mark.spec("RFC 6749", "4.1.2", hole=10)
def test_reused_code_ends_the_refresh_token_it_gave(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)
    tokens = rp.exchange(code).json()

    rp.exchange(code)

    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.2", hole=10)
def test_reused_code_ends_what_was_refreshed_since(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)
    refreshed = rp.refresh(rp.exchange(code).json()["refresh_token"]).json()

    rp.exchange(code)

    assert_inactive(rp.introspect(refreshed["access_token"]))
    assert_oauth_error(rp.refresh(refreshed["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.2", hole=10)
def test_reused_code_with_a_wrong_verifier_ends_what_it_gave(
    rp: RelyingParty, person: User
) -> None:
    code = rp.obtain_code(person)
    tokens = rp.exchange(code).json()

    rp.exchange(code, code_verifier="w" * 43)

    assert_inactive(rp.introspect(tokens["access_token"]))


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_reused_code_leaves_other_sign_ins_alone(rp: RelyingParty, person: User) -> None:
    other = rp.obtain_tokens(person)
    code = rp.obtain_code(person)
    rp.exchange(code)

    rp.exchange(code)

    assert rp.userinfo(other["access_token"]).status_code == 200


@pytest.mark.spec(
    "RFC 6749",
    "4.1.2",
    module="fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client",
)
def test_code_of_another_client_is_refused(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    code = rp.obtain_code(person)

    response = other_rp.exchange(code)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_client_cannot_burn_the_code_of_another(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    code = rp.obtain_code(person)

    other_rp.exchange(code)

    assert rp.exchange(code).status_code == 200


@pytest.mark.spec(
    "RFC 6749",
    "4.1.2",
    module="fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code",
)
def test_code_expires_after_a_minute(rp: RelyingParty, person: User, clock: Clock) -> None:
    code = rp.obtain_code(person)
    clock.advance(seconds=61)

    response = rp.exchange(code)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3", hole=14)
@pytest.mark.parametrize(
    "redirect_uri", ["https://rp.example/other", "https://rp.example/callback/", "nonsense"]
)
def test_other_redirect_uri_than_the_one_of_the_request_is_an_invalid_grant(
    rp: RelyingParty, person: User, redirect_uri: str
) -> None:
    code = rp.obtain_code(person)

    response = rp.exchange(code, redirect_uri=redirect_uri)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3", hole=14)
def test_wrong_redirect_uri_burns_the_code(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)

    rp.exchange(code, redirect_uri="https://rp.example/other")

    assert_oauth_error(rp.exchange(code), "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3")
def test_another_registered_redirect_uri_is_not_the_one_of_the_request(
    provider: None, person: User
) -> None:
    uris = ("https://rp.example/callback", "https://rp.example/second")
    rp = make_relying_party(redirect_uris=uris)
    code = rp.obtain_code(person)

    response = rp.exchange(code, redirect_uri=uris[1])

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3")
@pytest.mark.parametrize("name", ["code", "redirect_uri"])
@pytest.mark.parametrize("value", [None, ""])
def test_missing_parameter_of_the_exchange_is_named(
    rp: RelyingParty, person: User, name: str, value: str | None
) -> None:
    form = {"code": rp.obtain_code(person), name: value}

    response = rp.exchange(**form)

    assert_oauth_error(response, "invalid_request")
    assert name in response.json()["error_description"]


@pytest.mark.spec("RFC 6749", "4.1.3")
@pytest.mark.parametrize("code", ["unknown", "x" * 5_000, "ü", "a.b.c", "' OR 1=1 --", " "])
def test_unknown_code_is_an_invalid_grant(rp: RelyingParty, code: str) -> None:
    response = rp.exchange(code)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3", hole=18)
def test_code_with_a_nul_character_is_an_invalid_request(rp: RelyingParty) -> None:
    response = rp.exchange("a\x00b")

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "4.1.3", hole=9)
def test_code_of_an_inactive_person_is_refused(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)
    person.is_active = False
    person.save()

    response = rp.exchange(code)

    assert_oauth_error(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "4.1.3")
def test_inactive_client_cannot_exchange_its_code(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)
    rp.client.is_active = False
    rp.client.save()

    response = rp.exchange(code)

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 6749", "10.5")
def test_code_is_stored_as_a_digest_only(rp: RelyingParty, person: User) -> None:
    code = rp.obtain_code(person)

    (row,) = AuthorizationCode.objects.values()

    assert code not in str(row)
    assert len(row["code"]) == 64


@pytest.mark.spec("RFC 6749", "10.10")
def test_two_codes_have_nothing_in_common(rp: RelyingParty, person: User) -> None:
    first, second = rp.obtain_code(person), rp.obtain_code(person)

    assert first != second
    assert first[:8] != second[:8]
