"""The questions that Cedar, AuthZEN and OPA are all asked: who, with which token, about what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from scopeward_guard._authzen import Entity
from scopeward_guard._binding.digest import Query
from scopeward_guard._decisions.requirements import Requirement
from scopeward_guard._gates.query_request import QueryRequest

PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "ada": {
        "roles": ["analyst"], "department": "finance", "projects": ["atlas", "borealis"],
        "clearance": 3,
    },
    "grace": {
        "roles": ["analyst", "payer"], "department": "hr", "projects": ["atlas"], "clearance": 2,
    },
    "paul": {"roles": ["payer"], "department": "finance", "projects": [], "clearance": 2},
    "linus": {"roles": [], "department": "sales", "projects": ["cygnus"], "clearance": 1},
    "nobody": {},
    "nightly": {"client_id": "nightly", "roles": ["payer"]},
}  # fmt: skip
"""By subject, what their tokens say; the last one is a client that acts for itself."""

ALL_SCOPES = "reports:read payments:write warehouse:query"
STRONG, WEAK = "urn:scopeward:acr:1", "elsewhere"
JUST_NOW, LONG_AGO = 60, 7200
"""Ages of a sign-in, in seconds."""

SIGN_INS: Mapping[str, tuple[str, int | None, str]] = {
    "good": (ALL_SCOPES, JUST_NOW, STRONG),
    "no scopes": ("", JUST_NOW, STRONG),
    "other scopes": ("profile reports:read", LONG_AGO, STRONG),
    "long ago": (ALL_SCOPES, LONG_AGO, STRONG),
    "weak": (ALL_SCOPES, JUST_NOW, WEAK),
    "weak and of unknown age": (ALL_SCOPES, None, WEAK),
}
"""By name, the scopes of the token, the age and the `acr` of its sign-in."""

APPROVALS = ("this", "another", "none")
"""The query that the token is good for."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What would be done; `query` when it is one."""

    action: str
    resource: Entity
    query: QueryRequest | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question. `claims` are changes to those of `FakeProvider`, without times."""

    subject: str
    operation: Operation
    sign_in: str
    approval: str = "none"
    claims: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        what = f"{self.operation.action} {self.operation.resource.id}"
        if self.operation.query:
            what += f" {', '.join(self.operation.query.all_datatypes)}"
        return f"{self.subject}: {what} ({self.sign_in}, approved: {self.approval})"


def questions() -> Iterator[Asked]:
    """Yield every question, always the same ones."""
    for subject, operation, sign_in in product(PEOPLE, ENDPOINTS, SIGN_INS):
        yield Asked(
            subject=subject, operation=operation, sign_in=sign_in, claims=_claims(subject, sign_in)
        )
    for subject, operation, approval in product(PEOPLE, QUERIES, APPROVALS):
        # A token for another query never reaches the policy of a guard: only where an approval
        # is needed anyway do all of them speak of it.
        if approval == "another" and operation not in SENSITIVE:
            continue
        for sign_in in ("good", "no scopes"):
            yield Asked(
                subject=subject,
                operation=operation,
                sign_in=sign_in,
                approval=approval,
                claims=_claims(subject, sign_in),
            )


def _claims(subject: str, sign_in: str) -> dict[str, Any]:
    scope, _age, acr = SIGN_INS[sign_in]
    return {"sub": subject, "scope": scope, "acr": acr, **PEOPLE[subject]}


def _endpoint(action: str, path: str, *scopes: str) -> Operation:
    resource = Entity(type="endpoint", id=path, properties={"scopes": list(scopes)})
    return Operation(action=action, resource=resource)


def _query(*columns: str, tables: tuple[str, ...] = (), action: str = "select") -> Operation:
    selected = ", ".join(columns) or "count(*)"
    asked = QueryRequest(
        query=Query(
            datasource="warehouse", schema_rev="7", statement=f"SELECT {selected} /* {tables} */",
            max_rows=100,
        ),
        actions=(action,),
        datatypes=columns,
        tables=tables,
        requirement=Requirement(scopes=frozenset({"warehouse:query"})),
    )  # fmt: skip
    return Operation(action=action, resource=asked.resource, query=asked)


ENDPOINTS = (
    _endpoint("GET", "/reports", "reports:read"),
    _endpoint("POST", "/payments", "payments:write"),
    _endpoint("POST", "/payouts", "payments:write"),
    _endpoint("DELETE", "/reports", "reports:read"),
)
SENSITIVE = (
    _query("hr.employees.id", "hr.employees.salary"),
    _query("finance.ledger.amount"),
    _query("payroll.runs.total", "public.calendar.day"),
)
QUERIES = (
    _query("public.calendar.day"),
    _query("sales.payments.card_number", "sales.payments.amount"),
    _query(tables=("sales.payments",)),
    _query("public.calendar.day", action="delete"),
    *SENSITIVE,
)
