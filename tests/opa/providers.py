"""A provider as a program of its own, over the database of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.conf import settings

from tests.flows.approvals.test_processes import command, database_url
from tests.relying_party import RelyingParty
from tests.services.processes import Program, running
from tests.services.redis import free_port


class Provider:
    """A provider process and where it is."""

    def __init__(self, address: str, program: Program) -> None:
        self.address, self.program = address, program


@contextmanager
def a_provider(folder: Path) -> Iterator[Provider]:
    """Run a provider over the tests' database. One OPA may wait in it."""
    port = free_port()
    environment = {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "ISSUER": settings.SCOPEWARD.issuer,
    }
    with running(command(port), environment) as program:
        program.wait_until_it_listens(port)
        yield Provider(f"http://127.0.0.1:{port}", program)


def knows(started: Provider, warehouse: RelyingParty) -> bool:
    """Say whether a provider lets a resource server in."""
    with httpx.Client(base_url=started.address, trust_env=False) as http:
        asked = {"grant_type": "client_credentials"}
        pair = (warehouse.client.client_id, warehouse.secret or "")
        answer = http.post("/token", data=asked, auth=pair)
        return bool(answer.json().get("error") != "invalid_client")
