"""`request` and `request_uri`: refused by name, never ignored."""

import pytest

from tests.assertions import assert_error_page, assert_redirected_error
from tests.jwt import b64
from tests.relying_party import RelyingParty

UNSIGNED = ".".join((b64('{"alg":"none"}'), b64('{"redirect_uri":"https://evil.example/"}'), ""))


@pytest.mark.spec(
    "OIDC Core",
    "6.1",
    module="oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    hole=5,
)
@pytest.mark.parametrize("request_object", [UNSIGNED, "x"])
def test_request_object_is_refused_as_unsupported(rp: RelyingParty, request_object: str) -> None:
    response = rp.authorize(request=request_object)

    assert_redirected_error(response, "request_not_supported")


@pytest.mark.spec(
    "OIDC Core",
    "6.2",
    module="oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    hole=5,
)
@pytest.mark.parametrize("uri", ["https://rp.example/request.jwt", "urn:example:x", "file:///x"])
def test_request_uri_is_refused_as_unsupported(rp: RelyingParty, uri: str) -> None:
    response = rp.authorize(request_uri=uri)

    assert_redirected_error(response, "request_uri_not_supported")


@pytest.mark.spec(
    "OIDC Core", "6.1", module="oidcc-ensure-request-object-with-redirect-uri", hole=5
)
def test_redirect_uri_inside_a_request_object_counts_for_nothing(rp: RelyingParty) -> None:
    without = rp.authorize(request=UNSIGNED, redirect_uri=None)
    beside = rp.authorize(request=UNSIGNED)

    assert_error_page(without, "invalid_request")
    assert_redirected_error(beside, "request_not_supported")
