"""Single use through two provider processes, and what a provider that is killed leaves behind."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.db import connection

from consent.approvals.models import Approval, ApprovalState
from consent.approvals.use.ending import settle_unknown
from foundation.directory.models import User
from tests.approvals.asking import let_run_out
from tests.flows.approvals.warehouse import Warehouse, details, jti_of
from tests.relying_party import RelyingParty
from tests.services.processes import Program, running
from tests.services.redis import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

USES = 100
Tokens = dict[str, Any]


class Provider:
    """One provider process, asked by the Warehouse."""

    def __init__(self, port: int, program: Program, warehouse: Warehouse) -> None:
        self.program = program
        self._origin = f"http://127.0.0.1:{port}"
        self._credentials = (warehouse.client.client_id, warehouse.secret or "")

    def tell(self, verb: str, tokens: Tokens, **said: Any) -> int:
        """POST `consume` or `report`; return the status."""
        (detail,) = tokens["authorization_details"]
        with requests.Session() as session:
            session.trust_env = False
            response = session.post(
                f"{self._origin}/approvals/{detail['approval_id']}/{verb}",
                json={"jti": tokens["jti"], "detail_digest": detail["detail_digest"], **said},
                auth=self._credentials,
                timeout=60,
            )
        return response.status_code

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.program.process.pid, signal.SIGKILL)
        self.program.process.wait()


def database_url() -> str:
    """Return where this test's database is, for other processes."""
    name = str(connection.settings_dict["NAME"])
    if settings.SQLITE:
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@pytest.fixture
def tokens(desk: RelyingParty, person: User) -> Tokens:
    tokens = desk.obtain_tokens(person, authorization_details=details())
    # Read here: reading it in a thread would open a connection there that nobody closes.
    return {**tokens, "jti": jti_of(tokens)}


@pytest.fixture
def providers(
    request: pytest.FixtureRequest, warehouse: Warehouse, tmp_path: Path
) -> Iterator[list[Provider]]:
    """Two processes over this test's database; PostgreSQL comes with Redis, as in production."""
    first, second = free_port(), free_port()
    environment = {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": settings.SECRET_KEY,
        "ISSUER": settings.SCOPEWARD.issuer,
    }
    if not settings.SQLITE:
        environment["REDIS_URL"] = request.getfixturevalue("redis_url")
    with (
        running(command(first), environment) as one,
        running(command(second), environment) as other,
    ):
        one.wait_until_it_listens(first)
        other.wait_until_it_listens(second)
        yield [Provider(first, one, warehouse), Provider(second, other, warehouse)]


def command(port: int) -> list[str]:
    return ["python", "-m", "idp.front", "--port", str(port)]


def test_one_of_a_hundred_uses_through_two_processes_wins(
    providers: list[Provider], tokens: Tokens
) -> None:
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda n: providers[n % 2].tell("consume", tokens), range(USES)))

    assert Counter(statuses) == {200: 1, 400: USES - 1}
    assert Approval.objects.get().state == ApprovalState.CONSUMED


def test_provider_killed_between_use_and_report_leaves_an_unknown_outcome(
    providers: list[Provider], tokens: Tokens
) -> None:
    first, second = providers
    assert first.tell("consume", tokens) == 200

    first.kill()
    assert second.tell("consume", tokens) == 400
    let_run_out([Approval.objects.get()])
    settle_unknown()

    assert Approval.objects.get().state == ApprovalState.UNKNOWN
    assert second.tell("consume", tokens) == 400
    assert second.tell("report", tokens, outcome="executed", row_count=1) == 400
    assert Approval.objects.get().state == ApprovalState.UNKNOWN
