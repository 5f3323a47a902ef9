"""What the guard costs a resource server per request, in process and warm.

    .venv/bin/python bench/in_process/guard.py [--calls N]

Prints the median and the 99th percentile of CPU time of each part and of the whole path:
authenticate (signature, claims, revocations), recompute and compare the digest, policy, scopes;
everything but the call that consumes. Policy is the demo's for its Warehouse, from a bundle.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scopeward_guard._binding.binding import bound, covers, query_hash
from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query
from scopeward_guard._challenges.request import presented
from scopeward_guard._decisions.context import NO_CONTEXT, RequestContext
from scopeward_guard._decisions.deciding import DeclaredOnly
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._decisions.resources import endpoint
from scopeward_guard._gates.admission import Permission
from scopeward_guard._gates.admissions import Permitted
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._gates.query_request import QueryRequest
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.steps import Steps
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.cedar import Label, PolicyDocument
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider, new_key

BUDGET = 300.0
UNDERSTOOD = frozenset({"row_filter", "mask", "row_limit"})
POLICIES = Path(__file__).resolve().parents[2] / "console/demo/policies/warehouse.cedar"
DOCUMENT = PolicyDocument(
    audience=RESOURCE,
    policies=POLICIES.read_text(encoding="utf-8"),
    labels=(
        Label(pattern="hr.employees.salary", sensitivity=2),
        Label(pattern="hr.employees.iban", sensitivity=3, owners=("grace",)),
        Label(pattern="finance.payments.card_number", sensitivity=3, owners=("grace",)),
    ),
    acr_levels=("pwd", "mfa"),
)
STATEMENT = (
    "SELECT d.name, count(*), avg(e.salary) FROM hr.employees e JOIN hr.departments d "
    "ON d.id = e.department_id WHERE e.country = :country GROUP BY d.name ORDER BY 3 DESC"
)
QUERY = Query(
    datasource="warehouse",
    schema_rev="2026-11-01",
    statement=STATEMENT,
    parameters={"country": "CH"},
    max_rows=100,
)
ASKED = QueryRequest(
    query=QUERY,
    actions=("select",),
    datatypes=("hr.employees.salary", "hr.employees.department_id", "hr.departments.name"),
    requirement=requirement("payments:read"),
)


def main() -> None:
    """Measure what the command line asks for; exit 1 beyond the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=3000)
    calls = parser.parse_args().calls
    whole = [path(kind, calls) for kind in ("EC", "RSA", "OKP")]
    detail = query_detail(
        QUERY, location=RESOURCE, actions=ASKED.actions, datatypes=ASKED.datatypes
    )
    report("digest alone", measured(lambda: query_hash(detail), calls))
    sys.exit(int(whole[0] > BUDGET))


def path(kind: str, calls: int) -> float:
    """Measure with one kind of key; return the median of the whole path with policy."""
    provider = FakeProvider(started_at=time.time())
    provider.key = new_key("bench", kind)
    provider.published, provider.document = [provider.key], DOCUMENT
    request = presented("POST", "/query", "", [("Authorization", f"Bearer {token_of(provider)}")])
    http = httpx.Client(transport=httpx.MockTransport(provider.answer))
    settings = GuardSettings(
        issuer=ISSUER, resource=RESOURCE, client_id="w", client_secret="s", policy=True
    )
    guard = Guard(settings, http=http)
    plain = QueryGate(guard, policy=DeclaredOnly())
    gate = QueryGate(guard, understands=UNDERSTOOD)
    for each in (plain, gate):
        each._admissions.consume = not_consumed  # type: ignore[method-assign]  # noqa: SLF001
    algorithm = json.loads(provider.key.export_public())["alg"]
    check: Any = guard._tokens.keys.key("bench").check  # noqa: SLF001

    def new(call: Callable[[], object]) -> Callable[[], object]:
        """Return a call that finds nothing remembered of the token."""
        return lambda: (check.cache_clear(), call())

    def authenticate() -> object:
        return guard.authenticate(request)

    report(f"{algorithm}: authenticate, seen before", measured(authenticate, calls))
    report(f"{algorithm}: authenticate, new token", measured(new(authenticate), calls))
    without = measured(new(lambda: plain.admit(request, ASKED)), calls)
    report(f"{algorithm}: whole path without policy, new token", without)
    whole = measured(new(lambda: gate.admit(request, ASKED)), calls)
    report(f"{algorithm}: whole path with policy, new token", whole)
    if kind == "EC":
        parts(guard, guard.authenticate(request), calls)
    guard.close()
    return statistics.median(whole)


def not_consumed(permitted: Permitted) -> Steps[Permission]:
    """Take the approval for used up."""
    yield from ()
    return permitted.permission()


def token_of(provider: FakeProvider) -> str:
    """Return a token for one approved query, good for an hour."""
    now = int(time.time())
    detail = query_detail(
        QUERY, location=RESOURCE, actions=ASKED.actions, datatypes=ASKED.datatypes
    )
    return provider.token(
        iat=now,
        exp=now + 3600,
        auth_time=now,
        clearance=2,
        projects=["atlas"],
        authorization_details=[{**detail, "approval_id": "a"}],
    )


def parts(guard: Guard, principal: Principal, calls: int) -> None:
    """Measure what is done with a request once it is known who calls."""
    approved = principal.authorization_details[0]
    detail = bound(approved)
    report("compare the details", measured(lambda: covers(approved, detail), calls))
    context = RequestContext(approval=approved)
    asked = guard.decisions.question(principal, "select", ASKED.resource, context)
    report("policy: a query", measured(lambda: guard.policy.decide(asked), calls))
    operation = endpoint("/query")
    once = measured(lambda: guard.decide(principal, "POST", operation, NO_CONTEXT), calls)
    report("policy: an operation", once)


def measured(call: Callable[[], object], calls: int) -> list[float]:
    """Return the CPU microseconds of each call, after a tenth of them to warm up."""
    for _ in range(max(calls // 10, 10)):
        call()
    times = []
    for _ in range(calls):
        begun = time.thread_time_ns()
        call()
        times.append((time.thread_time_ns() - begun) / 1000)
    return times


def report(name: str, times: list[float]) -> None:
    """Print one line."""
    p99 = statistics.quantiles(times, n=100)[98]
    print(f"{name:46} {statistics.median(times):8.1f} µs median {p99:8.1f} µs p99")


if __name__ == "__main__":
    main()
