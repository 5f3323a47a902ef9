"""The library on its own: what it imports, what its package holds, what its README promises."""

import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.guard.callers import bearer, caller_of_asgi
from tests.guard.provider import FakeProvider

ROOT = Path(__file__).resolve().parents[2]
GUARD = ROOT / "scopeward_guard"
NEEDS_AN_EXTRA = re.compile(
    r"(cedar|graphql|sql)(\..*)?|_decisions\.policy_(bundle|feed)|_gates\.sql_.*"
    r"|adapters\.(django|fastapi|flask)"
)


def modules(folder: Path) -> list[str]:
    """Return every module of the library, but `__main__`, by its name inside of it."""
    found = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py"))
    names = (".".join(path.parts).removesuffix("__init__").rstrip(".") for path in found)
    return sorted(name for name in names if name and "__main__" not in name)


CORE = [name for name in modules(GUARD) if not NEEDS_AN_EXTRA.fullmatch(name)]
SQL = [name for name in modules(GUARD) if re.match(r"sql(\.|$)", name)]
POLICY = [name for name in modules(GUARD) if re.match(r"cedar(\.|$)|_decisions\.policy_", name)]

ISOLATED = """
import importlib, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, {folder!r})
for name in {modules!r}:
    importlib.import_module("scopeward_guard." + name)
print(importlib.import_module("scopeward_guard").__file__)
"""
ABSENT = {
    "django",
    "idp",
    "consent",
    "claims",
    "jwcrypto",
    "graphql",
    "fastapi",
    "flask",
    "sqlglot",
    "cedarpy",
}


def run_isolated(folder: Path, modules: list[str], absent: set[str] = ABSENT) -> str:
    code = ISOLATED.format(absent=absent, folder=str(folder), modules=modules)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_library_runs_without_django_and_without_extras() -> None:
    assert {"_guard.guard", "_gates.query_gate", "adapters.asgi", "vocabulary"} <= set(CORE)
    run_isolated(ROOT, CORE)


def test_reading_sql_needs_one_extra_alone() -> None:
    run_isolated(ROOT, [*SQL, "sql.__main__"], ABSENT - {"sqlglot"} | {"httpx", "cryptography"})


def test_following_a_policy_needs_one_extra_alone() -> None:
    run_isolated(ROOT, POLICY, ABSENT - {"cedarpy"})


def test_package_builds_and_runs_on_its_own(tmp_path: Path) -> None:
    project = tmp_path / "project"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(GUARD, project / "scopeward_guard", ignore=ignored)
    for name in ("pyproject.toml", "README.md"):
        (project / "scopeward_guard" / name).rename(project / name)

    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, "build", "--quiet", "--offline", "--wheel", "--out-dir", tmp_path, project],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    wheel = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    assert {"scopeward_guard/py.typed", "scopeward_guard/_binding/schemas/query-1.json"} <= set(
        wheel.namelist()
    )
    wheel.extractall(tmp_path / "site")
    assert run_isolated(tmp_path / "site", CORE).startswith(str(tmp_path / "site"))


@pytest.mark.parametrize("path", sorted((GUARD / "adapters").glob("*.py")), ids=lambda p: p.stem)
def test_adapter_is_a_thin_skin(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 100


def snippet() -> str:
    found = re.search(r"```python\n(.*?)```", (GUARD / "README.md").read_text("utf-8"), re.DOTALL)
    assert found
    return found.group(1)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """Serve a provider on this machine, where the environment says it is."""
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = provider.answer(httpx.Request("GET", provider.issuer + self.path))
            self.send_response(reply.status_code)
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("SCOPEWARD_ISSUER", provider.issuer)
    monkeypatch.setenv("SCOPEWARD_RESOURCE", provider.resource)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()


def test_ten_lines_of_the_readme_protect_an_endpoint(served: FakeProvider) -> None:
    lines = [line for line in snippet().splitlines() if line and "import " not in line]
    assert len(lines) <= 10
    names: dict[str, Any] = {"__name__": "resource_server"}
    exec(snippet(), names)  # noqa: S102
    now = int(time.time())
    good, weak = (
        served.token(iat=now, exp=now + 60, scope=scope) for scope in ("payments:read", "profile")
    )

    call = caller_of_asgi(names["app"])
    answers = [
        call("/payments"),
        call("/payments", **bearer(weak)),
        call("/payments", **bearer(good)),
    ]

    names["needs"]._guard.close()
    assert [answer.status_code for answer in answers] == [401, 403, 200]
    assert answers[-1].json() == {"for": "ada"}
