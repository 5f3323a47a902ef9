"""Writing grants: what stands between one person and one client.

Every change raises the version and is made under a lock on the row. Tokens join their grant when
they are used, so a change here narrows or ends them at once and nothing else has to be written.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from claims.addresses import EMAIL_SCOPE
from claims.catalogue import scopes as catalogue
from claims.catalogue.scopes import CatalogueEntry
from claims.single import is_single
from consent.approvals.use.ending import revoke_unused
from consent.consent_question import ConsentQuestion
from consent.errors import GrantGoneError
from consent.grants import acts
from consent.grants.decisions import Parties, ScopeVerdict, record
from consent.grants.of_request import decisions_of
from consent.grants.selectors import standing_grant
from consent.grants.single_claims import entry_of
from consent.models import DecisionOutcome, Grant, Intent
from foundation.directory.models import Client, User
from foundation.journal import acts as history, deny_list
from foundation.journal.context import BY_THE_CLIENT, BY_THE_SYSTEM, DecisionContext


def ensure_grant(
    *, user: User, client: Client, scopes: Collection[str], before: Grant | None = None
) -> Grant:
    """Return the ordinary grant, holding at least the implicit scopes among these.

    Meant for a request about which nothing has to be asked. A missing grant is made; scopes that
    need a decision are never added here. One statement when there is nothing to add, none when the
    grant was read `before`: whoever issues from it asks for the version that was read.
    """
    implicit = _implicit(scopes)
    grant = before or standing_grant(user, client)
    if grant is not None and implicit.keys() <= grant.scopes.keys():
        return grant
    with transaction.atomic():
        grant = lock_or_open(user.pk, client.pk)
        _add_implicit(grant, implicit)
    return grant


@transaction.atomic
def hold(grant: Grant, scopes: Collection[str], *, only: bool) -> Grant:
    """Return this very grant, locked, holding at least the implicit scopes among these.

    With `only` it gives up every scope that is not among them. The lock lets who comes at the same
    time see what was done here. Raises GrantGoneError when the grant has been revoked.
    """
    held = lock(grant.pk)
    if held is None:
        raise GrantGoneError
    if only:
        give_up_others(held, scopes)
    _add_implicit(held, _implicit(scopes))
    return held


def give_up_others(grant: Grant, scopes: Collection[str]) -> None:
    """Let a locked grant keep nothing but these scopes: its client wants no more."""
    given_up = grant.scopes.keys() - set(scopes)
    if not given_up:
        return
    # A scope that has ended by itself keeps its row until the history has taken that down.
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    decisions = decisions_of(grant).filter(lasting, outcome=DecisionOutcome.GRANTED)
    decisions.filter(scope__in=given_up).delete()
    write_scopes(grant, without(grant.scopes, given_up))
    history.record([acts.revoked(grant, " ".join(sorted(given_up)), BY_THE_CLIENT)])


@transaction.atomic
def revoke_scope(grant: Grant, scope: str, *, context: DecisionContext) -> bool:
    """Take one scope back; it counts as denied from now on. Say whether anything changed.

    Implicit scopes belong to the sign-in itself: they end with the grant, not before.
    """
    entry = entry_of(scope)
    held = lock(grant.pk)
    if held is None or scope not in held.scopes:
        return False
    if entry is not None and entry.is_implicit:
        return False
    denial = ScopeVerdict(scope, DecisionOutcome.DENIED, entry=entry)
    record(Parties.of(held), [denial], context, timezone.now())
    write_scopes(held, without(held.scopes, {scope}))
    history.record([acts.revoked(held, scope, context)])
    return True


@transaction.atomic
def revoke_grant(grant: Grant, *, context: DecisionContext = BY_THE_SYSTEM) -> bool:
    """End the grant and with it every token that points at it. Say whether it was standing."""
    changed = Grant.objects.filter(pk=grant.pk, revoked_at=None).update(
        revoked_at=timezone.now(), updated_at=timezone.now(), version=F("version") + 1
    )
    if changed:
        deny_list.deny_grants([grant.pk])
        revoke_unused(context, grant=grant.pk)
        names = " ".join(sorted(grant.scopes))
        history.record([acts.revoked(grant, names, context, whole=True)])
    return bool(changed)


@transaction.atomic
def forget_denial(grant: Grant, scope: str, *, context: DecisionContext = BY_THE_SYSTEM) -> bool:
    """Let the client ask for a denied scope again. Say whether there was a denial."""
    denials = decisions_of(grant).filter(scope=scope, outcome=DecisionOutcome.DENIED)
    deleted, _ = denials.delete()
    if deleted:
        history.record([acts.reopened(grant, scope, context)])
    return bool(deleted)


def lock(pk: UUID) -> Grant | None:
    """Return a grant if it stands, locked until the transaction ends."""
    return Grant.objects.select_for_update().filter(pk=pk, revoked_at=None).first()


def open_for(question: ConsentQuestion) -> Grant:
    """Return the new and empty grant that an answer to this question begins, locked."""
    person, client = question.person_id, question.client.pk
    if question.aim.intent == Intent.CREATE:
        return Grant.objects.create(user_id=person, client_id=client, separate=True)
    return lock_or_open(person, client)


def lock_or_open(user_id: UUID, client_id: int) -> Grant:
    """Return the ordinary grant, locked; a new and empty one when there was none."""
    grant = _lock_ordinary(user_id, client_id)
    if grant is None:
        # Two answers may arrive together: the constraint lets one row in, both go on with it.
        Grant.objects.bulk_create(
            [Grant(user_id=user_id, client_id=client_id)], ignore_conflicts=True
        )
        grant = _lock_ordinary(user_id, client_id)
    if grant is None:
        raise Grant.DoesNotExist
    return grant


def write_scopes(
    grant: Grant,
    scopes: Mapping[str, int | None],
    withheld: Mapping[str, Collection[str]] | None = None,
    shared_email: str | None = None,
) -> None:
    """Store what a locked grant holds, `{scope: expiry in epoch seconds or None}`: a new version.

    What it does not hold any more goes to the deny-list. `withheld` has the claims left out of
    scopes decided about now, `{scope: claims}`; `shared_email` is the address chosen now, None: as
    before. No scope, no address.
    """
    left_out = grant.withheld_claims | {s: list(claims) for s, claims in (withheld or {}).items()}
    lost = grant.scopes.keys() - scopes.keys()
    # No token carries the name of a single claim: guards have nothing to refuse.
    if lost := {name for name in lost if not is_single(name)}:
        deny_list.deny_grants([grant.pk], scopes=lost)
    grant.scopes = dict(scopes)
    grant.withheld_claims = {s: claims for s, claims in left_out.items() if claims and s in scopes}
    chosen = grant.shared_email if shared_email is None else shared_email
    grant.shared_email = chosen if EMAIL_SCOPE in scopes else ""
    grant.version += 1
    columns = ["scopes", "withheld_claims", "shared_email", "version", "updated_at"]
    grant.save(update_fields=columns)


def without(scopes: Mapping[str, int | None], names: Collection[str]) -> dict[str, int | None]:
    """Return the scopes less those named."""
    return {name: expiry for name, expiry in scopes.items() if name not in names}


def _lock_ordinary(user_id: UUID, client_id: int) -> Grant | None:
    grants = Grant.objects.select_for_update().filter(separate=False, revoked_at=None)
    return grants.filter(user_id=user_id, client_id=client_id).first()


def _implicit(scopes: Collection[str]) -> dict[str, CatalogueEntry]:
    return {entry.name: entry for entry in catalogue.known(scopes) if entry.is_implicit}


def _add_implicit(grant: Grant, implicit: Mapping[str, CatalogueEntry]) -> None:
    missing = {name: entry for name, entry in implicit.items() if name not in grant.scopes}
    if missing:
        history.record(acts.implied(grant, missing.values(), BY_THE_SYSTEM))
        write_scopes(grant, grant.scopes | dict.fromkeys(missing))
