"""FastAPI: a dependency per operation; refusals become responses."""

from collections.abc import Awaitable, Callable

from scopeward_guard._base.extras import missing_extra

try:
    from fastapi import FastAPI, Request, Response
except ImportError as error:
    raise missing_extra(error, "fastapi") from error

from scopeward_guard._challenges.challenge import HttpAnswer, request_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import MAX_BODY_BYTES, PresentedRequest
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._guard.protection import checked, metadata_answer
from scopeward_guard._provider.metadata import resource_metadata_path
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.adapters.asgi import AnyGuard, presented_scope, settled


class FastApiNeeds:
    """Makes dependencies: `Depends(needs("payments:read"))` gives the `Principal`."""

    def __init__(self, guard: AnyGuard, *, policy: bool = False) -> None:
        self._guard, self._policy = guard, checked(guard, policy=policy)
        self.scopes: set[str] = set()

    def __call__(
        self, *scopes: str, acr_values: tuple[str, ...] = (), max_age: int | None = None
    ) -> Callable[[Request], Awaitable[Principal]]:
        """Return a dependency that demands all of this."""
        required = requirement(*scopes, acr_values=acr_values, max_age=max_age)
        self.scopes |= required.scopes

        async def dependency(request: Request) -> Principal:
            operation = request.scope["route"].path if self._policy else None
            sent = presented_request(request)
            return await settled(self._guard, self._guard.protect_steps(sent, required, operation))

        return dependency


def protect(app: FastAPI, guard: AnyGuard, *, policy: bool = False) -> FastApiNeeds:
    """Teach `app` to answer refusals and to publish its metadata (RFC 9728).

    An `AsyncGuard` is awaited, a `Guard` asked in a thread.

    With `policy` the guard's policy decides about each operation too, by its path template.
    """
    needs = FastApiNeeds(guard, policy=policy)

    def refused(_request: Request, error: Exception) -> Response:
        if not isinstance(error, RefusedError):
            raise error
        return _response(guard.answer(error.challenge))

    def metadata() -> Response:
        return _response(metadata_answer(guard, scopes=tuple(needs.scopes)))

    app.add_exception_handler(RefusedError, refused)
    path = resource_metadata_path(guard.settings.resource)
    app.add_api_route(path, metadata, include_in_schema=False)
    return needs


def presented_request(request: Request) -> PresentedRequest:
    """Return the request for `QueryGate.admit`; itself a dependency. Raises `RefusedError`."""
    return presented_scope(request.scope)


async def sent_body(request: Request) -> bytes:
    """Return the body for `SqlGate.run`, at most 128 KiB; itself a dependency.

    Raises `RefusedError`.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise RefusedError(request_invalid(f"The body is over {MAX_BODY_BYTES} bytes."))
    return bytes(body)


def _response(answer: HttpAnswer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
