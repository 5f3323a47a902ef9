"""Lines on their way out: one after the other, or in batches by a thread of their own.

A process that serves writes thousands of lines a second, each of them a system call, and whoever
reads them may stop reading. There a thread writes what has come together in a moment, and requests
are answered whether somebody reads the log or not.
"""

import sys
import threading
from collections import deque
from contextlib import suppress
from multiprocessing.util import Finalize
from typing import TextIO

import structlog

log = structlog.get_logger(__name__)
MOST_WAITING = 16_384
"""Lines; what comes while so many wait is lost, and counted."""
MOMENT = 0.02
"""Seconds in which lines come together."""
PATIENCE = 2.0
"""Seconds that the end of the process waits for whoever reads."""


class LineWriter:
    """A text stream for `logging`, in front of another one. Lines keep their order."""

    as_json = False
    """Whether each line is an object of JSON, else for people (`setup.logging_config`)."""

    def __init__(self, stream: TextIO, *, most: int = MOST_WAITING) -> None:
        self.stream, self.most = stream, most
        self._waiting: deque[str] = deque()
        self._something = threading.Event()
        self._ending = threading.Event()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._lost = 0

    def write(self, line: str) -> None:
        """Take a line with its end; waits for nobody once `start` has been called."""
        if len(self._waiting) >= self.most:
            self._lost += 1
            return
        self._waiting.append(line)
        if self._thread is None:
            self._write_out()
        elif not self._something.is_set():
            self._something.set()

    def flush(self) -> None:
        """Do nothing: what is written out is flushed."""

    def start(self) -> None:
        """Write in batches from now on, to the end of this very process."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="log", daemon=True)
            self._thread.start()
            Finalize(None, self.stop, exitpriority=0)

    def stop(self) -> None:
        """Write what waits, and each line by itself from now on; not when nobody reads."""
        thread = self._thread
        if thread is None:
            return
        self._ending.set()
        self._something.set()
        thread.join(PATIENCE)
        if not thread.is_alive():
            self._thread = None
            self._write_out()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._something.wait()
            self._ending.wait(MOMENT)
            self._something.clear()
            self._write_out()
            if self._lost:
                lost, self._lost = self._lost, 0
                log.warning("log_lines_lost", lines=lost)

    def _write_out(self) -> None:
        with self._writing:
            lines = []
            with suppress(IndexError):
                while True:
                    lines.append(self._waiting.popleft())
            # Nobody reads any more: there is nobody to be told either.
            with suppress(OSError, ValueError):
                self.stream.write("".join(lines))
                self.stream.flush()


lines = LineWriter(sys.stderr)
"""Where every line of this process goes."""
