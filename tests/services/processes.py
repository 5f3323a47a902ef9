"""Programs under test: started, listened to, stopped."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
TIMEOUT = 60.0


class Program:
    """A running program and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def wait_for(self, text: str) -> str:
        """Return the first line yet to come that holds `text`; fail when it ends or hangs."""
        assert self.process.stdout is not None
        watchdog = threading.Timer(TIMEOUT, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                self.said.append(line)
                if text in line:
                    return line
        finally:
            watchdog.cancel()
        raise AssertionError(f"{text!r} was never said:\n" + "".join(self.said))


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Program]:
    """Start a program of the virtual environment in the project's folder; stop it at the end."""
    with subprocess.Popen(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={"PYTHONUNBUFFERED": "1", "PATH": str(BIN), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Program(process)
        finally:
            process.terminate()
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program of the virtual environment to its end."""
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={"PATH": str(BIN), **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
