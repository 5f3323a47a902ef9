"""Client authentication: by header or form, and no hint at what was wrong."""

import base64
from typing import Any

import pytest
from django.http import HttpResponse

from foundation.base import secrets
from foundation.directory.models import User
from idp.clients.services import rotate_secret
from tests.assertions import assert_oauth_error
from tests.factories import make_relying_party
from tests.relying_party import RelyingParty, basic

CREDENTIALS = {"grant_type": "client_credentials"}


@pytest.fixture
def machine(provider: None) -> RelyingParty:
    return make_relying_party(
        grant_types=("client_credentials",), redirect_uris=(), scope="", client_name="Machine"
    )


@pytest.fixture
def posting(provider: None) -> RelyingParty:
    return make_relying_party(
        grant_types=("client_credentials",),
        redirect_uris=(),
        scope="",
        token_endpoint_auth_method="client_secret_post",
    )


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_secret_in_the_basic_header_is_accepted(machine: RelyingParty) -> None:
    response = machine.client_credentials()

    assert response.status_code == 200


@pytest.mark.spec("RFC 6749", "2.3.1", module="oidcc-server-client-secret-post")
def test_secret_in_the_form_is_accepted_when_registered(posting: RelyingParty) -> None:
    response = posting.client_credentials()

    assert response.status_code == 200


@pytest.mark.spec("RFC 6749", "2.3.1", module="oidcc-server-client-secret-post")
def test_whole_sign_in_works_with_the_secret_in_the_form(provider: None, person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="client_secret_post")

    tokens = rp.obtain_tokens(person)

    assert rp.userinfo(tokens["access_token"]).status_code == 200


REGISTERED = ["client_secret_basic", "client_secret_post"]


def sent_by(method: str, rp: RelyingParty, secret: str | None = None) -> HttpResponse:
    """Ask for a token with the secret in the header or in the form."""
    name, secret = rp.client.client_id, secret or rp.secret or ""
    if method == "client_secret_basic":
        return rp.post("/token", CREDENTIALS, authorization=basic(name, secret))
    form = {**CREDENTIALS, "client_id": name, "client_secret": secret}
    return rp.post("/token", form, authorization="")


def machine_for(method: str, **metadata: Any) -> RelyingParty:
    return make_relying_party(
        grant_types=("client_credentials",), redirect_uris=(), scope="",
        token_endpoint_auth_method=method, **metadata,
    )  # fmt: skip


@pytest.mark.spec("RFC 6749", "2.3.1")
@pytest.mark.parametrize("registered", REGISTERED)
@pytest.mark.parametrize("sent", REGISTERED)
def test_secret_is_taken_from_header_and_form_alike(
    provider: None, registered: str, sent: str
) -> None:
    assert sent_by(sent, machine_for(registered)).status_code == 200


@pytest.mark.spec("RFC 6749", "2.3", hole=22)
@pytest.mark.parametrize("registered", REGISTERED)
@pytest.mark.parametrize("sent", REGISTERED)
def test_pinned_client_sends_its_secret_in_one_way_only(
    provider: None, registered: str, sent: str
) -> None:
    response = sent_by(sent, machine_for(registered, only_auth_method=True))

    if sent == registered:
        assert response.status_code == 200
        return
    assert_oauth_error(response, "invalid_client", status=401)
    assert registered in response.json()["error_description"]


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize("sent", REGISTERED)
def test_only_who_has_the_secret_learns_where_it_belongs(provider: None, sent: str) -> None:
    answers = {
        sent_by(sent, machine_for(registered, only_auth_method=True), "wrong").content
        for registered in REGISTERED
    }

    assert len(answers) == 1
    assert b"client_secret" not in answers.pop()


