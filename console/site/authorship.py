"""Who changes what in the administration: every page that changes anything says so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from foundation.journal.acts import acting_as, record_changes
from foundation.journal.visitor import administrator_context

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def recorded(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let what a view changes be changed by the administrator, and be in the history at once."""

    @wraps(view)
    def as_administrator(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method in SAFE:
            return view(request, *args, **kwargs)
        with acting_as(administrator_context(request)):
            response = view(request, *args, **kwargs)
        transaction.on_commit(record_changes, robust=True)
        return response

    return as_administrator
