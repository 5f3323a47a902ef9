"""Bodies without a length arrive whole."""

from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.test import override_settings

from idp.whole_bodies import WholeBodies

FORM = b"grant_type=client_credentials"


def arriving(body: bytes, **environ: Any) -> WSGIRequest:
    """Return the request that Django sees."""
    seen: list[WSGIRequest] = []

    def django(environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        seen.append(WSGIRequest(environ))
        return []

    values: WSGIEnvironment = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        **environ,
    }
    setup_testing_defaults(values)
    WholeBodies(django)(values, lambda *_: None)  # type: ignore[arg-type,return-value]
    return seen[0]


@pytest.mark.spec("RFC 9112", "6.3")
@pytest.mark.parametrize("said", [{}, {"CONTENT_LENGTH": ""}])
def test_body_without_a_length_arrives_whole(said: dict[str, str]) -> None:
    request = arriving(FORM, HTTP_TRANSFER_ENCODING="chunked", **said)

    assert request.POST.dict() == {"grant_type": "client_credentials"}


@pytest.mark.spec("RFC 9112", "6.3")
def test_length_that_was_said_counts() -> None:
    assert arriving(FORM + b"&x=y", CONTENT_LENGTH=str(len(FORM))).body == FORM


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10)
def test_endless_body_is_read_no_further_than_what_is_refused() -> None:
    body = BytesIO(b"x" * 1_000)

    request = arriving(b"", **{"wsgi.input": body})

    with pytest.raises(RequestDataTooBig):
        _ = request.body
    assert body.tell() == 11


@pytest.mark.parametrize("changes", [{"REQUEST_METHOD": "GET"}, {"wsgi.input_terminated": False}])
def test_what_might_never_end_is_not_read(changes: dict[str, Any]) -> None:
    body = BytesIO(FORM)

    request = arriving(b"", **{"wsgi.input": body, **changes})

    assert (request.body, body.tell()) == (b"", 0)
