"""Run a command behind PgBouncer in transaction mode: `python -m tests.services.pgbouncer COMMAND`.

DATABASE_URL leads to a throw-away PgBouncer, which has a throw-away PostgreSQL behind it, as
`docs/operations.md` sets both up: each transaction may get another session.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services import postgresql, programs
from tests.services.processes import ROOT
from tests.services.redis import free_port

IDLE = "1"
"""Seconds. A database is copied once nobody is in it any more, and sessions that idle count."""


@contextmanager
def in_front_of(url: str, *, sessions: int = 20) -> Iterator[str]:
    """Start a PgBouncer before a server of ours; yield its DATABASE_URL. It shares `sessions`."""
    program = programs.find("pgbouncer", package="pgbouncer")
    folder = Path(tempfile.mkdtemp(prefix="scopeward-pgbouncer-"))
    identity = programs.unprivileged()
    socket, _, name = url.partition("@/")[2].rpartition("/")
    port = free_port()
    shipped = (ROOT / "deploy" / "pgbouncer.ini").read_text("utf-8")
    _, databases, settings = shipped.replace("[pgbouncer]", "[databases]").split("[databases]\n")
    query = databases.partition("connect_query='")[2].partition("'\n")[0]
    ours = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "trust",
        "auth_file": str(folder / "users"),
        "default_pool_size": str(sessions),
        "server_idle_timeout": IDLE,
    }
    kept = [line for line in settings.splitlines() if line.partition(" =")[0] not in ours]
    (folder / "users").write_text(f'"{postgresql.USER}" ""\n', "utf-8")
    (folder / "pgbouncer.ini").write_text(
        "\n".join(
            [
                "[databases]",
                f"* = host={socket} port=5432 connect_query='{query}'",
                "[pgbouncer]",
                *kept,
                *(f"{key} = {value}" for key, value in ours.items()),
            ]
        ),
        "utf-8",
    )
    if identity:
        for path in (folder, *folder.iterdir()):
            os.chown(path, identity["user"], identity["group"])
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [program, folder / "pgbouncer.ini"], stdout=log, stderr=log, cwd=folder, **identity
        ) as process,
    ):
        try:
            postgresql.wait_until_it_answers(process, folder, host="127.0.0.1", port=port)
            yield f"postgres://{postgresql.USER}@127.0.0.1:{port}/{name}"
        finally:
            process.terminate()
    shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run the command; its exit status is ours."""
    with postgresql.server() as server, in_front_of(server) as url:
        behind = {"DATABASE_URL": url, "DATABASE_POOLING": "transaction"}
        return subprocess.run(command, check=False, env=os.environ | behind).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
