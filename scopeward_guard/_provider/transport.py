"""The guard's conversation with its provider: small, bounded, without redirects or retries."""

from collections.abc import Mapping
from typing import Any

import httpx

from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._base.per_process import PerProcess
from scopeward_guard._provider.settings import GuardSettings, is_safe_address
from scopeward_guard._provider.steps import MAX_ANSWER_BYTES, Post, Reply, Step, Wait


class Provider:
    """The provider, as one resource server sees it."""

    def __init__(self, settings: GuardSettings, http: httpx.Client | None = None) -> None:
        self.issuer = settings.issuer

        def client() -> httpx.Client:
            return http or httpx.Client(timeout=settings.timeout, follow_redirects=False)

        self._http = PerProcess(client)
        self._auth = credentials(settings)

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

    def post_json(self, url: str, body: Mapping[str, Any]) -> Reply:
        """POST a JSON object, as the resource server's own client."""
        return self._post(Post(url, body=body))

    def perform(self, step: Step) -> Any:
        """Carry out a step, here and now; raises `UnavailableError` for a request that fails."""
        if isinstance(step, Wait):
            return step.work()
        return self._post(step)

    def _post(self, post: Post) -> Reply:
        return self._send("POST", post.url, authenticated=True, **content_of(post))

    def _send(self, method: str, url: str, *, authenticated: bool, **content: Any) -> Reply:
        check_address(url)
        auth = self._auth if authenticated else None
        body = bytearray()
        try:
            with self._http().stream(method, url, auth=auth, **content) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    check_length(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError("the provider cannot be reached") from error
        return reply_of(response, bytes(body))


def credentials(settings: GuardSettings) -> httpx.BasicAuth | None:
    """Return how the resource server says who it is, if it is a client (RFC 6749 §2.3.1)."""
    if not settings.client_id:
        return None
    return httpx.BasicAuth(_form(settings.client_id), _form(settings.client_secret))


def content_of(post: Post) -> dict[str, Any]:
    """Return the body, as httpx takes it."""
    return {"json": dict(post.body)} if post.form is None else {"data": dict(post.form)}


def check_address(url: str) -> None:
    """Raise `UnavailableError` for an address that nothing may be sent to."""
    if not is_safe_address(url):
        raise UnavailableError("an address that is not https")


def check_length(body: bytearray) -> None:
    """Raise `UnavailableError` as soon as an answer is longer than any that makes sense."""
    if len(body) > MAX_ANSWER_BYTES:
        raise UnavailableError("the provider's answer is too long")


def reply_of(response: httpx.Response, body: bytes) -> Reply:
    """Return what the provider says; raises `UnavailableError` where it does not say anything."""
    if response.status_code >= 500 or response.has_redirect_location:
        raise UnavailableError(f"the provider answered {response.status_code}")
    return Reply(response.status_code, body, response.headers.get("ETag", ""))


def _form(value: str) -> str:
    return str(httpx.QueryParams({"": value}))[1:]
