"""Redirect URIs: one that was registered, character for character, or none at all."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_code, assert_error_page, assert_sent_to_sign_in
from tests.factories import make_relying_party
from tests.relying_party import RelyingParty, answer_of

REGISTERED = "https://rp.example/callback"


@pytest.mark.spec("RFC 6749", "3.1.2.3", module="oidcc-ensure-registered-redirect-uri")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/callback",
        f"{REGISTERED}/",
        f"{REGISTERED}/../evil",
        f"{REGISTERED}/more",
        "https://rp.example/Callback",
        "https://RP.example/callback",
        "HTTPS://rp.example/callback",
        "http://rp.example/callback",
        "https://rp.example:443/callback",
        "https://rp.example:8443/callback",
        "https://sub.rp.example/callback",
        "https://rp.example.evil.example/callback",
        "https://evil.example@rp.example/callback",
        "https://rp.example@evil.example/callback",
        f"{REGISTERED}#fragment",
        f"{REGISTERED}#",
        f"{REGISTERED}?",
        "https://rp.example//callback",
        "https://rp.example./callback",
        "https://rp.example/callback;x",
        "https://rp.ex%61mple/callback",
        "https://rp.example/cal\u200dlback",
        "https://rp.example/%63allback",
        "//rp.example/callback",
        "/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        f" {REGISTERED}",
        f"{REGISTERED} https://evil.example",
        "https://[::1",
        "",
    ],
)
def test_redirect_uri_that_is_not_registered_is_told_to_the_person(
    rp: RelyingParty, redirect_uri: str
) -> None:
    response = rp.authorize(redirect_uri=redirect_uri)

    assert_error_page(response, "invalid_request")


@pytest.mark.spec(
    "OIDC Core", "3.1.2.1", module="oidcc-ensure-redirect-uri-in-authorization-request"
)
def test_redirect_uri_must_be_there_even_when_only_one_is_registered(rp: RelyingParty) -> None:
    response = rp.authorize(redirect_uri=None)

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1.2", module="oidcc-redirect-uri-query-OK")
def test_query_of_the_redirect_uri_is_kept(provider: None, person: User) -> None:
    rp = make_relying_party(redirect_uris=(f"{REGISTERED}?tenant=a&x=",))

    response = rp.go_through(person)

    assert_code(response)
    assert response["Location"].startswith(f"{REGISTERED}?tenant=a&x=&code=")


@pytest.mark.spec("RFC 6749", "3.1.2", module="oidcc-redirect-uri-query-added")
def test_query_added_to_the_redirect_uri_is_refused(rp: RelyingParty) -> None:
    response = rp.authorize(redirect_uri=f"{REGISTERED}?tenant=a")

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1.2", module="oidcc-redirect-uri-query-mismatch")
@pytest.mark.parametrize("query", ["", "?tenant=b", "?tenant=a&more=1", "?TENANT=a"])
def test_other_query_than_the_registered_one_is_refused(provider: None, query: str) -> None:
    rp = make_relying_party(redirect_uris=(f"{REGISTERED}?tenant=a",))

    response = rp.authorize(redirect_uri=f"{REGISTERED}{query}")

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1.2.3")
def test_each_of_several_registered_redirect_uris_works(provider: None, person: User) -> None:
    second = "https://rp.example/second"
    rp = make_relying_party(redirect_uris=(REGISTERED, second))

    response = rp.go_through(person, redirect_uri=second)

    assert_code(response)
    assert response["Location"].startswith(f"{second}?")


@pytest.mark.spec("RFC 8252", "7.3")
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_port_of_a_loopback_address_may_differ(provider: None, host: str) -> None:
    rp = make_relying_party(redirect_uris=(f"http://{host}/callback",))

    response = rp.authorize(redirect_uri=f"http://{host}:51234/callback")

    assert_sent_to_sign_in(response)


@pytest.mark.spec("RFC 8252", "7.3")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:51234/other",
        "http://127.0.0.1:51234/callback?x=1",
        "http://127.0.0.1.evil.example:1/callback",
        "http://127.0.0.1:51234@evil.example/callback",
        "http://127.0.0.2:51234/callback",
        "https://127.0.0.1:51234/callback",
        "http://localhost:51234/callback",
        "http://127.0.0.1:99999999/callback",
        "http://127.0.0.1:x/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:+80/callback",
        "http://127.0.0.1:٨٠/callback",
        "http://ada@127.0.0.1:51234/callback",
        "HTTP://127.0.0.1:51234/callback",
        "http://127.0.0.1:51234/%63allback",
        "http://127.0.0.1:51234/callback#",
        "http://[::1]:51234/callback",
    ],
)
def test_nothing_but_the_port_of_a_loopback_address_may_differ(
    provider: None, redirect_uri: str
) -> None:
    rp = make_relying_party(redirect_uris=("http://127.0.0.1/callback",))

    response = rp.authorize(redirect_uri=redirect_uri)

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("RFC 8252", "7.3")
@pytest.mark.parametrize("port", ["", ":80", ":3001", ":65535"])
def test_port_of_localhost_may_differ(provider: None, port: str) -> None:
    rp = make_relying_party(redirect_uris=("http://localhost:3000/callback",))

    assert_sent_to_sign_in(rp.authorize(redirect_uri=f"http://localhost{port}/callback"))


@pytest.mark.spec("RFC 8252", "7.3")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://localhost.evil.example:3001/callback",
        "http://localhost:3001@evil.example/callback",
        "http://127.0.0.1:3001/callback",
        "https://localhost:3001/callback",
        "http://localhost:0/callback",
        "http://localhost:3001/other",
        "http://LOCALHOST:3001/callback",
    ],
)
def test_nothing_but_the_port_of_localhost_may_differ(provider: None, redirect_uri: str) -> None:
    rp = make_relying_party(redirect_uris=("http://localhost:3000/callback",))

    assert_error_page(rp.authorize(redirect_uri=redirect_uri), "invalid_request")


@pytest.mark.spec("RFC 6749", "3.1.2")
@pytest.mark.parametrize(
    ("registered", "joint"),
    [
        (f"{REGISTERED}?", ""),
        (f"{REGISTERED}?tenant=a&", ""),
        ("com.example.app:///callback", "?"),
        ("com.example.app:/callback?x", "&"),
    ],
)
def test_registered_address_is_kept_character_for_character(
    provider: None, registered: str, joint: str
) -> None:
    rp = make_relying_party(redirect_uris=(registered,))

    response = rp.authorize(prompt="none")

    assert response["Location"].startswith(f"{registered}{joint}error=login_required&")


@pytest.mark.spec("RFC 8252", "7.1")
def test_native_app_is_answered_at_its_own_scheme(provider: None, person: User) -> None:
    rp = make_relying_party(
        redirect_uris=("com.example.app:/callback",), token_endpoint_auth_method="none"
    )

    response = rp.go_through(person)

    assert response["Location"].startswith("com.example.app:/callback?")
    assert "code" in answer_of(response)
