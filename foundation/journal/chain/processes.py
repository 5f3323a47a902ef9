"""Checking stretches in several processes, all of which see the tables at one moment.

They are started anew and inherit nothing: no connection, no lock. Each gets every n-th stretch,
and answers are taken in the order of the stretches, so that what is found first is the first.
"""

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from foundation.journal.chain.checking import Checked, Run, Stretch

AHEAD = 2
"""Stretches that each process has before it: one at work, one that waits."""
WORTH = 50_000
"""Rows for which it pays to start a process, which takes more than a second."""


class ProcessEndedError(Exception):
    """A process ended before its work did."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def in_processes(number: int) -> "Iterator[Run]":
    """Start processes and begin one moment for them and us; give what runs stretches in them.

    Running raises `ProcessEndedError`, and whatever went wrong in a process.
    """
    # Not before Django is ready: the processes import this module before.
    from foundation.journal.chain.moments import at_one_moment, exported_moment, nobody_writes

    with _started(number) as pipes, ExitStack() as stack:
        with nobody_writes():
            stack.enter_context(at_one_moment())
            moment = exported_moment()
            for pipe in pipes:
                pipe.send(moment)
            for pipe in pipes:
                _answer(pipe)
        yield partial(_run, pipes)


@contextmanager
def _started(number: int) -> Iterator[list[Any]]:
    from django.conf import settings
    from django.db import connection

    context = get_context("spawn")
    pipes, processes = [], []
    try:
        for _ in range(number):
            ours, theirs = context.Pipe()
            given = (theirs, connection.settings_dict, settings.HISTORY_SECRET)
            process = context.Process(target=_work, args=given, daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        for pipe in pipes:
            _answer(pipe)
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()  # which ends the process
        for process in processes:
            process.join()


def _run(pipes: list[Any], stretches: "Iterable[Stretch]") -> "Iterator[Checked]":
    waited_for: deque[Any] = deque()
    for pipe, stretch in zip(cycle(pipes), stretches, strict=False):
        if len(waited_for) >= AHEAD * len(pipes):
            yield _answer(waited_for.popleft())
        pipe.send(stretch)
        waited_for.append(pipe)
    while waited_for:
        yield _answer(waited_for.popleft())


def _answer(pipe: Any) -> Any:
    try:
        answer = pipe.recv()
    except (EOFError, OSError) as error:
        raise ProcessEndedError("A process of the verification has ended.") from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def _work(pipe: Any, database: dict[str, Any], secret: Any) -> None:
    """Be one of the processes: until whoever started it closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that ends whoever started us
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict = database
    settings.HISTORY_SECRET = secret
    from foundation.journal.chain.checking import check_stretch
    from foundation.journal.chain.moments import at_one_moment

    try:
        pipe.send(None)
        with at_one_moment(pipe.recv()):
            pipe.send(None)
            while True:
                pipe.send(check_stretch(pipe.recv()))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - raised again where it is waited for
        pipe.send(error)
