"""Single claims as questions of their own: what is asked for without the scope that releases it.

OIDC Core §5.5 lets an application ask for one claim and not for a whole scope. The person is asked
for exactly that claim, and it is granted, denied, remembered and taken back like a scope; a grant
that holds it holds nothing else of its scope.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims.catalogue import scopes as catalogue
from claims.catalogue.entitlement import entries_open_to
from claims.catalogue.models import ScopePolicy
from claims.catalogue.scopes import CatalogueEntry
from claims.contents import claims_of
from claims.display.in_words import label_of
from claims.single import is_single, scope_and_claim, single_name
from claims.targets import FOR_THE_CLIENT
from foundation.directory.models import Client

LONGEST = 100
"""Characters of a name that a decision has room for."""


@dataclass(frozen=True)
class SingleClaim(CatalogueEntry):
    """One claim, under the conditions of the scope that releases it; never required."""

    claim: str = ""
    scope: str = ""

    @property
    def title(self) -> str:
        """What the claim is called, in the language of the reader."""
        return label_of(self.claim)

    @property
    def sentence(self) -> str:
        """That it is this alone, in the language of the reader; the scope's where that is all."""
        if claims_of(self.name) == claims_of(self.scope):
            return super().sentence
        return _("Only this detail, nothing else of “%(scope)s”.") % {"scope": super().title}


def entry_of(name: str) -> CatalogueEntry | None:
    """Return what a name in a grant means, scope or single claim; None for an unknown one."""
    if not is_single(name):
        return catalogue.find(name)
    scope, claim = scope_and_claim(name)
    entry = catalogue.find(scope)
    if entry is None or entry.is_implicit or claim not in claims_of(entry.template):
        return None
    kept = {item.name: getattr(entry, item.name) for item in fields(entry)}
    if entry.is_required:
        # It is the scope that the application cannot work without.
        kept["policy"] = ScopePolicy.OPTIONAL.value
    return SingleClaim(**{**kept, "name": name, "template": name}, claim=claim, scope=entry.name)


def requested(
    requested_claims: Mapping[str, Any], client: Client, scopes: Collection[str]
) -> tuple[SingleClaim, ...]:
    """Return the claims that are asked for alone and may be: their scopes are open to the client.

    `requested_claims` is the `claims` parameter, which means something in OpenID requests only; no
    claim of the `scopes` that are asked for is alone. No statement.
    """
    asked = _asked_for(requested_claims)
    if not asked or "openid" not in scopes:
        return ()
    found = (entry_of(name) for name in _names(asked, client, scopes))
    return tuple(entry for entry in found if isinstance(entry, SingleClaim))


def _asked_for(requested_claims: Mapping[str, Any]) -> frozenset[str]:
    members = (requested_claims.get(target) for target in FOR_THE_CLIENT)
    return frozenset(claim for asked in members if isinstance(asked, Mapping) for claim in asked)


def _names(asked: Collection[str], client: Client, scopes: Collection[str]) -> list[str]:
    others = catalogue.found(sorted(client.scopes - set(scopes)))
    names = {
        single_name(entry.name, claim)
        for entry in entries_open_to(client, others)
        if entry.is_for_people
        for claim in claims_of(entry.template)
        if claim in asked
    }
    return sorted(name for name in names if len(name) <= LONGEST)


def released_singly(
    requested_claims: Mapping[str, Any],
    client: Client,
    scopes: Collection[str],
    held: Mapping[str, int | None],
    now: datetime,
) -> Iterator[SingleClaim]:
    """Yield the claims asked for beside scopes that the grant lets be released.

    `scopes` are those of the authorization, whatever a token has of them; `held` is `Grant.scopes`:
    it has the claim, or its scope as a whole.
    """
    for entry in requested(requested_claims, client, scopes):
        if any(name in held and _lasts(held[name], now) for name in (entry.name, entry.scope)):
            yield entry


def claims_held(held: Mapping[str, int | None], now: datetime) -> Iterator[str]:
    """Yield the claims that a grant holds without their scopes. `held` is `Grant.scopes`."""
    for name, expiry in held.items():
        if is_single(name) and _lasts(expiry, now) and (entry := entry_of(name)):
            yield from claims_of(entry.name)


def taken_back_with(
    scope: str, withheld: Collection[str], held: Collection[str], *, is_denied: bool
) -> list[str]:
    """Return the single claims that a no to a scope, or to claims inside it, is a no to as well."""
    return sorted(
        name
        for name in held
        if is_single(name)
        and scope_and_claim(name)[0] == scope
        and (is_denied or scope_and_claim(name)[1] in withheld)
    )


def _lasts(expiry: int | None, now: datetime) -> bool:
    return expiry is None or expiry > now.timestamp()
