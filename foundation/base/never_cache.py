"""Pages of one person, and answers with codes in them, are kept by nobody (RFC 9111 §5.2.2.5)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"
V = TypeVar("V", bound=Callable[..., Any])


def never_cache(view: V) -> V:
    """Say so of whatever the view answers: Django's decorator, whose header is put together once.

    Without its `Expires`, which no cache looks at beside this (RFC 9111 §5.3).
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = NEVER
        return response

    return answered  # type: ignore[return-value]
