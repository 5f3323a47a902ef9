"""Documents prepared once per configuration epoch: bytes, an ETag, and how long to keep them."""

import hashlib
import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from foundation.base import patience
from foundation.base.configuration.epoch import EpochLook, last_look
from foundation.base.configuration.kept import Derived
from foundation.base.configuration.one import epoch_in_use, one_configuration
from foundation.directory.registry import allowed_origins
from idp.web.outages import OUTAGES

log = structlog.get_logger(__name__)

PATIENCE = 1.0
"""Seconds to wait for the database, before what was answered last is answered again."""
MAX_AGE = 300
"""Seconds; shorter than any key is announced before its use."""
METHODS = ("GET", "HEAD")
NEVER = EpochLook(None, -math.inf, None)


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


@dataclass(frozen=True, slots=True)
class DocumentEdition:
    """What a document was when somebody asked for it."""

    body: bytes
    etag: str
    origins: Collection[str]
    """Whose pages may read it by name."""
    look: EpochLook
    """By which it was the one in force."""

    def answer(self, if_none_match: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body; 304 for who has it already (RFC 9110 §13.1.2)."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": f"public, max-age={MAX_AGE}",
            "Access-Control-Allow-Origin": "*",
        }
        if self.etag in if_none_match:
            return 304, headers, b""
        return 200, {"Content-Type": "application/json", **headers}, self.body


class Document:
    """A JSON document for anyone: `build` returns its members, run once per epoch."""

    def __init__(self, build: Callable[[], Mapping[str, Any]]) -> None:
        self._kept = Derived(lambda: _prepare(build()))
        self._latest: DocumentEdition | None = None
        DOCUMENTS.append(self)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the bytes, or 304. No statement."""
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        edition = self._edition()
        status, headers, body = edition.answer(request.META.get("HTTP_IF_NONE_MATCH", ""))
        response = HttpResponse(body, status=status, headers=headers)
        if status == 304:
            del response["Content-Type"]
        return response

    @property
    def current(self) -> DocumentEdition | None:
        """What is in force as far as any thread has seen in this second; asks nobody."""
        latest = self._latest
        return latest if latest is not None and latest.look.holds else None

    def prepare(self) -> None:
        """Have the bytes there before anybody asks; raises one of `OUTAGES`."""
        self._kept.get()

    @property
    def is_prepared(self) -> bool:
        """Whether it can be answered while the database is away."""
        return self._kept.last is not None

    def _edition(self) -> DocumentEdition:
        try:
            with patience.at_most(PATIENCE):
                body, etag = self._kept.get()
                edition = DocumentEdition(body, etag, allowed_origins(), last_look())
        except OUTAGES:
            # While the database is away nothing changes, and resource servers need the keys.
            if (last := self._kept.last) is None:
                raise
            return DocumentEdition(*last, (), NEVER)
        if edition.look.epoch is not None and edition.look.epoch == epoch_in_use():
            self._latest = edition
        return edition


def _prepare(members: Mapping[str, Any]) -> tuple[bytes, str]:
    body = json.dumps(members, indent=1).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
