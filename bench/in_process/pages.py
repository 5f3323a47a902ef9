"""What pages of people cost: CPU time and function calls per request, in process and warm.

    DATABASE_URL=… .venv/bin/python bench/in_process/pages.py [--requests N]
                                          [--only PAGE] [--profile]

Migrates the database it is given (a throw-away SQLite file without DATABASE_URL), so never point
it at one that matters. CPU milliseconds are those of `endpoints.py`; function calls are
counted by the interpreter and are the same however busy the machine is.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("RATE_LIMITS", "no")
os.environ.setdefault("ACCESS_LOG", "no")

from bench.in_process.endpoints import profiled, timed  # isort: skip - sets Django up

from django.core.management import call_command
from django.test.utils import setup_test_environment

from tests.budgets import PageAnswer, calls_of, visit
from tests.factories import make_person, make_relying_party

SCOPES = "openid profile email offline_access"

Step = tuple[Callable[[], PageAnswer], int]
"""A request, and the status of its answer."""


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=840)
    parser.add_argument("--only", default="")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("rotate_keys", verbosity=0)
    setup_test_environment()
    measured = profiled if options.profile else timed
    for name, (send, status) in pages().items():
        if options.only in {"", name}:
            calls = calls_of(_expecting(send, status))
            print(f"{name:26} {calls:7,} calls {measured(send, options.requests)}")


def _expecting(send: Callable[[], PageAnswer], status: int) -> Callable[[], Any]:
    def sent() -> None:
        answer = send()
        if answer.status != status:
            raise RuntimeError(f"{answer.status} instead of {status}: {answer.body[:500]!r}")

    return sent


def pages() -> dict[str, Step]:
    """Write the parties and return a request for each page."""
    ada = make_person(username=f"ada{os.getpid()}")
    party = make_relying_party(scope=SCOPES)
    to_sign_in = party.authorize()["Location"]
    sign_in_page = visit(*_parts(to_sign_in), browser=party.browser)
    anonymous = visit("/authorize", party.request())
    party.obtain_code(ada)
    silent = visit("/authorize", party.request(prompt="none"), party.browser)
    again = visit("/authorize", party.request(), party.browser)
    return {
        "authorize, nobody there": (anonymous, 302),
        "sign-in page": (sign_in_page, 200),
        "sign-in page, on its own": (visit("/accounts/login/"), 200),
        "silent sign-in": (silent, 303),
        "everything granted": (again, 303),
    }


def _parts(address: str) -> tuple[str, dict[str, Any]]:
    split = urlsplit(address)
    return split.path, dict(parse_qs(split.query))


if __name__ == "__main__":
    main()
