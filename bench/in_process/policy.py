"""What a decision costs in process and warm, and what the guard's whole path costs with it.

    .venv/bin/python bench/in_process/policy.py [--calls N]

Prints CPU times: the median and the 99th percentile of decisions by 10, 200 and 1,000 policies, and
of everything that the guard does for one query but the call that consumes. Exit 1 beyond the
budget.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.in_process.guard import ASKED, BUDGET, QUERY, measured, not_consumed, report
from scopeward_guard._authzen import Evaluation
from scopeward_guard._binding.details import query_detail
from scopeward_guard._challenges.request import presented
from scopeward_guard._decisions.context import RequestContext
from scopeward_guard._decisions.deciding import DecisionPoint, DeclaredOnly
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.cedar import CedarPolicy, Label, PolicyDocument
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider, new_key

WAREHOUSE = """
@id("read") @row_limit("1000") @mask("hr.employees.iban last4")
permit(principal is User, action == Action::"select", resource is Query)
when {
  context.scopes.containsAll(resource.scopes) && principal.clearance >= resource.sensitivity
};
@id("clearance") @reason("Your clearance, {principal.clearance}, is below {resource.sensitivity}.")
forbid(principal is User, action == Action::"select", resource is Query)
when { principal.clearance < resource.sensitivity };
@id("sensitive") @approvers("owner")
forbid(principal is User, action == Action::"select", resource is Query)
when { resource.sensitivity >= 2 } unless { context.approved };
@id("risk")
forbid(principal, action == Action::"select", resource)
when { context has risk && context.risk > 70 };
@id("own-rows") @row_filter("hr.employees.project in principal.projects")
permit(principal is User in Role::"analyst", action == Action::"select", resource is Query)
when { context.scopes.containsAll(resource.scopes) };
"""
"""What a warehouse asks for: scopes, clearance, approval, risk; masks, a row filter, a limit."""

FILLER = """
@id("filler-{0}")
permit(principal is User in Role::"role-{0}", action == Action::"select", resource is Query)
when {{ principal.projects.contains("project-{0}") && resource.sensitivity < 2 }};
"""
LABELS = (
    Label(pattern="hr.*", sensitivity=2, owners=("grace",), tags=("pii",)),
    Label(pattern="hr.departments.*", sensitivity=1),
    Label(pattern="finance.*", sensitivity=2, owners=("grace",)),
)
CLAIMS = {"roles": ["analyst"], "projects": ["atlas", "borealis"], "clearance": 2}


SCOPES = ["openid", "payments:read"]


def main() -> None:
    """Measure what the command line asks for; exit 1 beyond the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3, help="the quietest counts")
    chosen = parser.parse_args()
    measure = partial(quietest, calls=chosen.calls, rounds=chosen.rounds)
    for count in (10, 200, 1000):
        decisions(count, measure)
    report("guard: all but policy and consume", measure(whole_path(None)))
    policy = policy_of(10)
    whole = measure(whole_path(policy))
    report("guard: 10 policies, asked before", whole)
    forget(policy)
    report("guard: 10 policies, never asked before", measure(whole_path(policy)))
    sys.exit(int(statistics.median(whole) > BUDGET))


def decisions(count: int, measure: Callable[..., list[float]]) -> None:
    """Measure the decisions by so many policies."""
    policy, asked, denied = policy_of(count), question(), question(approved=False)
    report(f"{count} policies, asked before", measure(partial(policy.decide, asked)))
    forget(policy)
    report(f"{count} policies, never asked before", measure(partial(policy.decide, asked)))
    few = measure(partial(policy.decide, denied), calls=100, rounds=1)
    report(f"{count} policies, a denial in words", few)
    unpermitted = replace(asked, context={**asked.context, "scopes": [], "approved": False})
    few = measure(partial(policy.decide, unpermitted), calls=100, rounds=1)
    report(f"{count} policies, no permit, in words", few)


def forget(policy: CedarPolicy) -> None:
    """Let every question to a policy be one that nobody has asked before."""
    verdicts = policy._verdicts  # noqa: SLF001
    verdicts._keep = lambda _key, _verdict: None  # type: ignore[method-assign]  # noqa: SLF001
    verdicts._entities = verdicts._entities_of  # noqa: SLF001
    verdicts._kept.clear()  # noqa: SLF001


def policy_of(count: int) -> CedarPolicy:
    """Return the warehouse's policies, with as many others of its kind as make `count`."""
    others = count - WAREHOUSE.count("@id(")
    text = WAREHOUSE + "".join(FILLER.format(number) for number in range(others))
    return CedarPolicy(
        PolicyDocument(
            audience=RESOURCE, policies=text, labels=LABELS, acr_levels=("password", "passkey")
        )
    )


def question(*, approved: bool = True) -> Evaluation:
    """Return what the guard asks for one query of a person."""
    principal = Principal(
        subject="ada",
        client_id="query-desk",
        scopes=frozenset(SCOPES),
        token_id="1",
        issued_at=0,
        expires_at=1,
        acr="password",
        auth_time=time.time() - 60,
        claims=CLAIMS,
    )
    detail = _detail() if approved else None
    point = DecisionPoint(DeclaredOnly(), time.time)
    return point.question(principal, "select", ASKED.resource, RequestContext(approval=detail))


def whole_path(policy: CedarPolicy | None) -> Callable[[], object]:
    """Return one admission of an approved query with everything but the call that consumes."""
    provider = FakeProvider()
    provider.key = new_key("bench", "EC")
    provider.published = [provider.key]
    now = int(time.time())
    token = provider.token(
        iat=now,
        exp=now + 3600,
        auth_time=now,
        scope=" ".join(SCOPES),
        authorization_details=[{**_detail(), "approval_id": "a"}],
        **CLAIMS,
    )
    request = presented("POST", "/query", "", [("Authorization", f"Bearer {token}")])
    http = httpx.Client(transport=httpx.MockTransport(provider.answer))
    settings = GuardSettings(issuer=ISSUER, resource=RESOURCE, client_id="w", client_secret="s")
    gate = QueryGate(
        Guard(settings, http=http),
        policy=policy,
        understands=frozenset({"row_limit", "mask", "row_filter"}),
    )
    gate._admissions.consume = not_consumed  # type: ignore[method-assign]  # noqa: SLF001
    return partial(gate.admit, request, ASKED, context={"address": "192.0.2.7"})


def quietest(call: Callable[[], object], *, calls: int, rounds: int) -> list[float]:
    """Return the times of the round with the smallest median: others may use the machine too."""
    return min((measured(call, calls) for _ in range(rounds)), key=statistics.median)


def _detail() -> dict[str, Any]:
    return query_detail(QUERY, location=RESOURCE, actions=ASKED.actions, datatypes=ASKED.datatypes)


if __name__ == "__main__":
    main()
