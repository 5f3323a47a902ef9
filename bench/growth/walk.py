"""Every page, list, search, export and task on a grown installation: what each statement takes.

    DATA_DIR=… DATABASE_URL=postgres://… .venv/bin/python bench/growth/walk.py

On a database that `grow.py` filled, with the same DATA_DIR, where the secrets are. Prints the
slowest statement of each page, then what is wrong, and ends with 1 when a statement takes over
100 ms, reads a big table from end to end, or counts one. The tasks clear away, so a second run
finds less to do.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("RATE_LIMITS", "no")

import django

django.setup()

from django.test import Client as Browser
from django.test.utils import setup_test_environment

from foundation.directory.models import User
from tests.growth.rows import TABLES, sizes
from tests.growth.walking import Known, Step, steps
from tests.growth.watching import BIG, Watch
from tests.services import session_cookies

BACKEND = "idp.accounts.auth_backend.AuthenticationBackend"


def signed_in(person: User) -> Browser:
    """Return a browser in which somebody is signed in."""
    browser = Browser()
    browser.force_login(person, backend=BACKEND)
    return browser


def main() -> int:
    """Walk, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="steps whose name contains this")
    parser.add_argument("--without", default="", help="no steps whose name contains this")
    parser.add_argument("--plans", help="a file for the plans of the statements with faults")
    parser.add_argument("--big", type=int, default=BIG, help="rows from which a table is big")
    options = parser.parse_args()
    setup_test_environment()
    session_cookies.pytest_configure()
    root, _ = User.objects.get_or_create(
        username="root.of.growth", defaults={"is_staff": True, "is_superuser": True}
    )
    known = Known.first()
    grown = {table: rows for table, (rows, _) in sizes().items() if rows > options.big}
    print(f"{len(grown)} of {len(TABLES)} tables are big")
    watch = Watch(grown)
    for step in steps(signed_in(root), signed_in(known.person), known):
        wanted = options.only in step.name and not (
            options.without and options.without in step.name
        )
        if wanted or (not options.only and step.name.endswith(" list")):
            _tell(watch, step)
    faulty = [one for one in watch.statements if one.faults]
    if options.plans:
        told = [[one.where, one.faults, one.sql, one.plan] for one in faulty]
        Path(options.plans).write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(f"\n{len(watch.statements):,} statements, {len(faulty):,} with faults")
    for fault in watch.faults():
        print("-", fault[:600])
    return 1 if faulty else 0


def _tell(watch: Watch, step: Step) -> None:
    before, started = len(watch.statements), time.perf_counter()
    with watch.on(step.name):
        step.go()
    took, asked = 1000 * (time.perf_counter() - started), watch.statements[before:]
    slowest = max((one.milliseconds for one in asked), default=0)
    mark = "!" if any(one.faults for one in asked) else " "
    told = f"{len(asked):6} statements{slowest:10.1f} ms slowest{took:10.0f} ms"
    print(f"{mark} {step.name:60.60}{told}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
