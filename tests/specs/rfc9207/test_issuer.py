"""`iss` in every authorization response, so that answers cannot be mixed up."""

import pytest

from foundation.base import conf
from foundation.directory.models import User
from tests.relying_party import RelyingParty, answer_of


@pytest.mark.spec("RFC 9207", "2")
@pytest.mark.parametrize("response_mode", [None, "query", "form_post"])
def test_answer_with_a_code_names_the_issuer(
    rp: RelyingParty, person: User, response_mode: str | None
) -> None:
    response = rp.go_through(person, response_mode=response_mode)

    assert answer_of(response)["iss"] == conf.current().issuer


@pytest.mark.spec("RFC 9207", "2")
@pytest.mark.parametrize("response_mode", [None, "query", "form_post"])
@pytest.mark.parametrize(
    "wrong", [{"prompt": "none"}, {"response_type": "token"}, {"scope": "x"}, {"request": "x"}]
)
def test_answer_with_an_error_names_the_issuer(
    rp: RelyingParty, wrong: dict[str, str], response_mode: str | None
) -> None:
    response = rp.authorize(response_mode=response_mode, **wrong)

    answer = answer_of(response)
    assert "error" in answer
    assert answer["iss"] == conf.current().issuer


@pytest.mark.spec("RFC 9207", "2")
def test_answer_with_a_refusal_names_the_issuer(rp: RelyingParty, person: User) -> None:
    response = rp.go_through(person, allow=())

    assert answer_of(response)["iss"] == conf.current().issuer


@pytest.mark.spec("RFC 9207", "2.4")
def test_issuer_in_the_answer_does_not_follow_the_host_header(rp: RelyingParty) -> None:
    response = rp.browser.get("/authorize", rp.request(prompt="none"), HTTP_HOST="127.0.0.1")

    assert answer_of(response)["iss"] == conf.current().issuer


@pytest.mark.spec("RFC 9207", "2")
def test_issuer_sent_by_the_client_is_not_repeated(rp: RelyingParty) -> None:
    response = rp.authorize(prompt="none", iss="https://evil.example")

    assert "evil" not in response["Location"]
