"""What a program may send, and where: a form in the body and nothing in the address."""

from django.http import HttpRequest

from foundation.base.texts.storable import is_storable
from idp.errors import InvalidRequestError

FORM = "application/x-www-form-urlencoded"
ASCII = bytes(range(32, 127))
REPEATABLE = {"resource"}
"""RFC 8707 §2 allows these more than once; RFC 6749 §3.2 nothing else."""


def read_form(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the parameters of a program's request; raises `InvalidRequestError`.

    They come in the body, urlencoded; none is repeated (RFC 6749 §3.2), has no value (then it is
    left out, §3.1), or has characters that no value can have.
    """
    if request.method == "POST" and request.content_type not in {FORM, ""}:
        raise InvalidRequestError(f"The body must be {FORM}.")
    pairs: list[tuple[str, str]] = []
    for name, values in request.POST.lists():
        if len(values) > 1 and name not in REPEATABLE:
            raise InvalidRequestError("A parameter is repeated.")
        if not all(map(is_storable, values)):
            raise InvalidRequestError("A parameter has a NUL character.")
        pairs += [(name, value) for value in values if value]
    return pairs


def refuse_query(request: HttpRequest) -> None:
    """Raise `InvalidRequestError` for parameters in the address (RFC 6749 §3.2)."""
    if request.GET:
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
