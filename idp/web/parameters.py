"""What a program may send, and where: a form in the body and nothing in the address."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl

from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.http import HttpRequest

from foundation.base.texts.storable import is_storable
from idp.errors import InvalidRequestError

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1_000
"""As Django reads of a form."""
ASCII = bytes(range(32, 127))
SCHEMES = ("bearer", "dpop")
REPEATABLE = {"resource"}
"""RFC 8707 §2 allows these more than once; RFC 6749 §3.2 nothing else."""


def read_form(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the parameters of a program's request; raises `InvalidRequestError`.

    They come in the body, urlencoded; none is repeated (RFC 6749 §3.2), has no value (then it is
    left out, §3.1), or has characters that no value can have.
    """
    if request.method == "POST" and request.content_type not in {FORM, ""}:
        raise InvalidRequestError(f"The body must be {FORM}.")
    pairs = _pairs(request)
    names = [name for name, _ in pairs if name not in REPEATABLE]
    if len(names) > len(set(names)):
        raise InvalidRequestError("A parameter is repeated.")
    if not all(is_storable(value) for _, value in pairs):
        raise InvalidRequestError("A parameter has a NUL character.")
    return [pair for pair in pairs if pair[1]]


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what `request.POST` would hold, without the dictionary of lists.

    Raises what reading it would: `BadRequest` and `SuspiciousOperation` for what is no form in
    UTF-8 or too much of one.
    """
    if request.method != "POST" or request.content_type != FORM:
        return []
    if (request.encoding or "utf-8").lower() != "utf-8":
        raise BadRequest("a form that is not in UTF-8")
    body = request.body
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("iso-8859-1")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise TooManyFieldsSent(str(error)) from error


def authorization_of(request: HttpRequest) -> str:
    """Return the `Authorization` header; empty without one."""
    return str(request.META.get("HTTP_AUTHORIZATION", ""))


def proof_of(request: HttpRequest) -> str:
    """Return the `DPoP` header (RFC 9449 §4.1); empty without one. Two are joined: no proof."""
    return str(request.META.get("HTTP_DPOP", ""))


def bearer_token(form: Mapping[str, str], authorization: str) -> str:
    """Return the access token of the header (RFC 6750 §2.1), else of the form (§2.2), else "".

    A token in the address is never looked at (RFC 9700 §4.3.2). Raises `InvalidRequestError` when
    there are two (RFC 6750 §2, §3.1).
    """
    return presented_token(form, authorization).text


@dataclass(frozen=True, slots=True)
class TokenText:
    """An access token as it was sent."""

    text: str
    is_dpop: bool = False
    """By the scheme of RFC 9449 §7.1, which promises a proof beside it."""


def presented_token(form: Mapping[str, str], authorization: str) -> TokenText:
    """Return the access token and how it came; raises what `bearer_token` does."""
    in_form = form.get("access_token", "")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in SCHEMES:
        return TokenText(in_form)
    if in_form:
        raise InvalidRequestError("Send the access token once: in the header or in the form.")
    return TokenText(token.strip(), is_dpop=scheme.lower() == "dpop")


def query_lists(request: HttpRequest) -> Iterable[tuple[str, list[str]]]:
    """Return the parameters of the address as `request.GET.lists()` does, without a `QueryDict`.

    Raises what Django raises for too many of them.
    """
    query = request.META.get("QUERY_STRING", "")
    if request.encoding is None and query.isascii():
        with suppress(ValueError):
            return parse_qs(query, keep_blank_values=True, max_num_fields=MOST_FIELDS).items()
    return request.GET.lists()


def refuse_query(request: HttpRequest) -> None:
    """Raise `InvalidRequestError` for parameters in the address (RFC 6749 §3.2)."""
    if request.META.get("QUERY_STRING") and request.GET:
        raise InvalidRequestError("Parameters go into the body, not into the address.")


def take_form_for_utf_8(request: HttpRequest) -> None:
    """Read a form as UTF-8 (RFC 6749 appendix B) when it names another charset that contains ASCII.

    The media type has no such parameter, and many libraries send one. What is not UTF-8 then is
    refused where it is read.
    """
    if request.encoding is None:
        return
    try:
        means_ascii = ASCII.decode(request.encoding) == ASCII.decode("ascii")
    except (LookupError, UnicodeError):
        return
    if means_ascii:
        request.encoding = "utf-8"
