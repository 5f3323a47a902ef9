"""How many functions the pages everybody passes may call (docs/performance.md)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.budgets import calls_of, visit
from tests.factories import make_person, make_relying_party
from tests.relying_party import RelyingParty

SCOPES = "openid profile email offline_access"


@pytest.fixture
def party(db: None, still: None) -> RelyingParty:
    """A client that asks for the usual."""
    return make_relying_party(scope=SCOPES)


def test_a_request_of_nobody_is_sent_to_the_sign_in_page(party: RelyingParty) -> None:
    request = visit("/authorize", party.request())

    assert request().header("Location").startswith("/accounts/login/?")
    assert calls_of(request) <= 1_920


def test_the_sign_in_page_of_a_request(party: RelyingParty) -> None:
    address = urlsplit(party.authorize()["Location"])
    request = visit(address.path, parse_qs(address.query), party.browser)

    assert party.client.name in request().body.decode()
    assert calls_of(request) <= 2_000


@pytest.mark.parametrize("prompt", ["none", None])
def test_who_has_granted_everything_is_answered_at_once(
    party: RelyingParty, prompt: str | None
) -> None:
    party.obtain_code(make_person())
    request = visit("/authorize", party.request(prompt=prompt), party.browser)

    assert "code=" in request().header("Location")
    assert calls_of(request) <= 3_600
