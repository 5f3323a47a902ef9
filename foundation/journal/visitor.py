"""The person in front of the screen, and how that is recorded with a decision."""

from dataclasses import replace
from functools import lru_cache
from typing import cast

from django.http import HttpRequest
from django.utils.translation import get_language

from foundation.directory.models import User
from foundation.journal.context import DecisionContext
from foundation.journal.models import Actor
from scopeward_guard.vocabulary import parse_address


def person(request: HttpRequest) -> User:
    """Return who is signed in; for views that nobody else reaches."""
    return cast("User", request.user)


def decision_context(request: HttpRequest, acr: str = "") -> DecisionContext:
    """Return language, address and browser of the request; `acr` is that of the sign-in."""
    return DecisionContext(
        locale=get_language() or "",
        address=_address(request.META.get("REMOTE_ADDR", "")),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        acr=acr,
    )


def administrator_context(request: HttpRequest, reason: str = "") -> DecisionContext:
    """Return the context of what an administrator does to somebody else's access."""
    context = decision_context(request)
    who = str(person(request).pk)
    return replace(context, actor=Actor.ADMINISTRATOR, actor_id=who, reason=reason)


@lru_cache(maxsize=4096)
def _address(text: str) -> str | None:
    # A server listening on a Unix socket has no address of its peer to give.
    try:
        return str(parse_address(text))
    except ValueError:
        return None
