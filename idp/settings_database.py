"""Settings of the database: SQLite in a file, or PostgreSQL, perhaps with a replica."""

from pathlib import Path
from typing import Any

from foundation.base import env

Entry = dict[str, Any]
ON_SQLITE = {
    # IMMEDIATE: a writer waits for its turn at BEGIN instead of failing half way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# A server that is gone without a word is noticed in seconds; by itself TCP waits for hours.
ON_POSTGRESQL = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5_000,
}
# Of several servers, whoever is the primary now; one that is gone must not keep from the next.
OF_SEVERAL = {"target_session_attrs": "read-write", "connect_timeout": 2}
OF_REPLICA = {"connect_timeout": 2, "target_session_attrs": "any"}


def databases(data_dir: Path) -> dict[str, Entry]:
    """Return DATABASES; SQLite lies in the folder."""
    primary = env.database("DATABASE_URL", env.sqlite(data_dir / "scopeward.sqlite3"))
    is_sqlite = primary["ENGINE"] == "django.db.backends.sqlite3"
    # In transaction mode a pooler is in between: no setting of ours outlives a transaction.
    pooling = env.choice("DATABASE_POOLING", "session", among=("session", "transaction"))
    is_prepared = env.flag("DATABASE_PREPARED_STATEMENTS", default=True) and pooling == "session"
    replica = env.text("DATABASE_REPLICA_URL", "")
    common = {"CONN_MAX_AGE": None, "POOLING": pooling}
    if is_sqlite:
        return {"default": primary | common | {"OPTIONS": ON_SQLITE | primary.get("OPTIONS", {})}}
    # Runs of a statement before it is prepared, and then the server does not plan it any more.
    options = {**ON_POSTGRESQL, "prepare_threshold": 2 if is_prepared else None}
    several = OF_SEVERAL if "," in primary["HOST"] else {}
    common["ENGINE"] = "foundation.base.postgresql"
    found = {
        "default": primary | common | {"OPTIONS": options | several | primary.get("OPTIONS", {})}
    }
    return found | {"replica": _replica(common, options)} if replica else found


def _replica(common: Entry, options: Entry) -> Entry:
    """Return what is read where `moments_old` says so (`foundation/base/replica`)."""
    own = env.database("DATABASE_REPLICA_URL", "")
    return {
        **own,
        **common,
        "ENGINE": "foundation.base.replica",
        "OPTIONS": options | OF_REPLICA | own.get("OPTIONS", {}),
        "TEST": {"MIRROR": "default"},
    }
