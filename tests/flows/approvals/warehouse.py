"""The Warehouse: it asks its guard, and tells the provider what came of a query."""

import json
from dataclasses import replace
from typing import Any

import httpx
from django.http import HttpResponse
from django.test import Client as Browser

from claims.catalogue.details.defaults import QUERY
from foundation.base import conf
from foundation.directory.models import Client
from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query
from scopeward_guard._gates.admission import Admission
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.factories import WAREHOUSE
from tests.guard.conftest import bearing
from tests.relying_party import RelyingParty, basic

SALARIES = QueryRequest(
    query=Query(
        datasource="warehouse",
        schema_rev="7",
        statement="SELECT salary FROM hr.employees WHERE id = :id",
        parameters={"id": 7},
        max_rows=100,
    ),
    actions=("select",),
    datatypes=("hr.employees.id", "hr.employees.salary"),
    purpose="Yearly review",
)


def detail_of(asked: QueryRequest = SALARIES, location: str = WAREHOUSE) -> dict[str, Any]:
    """Return what the challenge of the Warehouse asks for."""
    detail = query_detail(
        asked.query,
        location=location,
        actions=asked.actions,
        datatypes=asked.all_datatypes,
        purpose=asked.purpose,
    )
    assert detail["type"] == QUERY
    return detail


def details(*asked: QueryRequest) -> str:
    """Return the parameter `authorization_details` that asks for these queries."""
    return json.dumps([detail_of(one) for one in asked or (SALARIES,)])


def another(**changes: Any) -> QueryRequest:
    """Return a query that differs in what is told."""
    return replace(SALARIES, query=replace(SALARIES.query, **changes))


def through_django(request: httpx.Request) -> httpx.Response:
    """Answer a request of the guard as the provider does."""
    headers: dict[str, Any] = {}
    if authorization := request.headers.get("Authorization"):
        headers["HTTP_AUTHORIZATION"] = authorization
    response = Browser().generic(
        request.method, request.url.path, request.content,
        content_type=request.headers.get("Content-Type", ""), **headers,
    )  # fmt: skip
    return httpx.Response(response.status_code, content=response.content)


class Warehouse(RelyingParty):
    """A resource server with a guard."""

    def __init__(self, client: Client, secret: str | None) -> None:
        super().__init__(client, secret)
        self.guard = Guard(
            GuardSettings(
                issuer=conf.current().issuer,
                resource=client.resource_server,
                client_id=client.client_id,
                client_secret=secret or "",
                revocations=False,
            ),
            http=httpx.Client(transport=httpx.MockTransport(through_django)),
        )

    def close(self) -> None:
        """Stop the guard."""
        self.guard.close()

    def admit(self, token: str, asked: QueryRequest = SALARIES) -> Admission:
        """Admit a query with this token; raises what the guard does."""
        return QueryGate(self.guard).admit(bearing(token), asked)

    def tell(self, verb: str, approval_id: str, body: Any, **overrides: Any) -> HttpResponse:
        """POST `consume` or `report`."""
        header = {"HTTP_AUTHORIZATION": basic(self.client.client_id, self.secret or "")}
        response: HttpResponse = Browser(raise_request_exception=False).post(
            f"/approvals/{approval_id}/{verb}",
            body if isinstance(body, str | bytes) else json.dumps(body),
            content_type="application/json",
            **{**header, **overrides},
        )
        return response

    def consume(self, tokens: dict[str, Any], place: int = 0, **changes: Any) -> HttpResponse:
        """Use a token of the token endpoint, as told by it."""
        detail = tokens["authorization_details"][place]
        said = {"jti": jti_of(tokens), "detail_digest": detail["detail_digest"], **changes}
        return self.tell("consume", detail["approval_id"], said)

    def report(self, tokens: dict[str, Any], **changes: Any) -> HttpResponse:
        """Say what came of it."""
        said = {"jti": jti_of(tokens), "outcome": "executed", "row_count": 3, "detail": ""}
        approval_id = tokens["authorization_details"][0]["approval_id"]
        return self.tell("report", approval_id, {**said, **changes})


def jti_of(tokens: dict[str, Any]) -> str:
    """Return the id of a JWT, which the audience reads."""
    from tests.jwt import verified

    return str(verified(tokens["access_token"])["jti"])
