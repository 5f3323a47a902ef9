"""The Warehouse over HTTP: one query at a time, each decided, filtered, masked and reported."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from scopeward_guard.adapters.fastapi import presented_request, protect
from scopeward_guard.asked import AskedQuery
from scopeward_guard.enforcement import QueryGate
from scopeward_guard.guard import Guard
from scopeward_guard.principal import Principal
from scopeward_guard.request import PresentedRequest
from scopeward_guard.requirement import Requirement
from scopeward_guard.settings import GuardSettings
from scopeward_guard.sql import Catalogue, Derivations, Refused
from warehouse import config as configuration, execution
from warehouse.asking import MAX_BODY_BYTES, UnusableError, check_parameters, parse
from warehouse.catalogue import SCHEMA_REVISION, SCOPE_OF_SCHEMA, document, schemas, scopes_for
from warehouse.config import Config
from warehouse.records import Employees
from warehouse.store import StatementError, Store, open_store


@dataclass(frozen=True)
class Warehouse:
    """Everything that is shared between requests."""

    guard: Guard
    gate: QueryGate
    catalogue: Catalogue
    derivations: Derivations
    store: Store

    def ask(self, request: PresentedRequest, body: bytes) -> dict[str, Any]:
        """Answer one query. Raises `RefusedError`, `UnusableError`, `Refused`, `StatementError`."""
        # Strangers get no work out of us: who calls comes before what they want.
        principal = self.guard.authenticate(request)
        self.guard.decide_operation(principal, request, "/query", Requirement())
        asked = parse(body)
        derivation = self.derivations.derive(asked.query.statement, self.catalogue)
        check_parameters(derivation, asked.query.parameters)
        question = AskedQuery(
            query=asked.query,
            actions=derivation.actions,
            datatypes=derivation.columns,
            tables=derivation.tables,
            demanded=Requirement(scopes=scopes_for(derivation.tables)),
            needs_approval=False,  # policy says whether it does
            purpose=asked.purpose,
        )
        admission = self.gate.admit(request, question)
        return execution.run(admission, derivation, self.store)

    def close(self) -> None:
        """Let go of the database, and stop following the provider."""
        self.guard.close()
        self.store.close()


def create_app(config: Config | None = None) -> FastAPI:
    """Return the ASGI application; without a `config` the environment says."""
    config = config or configuration.from_environment()
    guard = Guard(settings_of(config))
    store = open_store(config.database_url, config.folder)
    warehouse = Warehouse(
        guard,
        QueryGate(guard, understands=execution.UNDERSTOOD),
        Catalogue(store.dialect, schemas()),
        Derivations(),
        store,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        warehouse.close()

    app = FastAPI(title="Warehouse", lifespan=lifespan, openapi_url=None)
    app.state.warehouse = warehouse
    _answer_failures(app)
    _add_operations(app, warehouse)
    return app


def settings_of(config: Config) -> GuardSettings:
    """Return what the guard has to know."""
    return GuardSettings(
        issuer=config.issuer,
        resource=config.origin,
        client_id=config.client_id,
        client_secret=config.client_secret,
        policy=True,
        decision_log=True,
    )


def _add_operations(app: FastAPI, warehouse: Warehouse) -> None:
    needs = protect(app, warehouse.guard, policy=True)
    needs.scopes |= set(SCOPE_OF_SCHEMA.values())
    employees = Employees(warehouse.guard, warehouse.store)

    @app.post("/query")
    async def query(request: Request) -> JSONResponse:
        body = await _bounded(request)
        answer = await run_in_threadpool(warehouse.ask, presented_request(request), body)
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    @app.get("/catalogue", dependencies=[Depends(needs())])
    def catalogue() -> dict[str, Any]:
        return {"revision": SCHEMA_REVISION, "tables": document()}

    @app.get("/records/employees/{employee_id}")
    def employee(
        employee_id: Annotated[int, Path(ge=1, lt=2**31)],
        request: Request,
        caller: Annotated[Principal, Depends(needs("warehouse:hr"))],
    ) -> JSONResponse:
        found = employees.read(caller, presented_request(request), employee_id)
        body = found or {"error": "not_found", "error_description": "There is no such employee."}
        return JSONResponse(body, 200 if found else 404, headers={"Cache-Control": "no-store"})

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}


def _answer_failures(app: FastAPI) -> None:
    """Let what is nobody's permission to change be told in words (RFC 6749 §5.2 has the form)."""
    told = {UnusableError: "invalid_request", Refused: "invalid_query", StatementError: "failed"}

    def answer(_request: Request, error: Exception) -> Response:
        body = {"error": told[type(error)], "error_description": str(error)}
        status = 422 if isinstance(error, StatementError) else 400
        return JSONResponse(body, status, headers={"Cache-Control": "no-store"})

    for kind in told:
        app.add_exception_handler(kind, answer)


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise UnusableError(f"The body is longer than {MAX_BODY_BYTES} bytes.")
    return bytes(body)
