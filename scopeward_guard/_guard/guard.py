"""The guard of one resource server: who calls, and may they do this."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import httpx

from scopeward_guard._authzen import Decision, Entity, Policy, Properties
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.context import NO_CONTEXT, RequestContext
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._guard.core import GuardCore
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.steps import Steps, carry_out
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.principal import Principal
from scopeward_guard._tokens.sender import SenderConstraint

T = TypeVar("T")


class Guard(GuardCore):
    """Everything a resource server keeps between requests; make one per process and share it.

    Warm, it makes no call. Every failure is a `RefusedError` with what to answer. A `policy` of
    one's own decides instead of the provider's bundle, which `GuardSettings.policy` asks for.
    """

    def __init__(
        self,
        settings: GuardSettings,
        *,
        http: httpx.Client | None = None,
        sender_constraint: SenderConstraint | None = None,
        policy: Policy | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            settings,
            Provider(settings, http),
            sender_constraint=sender_constraint,
            policy=policy,
            clock=clock,
        )

    def authenticate(self, request: PresentedRequest) -> Principal:
        """Return who calls: the token, then the sender constraint, then revocations."""
        return self.carry_out(self.authenticate_steps(request))

    def protect(
        self, request: PresentedRequest, requirement: Requirement, *, operation: str | None = None
    ) -> Principal:
        """Return who calls, if they may; for every operation that is not an approved query.

        With an `operation`, the template of its path, policy decides first. A token for one query
        is for that query: here it would be used without being used up.
        """
        return self.carry_out(self.protect_steps(request, requirement, operation))

    def decide(
        self, principal: Principal, action: str, resource: Entity,
        context: RequestContext = NO_CONTEXT, *, understands: frozenset[str] = frozenset(),
    ) -> Decision:  # fmt: skip
        """Return policy's permit, with obligations among those that the caller `understands`.

        Raises `RefusedError` with what to tell whoever asked.
        """
        return self.carry_out(self.decide_steps(principal, action, resource, context, understands))

    def decide_operation(
        self, principal: Principal, request: PresentedRequest, template: str,
        requirement: Requirement,
    ) -> Decision:  # fmt: skip
        """Return policy's permit for one HTTP operation; raises `RefusedError`."""
        return self.carry_out(self.operation_steps(principal, request, template, requirement))

    def permitted(
        self, principal: Principal, action: str, records: Iterable[T],
        properties_of: Callable[[T], Properties], context: RequestContext = NO_CONTEXT,
    ) -> list[T]:  # fmt: skip
        """Return those of the records that policy permits; `properties_of` includes their `id`.

        Raises `RefusedError` only where nothing can be decided.
        """
        return self.carry_out(
            self.permitted_steps(principal, action, records, properties_of, context)
        )

    def visible_fields(
        self, principal: Principal, fields: Iterable[str], properties: Properties,
        context: RequestContext = NO_CONTEXT, *, action: str = "read",
    ) -> list[str]:  # fmt: skip
        """Return those of the fields, such as `hr.employees.salary`, that policy permits.

        `properties` are those of the record that they are of. Raises as `permitted` does.
        """
        return self.carry_out(self.visible_steps(principal, action, fields, properties, context))

    def close(self) -> None:
        """Stop asking for revocations and policy, and send what is still to be logged."""
        self.stop()

    def carry_out(self, steps: Steps[T]) -> T:
        """Return what the steps come to, having waited for each where it stands."""
        return carry_out(steps, self.provider.perform)
