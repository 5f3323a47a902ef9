"""A grown installation: a million people, and what they have done in two years, by the scale.

    DATA_DIR=… DATABASE_URL=postgres://… .venv/bin/python bench/growth/grow.py --scale 0.1

Migrates the empty PostgreSQL it is given and fills it, as a superuser (no trigger fires meanwhile).
Then `bench/growth/walk.py` measures every page, list, search and clean-up task on it.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from tests.growth.rows import grow, sizes

BYTES_AT_SCALE_ONE = 60e9
SHARE_OF_DISK = 0.25
"""Of what is free, so much is taken when no scale is named."""


def scale_that_fits(free: float) -> float:
    """Return the largest scale that leaves room: 1, 0.1, 0.01 and so on."""
    scale = 1.0
    while scale > 0.001 and scale * BYTES_AT_SCALE_ONE > free * SHARE_OF_DISK:
        scale /= 10
    return scale


def main() -> None:
    """Fill, and say how long it took and how much there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, help="1: a million people; else by free disk")
    scale = parser.parse_args().scale or scale_that_fits(shutil.disk_usage("/").free)
    call_command("migrate", verbosity=0)
    call_command("rotate_keys")
    started, worked = time.perf_counter(), time.process_time()
    grow(scale)
    took, ours = time.perf_counter() - started, time.process_time() - worked
    for table, (rows, size) in sorted(sizes().items(), key=lambda of: -of[1][1]):
        print(f"{table:36}{rows:>12,}{size / 1e6:>12,.0f} MB")
    print(f"scale {scale}: {took:.0f} s, {ours:.0f} s of them this process; {connection.vendor}")


if __name__ == "__main__":
    main()
