"""Taking tokens back (RFC 7009), and clearing away what has expired."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from foundation.base.clearing import delete_in_batches
from foundation.base.secrets import digests
from foundation.directory.models import Client
from foundation.journal import deny_list
from idp.models import (
    AccessToken,
    AuthorizationCode,
    PushedAuthorizationRequest,
    RefreshToken,
    RevokedAccessToken,
    StoredAuthorizationRequest,
)
from idp.tokens.access import verified_payload
from idp.tokens.approvals import revoke_single_use
from idp.tokens.families import lookup, store as families

KEPT = timedelta(days=1)
"""Used codes and ended families stay this long, so that a late replay is still recognised."""


def revoke_token(token: str, *, client: Client, now: datetime) -> None:
    """Revoke an access or refresh token of this client; anything else is left alone (§2.1)."""
    payload = verified_payload(token) if token.count(".") == 2 else None
    if payload is not None:
        if payload["client_id"] == client.client_id:
            expires_at = datetime.fromtimestamp(payload["exp"], UTC)
            with transaction.atomic():
                _, is_new = RevokedAccessToken.objects.get_or_create(
                    jti=payload["jti"], defaults={"expires_at": expires_at, "revoked_at": now}
                )
                if is_new:
                    revoke_single_use(payload.get("authorization_details", ()))
                    deny_list.deny_token(payload["jti"])
        return
    found = lookup.by_refresh_token(token, client_pk=client.pk)
    if found is not None:
        # RFC 7009 §2.1: revoking a refresh token ends the access tokens of the same grant too.
        families.revoke_families(now, pk=found[0].get("pk"))
        return
    _revoke_opaque(token, client, now)


@transaction.atomic
def _revoke_opaque(token: str, client: Client, now: datetime) -> None:
    rows = AccessToken.objects.filter(
        token_checksum__in=digests(token), application=client.pk, revoked_at__isnull=True
    )
    for details in list(rows.values_list("authorization_details", flat=True)):
        revoke_single_use(details)
    rows.update(revoked_at=now, updated=now)


def revoke_session(sid: str, *, now: datetime) -> int:
    """End what a signed-out session gave, except what was meant to outlive it (OIDC Core §11)."""
    lasting = Q(token_checksum__gt="")
    return families.revoke_families(now, ~lasting, sid=sid) if sid else 0


def announce_end(**whose: Any) -> None:
    """Tell resource servers that a person or a client may do nothing any more.

    `whose` are lookups of a token family, such as `user`. Call it in the transaction that switches
    them off, once their row is locked. Tokens issued after they are switched on again count.
    """
    recent = families.with_live_tokens(RefreshToken.objects.filter(**whose))
    grants = recent.exclude(grant=None).order_by().values_list("grant", flat=True)
    deny_list.deny_grants(grants.distinct())


def clear_expired(*, now: datetime | None = None) -> dict[str, int]:
    """Delete what can never count again; return how many rows of each kind. Safe at any time."""
    now = now or timezone.now()
    due = {
        "authorization_requests": (
            StoredAuthorizationRequest.objects.filter(expires_at__lte=now),
            "expires_at",
        ),
        # What waits for a person points at what was pushed, so that goes later.
        "pushed_requests": (
            PushedAuthorizationRequest.objects.filter(
                ~Exists(StoredAuthorizationRequest.objects.filter(pushed_request=OuterRef("pk"))),
                expires_at__lte=now - KEPT,
            ),
            "expires_at",
        ),
        "revoked_access_tokens": (
            RevokedAccessToken.objects.filter(expires_at__lte=now),
            "expires_at",
        ),
        "access_tokens": (AccessToken.objects.filter(expires__lte=now), "expires"),
        "codes": (AuthorizationCode.objects.filter(expires__lte=now - KEPT), "expires"),
        "families": (RefreshToken.objects.filter(expires__lte=now - KEPT), "expires"),
        # Apart from the others: no index finds both at once.
        "revoked_families": (RefreshToken.objects.filter(revoked__lte=now - KEPT), "revoked"),
    }
    return {kind: delete_in_batches(rows, by=column) for kind, (rows, column) in due.items()}
