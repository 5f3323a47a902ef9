"""A key of which there seems to be a copy is dealt with alike on every page that asks for one.

The transaction in which it answered is gone by then: deal with it after that, and outside.
"""

from collections.abc import Callable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

Consequence = Callable[[HttpRequest, Authenticator, datetime], None]
consequences: list[Consequence] = []
"""What follows; whoever mails people and writes acts adds it when the programs start."""


def deal_with(request: HttpRequest, factor: Authenticator, now: datetime) -> None:
    """Let follow what follows: the key is switched off, its person told."""
    for consequence in consequences:
        consequence(request, factor, now)
