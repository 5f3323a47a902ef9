"""The permission to run one query, once, and the duty to say what came of it."""

import threading
from collections.abc import Callable, Sized
from types import TracebackType
from typing import Protocol, TypeVar

from scopeward_guard.authzen import Obligation
from scopeward_guard.consume import Outcome
from scopeward_guard.digest import Query
from scopeward_guard.errors import GuardError
from scopeward_guard.principal import Principal

Rows = TypeVar("Rows", bound=Sized)


class Reporter(Protocol):
    """Takes the report; `consume.ConsumeAuthority` is one."""

    def report(
        self, approval_id: str, *, token_id: str, outcome: Outcome, rows: int, detail: str = ""
    ) -> bool:
        """Return whether it was noted."""


class SpentError(GuardError):
    """An admission was used a second time."""


class TooManyRowsError(GuardError):
    """More rows came back than were approved."""


class Admission:
    """Runs one query. `obligations` are to be carried out by whoever runs it."""

    def __init__(
        self,
        *,
        principal: Principal,
        query: Query,
        obligations: tuple[Obligation, ...],
        policy_rev: str,
        approval_id: str,
        authority: Reporter,
    ) -> None:
        self.principal, self.query, self.obligations = principal, query, obligations
        self.policy_rev, self.approval_id = policy_rev, approval_id
        self._authority = authority
        self._unused = threading.Lock()
        self._rows: int | None = None

    def with_approval(self, approval_id: str) -> "Admission":
        """Return the same admission, standing on an approval that was just consumed."""
        return Admission(
            principal=self.principal,
            query=self.query,
            obligations=self.obligations,
            policy_rev=self.policy_rev,
            approval_id=approval_id,
            authority=self._authority,
        )

    def run(self, query: Callable[[], Rows]) -> Rows:
        """Run the query and report its number of rows; what it raises is reported as failed."""
        with self:
            rows = query()
            self.executed(len(rows))
            return rows

    def executed(self, rows: int) -> None:
        """Say that the query ran and how many rows it gave; raises `TooManyRowsError`."""
        if rows > self.query.max_rows:
            raise TooManyRowsError(f"{rows} rows where {self.query.max_rows} were approved")
        self._rows = rows

    def __enter__(self) -> "Admission":
        if not self._unused.acquire(blocking=False):
            raise SpentError("an admission is for one run")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Report. Only the kind of an error is told: its text may hold what the query read."""
        if not self.approval_id:
            return
        failed = kind is not None or self._rows is None
        self._authority.report(
            self.approval_id,
            token_id=self.principal.token_id,
            outcome="failed" if failed else "executed",
            rows=0 if failed else self._rows or 0,
            detail=kind.__name__ if kind else "" if not failed else "no outcome was given",
        )
