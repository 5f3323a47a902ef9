"""A program's form is read as Django reads it."""

from io import BytesIO

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from hypothesis import given, strategies as st

from idp.web import parameters
from idp.web.machines.request import MachineRequest
from tests.relying_party import FORM

SIGNS = st.text(alphabet="ab=&+%;0é\x00", max_size=60)
TYPES = ["", FORM, f"{FORM}; charset=latin-1", f"{FORM}; charset=utf-16", "application/json"]


def request_with(body: bytes, media_type: str = FORM, method: str = "POST") -> MachineRequest:
    return MachineRequest(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/token",
            "CONTENT_TYPE": media_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
    )


def by_django(request: MachineRequest) -> list[tuple[str, str]]:
    return sorted((name, value) for name, values in request.POST.lists() for value in values)


@given(
    body=SIGNS.map(str.encode) | st.binary(max_size=60),
    media_type=st.sampled_from(TYPES),
    method=st.sampled_from(["POST", "GET", "PUT"]),
)
def test_every_form_is_the_one_that_django_reads(body: bytes, media_type: str, method: str) -> None:
    try:
        expected = by_django(request_with(body, media_type, method))
    except BadRequest:
        with pytest.raises(BadRequest):
            parameters._pairs(request_with(body, media_type, method))
        return

    assert sorted(parameters._pairs(request_with(body, media_type, method))) == expected


def test_as_many_fields_are_read_as_django_would() -> None:
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    fields = b"&".join([b"a=b"] * most)

    assert len(parameters._pairs(request_with(fields))) == most
    for read in (parameters._pairs, by_django):
        with pytest.raises(SuspiciousOperation):
            read(request_with(fields + b"&a=b"))


def test_no_larger_body_is_read() -> None:
    body = b"a=" + b"b" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    for read in (parameters._pairs, by_django):
        with pytest.raises(SuspiciousOperation):
            read(request_with(body))


@pytest.mark.parametrize("query", ["a=b", "a", "a=&b", "%00"])
def test_a_query_is_refused_and_an_empty_one_is_none(query: str) -> None:
    request = request_with(b"")
    parameters.refuse_query(request)
    request.META["QUERY_STRING"] = "&"
    parameters.refuse_query(request)

    request = request_with(b"")
    request.META["QUERY_STRING"] = query
    with pytest.raises(parameters.InvalidRequestError):
        parameters.refuse_query(request)
