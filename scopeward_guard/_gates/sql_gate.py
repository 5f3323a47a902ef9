"""One statement of SQL from request to report, for a resource server in front of a database.

token -> operation -> derivation -> binding -> policy -> rewriting -> consume -> run -> report

What is run is written anew from the checked tree, with what policy demands in it. A statement that
cannot be kept to that is refused before its approval is used up.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard._authzen import Obligation
from scopeward_guard._base.log import logger
from scopeward_guard._binding.digest import Query
from scopeward_guard._challenges.challenge import access_denied, query_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._gates.admission import Admission, AsyncAdmission, Permission
from scopeward_guard._gates.admissions import Admissions
from scopeward_guard._gates.query_request import Detail, QueryRequest
from scopeward_guard._gates.sql_duties import UNDERSTOOD, SqlDuties, duties_of
from scopeward_guard._gates.sql_query import SqlQuery
from scopeward_guard._gates.sql_result import SqlResult, SqlRows, result_of
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.core import GuardCore
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.steps import Steps, Wait
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.sql import Catalogue, Derivation, Derivations, SqlRefusedError, rewrite

Execute = Callable[[str, Mapping[str, Any], int], SqlRows]
"""Runs a statement with named parameters, and returns at most so many rows."""
AsyncExecute = Callable[[str, Mapping[str, Any], int], Awaitable[SqlRows]]
RequirementOf = Callable[[Derivation], Requirement]
NOTHING = Requirement()


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSource:
    """A database that is asked for.

    `datasource` is its name in requests and approvals. `schema_rev` stands for the schema in every
    approval, the catalogue's revision if it is empty. `operation` is the template of the path that
    it is asked at: policy decides about that too. `requirement_of` says what a statement requires
    of the token besides.
    """

    catalogue: Catalogue
    datasource: str
    schema_rev: str = ""
    operation: str = ""
    requirement_of: RequirementOf | None = None

    def query(self, sent: SqlQuery) -> Query:
        """Return what is approved, if it has to be."""
        return Query(
            datasource=self.datasource,
            schema_rev=self.schema_rev or self.catalogue.revision,
            statement=sent.statement,
            parameters=sent.parameters,
            max_rows=sent.max_rows,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that may be run now, once, and how."""

    permission: Permission
    statement: str
    duties: SqlDuties

    @property
    def arguments(self) -> tuple[str, Mapping[str, Any], int]:
        """What to run; one row more than is handed out says whether there were more."""
        return self.statement, self.permission.query.parameters, self.duties.max_rows + 1


class SqlAdmissions:
    """The steps of both gates, for one guard and one database."""

    def __init__(self, guard: GuardCore, source: SqlSource) -> None:
        if not guard.has_policy and source.requirement_of is None:
            raise ValueError(
                "requirement_of: the guard has no policy, so it has to say what statements require"
                " (or set GuardSettings.policy)"
            )
        self._guard, self._source = guard, source
        self._admissions = Admissions(guard, None, UNDERSTOOD)
        self._derivations = Derivations()
        self.authority = self._admissions.authority

    def prepare(
        self, request: PresentedRequest, query: SqlQuery | bytes, principal: Principal | None,
        context: Detail | None,
    ) -> Steps[Prepared]:  # fmt: skip
        """Return what may be run now, its approval used up; raises `RefusedError`."""
        # Strangers get no work out of us: who calls comes before what they want.
        caller = principal or (yield from self._guard.authenticate_steps(request))
        if self._source.operation:
            yield from self._guard.operation_steps(caller, request, self._source.operation, NOTHING)
        asked, derivation = yield Wait(lambda: self._read(query))
        permitted = yield from self._admissions.decide(request, asked, caller, context)
        duties = _duties(permitted.decision.obligations, permitted.query.max_rows)
        statement = yield Wait(lambda: _rewritten(derivation, duties))
        consumed = yield from self._admissions.consume(permitted)
        return Prepared(consumed, statement, duties)

    def _read(self, query: SqlQuery | bytes) -> tuple[QueryRequest, Derivation]:
        source = self._source
        if isinstance(query, bytes):
            query = SqlQuery.parse(query, datasource=source.datasource)
        try:
            derivation = self._derivations.derive(query.statement, source.catalogue)
        except SqlRefusedError as error:
            raise RefusedError(query_invalid(error.reason)) from error
        query.check_parameters(derivation)
        requirement = source.requirement_of(derivation) if source.requirement_of else NOTHING
        asked = QueryRequest(
            query=source.query(query),
            actions=derivation.actions,
            datatypes=derivation.columns,
            tables=derivation.tables,
            requirement=requirement,
            needs_approval=False,  # policy says whether it does
            purpose=query.purpose,
        )
        return asked, derivation


class SqlGate:
    """Answers statements of SQL by a database. Share it between threads.

    `execute` runs what it is given: a statement in the catalogue's dialect with `:name` (or `$name`
    for DuckDB) for parameters. Raises `ValueError` where nobody would decide.
    """

    def __init__(self, guard: Guard, source: SqlSource, execute: Execute) -> None:
        self._guard, self._execute = guard, execute
        self._admissions = SqlAdmissions(guard, source)

    def run(
        self, request: PresentedRequest, query: SqlQuery | bytes, *,
        principal: Principal | None = None, context: Detail | None = None,
    ) -> SqlResult:  # fmt: skip
        """Return the rows that the caller may see; raises `RefusedError` with what to answer.

        `query` is the body of the request, or what was read from it. `principal` and `context` are
        those of `QueryGate.admit`. What `execute` raises is reported as failed, and raised.
        """
        steps = self._admissions.prepare(request, query, principal, context)
        prepared = self._guard.carry_out(steps)
        authority, carry_out = self._admissions.authority, self._guard.carry_out
        with Admission(prepared.permission, authority, carry_out) as admission:
            found = self._execute(*prepared.arguments)
            result = result_of(found, prepared.duties, prepared.permission)
            admission.executed(len(result.rows))
        return result


class AsyncSqlGate:
    """`SqlGate`, awaited, with an `execute` that is awaited too."""

    def __init__(self, guard: AsyncGuard, source: SqlSource, execute: AsyncExecute) -> None:
        self._guard, self._execute = guard, execute
        self._admissions = SqlAdmissions(guard, source)

    async def run(
        self, request: PresentedRequest, query: SqlQuery | bytes, *,
        principal: Principal | None = None, context: Detail | None = None,
    ) -> SqlResult:  # fmt: skip
        """Return the rows that the caller may see; see `SqlGate.run`."""
        steps = self._admissions.prepare(request, query, principal, context)
        prepared = await self._guard.carry_out(steps)
        authority, carry_out = self._admissions.authority, self._guard.carry_out
        async with AsyncAdmission(prepared.permission, authority, carry_out) as admission:
            found = await self._execute(*prepared.arguments)
            result = result_of(found, prepared.duties, prepared.permission)
            admission.executed(len(result.rows))
        return result


def _duties(obligations: tuple[Obligation, ...], max_rows: int) -> SqlDuties:
    try:
        return duties_of(obligations, max_rows)
    except (KeyError, TypeError) as error:
        logger.error("policy demands what cannot be read: %s", obligations)
        raise RefusedError(access_denied("obligation_not_understood")) from error


def _rewritten(derivation: Derivation, duties: SqlDuties) -> str:
    try:
        return rewrite(derivation, duties.conditions, duties.masks, duties.max_rows + 1)
    except SqlRefusedError as error:
        raise RefusedError(query_invalid(error.reason)) from error
