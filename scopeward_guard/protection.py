"""A whole application behind a table of operations, for frameworks with middleware."""

import json
from dataclasses import dataclass

from scopeward_guard.challenge import Answer
from scopeward_guard.errors import RefusedError
from scopeward_guard.guard import Guard
from scopeward_guard.http import Routes
from scopeward_guard.metadata import resource_metadata, resource_metadata_path
from scopeward_guard.principal import Principal
from scopeward_guard.request import PresentedRequest


@dataclass(frozen=True, slots=True)
class Admitted:
    """The request may go on; `principal` is None where everybody may."""

    principal: Principal | None


def metadata_answer(guard: Guard, *, scopes: tuple[str, ...] = ()) -> Answer:
    """Return the protected resource metadata as a response (RFC 9728 §3.2)."""
    body = json.dumps(resource_metadata(guard.settings, scopes=scopes)).encode()
    headers = (("Content-Type", "application/json"), ("Cache-Control", "max-age=3600"))
    return Answer(200, headers, body)


def checked(guard: Guard, *, policy: bool) -> bool:
    """Return `policy`; raises `ValueError` where a guard without one would have to decide."""
    if policy and not guard.has_policy:
        raise ValueError("policy: the guard has none, set GuardSettings.policy")
    return policy


class Protection:
    """Decides about every request that arrives; what no route names is refused.

    With `policy` the guard's policy decides about each operation too.
    """

    def __init__(self, guard: Guard, routes: Routes, *, policy: bool = False) -> None:
        self._guard, self._routes = guard, routes
        self._policy = checked(guard, policy=policy)
        self._metadata_path = resource_metadata_path(guard.settings.resource)

    def decide(self, request: PresentedRequest) -> Admitted | Answer:
        """Return that the request may go on, or the response instead of it."""
        if request.method == "GET" and request.path == self._metadata_path:
            return metadata_answer(self._guard, scopes=self._routes.scopes)
        try:
            route = self._routes.match(request).route
            if route.public:
                return Admitted(None)
            operation = route.template if self._policy else None
            return Admitted(self._guard.protect(request, route.demanded, operation=operation))
        except RefusedError as error:
            return self._guard.answer(error.challenge)
