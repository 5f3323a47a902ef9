"""What comes before Django's own middleware: for pages, which are all that Django answers."""

from collections.abc import Callable

import structlog
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from foundation.base import clock
from foundation.base.configuration.one import one_configuration
from foundation.base.texts.storable import is_storable
from idp.web.parameters import take_form_for_utf_8
from idp.web.request_ids import request_id_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Give every request an id; a proxy's `X-Request-ID` is kept when it is well-formed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind the id to the log and return it in the answer."""
        request_id = request_id_of(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.request_id = request_id  # type: ignore[attr-defined]
        request.arrived_at = clock.estimate()  # type: ignore[attr-defined]
        # Until the thread's next request binds another: Django logs refusals after all middleware.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class OneConfiguration:
    """Let everything that answers a request go by one configuration."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer. A body that is streamed is made later, and goes by what is in force then."""
        with one_configuration():
            return self.get_response(request)


class FormsInUtf8:
    """Take forms for UTF-8, whatever their media type says."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the request's encoding, and hand on."""
        take_form_for_utf_8(request)
        return self.get_response(request)


class Languages:
    """Speak the visitor's language: Django's `LocaleMiddleware`, for paths that name none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the cookie, else the first of the browser's that is ours."""
        translation.activate(translation.get_language_from_request(request))
        language = translation.get_language() or ""
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response


class Messages(FallbackStorage):
    """What a page has to say to the next one: its ways to keep it are made when it has."""

    def __init__(self, request: HttpRequest) -> None:
        BaseStorage.__init__(self, request)
        self._used_storages: set[BaseStorage] = set()

    @cached_property
    def storages(self) -> list[BaseStorage]:
        """Return the ways, in the order in which they are tried."""
        return [way(self.request) for way in self.storage_classes]


PROTOCOL_PAGES = frozenset({"/authorize", "/logout"})
"""They check each parameter they know (RFC 6749 appendix A) and ignore all others (§3.1)."""


class StorableText:
    """Refuse what no database of ours can hold or compare: a NUL in an address or a form.

    PostgreSQL answers it with an error, wherever a page puts it into a statement.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hand on; raises `BadRequest`, which is answered as a page."""
        if request.path in PROTOCOL_PAGES:
            return self.get_response(request)
        given = [request.path, *_texts(request.GET)]
        # In either kind of form; of any other body Django makes none.
        given += _texts(request.POST)
        if not all(map(is_storable, given)):
            raise BadRequest("a text that cannot be stored")
        return self.get_response(request)


def _texts(given: QueryDict) -> list[str]:
    return [text for name, values in given.lists() for text in (name, *values)]
