"""What PostgreSQL makes of the statements of the hot paths where it knows nothing of the tables.

On a fresh installation no table has been analysed, and one of which fewer than fifty rows change
never is. The planner takes such tables for larger than they are.
"""

import json
from collections import defaultdict
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from foundation.directory.models import User
from tests.factories import make_machine
from tests.flows.approvals.warehouse import Warehouse, details
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import RelyingParty, answer_of, basic

pytestmark = pytest.mark.postgresql
LONGEST = 5.0
"""Milliseconds, of planning, compiling and executing together."""
RUNS = 3
"""The fastest counts: other work on the machine can only make one slower."""
NEVER_ANALYSED = """
UPDATE pg_class SET reltuples = -1, relpages = 0
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i');
DELETE FROM pg_statistic WHERE starelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class Plans:
    """Explains every statement before it is executed."""

    def __init__(self) -> None:
        self.path = ""
        self.taken: dict[str, dict[str, float]] = defaultdict(dict)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(PLANNED) and not many:
            self.taken[self.path][sql] = min(_milliseconds(sql, params) for _ in range(RUNS))
        return execute(sql, params, many, context)


def _milliseconds(sql: str, params: Any) -> float:
    with connection.connection.cursor() as cursor:
        cursor.execute("SAVEPOINT unexplained")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        ((found,),) = cursor.fetchall()
        cursor.execute("ROLLBACK TO unexplained")
    plan = (json.loads(found) if isinstance(found, str) else found)[0]
    compiling = plan.get("JIT", {}).get("Timing", {}).get("Total", 0.0)
    return float(plan["Planning Time"] + plan["Execution Time"] + compiling)


def test_no_statement_of_a_hot_path_takes_over_five_milliseconds(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    put_in_force(warehouse.client.resource_server, PERMIT_ALL)
    asked = desk.obtain_tokens(person, authorization_details=details())
    tokens = desk.obtain_tokens(person, scope="openid email offline_access")
    question = {
        "subject": {"type": "user", "id": str(person.pk)},
        "action": {"name": "read"},
        "resource": {"type": "query", "id": "1"},
    }
    authorization = basic(warehouse.client.client_id, warehouse.secret or "")
    silent: list[str] = []

    def evaluate() -> Any:
        path, form = "/access/v1/evaluation", "application/json"
        return Browser().post(
            path, json.dumps(question), content_type=form, HTTP_AUTHORIZATION=authorization
        )

    def sign_in_silently() -> Any:
        answer = desk.authorize(scope="openid email offline_access", prompt="none")
        silent.append(answer_of(answer)["code"])
        return answer

    paths: dict[str, Any] = {
        "client_credentials": RelyingParty(*make_machine()).client_credentials,
        "introspection": lambda: desk.introspect(tokens["access_token"]),
        "introspection of a query": lambda: warehouse.introspect(asked["access_token"]),
        "userinfo": lambda: desk.userinfo(tokens["access_token"]),
        "par": desk.push,
        "prompt=none": sign_in_silently,
        "code": lambda: desk.exchange(silent[0]),
        "refresh": lambda: desk.refresh(tokens["refresh_token"]),
        "consume": lambda: warehouse.consume(asked),
        "AuthZEN": evaluate,
        "revoke": lambda: desk.revoke(tokens["access_token"]),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEVER_ANALYSED)

    plans = Plans()
    with connection.execute_wrapper(plans):
        for plans.path, call in paths.items():
            answer = call()
            assert answer.status_code < 400, (plans.path, answer.content)

    assert plans.taken.keys() >= paths.keys() - {"client_credentials", "AuthZEN"}
    slow = {
        (path, sql[:200]): taken
        for path, statements in plans.taken.items()
        for sql, taken in statements.items()
        if taken > LONGEST
    }
    assert not slow
