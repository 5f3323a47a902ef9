"""Claims of a provider that become attributes here, and what of them stays somebody else's.

What a provider filled it may change and empty again. It leaves alone what a directory or another
provider gives, what was there before it came, and what somebody has changed here since: emptied as
well, since a role that was taken from somebody must not come back with their next sign-in.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from claims.attributes import definitions
from claims.services import attributes_of, check_values, set_attributes
from foundation.base.texts.storable import is_storable
from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from foundation.directory.upstream.models import UpstreamAccount
from idp.accounts.provisioning.facts import ATTRIBUTE, COLUMNS
from idp.upstream.relying_party.exchange import SaidUpstream
from idp.upstream.table import claim_at

log = structlog.get_logger(__name__)
TAKEN_COLUMNS = frozenset(COLUMNS) - {"username", "email", "external_id"}
"""Who somebody is, and how they are reached, is no claim to be taken over."""
LONGEST_TEXT, MOST_TEXTS = 255, 100


@transaction.atomic
def take_over(account: UpstreamAccount, said: SaidUpstream) -> None:
    """Fill what the provider's table names, as far as it is this provider's to fill."""
    if not (account.provider.taken or account.gives):
        return
    # Of two sign-ins at once the second waits, and sees what the first has written.
    person = User.objects.select_for_update().get(pk=account.user_id)
    account.refresh_from_db(fields=["gives"])
    here = {**_columns(person), **_attributes(person)}
    after = _after(account, said, here, _of_others(account))
    if changed := {name: value for name, value in after.items() if value != here.get(name)}:
        _write(person, changed)
    named = {name for _, name in account.provider.taken}
    # What its table names no more is from now on as if somebody here had written it.
    gives = {name: digest for name, digest in account.gives.items() if name in named}
    gives |= {name: _digest(value) for name, value in after.items()}
    if gives != account.gives:
        UpstreamAccount.objects.filter(pk=account.pk).update(gives=gives)


@transaction.atomic
def take_away(account: UpstreamAccount) -> None:
    """Empty what the account filled and nobody has changed since: it vouches for it no more."""
    if not account.gives:
        return
    person = User.objects.select_for_update().get(pk=account.user_id)
    here = {**_columns(person), **_attributes(person)}
    others = _of_others(account)
    mine = [
        name
        for name, digest in account.gives.items()
        if name not in others and here.get(name) is not None and _digest(here[name]) == digest
    ]
    _write(person, dict.fromkeys(mine))


def filled(account: UpstreamAccount, person: User) -> dict[str, bool]:
    """Return what an account fills, by name, and whether that still is what it filled in."""
    here = {**_columns(person), **_attributes(person)}
    return {name: _digest(here.get(name)) == digest for name, digest in account.gives.items()}


def _after(
    account: UpstreamAccount, said: SaidUpstream, here: Mapping[str, Any], others: set[str]
) -> dict[str, Any]:
    """Return what the provider's own fields are afterwards; None for an empty one."""
    after = {}
    for claim, name in account.provider.taken:
        value = _fitting(name, claim_at(said.claims, claim))
        given, now = account.gives.get(name), here.get(name)
        is_ours = now is None if given is None else _digest(now) == given
        is_silent = value is None and (given is None or not said.is_whole)
        if is_ours and not is_silent and name not in others:
            after[name] = value
    return after


def _of_others(account: UpstreamAccount) -> set[str]:
    """Return what other sources give: a directory first, else the provider that came first."""
    provided = ProvidedPerson.objects.filter(person=account.user_id).values_list("gives", flat=True)
    accounts = UpstreamAccount.objects.filter(user=account.user_id).exclude(pk=account.pk)
    elsewhere = accounts.values_list("gives", flat=True)
    return {name for names in (*provided, *elsewhere) for name in names}


def _columns(person: User) -> dict[str, Any]:
    return {name: value for name in TAKEN_COLUMNS if (value := getattr(person, name))}


def _attributes(person: User) -> dict[str, Any]:
    recorded = attributes_of([person.pk]).get(person.pk, {})
    return {ATTRIBUTE + name: value for name, value in recorded.items()}


def _fitting(name: str, value: Any) -> Any:
    """Return a claim as its field takes it, None for one that does not fit."""
    if value is None or not _is_bounded(value):
        return None
    try:
        if name in TAKEN_COLUMNS:
            column: Any = User._meta.get_field(name)  # noqa: SLF001 - documented
            column.run_validators(value)
            return value if isinstance(value, str) and value else None
        attribute = name.removeprefix(ATTRIBUTE)
        known = definitions().get(attribute)
        is_list = known is not None and known.kind == "list"
        listed = [value] if is_list and isinstance(value, str) else value
        check_values({attribute: listed})
    except (ValidationError, TypeError) as error:
        log.info("upstream_claim_not_taken", name=name, why=str(error))
        return None
    return listed


def _is_bounded(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and is_storable(value)
    if isinstance(value, list):
        return len(value) <= MOST_TEXTS and all(
            isinstance(each, str) and _is_bounded(each) for each in value
        )
    return isinstance(value, bool)


def _write(person: User, changed: Mapping[str, Any]) -> None:
    columns = {name: value for name, value in changed.items() if name in TAKEN_COLUMNS}
    if "phone_number" in columns:
        columns["phone_number_verified"] = False
    for name, value in columns.items():
        setattr(person, name, "" if value is None else value)
    if columns:
        person.save(update_fields=[*columns, "updated_at"])
    attributes = {
        name.removeprefix(ATTRIBUTE): value
        for name, value in changed.items()
        if name.startswith(ATTRIBUTE)
    }
    if known := {name: value for name, value in attributes.items() if name in definitions()}:
        set_attributes(person, known)


def names_that_may_be_filled() -> Iterable[str]:
    """Return what a table may name."""
    return [*sorted(TAKEN_COLUMNS), *(ATTRIBUTE + name for name in definitions())]


def _digest(value: Any) -> str:
    """Return what a value is known by later; the same for a list and a tuple."""
    said = json.dumps(list(value) if isinstance(value, tuple) else value, sort_keys=True)
    return sha256(said.encode()).hexdigest()
