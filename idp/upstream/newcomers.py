"""People who come from a provider for the first time."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import User
from foundation.directory.upstream.models import Newcomers, UpstreamAccount, UpstreamProvider
from foundation.journal.acts import Actor, acting_as
from foundation.journal.context import DecisionContext
from foundation.journal.visitor import decision_context
from idp.upstream import linking
from idp.upstream.table import has_required

NAMES = ("name", "given_name", "family_name")
NOT_IN_NAMES = re.compile(r"[^\w.+-]")
LONGEST_NAME = 100


class NotExpectedError(Exception):
    """Nobody here is connected with that account, and the provider's people get none."""


class AddressTakenError(Exception):
    """Somebody here has that address: they have to connect the account themselves."""


def make_person(
    request: HttpRequest, provider: UpstreamProvider, claims: dict[str, Any], now: datetime
) -> UpstreamAccount:
    """Make a person with that account.

    Raises `NotExpectedError`, `AddressTakenError`, and `linking.TakenError` when somebody else has
    done so at the same moment.
    """
    verified = _verified_address(claims)
    if not (_is_expected(provider, verified) and has_required(provider, claims)):
        raise NotExpectedError
    # An address that nobody has proved is not kept: it could be that of somebody who comes later.
    address = verified if provider.believes_addresses else ""
    if address and EmailAddress.objects.filter(email=address).exists():
        raise AddressTakenError
    filled_later = {name for _, name in provider.taken}
    with acting_as(author_of(request, provider)), transaction.atomic():
        person = _made(claims, address, set(NAMES) - filled_later)
        person.groups.set(provider.groups.all())
        return linking.connect(request, provider, claims, person, now)


def author_of(request: HttpRequest, provider: UpstreamProvider) -> DecisionContext:
    """Return who changes people when a provider says what they are."""
    return replace(decision_context(request), actor=Actor.SYSTEM, program=provider.slug)


def _is_expected(provider: UpstreamProvider, address: str) -> bool:
    if provider.newcomers == Newcomers.DOMAINS:
        return bool(address) and provider.takes(address)
    return provider.newcomers == Newcomers.EVERYBODY


def _verified_address(claims: dict[str, Any]) -> str:
    """Return the address that the provider calls verified (OIDC Core §5.1), in its one form."""
    address = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(address, str):
        return ""
    return canonical_address(address)


def _made(claims: dict[str, Any], address: str, names: Iterable[str]) -> User:
    person = User(username=_free_name(claims), email=address, email_verified=bool(address))
    for name in names:
        value = claims.get(name)
        if isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_NAME:
            setattr(person, name, value)
    person.set_unusable_password()
    try:
        person.full_clean(exclude={"password"})
    except ValidationError as error:
        raise NotExpectedError from error
    person.save()
    if address:
        EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    return person


def _free_name(claims: dict[str, Any]) -> str:
    """Return a user name like the one there; a name that somebody has gets an ending."""
    said = claims.get("preferred_username") or claims.get("email") or ""
    begun = said.partition("@")[0] if isinstance(said, str) else ""
    name = NOT_IN_NAMES.sub("", begun)[:LONGEST_NAME] or "person"
    while User.objects.filter(username_key=canonical_name(name)).exists():
        name = f"{name[:LONGEST_NAME]}-{secrets.token_hex(4)}"
    return name
