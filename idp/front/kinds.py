"""Which threads a request is for."""

from typing import Any

from django.db import connections

from foundation.base.conf import Conf
from idp.front.limits import MACHINE_QUEUE, PAGE_QUEUE
from idp.front.pools import Pool
from idp.protocol.paths import OPA_BUNDLES
from idp.web.machine_endpoints import machine_endpoint

MACHINES, PAGES, LASTING = "machines", "pages", "lasting"
SPARE = 4
"""Threads for what lasts, besides those that wait for a bundle."""


def pools_of(conf: Conf) -> dict[str, Pool]:
    """Return the pools of one process."""
    lasting = conf.opa_long_polls + SPARE
    return {
        MACHINES: Pool(MACHINES, conf.machine_threads, MACHINE_QUEUE),
        PAGES: Pool(PAGES, conf.page_threads, PAGE_QUEUE),
        # Many threads that are rarely busy: none keeps a database connection.
        LASTING: Pool(LASTING, lasting, lasting, afterwards=connections.close_all),
    }


def pool_of(path: str, headers: Any) -> str:
    """Return the name of the pool for a path and the headers of a request."""
    if path == "/readyz" or (path.startswith(f"{OPA_BUNDLES}/") and "prefer" in headers):
        return LASTING
    return MACHINES if machine_endpoint(path) else PAGES
