"""Behind a proxy, the client's address is what the proxy saw, never what the client claims."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from idp.proxy import ClientAddress

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


def test_addresses_that_the_client_claims_do_not_count() -> None:
    assert address_behind_proxy("127.0.0.1, 10.0.0.1, 203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize("nonsense", [None, "", "unknown", "203.0.113.7,", "<script>", "1.2.3"])
def test_nonsense_leaves_the_address_of_the_proxy(nonsense: str | None) -> None:
    assert address_behind_proxy(nonsense) == PROXY


def test_without_a_proxy_the_header_means_nothing(settings) -> None:
    assert "idp.proxy.ClientAddress" not in settings.MIDDLEWARE
