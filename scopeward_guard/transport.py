"""The guard's conversation with its provider: small, bounded, without redirects or retries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from scopeward_guard.errors import MalformedError, UnavailableError
from scopeward_guard.per_process import PerProcess
from scopeward_guard.settings import GuardSettings, is_safe_address
from scopeward_guard.strict_json import parse_object

MAX_ANSWER_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider answered; `body` is parsed only when it is wanted."""

    status: int
    content: bytes = field(repr=False)
    etag: str = ""

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; raises `UnavailableError` when it is not one."""
        try:
            return parse_object(self.content, max_bytes=MAX_ANSWER_BYTES)
        except MalformedError as error:
            raise UnavailableError("the provider's answer cannot be read") from error


class Provider:
    """The provider, as one resource server sees it."""

    def __init__(self, settings: GuardSettings, http: httpx.Client | None = None) -> None:
        self.issuer = settings.issuer

        def client() -> httpx.Client:
            return http or httpx.Client(timeout=settings.timeout, follow_redirects=False)

        self._http = PerProcess(client)
        self._auth = (
            httpx.BasicAuth(_form(settings.client_id), _form(settings.client_secret))
            if settings.client_id
            else None
        )

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        authenticated: bool = False,
        accept: str = "application/json",
    ) -> Reply:
        """GET a document. Statuses below 500 are the caller's; else `UnavailableError`."""
        headers = {"Accept": accept, "Cache-Control": "no-cache"}
        if etag:
            headers["If-None-Match"] = etag
        return self._send("GET", url, authenticated=authenticated, headers=headers)

    def get_document(self, url: str) -> dict[str, Any]:
        """GET a public JSON document that must be there; else `UnavailableError`."""
        reply = self.get(url)
        if reply.status != 200:
            raise UnavailableError(f"the provider answered {reply.status}")
        return reply.json()

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        """POST a form, as the resource server's own client."""
        return self._send("POST", url, authenticated=True, data=dict(form))

    def post_json(self, url: str, body: Mapping[str, Any]) -> Reply:
        """POST a JSON object, as the resource server's own client."""
        return self._send("POST", url, authenticated=True, json=dict(body))

    def _send(self, method: str, url: str, *, authenticated: bool, **content: Any) -> Reply:
        if not is_safe_address(url):
            raise UnavailableError("an address that is not https")
        auth = self._auth if authenticated else None
        try:
            with self._http().stream(method, url, auth=auth, **content) as response:
                body = _bounded(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError("the provider cannot be reached") from error
        if response.status_code >= 500 or response.has_redirect_location:
            raise UnavailableError(f"the provider answered {response.status_code}")
        return Reply(response.status_code, body, response.headers.get("ETag", ""))


def _form(value: str) -> str:
    """Encode a client credential for Basic authentication (RFC 6749 §2.3.1)."""
    return str(httpx.QueryParams({"": value}))[1:]


def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise UnavailableError("the provider's answer is too long")
    return bytes(body)
