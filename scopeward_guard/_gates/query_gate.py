"""One query from token to report, in the one order that is safe.

token -> sender constraint -> binding -> policy -> atomic consume -> run -> report

Each step can only refuse. What is consumed is never given back: a crash after it leaves the
approval UNKNOWN at the provider, and the query is not run again.
"""

from scopeward_guard._authzen import Policy
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._gates.admission import Admission, AsyncAdmission
from scopeward_guard._gates.admissions import Admissions
from scopeward_guard._gates.query_request import Detail, QueryRequest
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.guard import Guard
from scopeward_guard._tokens.principal import Principal


class QueryGate:
    """Admits queries. `understands` names the obligations that the caller will carry out.

    Without a `policy` the guard's decides, and where it has none, what a query requires is all.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        policy: Policy | None = None,
        understands: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        self._admissions = Admissions(guard, policy, understands)

    def admit(
        self, request: PresentedRequest, query: QueryRequest, *,
        principal: Principal | None = None, context: Detail | None = None,
    ) -> Admission:  # fmt: skip
        """Return the admission to run the query once; raises `RefusedError`.

        `principal` is what `Guard.authenticate` returned for this very request, where it was
        called already; without one it is called. `context` is what policy should know besides, such
        as a ticket number.
        """
        steps = self._admissions.admit(request, query, principal, context)
        permission = self._guard.carry_out(steps)
        return Admission(permission, self._admissions.authority, self._guard.carry_out)


class AsyncQueryGate:
    """`QueryGate`, awaited."""

    def __init__(
        self,
        guard: AsyncGuard,
        *,
        policy: Policy | None = None,
        understands: frozenset[str] = frozenset(),
    ) -> None:
        self._guard = guard
        self._admissions = Admissions(guard, policy, understands)

    async def admit(
        self, request: PresentedRequest, query: QueryRequest, *,
        principal: Principal | None = None, context: Detail | None = None,
    ) -> AsyncAdmission:  # fmt: skip
        """Return the admission to run the query once; see `QueryGate.admit`."""
        steps = self._admissions.admit(request, query, principal, context)
        permission = await self._guard.carry_out(steps)
        return AsyncAdmission(permission, self._admissions.authority, self._guard.carry_out)