@pytest.mark.spec(
    "RFC 6749",
    "2.3",
    module="fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint",
    hole=22,
)
def test_confidential_client_cannot_do_without_its_secret(machine: RelyingParty) -> None:
    form = {**CREDENTIALS, "client_id": machine.client.client_id}

    response = machine.post("/token", form, authorization="")

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 6749", "2.3", hole=22)
def test_public_client_that_sends_a_secret_is_refused(provider: None, person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")
    code = rp.obtain_code(person)

    response = rp.exchange(code, client_secret="anything")

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 6749", "2.3")
def test_public_client_names_itself_and_that_is_all(provider: None, person: User) -> None:
    rp = make_relying_party(token_endpoint_auth_method="none")

    tokens = rp.obtain_tokens(person)

    assert rp.userinfo(tokens["access_token"]).status_code == 200


@pytest.mark.spec("RFC 6749", "2.3")
def test_two_methods_in_one_request_are_refused(machine: RelyingParty) -> None:
    header = basic(machine.client.client_id, machine.secret or "")
    form = {**CREDENTIALS, "client_id": machine.client.client_id, "client_secret": machine.secret}

    response = machine.post("/token", form, authorization=header)

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_same_client_id_in_the_form_beside_the_header_is_accepted(machine: RelyingParty) -> None:
    response = machine.client_credentials(client_id=machine.client.client_id)

    assert response.status_code == 200


@pytest.mark.spec(
    "RFC 6749", "2.3.1", module="fapi2-security-profile-final-ensure-client-id-in-token-endpoint"
)
def test_other_client_id_in_the_form_beside_the_header_is_refused(
    machine: RelyingParty, posting: RelyingParty
) -> None:
    response = machine.client_credentials(client_id=posting.client.client_id)

    assert_oauth_error(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "2.3.1", hole=23)
def test_wrong_secret_and_unknown_client_get_the_same_answer(machine: RelyingParty) -> None:
    wrong = machine.post(
        "/token", CREDENTIALS, authorization=basic(machine.client.client_id, "wrong")
    )
    unknown = machine.post("/token", CREDENTIALS, authorization=basic("nobody", "wrong"))

    assert_oauth_error(wrong, "invalid_client", status=401)
    assert wrong.content == unknown.content
    assert wrong.headers.items() >= {"WWW-Authenticate": unknown["WWW-Authenticate"]}.items()


@pytest.mark.spec("RFC 6749", "2.3.1", hole=23)
def test_unknown_client_costs_one_digest_like_a_known_one(
    machine: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    monkeypatch.setattr(
        "idp.client_authentication.authenticate.matches",
        lambda secret, stored: compared.append(stored) or secrets.matches(secret, stored),
    )

    machine.post("/token", CREDENTIALS, authorization=basic("nobody", "wrong"))
    machine.post("/token", CREDENTIALS, authorization=basic(machine.client.client_id, "wrong"))

    assert [len(stored) for stored in compared] == [64, 64]


@pytest.mark.spec("RFC 6749", "5.2")
def test_failed_authentication_names_the_scheme_to_use(machine: RelyingParty) -> None:
    response = machine.post("/token", CREDENTIALS, authorization=basic("nobody", "wrong"))

    assert response["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.spec("RFC 6749", "5.2")
def test_request_without_any_client_is_refused(machine: RelyingParty) -> None:
    response = machine.post("/token", CREDENTIALS, authorization="")

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic dGVzdDp0ZXN0=",
        "Basic é",
        "Bearer abc",
        "Digest username=x",
        "nonsense",
        ":",
    ],
)
def test_malformed_authorization_header_is_refused(machine: RelyingParty, header: str) -> None:
    response = machine.post("/token", CREDENTIALS, authorization=header)

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_basic_credentials_are_form_urlencoded_first(provider: None) -> None:
    rp = make_relying_party(
        client_id="a.b-c~d", grant_types=("client_credentials",), redirect_uris=(), scope=""
    )
    pair = f"a%2Eb%2Dc%7Ed:{rp.secret}"
    header = "basic " + base64.b64encode(pair.encode()).decode()

    response = rp.post("/token", CREDENTIALS, authorization=header)

    assert response.status_code == 200


@pytest.mark.spec("RFC 6749", "2.3.1")
def test_replaced_secret_is_void_at_once(machine: RelyingParty) -> None:
    rotate_secret(machine.client)

    response = machine.client_credentials()

    assert_oauth_error(response, "invalid_client", status=401)


@pytest.mark.spec("RFC 6749", "10.1")
def test_secret_is_stored_as_a_digest_only(machine: RelyingParty) -> None:
    machine.client.refresh_from_db()

    assert machine.client.client_secret.startswith("hmac_sha256$")
    assert machine.secret not in machine.client.client_secret
