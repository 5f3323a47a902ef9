"""Sending a row's requests with `wrk`, and what they cost the processes that answer."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.over_http.served.requests import Row
from tests.services import programs

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("cycle.lua").read_text(encoding="utf-8")
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, OTHER_CORE = CORES[0], CORES[-1]


class BadAnswersError(Exception):
    """Some answers were not what the row expects; the message has the first of them."""


@dataclass(frozen=True)
class Cost:
    """What one run came to: answers, CPU seconds of the server, and of what it stands on."""

    answers: int
    seconds: float
    beside: float
    left: tuple[str, ...]
    """Of a row whose requests follow each other: the tokens for those after it."""

    @property
    def per_second(self) -> float:
        """Answers per CPU-second of the server."""
        return self.answers / self.seconds

    @property
    def with_beside(self) -> float:
        """Answers per CPU-second of the server and of what it stands on."""
        return self.answers / (self.seconds + self.beside)


@contextmanager
def serving(command: Sequence[str | Path], log: Path, **environment: str) -> Iterator[int]:
    """Run a server on the first core, what it says in a file; yield the number of its process."""
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [programs.find("taskset", package="util-linux"), "-c", str(SERVER_CORE), *command],
            env=os.environ | environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield process.pid
        finally:
            process.terminate()


def measure(row: Row, address: str, seconds: float, server: int, beside: Iterable[str]) -> Cost:
    """Send a row's requests for so long; raise `BadAnswersError` if one was answered otherwise.

    `address` is `host:port`; `server` is the process that answers, counted with its children;
    `beside` are names of the programs that it stands on, which this process has started.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(_values(row) + SCRIPT)
        script.flush()
        wrk = programs.find("wrk", package="wrk")
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "-s", script.name]
        before, before_beside = cpu_of(family_of(server)), cpu_of(named(beside))
        said = subprocess.run(
            ["taskset", "-c", str(OTHER_CORE), *command, f"http://{address}/"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        spent = cpu_of(family_of(server)) - before
        spent_beside = cpu_of(named(beside)) - before_beside
    *lines, last = said.rstrip().splitlines()
    answers, bad, first = f"{last} ".split(" ", 2)
    if int(bad) or not int(answers):
        raise BadAnswersError(f"{row.name}: {bad} of {answers} answers: {first}")
    left = tuple(line.removeprefix("left ") for line in lines if line.startswith("left "))
    return Cost(int(answers), spent, spent_beside, left)


def _values(row: Row) -> str:
    """Return the row as the script reads it."""
    expected = row.status
    return (
        f"requests = {_table(row.requests)}\ntokens = {_table(row.tokens)}\n"
        f"expected, having, follows = {expected}, {_text(row.having)}, {_text(row.follows)}\n"
    )


def _table(texts: Iterable[str]) -> str:
    return "{" + ", ".join(map(_text, texts)) + "}"


def _text(text: str) -> str:
    """Return a string of Lua; what we send is ASCII."""
    return '"' + "".join(f"\\{ord(sign):03d}" if sign in '"\\\r\n' else sign for sign in text) + '"'


def family_of(process: int) -> list[int]:
    """Return a process and all that it has started."""
    found = [process]
    for number in found:
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            with suppress(OSError):  # it has ended meanwhile
                found += map(int, children.read_text("ascii").split())
    return found


def named(names: Iterable[str]) -> list[int]:
    """Return the processes of some programs among those that this one has started."""
    wanted = set(names)
    return [number for number in family_of(os.getpid()) if _name(number) in wanted]


def cpu_of(processes: Iterable[int]) -> float:
    """Return the CPU seconds that processes have used, with children that have ended."""
    return sum(_ticks(number) for number in processes) / TICKS


def _ticks(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(") ")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text("utf-8").strip()
    except OSError:
        return ""
