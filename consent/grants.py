"""Writing grants: what stands between one person and one client.

Every change raises the version and is made under a lock on the row. Tokens join their grant when
they are used, so a change here narrows or ends them at once and nothing else has to be written.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone

from consent import acts, catalogue, deny_list, history
from consent.decisions import BY_THE_SYSTEM, DecisionContext, Parties, Verdict, record
from consent.models import Decision, Grant, Outcome
from consent.selectors import standing_grant


def ensure_grant(*, user: Model, client: Model, scopes: Collection[str]) -> Grant:
    """Return the standing grant, holding at least the implicit scopes among these.

    Meant for a request about which nothing has to be asked. A missing grant is made; scopes that
    need a decision are never added here. One statement when there is nothing to add.
    """
    implicit = {entry.name for entry in catalogue.known(scopes) if entry.is_implicit}
    grant = standing_grant(user, client)
    if grant is not None and implicit <= grant.scopes.keys():
        return grant
    with transaction.atomic():
        grant = lock_or_open(user.pk, client.pk)
        history.record(acts.implied(grant, implicit - grant.scopes.keys(), BY_THE_SYSTEM))
        write_scopes(grant, grant.scopes | dict.fromkeys(implicit))
    return grant


@transaction.atomic
def revoke_scope(grant: Grant, scope: str, *, context: DecisionContext) -> bool:
    """Take one scope back; it counts as denied from now on. Say whether anything changed.

    Implicit scopes belong to the sign-in itself: they end with the grant, not before.
    """
    entry = catalogue.all_scopes().get(scope)
    held = lock_standing(grant.user_id, grant.client_id)
    if held is None or held.pk != grant.pk or scope not in held.scopes:
        return False
    if entry is not None and entry.is_implicit:
        return False
    parties = Parties(held.user_id, held.client_id, held.pk)
    record(parties, [Verdict(scope, Outcome.DENIED)], context, timezone.now())
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
        history.record([acts.revoked(grant, " ".join(sorted(grant.scopes)), context)])
    return bool(changed)


@transaction.atomic
def forget_denial(grant: Grant, scope: str, *, context: DecisionContext = BY_THE_SYSTEM) -> bool:
    """Let the client ask for a denied scope again. Say whether there was a denial."""
    deleted, _ = Decision.objects.filter(
        user_id=grant.user_id, client_id=grant.client_id, scope=scope, outcome=Outcome.DENIED
    ).delete()
    if deleted:
        history.record([acts.reopened(grant, scope, context)])
    return bool(deleted)


def lock_standing(user_id: UUID, client_id: int) -> Grant | None:
    """Return the standing grant, locked until the transaction ends."""
    return (
        Grant.objects.select_for_update()
        .filter(user_id=user_id, client_id=client_id, revoked_at=None)
        .first()
    )


def lock_or_open(user_id: UUID, client_id: int) -> Grant:
    """Return the standing grant, locked; a new and empty one when there was none."""
    grant = lock_standing(user_id, client_id)
    if grant is None:
        # Two answers may arrive together: the constraint lets one row in, both go on with it.
        Grant.objects.bulk_create(
            [Grant(user_id=user_id, client_id=client_id)], ignore_conflicts=True
        )
        grant = lock_standing(user_id, client_id)
    if grant is None:
        raise Grant.DoesNotExist
    return grant


def write_scopes(
    grant: Grant,
    scopes: Mapping[str, int | None],
    withheld: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Store what a locked grant holds, `{scope: expiry in epoch seconds or None}`: a new version.

    What it does not hold any more goes to the deny-list. `withheld` has the claims left out of
    scopes decided about now, `{scope: claims}`.
    """
    left_out = grant.withheld_claims | {s: list(claims) for s, claims in (withheld or {}).items()}
    lost = grant.scopes.keys() - scopes.keys()
    if lost:
        deny_list.deny_grants([grant.pk], scopes=lost)
    grant.scopes = dict(scopes)
    grant.withheld_claims = {s: claims for s, claims in left_out.items() if claims and s in scopes}
    grant.version += 1
    grant.save(update_fields=["scopes", "withheld_claims", "version", "updated_at"])


def without(scopes: Mapping[str, int | None], names: Collection[str]) -> dict[str, int | None]:
    """Return the scopes less those named."""
    return {name: expiry for name, expiry in scopes.items() if name not in names}
