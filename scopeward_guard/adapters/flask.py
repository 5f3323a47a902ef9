"""Flask: a decorator per view; refusals become responses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from scopeward_guard._base.extras import missing_extra

try:
    from flask import Flask, Response, request
except ImportError as error:
    raise missing_extra(error, "flask") from error

from scopeward_guard._challenges.challenge import HttpAnswer
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._guard.guard import Guard
from scopeward_guard._guard.protection import metadata_answer
from scopeward_guard._guard.routes import template_of
from scopeward_guard._provider.metadata import resource_metadata_path
from scopeward_guard.adapters.needs import DecoratesViews
from scopeward_guard.adapters.wsgi import presented_environ

View = Callable[..., Any]


class FlaskNeeds(DecoratesViews[View]):
    """Makes decorators; `protect` turns refusals into responses for the whole app."""

    def _protected(self, view: View, requirement: Requirement) -> View:
        @wraps(view)
        def protected(*args: Any, **kwargs: Any) -> Any:
            operation = template_of(str(request.url_rule)) if self._policy else None
            principal = self._guard.protect(presented_request(), requirement, operation=operation)
            return view(*args, principal=principal, **kwargs)

        return protected


def protect(app: Flask, guard: Guard, *, policy: bool = False) -> FlaskNeeds:
    """Teach `app` to answer refusals and to publish its metadata (RFC 9728).

    With `policy` the guard's policy decides about each operation too, by its path template.
    """
    needs = FlaskNeeds(guard, policy=policy)

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


def _response(answer: HttpAnswer) -> Response:
    return Response(answer.body, answer.status, list(answer.headers))
