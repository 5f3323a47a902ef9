"""What a page says of applications, scopes and values."""

from dataclasses import dataclass
from datetime import datetime

from consent.models import Grant


@dataclass(frozen=True)
class ScopeAccess:
    """One scope of one application."""

    name: str
    title: str
    sentence: str
    is_implicit: bool
    is_required: bool
    since: datetime | None
    until: datetime | None
    has_ended: bool
    withheld: tuple[str, ...] = ()
    """The details left out, in words."""
    values: tuple[tuple[str, str], ...] = ()
    """What a token would release now, as (label, value) in words."""


@dataclass(frozen=True)
class ApplicationAccess:
    """What one application may do, and what the person said no to."""

    grant: Grant
    scopes: tuple[ScopeAccess, ...]
    denied: tuple[ScopeAccess, ...]
    last_used: datetime | None = None
    """When it last fetched a token; None when it never did."""
