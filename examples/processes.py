"""Starting several programs together, noticing when one falls over, stopping them all."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

PATIENCE = 60.0
"""Seconds a program may take to answer for the first time."""
GRACE = 10.0
"""Seconds a program gets to stop by itself."""
POLL_INTERVAL = 0.1
LINES_SHOWN = 20


class ProgramError(Exception):
    """A program failed; the text ends with the last lines of its log."""


class StoppedError(Exception):
    """Somebody pressed Ctrl-C, or the system asks to stop."""


class Programs:
    """Programs that live and die together. Each writes to `log_dir/<name>.log`.

    They are started in process groups of their own, so that Ctrl-C reaches only us and we stop
    them in order.
    """

    def __init__(self, log_dir: Path, environment: Mapping[str, str]) -> None:
        self._log_dir = log_dir
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._asked_to_stop = False

    def stop_on_signals(self) -> None:
        """Let every wait end with `StoppedError` once we are asked to stop."""

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            # Runs between any two steps of what it interrupts, which may hold any lock.
            self._asked_to_stop = True

        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, ask_to_stop)

    def run(self, name: str, command: Sequence[str]) -> str:
        """Run a program to its end and return what it wrote to standard output."""
        output = self._log_dir / f"{name}.out"
        process = self._start(name, command, output)
        while process.poll() is None:
            self._pause()
        del self._running[name]
        if process.returncode:
            raise self._failure(name, process.returncode)
        written = output.read_text(encoding="utf-8")
        output.unlink()
        return written

    def start(
        self, name: str, command: Sequence[str], extra: Mapping[str, str] | None = None
    ) -> None:
        """Start a program that keeps running; `extra` is added to its environment."""
        self._start(name, command, self.log(name), extra)

    def wait_for(self, name: str, answers: Callable[[], bool]) -> None:
        """Wait until a program does what it is for."""
        deadline = time.monotonic() + PATIENCE
        while not answers():
            self._check_alive()
            if time.monotonic() > deadline:
                raise ProgramError(f"{name} did not get ready.\n{self._last_lines(name)}")
            self._pause()

    def watch(self) -> NoReturn:
        """Wait until something ends: raises `ProgramError` or `StoppedError`."""
        while True:
            self._check_alive()
            self._pause()

    def stop(self) -> None:
        """Stop all programs, and whatever they may have started."""
        for process in reversed(self._running.values()):
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in self._running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
            _kill_group(process.pid)
            process.wait()
        self._running.clear()

    def log(self, name: str) -> Path:
        """Return where a program's output goes."""
        return self._log_dir / f"{name}.log"

    def _start(
        self,
        name: str,
        command: Sequence[str],
        output: Path,
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        for path in (output, self.log(name)):
            path.write_bytes(b"")
        with output.open("ab") as stdout, self.log(name).open("ab") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env={**self._environment, **(extra or {})},
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def _pause(self) -> None:
        time.sleep(POLL_INTERVAL)
        if self._asked_to_stop:
            raise StoppedError

    def _check_alive(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise self._failure(name, process.returncode)

    def _failure(self, name: str, status: int) -> ProgramError:
        return ProgramError(f"{name} stopped (exit status {status}).\n{self._last_lines(name)}")

    def _last_lines(self, name: str) -> str:
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(["The last lines of its log:", *lines[-LINES_SHOWN:]])


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
