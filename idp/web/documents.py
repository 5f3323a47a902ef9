"""Documents prepared once per configuration epoch: bytes, an ETag, and how long to keep them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from foundation.base import patience
from foundation.base.configuration.kept import Derived
from foundation.base.configuration.one import one_configuration
from idp.web.outages import OUTAGES

log = structlog.get_logger(__name__)

PATIENCE = 1.0
"""Seconds to wait for the database, before what was answered last is answered again."""
MAX_AGE = 300
"""Seconds; shorter than any key is announced before its use."""


DOCUMENTS: list["Document"] = []
"""All of them, as soon as their modules are imported."""


def prepare_all() -> None:
    """Have every document there from the start of a process, if the database is.

    If it is not, the process is not ready (`idp.endpoints.health`) until they are.
    """
    try:
        with one_configuration():
            for document in DOCUMENTS:
                document.prepare()
    except OUTAGES as error:
        log.warning("documents_not_prepared", error=repr(error))


class Document:
    """A JSON document for anyone: `build` returns its members, run once per epoch."""

    def __init__(self, build: Callable[[], Mapping[str, Any]]) -> None:
        self._kept = Derived(lambda: _prepare(build()))
        DOCUMENTS.append(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the bytes, or 304 to whoever has them (RFC 9110 §13.1.2). No statement."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        body, etag = self._current()
        if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(body, content_type="application/json")
        response["ETag"] = etag
        response["Cache-Control"] = f"public, max-age={MAX_AGE}"
        response["Access-Control-Allow-Origin"] = "*"
        return response

    def prepare(self) -> None:
        """Have the bytes there before anybody asks; raises one of `OUTAGES`."""
        self._kept.get()

    @property
    def is_prepared(self) -> bool:
        """Whether it can be answered while the database is away."""
        return self._kept.last is not None

    def _current(self) -> tuple[bytes, str]:
        try:
            with patience.at_most(PATIENCE):
                return self._kept.get()
        except OUTAGES:
            # While the database is away nothing changes, and resource servers need the keys.
            if (last := self._kept.last) is None:
                raise
            return last


def _prepare(members: Mapping[str, Any]) -> tuple[bytes, str]:
    body = json.dumps(members, indent=1).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
