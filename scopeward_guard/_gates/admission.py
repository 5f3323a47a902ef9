"""The permission to run one query, once, and the duty to say what came of it."""

import threading
from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from scopeward_guard._authzen import Obligation
from scopeward_guard._base.errors import GuardError
from scopeward_guard._binding.digest import Query
from scopeward_guard._gates.consume import Outcome
from scopeward_guard._provider.steps import Steps
from scopeward_guard._tokens.principal import Principal

Rows = TypeVar("Rows", bound=Sized)
CarryOut = TypeVar("CarryOut")


class Reporter(Protocol):
    """Takes the report; `consume.ConsumeAuthority` is one."""

    def report(
        self, approval_id: str, *, token_id: str, outcome: Outcome, rows: int, detail: str = ""
    ) -> Steps[bool]:
        """Return whether it was noted."""


class SpentError(GuardError):
    """An admission was used a second time."""


class TooManyRowsError(GuardError):
    """More rows came back than were approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What may be run, for whom, and on what it stands; `approval_id` is "" without an approval."""

    principal: Principal
    query: Query
    obligations: tuple[Obligation, ...] = ()
    policy_rev: str = ""
    approval_id: str = ""


class AdmissionCore(Generic[CarryOut]):
    """What both kinds of admission share; `carry_out` says how to wait for the report."""

    def __init__(self, permission: Permission, authority: Reporter, carry_out: CarryOut) -> None:
        self._permission, self._authority = permission, authority
        self._carry_out = carry_out
        self._unused = threading.Lock()
        self._rows: int | None = None

    @property
    def principal(self) -> Principal:
        """Who asked."""
        return self._permission.principal

    @property
    def query(self) -> Query:
        """What may be run."""
        return self._permission.query

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What whoever runs it has to carry out."""
        return self._permission.obligations

    @property
    def policy_rev(self) -> str:
        """The revision of the policy that permitted it."""
        return self._permission.policy_rev

    @property
    def approval_id(self) -> str:
        """The approval that was used up for it, if it takes one."""
        return self._permission.approval_id

    def executed(self, rows: int) -> None:
        """Say that the query ran and how many rows it gave; raises `TooManyRowsError`."""
        if rows > self.query.max_rows:
            raise TooManyRowsError(f"{rows} rows where {self.query.max_rows} were approved")
        self._rows = rows

    def _begin(self) -> None:
        if not self._unused.acquire(blocking=False):
            raise SpentError("an admission is for one run")

    def _report(self, kind: type[BaseException] | None) -> Steps[bool]:
        """Report. Only the kind of an error is told: its text may hold what the query read."""
        failed = kind is not None or self._rows is None
        return self._authority.report(
            self.approval_id,
            token_id=self.principal.token_id,
            outcome="failed" if failed else "executed",
            rows=0 if failed else self._rows or 0,
            detail=kind.__name__ if kind else "" if not failed else "no outcome was given",
        )


class Admission(AdmissionCore[Callable[[Steps[bool]], bool]]):
    """Runs one query, under `with`. `obligations` are to be carried out by whoever runs it."""

    def run(self, query: Callable[[], Rows]) -> Rows:
        """Run the query and report its number of rows; what it raises is reported as failed."""
        with self:
            rows = query()
            self.executed(len(rows))
            return rows

    def __enter__(self) -> "Admission":
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None
    ) -> None:
        if self.approval_id:
            self._carry_out(self._report(kind))


class AsyncAdmission(AdmissionCore[Callable[[Steps[bool]], Awaitable[bool]]]):
    """`Admission`, awaited: under `async with`."""

    async def run(self, query: Callable[[], Awaitable[Rows]]) -> Rows:
        """Run the query and report; see `Admission.run`."""
        async with self:
            rows = await query()
            self.executed(len(rows))
            return rows

    async def __aenter__(self) -> "AsyncAdmission":
        self._begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None
    ) -> None:
        if self.approval_id:
            await self._carry_out(self._report(kind))
