"""Nothing that a client can send causes a server error, and whatever is refused is named."""

from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from hypothesis import given, strategies as st

from foundation.base import conf
from foundation.directory.models import User
from idp.models import RefreshToken
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from tests.relying_party import FORM, RelyingParty, basic
from tests.specs.robustness.strategies import authorization, jwt_like, parameters, raw, value

PROGRAMS = st.sampled_from(
    ["/token", "/par", "/backchannel-authentication", "/introspect", "/revoke", "/userinfo"]
)
SAYS_503 = {"/readyz"}
"""Without a broker, as here."""
ANYWHERE = sorted(path.replace("*", "x") for path in MACHINE_ENDPOINTS.keys() - SAYS_503)
PAGES = st.sampled_from(["/authorize", "/logout"])
SHAPING = (
    "prompt", "claims", "max_age", "acr_values", "id_token_hint", "nonce", "state", "ui_locales",
    "login_hint", "resource",
)  # fmt: skip
METHODS = st.sampled_from(["get", "post", "put", "head", "options", "delete"])


def browser() -> Browser:
    """A client to which a server error is an answer and not an exception."""
    return Browser(raise_request_exception=False)


def assert_answered(response: HttpResponse) -> None:
    assert response.status_code < 500, response.content


@pytest.mark.spec("RFC 6749", "4.1.2.1", hole=18)
@given(changes=parameters, page=PAGES)
def test_no_request_to_a_page_causes_a_server_error(
    rp: RelyingParty, changes: list[tuple[str, str]], page: str
) -> None:
    query = urlencode([*rp.request().items(), *changes])

    assert_answered(browser().get(f"{page}?{query}"))
    assert_answered(browser().post(page, query, content_type=FORM))


@pytest.mark.spec("RFC 6749", "4.1.2.1", hole=18)
@given(changes=st.dictionaries(st.sampled_from(SHAPING), value))
def test_request_of_a_signed_in_person_causes_no_server_error(
    rp: RelyingParty, person: User, changes: dict[str, str]
) -> None:
    rp.browser.raise_request_exception = False
    if not rp.browser.cookies:
        rp.sign_in(person)

    response = rp.follow(rp.authorize(**changes))

    assert_answered(response)


@pytest.mark.spec("RFC 6749", "5.2", hole=18)
@given(form=parameters, path=PROGRAMS, header=st.none() | authorization)
def test_no_form_to_an_endpoint_causes_a_server_error(
    rp: RelyingParty, form: list[tuple[str, str]], path: str, header: str | None
) -> None:
    extra = {} if header is None else {"HTTP_AUTHORIZATION": header}

    response = browser().post(path, urlencode(form), content_type=FORM, **extra)

    assert_answered(response)
    if response.status_code >= 400:
        assert response.json()["error"]


@pytest.mark.spec("RFC 6749", "5.2", hole=18)
@given(form=parameters, path=PROGRAMS)
def test_no_form_of_an_authenticated_client_causes_a_server_error(
    rp: RelyingParty, form: list[tuple[str, str]], path: str
) -> None:
    header = basic(rp.client.client_id, rp.secret or "")

    response = browser().post(path, urlencode(form), content_type=FORM, HTTP_AUTHORIZATION=header)

    assert_answered(response)


@pytest.mark.spec("RFC 6749", "3.2", hole=18)
@given(body=raw, query=raw, path=st.sampled_from(ANYWHERE) | PAGES, method=METHODS)
def test_no_bytes_cause_a_server_error(
    rp: RelyingParty, body: bytes, query: bytes, path: str, method: str
) -> None:
    response = browser().generic(
        method.upper(), path, body, content_type=FORM, QUERY_STRING=query.decode("latin-1")
    )

    assert_answered(response)


@pytest.mark.spec("RFC 6750", "3.1", hole=8)
@given(token=jwt_like)
def test_nothing_that_looks_like_a_token_opens_userinfo(rp: RelyingParty, token: str) -> None:
    form = urlencode({"access_token": token})

    response = browser().post("/userinfo", form, content_type=FORM)

    assert response.status_code in {400, 401}


@pytest.mark.spec("RFC 6749", "10.10")
@given(guess=jwt_like)
def test_no_guess_is_a_refresh_token(rp: RelyingParty, guess: str) -> None:
    response = rp.refresh(guess)

    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_grant", "invalid_request"}


@pytest.mark.spec("RFC 6749", "10.4")
@given(guess=jwt_like)
def test_knowing_half_a_refresh_token_is_not_enough(
    rp: RelyingParty, person: User, guess: str
) -> None:
    if not RefreshToken.objects.exists():
        rp.obtain_tokens(person)
    handle = RefreshToken.objects.get().handle

    response = rp.refresh(f"{handle}.{guess}".replace("\x00", ""))

    assert response.json()["error"] == "invalid_grant"


@pytest.mark.spec("RFC 9700", "4.1.3")
@given(address=st.one_of(value, jwt_like.map(lambda path: f"https://rp.example/{path}")))
def test_no_address_that_is_not_registered_is_redirected_to(rp: RelyingParty, address: str) -> None:
    registered = rp.client.redirect_uris.split()[0]

    response = rp.authorize(redirect_uri=address, prompt="none")

    assert response.has_header("Location") == (address == registered)


@pytest.mark.spec("RFC 9207", "2")
@given(changes=st.lists(st.tuples(st.sampled_from(["scope", "state", "prompt", "nonce"]), value)))
def test_whatever_is_redirected_names_the_issuer(
    rp: RelyingParty, changes: list[tuple[str, str]]
) -> None:
    query = urlencode([*rp.request(prompt=None).items(), *changes])

    response = browser().get(f"/authorize?{query}")

    if response.status_code == 303:
        assert urlencode({"iss": conf.current().issuer}) in response["Location"]
