"""Flask: a decorator per view; refusals become responses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, request

from scopeward_guard.adapters.wsgi import presented_environ
from scopeward_guard.challenge import Answer
from scopeward_guard.errors import RefusedError
from scopeward_guard.guard import Guard
from scopeward_guard.http import template_of
from scopeward_guard.metadata import resource_metadata_path
from scopeward_guard.protection import checked, metadata_answer
from scopeward_guard.request import PresentedRequest
from scopeward_guard.requirement import requirement

View = Callable[..., Any]


class Needs:
    """Makes decorators: a view under `@needs("payments:read")` is called with `principal=`."""

    def __init__(self, guard: Guard, *, policy: bool = False) -> None:
        self._guard, self._policy = guard, checked(guard, policy=policy)
        self.scopes: set[str] = set()

    def __call__(
        self, *scopes: str, acr_values: tuple[str, ...] = (), max_age: int | None = None
    ) -> Callable[[View], View]:
        """Return a decorator that demands all of this."""
        demanded = requirement(*scopes, acr_values=acr_values, max_age=max_age)
        self.scopes |= demanded.scopes

        def decorate(view: View) -> View:
            @wraps(view)
            def protected(*args: Any, **kwargs: Any) -> Any:
                operation = template_of(str(request.url_rule)) if self._policy else None
                principal = self._guard.protect(presented_request(), demanded, operation=operation)
                return view(*args, principal=principal, **kwargs)

            return protected

        return decorate


def protect(app: Flask, guard: Guard, *, policy: bool = False) -> Needs:
    """Teach `app` to answer refusals and to publish its metadata (RFC 9728).

    With `policy` the guard's policy decides about each operation too, by its path template.
    """
    needs = Needs(guard, policy=policy)

    def refused(error: RefusedError) -> Response:
        return _response(guard.answer(error.challenge))

    def metadata() -> Response:
        return _response(metadata_answer(guard, scopes=tuple(needs.scopes)))

    app.register_error_handler(RefusedError, refused)
    path = resource_metadata_path(guard.settings.resource)
    app.add_url_rule(path, "scopeward_resource_metadata", metadata)
    return needs


def presented_request() -> PresentedRequest:
    """Return the current request for `QueryGate.admit`."""
    return presented_environ(request.environ)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, list(answer.headers))
