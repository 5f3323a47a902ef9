"""The same guard for programs that await: nothing here blocks the event loop."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import httpx

from scopeward_guard._authzen import Decision, Entity, Policy, Properties
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.context import NO_CONTEXT, RequestContext
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._guard.core import GuardCore
from scopeward_guard._provider.async_transport import AsyncProvider
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.steps import Steps, carry_out_async
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.principal import Principal
from scopeward_guard._tokens.sender import SenderConstraint

T = TypeVar("T")


class AsyncGuard(GuardCore):
    """`Guard`, awaited; make one per process and share it.

    Requests to the provider go through `http`. Keys, revocations and policy are followed by
    threads, as in `Guard`, with connections of their own (`background_http`); what has to wait for
    those waits in a thread, and so does a `policy` of one's own.
    """

    def __init__(
        self,
        settings: GuardSettings,
        *,
        http: httpx.AsyncClient | None = None,
        background_http: httpx.Client | None = None,
        sender_constraint: SenderConstraint | None = None,
        policy: Policy | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        super().__init__(
            settings,
            Provider(settings, background_http),
            sender_constraint=sender_constraint,
            policy=policy,
            clock=clock,
        )
        self._async_provider = AsyncProvider(settings, http)

    async def authenticate(self, request: PresentedRequest) -> Principal:
        """Return who calls; see `Guard.authenticate`."""
        return await self.carry_out(self.authenticate_steps(request))

    async def protect(
        self, request: PresentedRequest, requirement: Requirement, *, operation: str | None = None
    ) -> Principal:
        """Return who calls, if they may; see `Guard.protect`."""
        return await self.carry_out(self.protect_steps(request, requirement, operation))

    async def decide(
        self, principal: Principal, action: str, resource: Entity,
        context: RequestContext = NO_CONTEXT, *, understands: frozenset[str] = frozenset(),
    ) -> Decision:  # fmt: skip
        """Return policy's permit; see `Guard.decide`."""
        steps = self.decide_steps(principal, action, resource, context, understands)
        return await self.carry_out(steps)

    async def decide_operation(
        self, principal: Principal, request: PresentedRequest, template: str,
        requirement: Requirement,
    ) -> Decision:  # fmt: skip
        """Return policy's permit for one HTTP operation; raises `RefusedError`."""
        return await self.carry_out(self.operation_steps(principal, request, template, requirement))

    async def permitted(
        self, principal: Principal, action: str, records: Iterable[T],
        properties_of: Callable[[T], Properties], context: RequestContext = NO_CONTEXT,
    ) -> list[T]:  # fmt: skip
        """Return those of the records that policy permits; see `Guard.permitted`."""
        steps = self.permitted_steps(principal, action, records, properties_of, context)
        return await self.carry_out(steps)

    async def visible_fields(
        self, principal: Principal, fields: Iterable[str], properties: Properties,
        context: RequestContext = NO_CONTEXT, *, action: str = "read",
    ) -> list[str]:  # fmt: skip
        """Return those of the fields that policy permits; see `Guard.visible_fields`."""
        steps = self.visible_steps(principal, action, fields, properties, context)
        return await self.carry_out(steps)

    async def aclose(self) -> None:
        """Stop asking for revocations and policy, and send what is still to be logged."""
        await asyncio.to_thread(self.stop)
        await self._async_provider.aclose()

    async def carry_out(self, steps: Steps[T]) -> T:
        """Return what the steps come to, having awaited each."""
        return await carry_out_async(steps, self._async_provider.perform)
