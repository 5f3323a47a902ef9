"""Behind a proxy, the client's address is what the proxy saw, never what the client claims."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from idp.web.proxy import ClientAddress

PROXY = "172.18.0.2"


def address_behind_proxy(forwarded_for: str | None) -> str:
    """Return the address that the application sees."""
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR=PROXY)
    if forwarded_for is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded_for
    ClientAddress(view)(request)
    return seen[0]


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_the_client_is_who_the_proxy_saw(address: str) -> None:
    assert address_behind_proxy(address) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.8:51234", "203.0.113.8"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
        (" 203.0.113.8:1 ", "203.0.113.8"),
    ],
)
def test_address_is_found_however_the_proxy_writes_it(written: str, address: str) -> None:
    assert address_behind_proxy(f"10.0.0.1, {written}") == address


@pytest.mark.parametrize(
    "written", ["203.0.113.8:", "203.0.113.8:x", "[2001:db8::1", "2001:db8::1]:443", "999.1.1.1:80"]
)
def test_what_is_almost_an_address_leaves_the_one_of_the_proxy(written: str) -> None:
    assert address_behind_proxy(written) == PROXY


def test_addresses_that_the_client_claims_do_not_count() -> None:
    assert address_behind_proxy("127.0.0.1, 10.0.0.1, 203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize("nonsense", [None, "", "unknown", "203.0.113.7,", "<script>", "1.2.3"])
def test_nonsense_leaves_the_address_of_the_proxy(nonsense: str | None) -> None:
    assert address_behind_proxy(nonsense) == PROXY


def test_without_a_proxy_the_header_means_nothing(settings) -> None:
    assert "idp.web.proxy.ClientAddress" not in settings.MIDDLEWARE
