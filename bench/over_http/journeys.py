"""How long whole journeys take, over HTTP: half of them, 95 and 99 of a hundred.

    .venv/bin/python bench/over_http/journeys.py [--on sqlite|postgresql] [--times N]

Serves as `throughput.py` does. One person at a time, without the time that people need for
reading, and without a password being checked, which is slow on purpose: they are signed in.
Journeys are: a first visit (authorize, consent page, decision, code, tokens), a silent sign-in with
its code exchanged, and one query at a resource server, from its challenge (pushed request, approval
page, yes, code, token) until its guard has used the token and said what came of it. What revoking
takes to be in force is measured by `bench/over_http/revocation.py`.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.over_http.served import load
from bench.over_http.served.settings import serve_from

if TYPE_CHECKING:
    from bench.over_http.served.visitors import Visitors


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    os.sched_setaffinity(0, {load.OTHER_CORE})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scopeward-bench-")))
        serve_from(stack, folder, options.on)
        from bench.over_http.served import ours
        from bench.over_http.served.visitors import Visitors

        stage = ours.Stage()
        _, address = stack.enter_context(ours.provider(folder))
        visitors = Visitors(stage, address, options.times)
        print(f"{options.on}, load {os.getloadavg()[0]:.1f}; milliseconds")
        print(f"{'':34} {'p50':>7} {'p95':>7} {'p99':>7}")
        for name, journey in journeys(visitors).items():
            print(line(name, [timed(journey, number) for number in range(options.times)]))


def journeys(visitors: "Visitors") -> dict[str, Callable[[int], Any]]:
    """Return the journeys; each takes its number."""
    return {
        "authorize, consent, tokens": visitors.first_visit,
        "silent sign-in, tokens": visitors.silent_visit,
        "one query, challenge to result": visitors.one_query,
    }


def timed(journey: Callable[[int], Any], number: int) -> float:
    """Return the milliseconds that a journey takes."""
    started = time.perf_counter()
    journey(number)
    return (time.perf_counter() - started) * 1000


def line(name: str, taken: Sequence[float]) -> str:
    """Return the line of the table; the first tenth warms up."""
    rest = sorted(taken[len(taken) // 10 :])
    at = [rest[int((len(rest) - 1) * part)] for part in (0.5, 0.95, 0.99)]
    return f"{name:34} " + " ".join(f"{each:7.1f}" for each in at)


if __name__ == "__main__":
    main()
