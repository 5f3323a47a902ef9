"""What needs no thread of a pool: answers that are there, sent from where requests arrive."""

import time
from typing import Any

from idp.web import access_log, cors
from idp.web.documents import METHODS, Document, DocumentEdition
from idp.web.machines.application import Machines
from idp.web.request_ids import request_id_of

LIVE = b'{"status": "ok"}'
LIVE_HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


class AtOnce:
    """Answers `/livez`, and the documents of `machines` as long as they are known to be current.

    The answer is the one that `machines` would give. A document that nobody has looked at in this
    second goes the long way, whose thread may ask the database.
    """

    def __init__(self, machines: Machines) -> None:
        self.logs = machines.logs
        self.documents = {
            path: view for path, view in machines.views.items() if isinstance(view, Document)
        }

    def answer(self, scope: Any, protocol: Any) -> bool:
        """Send the answer; False when it is not for here."""
        if scope.method not in METHODS:
            return False
        if scope.path == "/livez":
            protocol.response_bytes(200, LIVE_HEADERS, LIVE)
            return True
        document = self.documents.get(scope.path)
        if document is None or (edition := document.current) is None:
            return False
        started = time.perf_counter()
        request_id = request_id_of(_header(scope, "x-request-id"))
        status, headers, body = _answer(edition, scope, request_id)
        protocol.response_bytes(status, list(headers.items()), body)
        if self.logs:
            access_log.note(scope.method, scope.path, status, request_id, started)
        return True


def _answer(
    edition: DocumentEdition, scope: Any, request_id: str
) -> tuple[int, dict[str, str], bytes]:
    status, headers, body = edition.answer(_header(scope, "if-none-match"))
    if origin := _header(scope, "origin"):
        headers |= cors.headers_for(origin, edition.origins)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Request-ID"] = request_id
    return status, headers, body


def _header(scope: Any, name: str) -> str:
    """Return a header, one that comes twice joined (RFC 9110 §5.3); empty without one."""
    return ",".join(scope.headers.get_all(name))
