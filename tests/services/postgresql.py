"""Run a command with a throw-away PostgreSQL: `python -m tests.services.postgresql COMMAND …`.

The command finds the server's address in DATABASE_URL. The server listens on a Unix socket in a
private folder only, forgets about durability, and is gone when the command ends.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg

from tests.services import missing, programs

USER = "scopeward"
START_TIMEOUT = 30.0
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
SETTINGS = {"listen_addresses": "", "max_connections": "300", **FAST}


@contextmanager
def server(**settings: str) -> Iterator[str]:
    """Start a private PostgreSQL and yield its DATABASE_URL; stop and delete it afterwards.

    `settings` are added to those of every throw-away server.
    """
    with own_folder() as folder:
        initdb = ["-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        run("initdb", "-D", str(folder / "data"), *initdb)
        with serving(folder, **settings):
            yield url_of(folder)


@contextmanager
def own_folder() -> Iterator[Path]:
    """Yield a folder of the user that PostgreSQL runs as; delete it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="scopeward-postgresql-"))
    identity = programs.unprivileged()
    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL to its end."""
    subprocess.run(
        [program(name), *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **programs.unprivileged(),
    )


def program(name: str) -> Path:
    """Return the path of a program of PostgreSQL."""
    initdb = Path(programs.find("initdb", package="postgresql")).resolve()
    return initdb.with_name(name)


def url_of(folder: Path) -> str:
    """Return the DATABASE_URL of a server whose folder this is."""
    return f"postgres://{USER}@/{folder}/postgres"


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server on `folder/data` until it is told to stop; it takes connections by now."""
    both = {**SETTINGS, **settings}
    options = [item for name, value in both.items() for item in ("-c", f"{name}={value}")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [program("postgres"), "-D", folder / "data", "-k", folder, *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            **programs.unprivileged(),
        )
    try:
        wait_until_it_answers(process, folder, port=int(settings.get("port", "5432")))
        yield process
    finally:
        if process.poll() is None:
            _stop(process)


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Stop every process of the server behind a DATABASE_URL of ours, without a word (SIGSTOP).

    The kernel goes on taking what is sent to it, so nobody's TCP notices.
    """
    folder = Path(url.partition("@/")[2].rpartition("/")[0])
    postmaster = int((folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
    # The parent first: it would start a new process for whoever connects.
    os.kill(postmaster, signal.SIGSTOP)
    stopped = [postmaster, *map(int, children.read_text("utf-8").split())]
    for pid in stopped[1:]:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


def wait_until_it_answers(
    process: subprocess.Popen[bytes], folder: Path, **address: str | int
) -> None:
    """Return once connections are taken; the address is that of the folder's socket, or `address`.

    Raises RuntimeError with the log of the folder when the process has ended instead.
    """
    deadline = time.monotonic() + START_TIMEOUT
    where = {"host": str(folder), "user": USER, "dbname": "postgres", **address}
    while True:
        try:
            psycopg.connect(**where).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text(encoding="utf-8")) from None
            time.sleep(0.05)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # PostgreSQL's "fast shutdown"
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=10)


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run to the end, or until SIGTERM; return the exit status."""
    asked_to_stop = False

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            if asked_to_stop:
                process.terminate()
                return 128 + signal.SIGTERM
            time.sleep(0.05)
    return process.returncode


def _tests_of(command: list[str]) -> int:
    """Return how many tests a command of pytest would have run."""
    nowhere = {"DATABASE_URL": f"postgres://{USER}@/nowhere"}
    collecting = [*command, "--collect-only", "--quiet"]
    said = subprocess.run(
        collecting, check=False, capture_output=True, text=True, env=os.environ | nowhere
    ).stdout
    collected = re.search(r"^(\d+)(?:/\d+)? tests? collected", said, re.MULTILINE)
    return int(collected[1]) if collected else 0


def main(command: list[str]) -> int:
    """Run the command; its exit status is ours. Without PostgreSQL say so, and fail in CI."""
    try:
        with server() as url:
            return _run(command, os.environ | {"DATABASE_URL": url})
    except programs.MissingProgramError:
        sys.stderr.write(missing.line("PostgreSQL", "postgresql", _tests_of(command)) + "\n")
        return 1 if programs.CI else 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
