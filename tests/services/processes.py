"""Programs under test: started, listened to, stopped with all their children."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
TIMEOUT = 180.0
"""Seconds: how fast a loaded machine starts programs says nothing about them."""


class Program:
    """A running program and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, text: str) -> str:
        """Return the first line yet to come that holds `text`; fail when it ends or hangs."""
        deadline = time.monotonic() + TIMEOUT
        with suppress(queue.Empty):
            while line := self._lines.get(timeout=max(0.0, deadline - time.monotonic())):
                self.said.append(line)
                if text in line:
                    return line
        raise AssertionError(f"{text!r} was never said:\n" + "".join(self.said))

    def wait_until_it_listens(self, port: int) -> None:
        """Return once connections to a port of this machine are taken."""
        deadline = time.monotonic() + TIMEOUT
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return
            time.sleep(0.05)
        raise AssertionError(f"nothing listens on {port}:\n" + "".join(self.said))

    def stop(self) -> None:
        """End the program and its children, first politely."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=15)
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Program]:
    """Start a program of the virtual environment in the project's folder; stop it at the end."""
    with subprocess.Popen(
        _command(command),
        cwd=ROOT,
        env=_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        program = Program(process)
        try:
            yield program
        finally:
            program.stop()


def run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program of the virtual environment to its end."""
    return subprocess.run(
        _command(command),
        cwd=ROOT,
        env=_environment(environment),
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def _command(command: Sequence[str]) -> list[str]:
    return [str(BIN / command[0]), *command[1:]]


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join([str(BIN), os.defpath])
    return {"PYTHONUNBUFFERED": "1", "PATH": path, **environment}
