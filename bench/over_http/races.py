"""Everything that works once, tried sixteen times at the same moment, over HTTP.

    .venv/bin/python bench/over_http/races.py [--attempts N] [--kinds NAME,…] [--minutes M]
    .venv/bin/python -m tests.services.postgresql .venv/bin/python bench/over_http/races.py …

Starts two provider processes, each with as many threads as the project gives it, over one database
(a throw-away SQLite file without DATABASE_URL; with PostgreSQL a throw-away Redis where there is
one, as production has it) and fills that, so never point it at one that matters. Each item, a code
or an approval say, is used by sixteen threads that a barrier lets go together, half of them at each
process; then answers and database have to agree that it was used exactly once. Prints a line for
each kind and exits with 1 if anything was used twice or not at all, or answered with 5xx or not.
"""

import argparse
import atexit
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Barrier, local
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.services import redis
from tests.services.programs import MissingProgramError

if TYPE_CHECKING:
    from bench.over_http.race_kinds import Kind, Request

AT_ONCE = 16
PORTS = (redis.free_port(), redis.free_port())
HOST = f"localhost:{PORTS[0]}"
TURNS = 20
"""Kinds take turns, so that whatever the machine does meanwhile meets all of them."""
IDLE = 5.0
"""Seconds after which a connection is made anew: the provider closes those that say nothing."""

services = ExitStack()
atexit.register(services.close)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
if "DATA_DIR" not in os.environ:
    folder = tempfile.TemporaryDirectory(prefix="scopeward-bench-", ignore_cleanup_errors=True)
    os.environ["DATA_DIR"] = services.enter_context(folder)
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ["ISSUER"], os.environ["PORT"] = f"http://{HOST}", str(PORTS[0])
if os.environ.get("DATABASE_URL", "").startswith("postgres"):
    with suppress(MissingProgramError):
        os.environ.setdefault("REDIS_URL", services.enter_context(redis.server()))


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: nothing."""

    status: int
    location: str = ""
    body: bytes = b""


@dataclass
class Score:
    """What came of the items of one kind."""

    items: int = 0
    uses: Counter[int] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def doubles(self) -> int:
        """Items that were used more than once."""
        return sum(count for uses, count in self.uses.items() if uses > 1)

    @property
    def failures(self) -> int:
        """Answers of 5xx, and requests without one."""
        return sum(count for status, count in self.answers.items() if not 0 < status < 500)

    @property
    def is_good(self) -> bool:
        """Whether each item was used exactly once, and everybody was told so."""
        return self.uses.keys() <= {1} and not self.failures

    def add(self, other: "Score") -> None:
        """Count the items of another kind as well."""
        self.items += other.items
        self.uses += other.uses
        self.answers += other.answers
        self.seconds += other.seconds

    def row(self, name: str) -> str:
        """Return the line of the table."""
        said = " ".join(f"{status}:{count}" for status, count in sorted(self.answers.items()))
        return (
            f"{name:26} {self.items:6,} {self.answers.total():8,} {self.doubles:8} "
            f"{self.uses[0]:7} {self.failures:5} {self.seconds:7.0f} s  {said}"
        )


class Racers:
    """Sixteen threads, each with a connection of its own that it keeps."""

    def __init__(self) -> None:
        self._barrier = Barrier(AT_ONCE, timeout=120)
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._mine = local()

    def race(self, requests: Sequence["Request"]) -> list[Answer]:
        """Send all requests at one moment; return the answers in their order."""
        return list(self._pool.map(self._send, range(AT_ONCE), requests))

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def _send(self, number: int, request: "Request") -> Answer:
        connection = self._connection(PORTS[number % len(PORTS)])
        self._barrier.wait()
        return ask(connection, request)

    def _connection(self, port: int) -> HTTPConnection:
        connections = self._mine.__dict__.setdefault("connections", {})
        known, since = connections.get(port, (None, 0.0))
        now = time.monotonic()
        if known is None or now - since > IDLE or known.sock is None:
            if known is not None:
                known.close()
            known = HTTPConnection("127.0.0.1", port, timeout=60)
            known.connect()
        connections[port] = known, now
        return known


def ask(connection: HTTPConnection, request: "Request") -> Answer:
    """Send a request once; nothing is tried again."""
    method, path, headers, body = request
    try:
        connection.request(method, path, body or None, {"Host": HOST, **headers})
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Location", ""), response.read())
    except (OSError, HTTPException):
        connection.close()
        return Answer(0)


@contextmanager
def provider(**environment: str) -> Iterator[None]:
    """Run two processes that serve, with these settings besides."""
    command = [sys.executable, "-m", "idp.front", "--host", "127.0.0.1", "--log-level", "warning"]
    with ExitStack() as stack:
        for port in PORTS:
            process = stack.enter_context(
                subprocess.Popen(
                    [*command, "--port", str(port), "--workers-kill-timeout", "10"],
                    cwd=ROOT,
                    env=os.environ | {"ACCESS_LOG": "off"} | environment,
                )
            )
            stack.callback(process.terminate)
        for port in PORTS:
            wait_for(port)
        yield


def wait_for(port: int) -> None:
    """Return once the process answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        answer = ask(HTTPConnection("127.0.0.1", port, timeout=10), ("GET", "/livez", {}, ""))
        if answer.status == 200:
            return
        time.sleep(0.2)
    raise RuntimeError("the provider does not answer")


