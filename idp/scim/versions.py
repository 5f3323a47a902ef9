"""Versions (RFC 7644 §3.14), and changes that begin anew when somebody else was faster."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from scim2_models import SCIMException

T = TypeVar("T")
TRIES = 4


class StaleError(Exception):
    """What was read is not what is there."""


class PreconditionFailedError(SCIMException):
    """The resource is another than `If-Match` names (RFC 7644 §3.14, RFC 9110 §13.1.1)."""

    status = 412
    _default_detail = "The resource has changed meanwhile."


class BusyError(SCIMException):
    """Others change the same resource again and again."""

    status = 503
    _default_detail = "The resource is being changed. Try again."


def must_match(if_match: str, version: str) -> None:
    """Raise `PreconditionFailedError` unless the header is empty, `*`, or names the version."""
    if not if_match:
        return
    named = {_opaque(each) for each in if_match.split(",")}
    if "*" not in named and _opaque(version) not in named:
        raise PreconditionFailedError


def attempt(change: Callable[[], T], *, if_match: str) -> T:
    """Return what `change` does in a transaction; it raises `StaleError` when it came too late.

    Who named a version is told; who did not has it done on what is there now.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return change()
        except StaleError:
            if if_match:
                raise PreconditionFailedError from None
    raise BusyError


def _opaque(tag: str) -> str:
    """Return a tag for weak comparison (RFC 9110 §8.8.3.2): clients send it with and without W/."""
    return tag.strip().removeprefix("W/").strip('"')
