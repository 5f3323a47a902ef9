"""A whole application behind a table of operations, for frameworks with middleware."""

import json
from dataclasses import dataclass

from scopeward_guard._challenges.challenge import HttpAnswer
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._guard.core import GuardCore
from scopeward_guard._guard.routes import Routes
from scopeward_guard._provider.metadata import resource_metadata, resource_metadata_path
from scopeward_guard._provider.steps import Steps
from scopeward_guard._tokens.principal import Principal


@dataclass(frozen=True, slots=True)
class Admitted:
    """The request may go on; `principal` is None where everybody may."""

    principal: Principal | None


def metadata_answer(guard: GuardCore, *, scopes: tuple[str, ...] = ()) -> HttpAnswer:
    """Return the protected resource metadata as a response (RFC 9728 §3.2)."""
    body = json.dumps(resource_metadata(guard.settings, scopes=scopes)).encode()
    headers = (("Content-Type", "application/json"), ("Cache-Control", "max-age=3600"))
    return HttpAnswer(200, headers, body)


def checked(guard: GuardCore, *, policy: bool) -> bool:
    """Return `policy`; raises `ValueError` where a guard without one would have to decide."""
    if policy and not guard.has_policy:
        raise ValueError("policy: the guard has none, set GuardSettings.policy")
    return policy


class Protection:
    """Decides about every request that arrives; what no route names is refused.

    With `policy` the guard's policy decides about each operation too.
    """

    def __init__(self, guard: GuardCore, routes: Routes, *, policy: bool = False) -> None:
        self._guard, self._routes = guard, routes
        self._policy = checked(guard, policy=policy)
        self._metadata_path = resource_metadata_path(guard.settings.resource)

    def decide(self, request: PresentedRequest) -> Steps[Admitted | HttpAnswer]:
        """Return that the request may go on, or the response instead of it."""
        if request.method == "GET" and request.path == self._metadata_path:
            return metadata_answer(self._guard, scopes=self._routes.scopes)
        try:
            route = self._routes.match(request).route
            if route.public:
                return Admitted(None)
            operation = route.template if self._policy else None
            principal = yield from self._guard.protect_steps(request, route.requirement, operation)
            return Admitted(principal)
        except RefusedError as error:
            return self._guard.answer(error.challenge)
