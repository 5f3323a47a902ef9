"""The Warehouse over HTTP: one query at a time, each decided, filtered, masked and reported."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path
from fastapi.responses import JSONResponse

from scopeward_guard import (
    Catalogue,
    Guard,
    GuardSettings,
    PresentedRequest,
    Principal,
    Requirement,
    SqlGate,
    SqlSource,
)
from scopeward_guard.adapters.fastapi import presented_request, protect, sent_body
from warehouse import config as configuration
from warehouse.catalogue import SCHEMA_REVISION, SCOPE_OF_SCHEMA, document, schemas, scopes_for
from warehouse.config import Config
from warehouse.records import Employees
from warehouse.store import Store, open_store

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Warehouse:
    """Everything that is shared between requests."""

    guard: Guard
    gate: SqlGate
    store: Store

    def close(self) -> None:
        """Let go of the database, and stop following the provider."""
        self.guard.close()
        self.store.close()


def create_app(config: Config | None = None) -> FastAPI:
    """Return the ASGI application; without a `config` the environment says."""
    config = config or configuration.from_environment()
    guard = Guard(settings_of(config))
    store = open_store(config.database_url, config.folder)
    warehouse = Warehouse(guard, SqlGate(guard, source_of(store), store.run), store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        warehouse.close()

    app = FastAPI(title="Warehouse", lifespan=lifespan, openapi_url=None)
    app.state.warehouse = warehouse
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


def source_of(store: Store) -> SqlSource:
    """Return what may be asked for, and the scopes that it takes."""
    return SqlSource(
        catalogue=Catalogue(store.dialect, schemas()),
        datasource="warehouse",
        schema_rev=SCHEMA_REVISION,
        operation="/query",
        requirement_of=lambda derivation: Requirement(scopes=scopes_for(derivation.tables)),
    )


def _add_operations(app: FastAPI, warehouse: Warehouse) -> None:
    needs = protect(app, warehouse.guard, policy=True)
    needs.scopes |= set(SCOPE_OF_SCHEMA.values())
    employees = Employees(warehouse.guard, warehouse.store)

    @app.post("/query")
    def query(
        request: Annotated[PresentedRequest, Depends(presented_request)],
        body: Annotated[bytes, Depends(sent_body)],
    ) -> JSONResponse:
        return JSONResponse(warehouse.gate.run(request, body).as_json(), headers=NO_STORE)

    @app.get("/catalogue", dependencies=[Depends(needs())])
    def catalogue() -> dict[str, Any]:
        return {"revision": SCHEMA_REVISION, "tables": document()}

    @app.get("/records/employees/{employee_id}")
    def employee(
        employee_id: Annotated[int, Path(ge=1, lt=2**31)],
        request: Annotated[PresentedRequest, Depends(presented_request)],
        caller: Annotated[Principal, Depends(needs("warehouse:hr"))],
    ) -> JSONResponse:
        found = employees.read(caller, request, employee_id)
        body = found or {"error": "not_found", "error_description": "There is no such employee."}
        return JSONResponse(body, 200 if found else 404, headers=NO_STORE)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}
