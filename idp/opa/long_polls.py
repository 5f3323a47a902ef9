"""Long polls: a request that waits until there is another bundle, a few of them at a time.

A request that waits occupies a thread of the web server, and there are few of those. So only so
many may wait in one process, none for long, and none with a database connection.
"""

import threading
import time
from functools import lru_cache

from django.db import connections

from foundation.base import conf
from foundation.base.configuration.one import one_configuration
from idp.opa.editions import current_bundle, current_edition
from idp.opa.watch import Watch
from policy.opa.bundle import OpaBundle

LONGEST = 5.0
"""Seconds; OPA asks again at once. A server that is to stop waits for as long."""
INTERVAL = 0.25
"""Seconds between two looks at what may have changed."""


class TooManyWaitError(Exception):
    """Every place to wait in this process is taken."""


def next_bundle(audience: str, known: str, seconds: float) -> OpaBundle:
    """Return the bundle once its revision is not `known`, or whatever it is after `seconds`.

    Raises `TooManyWaitError`, and what `current_bundle` raises.
    """
    edition, bundle = current_bundle(audience)
    if bundle.revision != known or seconds <= 0:
        return bundle
    places = _places(conf.current().opa_long_polls)
    if not places.acquire(blocking=False):
        raise TooManyWaitError
    try:
        ends_at = time.monotonic() + min(seconds, LONGEST)
        while bundle.revision == known and (left := ends_at - time.monotonic()) > 0:
            _let_go()
            _watch.wait(edition, left)
            with one_configuration():
                edition, bundle = current_bundle(audience)
    finally:
        places.release()
    return bundle


def _let_go() -> None:
    """Give the database connection back; whoever is in a transaction still needs it."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


@lru_cache
def _places(number: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(number)


_watch = Watch(current_edition, interval=INTERVAL, rest=_let_go)
