"""FastAPI: a dependency per operation; refusals become responses."""

from collections.abc import Callable

from scopeward_guard.extras import missing_extra

try:
    from fastapi import FastAPI, Request, Response
except ImportError as error:
    raise missing_extra(error, "fastapi") from error

from scopeward_guard.adapters.asgi import presented_scope
from scopeward_guard.challenge import Answer
from scopeward_guard.errors import RefusedError
from scopeward_guard.guard import Guard
from scopeward_guard.metadata import resource_metadata_path
from scopeward_guard.principal import Principal
from scopeward_guard.protection import checked, metadata_answer
from scopeward_guard.request import PresentedRequest
from scopeward_guard.requirement import requirement


class Needs:
    """Makes dependencies: `Depends(needs("payments:read"))` gives the `Principal`."""

    def __init__(self, guard: Guard, *, policy: bool = False) -> None:
        self._guard, self._policy = guard, checked(guard, policy=policy)
        self.scopes: set[str] = set()

    def __call__(
        self, *scopes: str, acr_values: tuple[str, ...] = (), max_age: int | None = None
    ) -> Callable[[Request], Principal]:
        """Return a dependency that demands all of this; FastAPI runs it in a thread."""
        demanded = requirement(*scopes, acr_values=acr_values, max_age=max_age)
        self.scopes |= demanded.scopes

        def dependency(request: Request) -> Principal:
            operation = request.scope["route"].path if self._policy else None
            return self._guard.protect(presented_request(request), demanded, operation=operation)

        return dependency


def protect(app: FastAPI, guard: Guard, *, policy: bool = False) -> Needs:
    """Teach `app` to answer refusals and to publish its metadata (RFC 9728).

    With `policy` the guard's policy decides about each operation too, by its path template.
    """
    needs = Needs(guard, policy=policy)

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


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
