"""CPU time per request of the endpoints that programs call, in process and warm.

    DATABASE_URL=… .venv/bin/python bench/in_process/endpoints.py [--requests N]
                                              [--only ENDPOINT] [--profile]

Migrates the database it is given (a throw-away SQLite file without DATABASE_URL), so never point
it at one that matters. Prints one line per endpoint: CPU milliseconds of this process per request
(the database server's own time is not in it), the fastest and the median of twenty rounds, and
requests per CPU-second in the fastest: other work on the machine can only make a round slower.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django

django.setup()

from django.core.management import call_command
from django.test.utils import setup_test_environment

call_command("migrate", verbosity=0)  # before the application is imported, which reads

from idp.wsgi import application
from tests.engine.good_requests import REGISTERED, answer_of, good_requests
from tests.engine.setting import SCOPES, write_setting

ROUNDS = 20


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--only", default="")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    measured = profiled if options.profile else timed
    for name, call in endpoints(options.requests).items():
        if options.only in {"", name}:
            print(f"{name:20}", measured(call, options.requests))


def timed(call: Callable[[], object], requests: int) -> str:
    """Warm up, call in rounds, and return how long a request took."""
    size = requests // (ROUNDS + 1)
    rounds = []
    for _ in range(ROUNDS + 1):
        started = time.process_time()
        for _ in range(size):
            call()
        rounds.append((time.process_time() - started) / size * 1000)
    fastest, median = min(rounds[1:]), statistics.median(rounds[1:])
    return f"{fastest:8.3f} ms CPU, median {median:8.3f} {1000 / fastest:10,.0f} per CPU-second"


def profiled(call: Callable[[], object], requests: int) -> str:
    """Call under the profiler and print where the time goes."""
    with cProfile.Profile() as profiler:
        for _ in range(requests):
            call()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
    return "profiled"


def endpoints(requests: int) -> dict[str, Callable[[], bytes]]:
    """Write the parties and return a call for each endpoint."""
    setup_test_environment()
    setting = write_setting(
        username=f"ada{time.time_ns()}",
        scopes=("profile", *SCOPES),
        id_token_signed_response_alg="ES256",
        **REGISTERED,
    )
    return good_requests(setting, partial(answer_of, application), times=requests)


if __name__ == "__main__":
    main()
