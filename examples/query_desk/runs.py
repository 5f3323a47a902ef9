"""The last queries of a visit, each under an address of its own: tabs do not mix them up."""

import secrets
from collections import OrderedDict

from query_desk.queries import Run
from query_desk.visits import visit

MOST = 20


def keep(run: Run) -> str:
    """Remember what became of a query; return its key."""
    key = secrets.token_urlsafe(9)
    with visit().lock:
        runs = visit().setdefault("runs", OrderedDict())
        runs[key] = run
        while len(runs) > MOST:
            runs.popitem(last=False)
    return key


def find(key: str) -> Run | None:
    """Return the query with a key; None when this visit does not know it, or not any more."""
    run: Run | None = visit().get("runs", {}).get(key)
    return run