def race(kind: "Kind", racers: Racers, score: Score) -> None:
    """Make an item and race for it."""
    started = time.monotonic()
    item = kind.make()
    answers = racers.race(item.requests)
    uses = item.uses(answers)
    score.items += 1
    score.uses[uses] += 1
    score.answers.update(answer.status for answer in answers)
    score.seconds += time.monotonic() - started
    if uses != 1:
        print(f"{kind.name}: used {uses} times:", Counter(a.status for a in answers), flush=True)


def race_all(kinds: Sequence["Kind"], racers: Racers, items: float, until: float) -> list[Score]:
    """Race for so many items, each kind's share of them, in turns and as long as there is time."""
    scores = [Score() for _ in kinds]
    whole = sum(kind.share for kind in kinds)
    for turn in range(1, TURNS + 1):
        for kind, score in zip(kinds, scores, strict=True):
            due = max(1, round(items * kind.share / whole * turn / TURNS))
            while score.items < due and time.monotonic() < until:
                race(kind, racers, score)
    return scores


def main() -> int:
    """Race; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=50_000)
    parser.add_argument("--kinds", default="", help="names with commas between; all by default")
    parser.add_argument("--minutes", type=float, default=60, help="no item is begun after them")
    options = parser.parse_args()
    names = [name for name in options.kinds.split(",") if name]

    import django

    django.setup()
    from bench.over_http.race_kinds import Stage, verify

    stage, racers = Stage(), Racers()
    chosen = [kind for kind in stage.kinds if not names or kind.name in names]
    print(f"{stage.where}; {AT_ONCE} at once, 2 processes, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'':26} {'items':>6} {'attempts':>8} {'doubles':>8} {'nobody':>7} {'5xx':>5}")
    whole = Score()
    left, seconds = sum(kind.share for kind in chosen), options.minutes * 60
    items = options.attempts / AT_ONCE / left
    settings: Any
    for settings in dict.fromkeys(kind.settings for kind in chosen):
        kinds = [kind for kind in chosen if kind.settings == settings]
        share = sum(kind.share for kind in kinds)
        started = time.monotonic()
        with provider(**dict(settings)):
            until = time.monotonic() + seconds * share / left
            for kind, score in zip(
                kinds, race_all(kinds, racers, items * share, until), strict=True
            ):
                print(score.row(kind.name), flush=True)
                whole.add(score)
        left, seconds = left - share, seconds - (time.monotonic() - started)
    racers.close()
    print(whole.row("sum"), f"  load {os.getloadavg()[0]:.1f}", flush=True)
    verify()
    return 0 if whole.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
