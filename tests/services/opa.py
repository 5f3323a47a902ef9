"""A throw-away Open Policy Agent."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tests.services import programs
from tests.services.processes import Program, running
from tests.services.redis import free_port

START_TIMEOUT = 30.0
PATIENCE = 20.0
PAUSE = 0.05


class Opa:
    """A running OPA, asked over HTTP."""

    def __init__(self, address: str, program: Program) -> None:
        self.address, self.program = address, program
        self._http = httpx.Client(base_url=address, trust_env=False, timeout=10)

    def decision(self, question: dict[str, Any], path: str = "scopeward/decision") -> Any:
        """Return the result of a question, None when it is undefined."""
        response = self._http.post(f"/v1/data/{path}", json={"input": question})
        response.raise_for_status()
        return response.json().get("result")

    def data(self, path: str) -> Any:
        """Return a document, None when it is undefined."""
        return self._http.get(f"/v1/data/{path}").raise_for_status().json().get("result")

    def put(self, path: str, value: Any) -> None:
        """Replace a document that no bundle owns."""
        self._http.put(f"/v1/data/{path}", json=value).raise_for_status()

    def is_ready(self) -> bool:
        """Say whether every bundle has been activated."""
        try:
            return self._http.get("/health?bundles=true").status_code == 200
        except httpx.TransportError:
            return False

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def until(condition: Any, what: str, patience: float = PATIENCE) -> float:
    """Ask until `condition()` is true; return the seconds it took, fail when it does not come."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < patience, f"{what}: not within {patience} s"
        time.sleep(PAUSE)
    return time.monotonic() - began


@contextmanager
def server(*arguments: str, ready: bool = True) -> Iterator[Opa]:
    """Start an OPA with these arguments; wait for its bundles when `ready`; stop it at the end."""
    port = free_port()
    command: Sequence[str] = [
        programs.find("opa", package=programs.OPA), "run", "--server", "--skip-version-check",
        "--addr", f"127.0.0.1:{port}", "--log-level", "info",
        "--shutdown-grace-period", "1", *arguments,
    ]  # fmt: skip
    with running(command, {}) as program:
        opa = Opa(f"http://127.0.0.1:{port}", program)
        try:
            if ready:
                until(opa.is_ready, "OPA with its bundles", START_TIMEOUT)
            yield opa
        finally:
            opa.close()
