"""DATABASES: what the addresses of primary and replica come to."""

from pathlib import Path
from typing import Any

import pytest

from idp.settings_database import databases

PRIMARY, REPLICA = "postgres://u:p@one/db", "postgres://r:q@two:5433/db"


def made(patch: pytest.MonkeyPatch, **variables: str) -> dict[str, dict[str, Any]]:
    for name in ("DATABASE_URL", "DATABASE_REPLICA_URL", "DATABASE_POOLING"):
        patch.delenv(name, raising=False)
    for name, value in variables.items():
        patch.setenv(name, value)
    return databases(Path("/data"))


def test_sqlite_has_no_replica(monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(monkeypatch, DATABASE_REPLICA_URL=REPLICA)

    assert list(found) == ["default"]
    assert found["default"]["NAME"] == "/data/scopeward.sqlite3"
    assert found["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_replica_has_an_address_and_patience_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(monkeypatch, DATABASE_URL=PRIMARY, DATABASE_REPLICA_URL=REPLICA)

    primary, replica = found["default"], found["replica"]
    assert (primary["ENGINE"], primary["USER"], primary["HOST"]) == (
        "foundation.base.postgresql",
        "u",
        "one",
    )
    assert (replica["ENGINE"], replica["USER"], replica["HOST"], replica["PORT"]) == (
        "foundation.base.replica",
        "r",
        "two",
        5433,
    )
    assert (primary["OPTIONS"]["connect_timeout"], replica["OPTIONS"]["connect_timeout"]) == (5, 2)
    assert primary["CONN_MAX_AGE"] is replica["CONN_MAX_AGE"] is None


def test_options_of_an_address_win(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = f"{REPLICA}?connect_timeout=3&target_session_attrs=prefer-standby"
    found = made(monkeypatch, DATABASE_URL=PRIMARY, DATABASE_REPLICA_URL=wanted)

    assert found["replica"]["OPTIONS"]["connect_timeout"] == 3
    assert found["replica"]["OPTIONS"]["target_session_attrs"] == "prefer-standby"


def test_of_several_hosts_the_one_that_takes_writes_is_the_primary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (
        "target_session_attrs" not in made(monkeypatch, DATABASE_URL=PRIMARY)["default"]["OPTIONS"]
    )

    several = made(monkeypatch, DATABASE_URL="postgres://u:p@one,two/db")["default"]
    assert several["OPTIONS"]["target_session_attrs"] == "read-write"


def test_behind_a_pooler_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = made(monkeypatch, DATABASE_URL=PRIMARY)["default"]
    pooled = made(monkeypatch, DATABASE_URL=PRIMARY, DATABASE_POOLING="transaction")["default"]

    assert (usual["POOLING"], usual["OPTIONS"]["prepare_threshold"]) == ("session", 2)
    assert (pooled["POOLING"], pooled["OPTIONS"]["prepare_threshold"]) == ("transaction", None)
