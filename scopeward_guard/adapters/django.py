"""Django: a decorator per view and one address; the only module here that knows Django."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from scopeward_guard._base.extras import missing_extra

try:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern, path
    from django.views.decorators.csrf import csrf_exempt
except ImportError as error:
    raise missing_extra(error, "django") from error

from scopeward_guard._challenges.challenge import HttpAnswer
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._guard.protection import metadata_answer
from scopeward_guard._guard.routes import template_of
from scopeward_guard._provider.metadata import resource_metadata_path
from scopeward_guard.adapters.needs import DecoratesViews
from scopeward_guard.adapters.wsgi import presented_environ

View = Callable[..., HttpResponse]


class DjangoNeeds(DecoratesViews[View]):
    """Makes decorators, with refusals as responses."""

    def _protected(self, view: View, requirement: Requirement) -> View:
        @wraps(view)
        def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            principal = self._guard.protect(
                presented_request(request),
                requirement,
                operation=_template_of(request) if self._policy else None,
            )
            return view(request, *args, principal=principal, **kwargs)

        return self.answering(protected)

    def answering(self, view: View) -> View:
        """Return the view with its refusals as responses; for views that use a `QueryGate`."""

        # A page of another site cannot make a browser send a bearer token, so no CSRF token.
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except RefusedError as error:
                return _response(self._guard.answer(error.challenge))

        return answered

    def metadata(self) -> URLPattern:
        """Return the address of the protected resource metadata (RFC 9728), for `urlpatterns`."""

        def view(_request: HttpRequest) -> HttpResponse:
            return _response(metadata_answer(self._guard, scopes=tuple(self.scopes)))

        return path(resource_metadata_path(self._guard.settings.resource)[1:], view)


def presented_request(request: HttpRequest) -> PresentedRequest:
    """Return the request for `QueryGate.admit`, under WSGI and ASGI alike."""
    return presented_environ(
        {**request.META, "SCRIPT_NAME": "", "PATH_INFO": request.path.encode().decode("latin-1")}
    )


def _template_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return template_of(f"/{match.route}") if match else request.path


def _response(answer: HttpAnswer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
