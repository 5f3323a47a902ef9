"""`python -m scopeward_guard.sql`, the catalogue and the cache."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from scopeward_guard.sql import (
    Catalogue,
    CatalogueError,
    Derivations,
    SqlRefusedError,
    __main__ as command,
    derive,
)
from tests.guard.sql.conftest import DUCKDB, PAYMENTS, POSTGRES, SCHEMAS, as_json

ROOT = Path(__file__).resolve().parents[3]


def run(catalogue: Path | str, statement: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "scopeward_guard.sql", "--catalogue", str(catalogue)],
        input=statement, capture_output=True, check=False, cwd=ROOT, timeout=30,
    )  # fmt: skip


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(as_json(POSTGRES)))
    return path


def test_command_prints_what_the_statement_needs(catalogue: Path) -> None:
    done = run(catalogue, b"SELECT p FROM payments p")

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == {
        "action": "select",
        "tables": ["public.payments"],
        "columns": PAYMENTS,
    }


def test_command_denies_in_one_object_and_says_nothing_else(catalogue: Path) -> None:
    done = run(catalogue, b"SELECT " + b"(" * 60_000)

    assert (done.returncode, done.stderr) == (0, b"")
    assert list(json.loads(done.stdout)) == ["deny"]


@pytest.mark.parametrize(
    "statement",
    [b"", b"\xff\xfe", b"SELECT '\xc3\x28'", b"DROP TABLE payments", b"EXPLAIN SELECT 1",
     b"SELECT 1\x00", b"x" * 100_000],
)  # fmt: skip
def test_whatever_cannot_be_read_is_denied(statement: bytes) -> None:
    assert list(command.bounded(statement, POSTGRES)) == ["deny"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"dialect": "postgres"}', '{"dialect": "oracle", "schemas": {}}',
     '{"schemas": {}}', '{"dialect": [], "schemas": {}}', '{"dialect": "postgres", "schemas": []}',
     '{"dialect": "postgres", "schemas": {"a": []}}',
     '{"dialect": "postgres", "schemas": {"a": {"b": "c"}}}',
     '{"dialect": "postgres", "schemas": {"a": {"b": ["c", "c"]}}}',
     '{"dialect": "postgres", "schemas": {"a": {"b": [1]}}}',
     '{"dialect": "duckdb", "schemas": {"a": {"b": [], "B": []}}}', "[" * 100_000],
)  # fmt: skip
def test_catalogue_that_cannot_be_used_is_said(content: str) -> None:
    with pytest.raises(CatalogueError):
        Catalogue.from_json(content)


def test_command_returns_2_for_arguments_that_cannot_be_used(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"\xff")

    assert run(tmp_path / "missing.json", b"SELECT 1").returncode == 2
    assert run(broken, b"SELECT 1").returncode == 2
    assert run(tmp_path, b"SELECT 1").returncode == 2


def test_command_gives_up_on_what_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MAX_SECONDS", 0.1)
    monkeypatch.setattr(command, "answer_to", lambda *_: threading.Event().wait())

    assert command.bounded(b"SELECT 1", POSTGRES) == command.GAVE_UP


def test_package_needs_no_django() -> None:
    text = "import sys, scopeward_guard.sql; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", text], check=False, cwd=ROOT).returncode == 0


def test_revision_changes_with_the_content_only() -> None:
    same = Catalogue("postgres", json.loads(json.dumps(SCHEMAS)))
    other = Catalogue("postgres", {**SCHEMAS, "more": {}})

    assert same.revision == POSTGRES.revision
    assert len({POSTGRES.revision, DUCKDB.revision, other.revision}) == 3


def test_dialect_must_be_the_catalogues() -> None:
    with pytest.raises(SqlRefusedError, match="postgres"):
        derive("SELECT 1", POSTGRES, "duckdb")


def test_same_text_is_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Derivations(size=2)
    first = kept.derive("SELECT id FROM payments", POSTGRES)

    assert kept.derive("SELECT id FROM payments", POSTGRES) is first
    assert kept.derive("SELECT id FROM payments", DUCKDB) is not first


def test_kept_refusal_is_a_refusal() -> None:
    kept = Derivations()

    for _ in range(2):
        with pytest.raises(SqlRefusedError, match="no table"):
            kept.derive("SELECT id FROM nothing", POSTGRES)


def test_new_catalogue_asks_again() -> None:
    kept = Derivations()
    smaller: dict[str, Any] = {"public": {"payments": ["amount"]}}
    kept.derive("SELECT id FROM payments", POSTGRES)

    with pytest.raises(SqlRefusedError):
        kept.derive("SELECT id FROM payments", Catalogue("postgres", smaller))


def test_no_more_than_the_size_is_kept() -> None:
    kept = Derivations(size=2)
    first = kept.derive("SELECT 1", POSTGRES)
    for number in range(2, 5):
        kept.derive(f"SELECT {number}", POSTGRES)

    assert kept.derive("SELECT 1", POSTGRES) is not first


def test_threads_share_one_cache() -> None:
    kept = Derivations(size=4)
    failures: list[Exception] = []

    def work() -> None:
        try:
            for number in range(60):
                text = f"SELECT id FROM payments LIMIT {number % 7}"
                assert kept.derive(text, POSTGRES).tables == ("public.payments",)
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
