"""One answer to one authorization request, whichever way and however often it came."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from consent.approvals.use.outcome import forget_way_back
from idp.authorize.stored import pending, pushed
from idp.errors import InvalidRequestError, InvalidRequestUriError, PageError
from idp.models import StoredAuthorizationRequest


def use_up(stored: StoredAuthorizationRequest | None, *, pushed_pk: int | None) -> None:
    """Use up what waited for a person and what was pushed; raises `PageError` the second time.

    All or nothing, also of what is done with it in the caller's transaction.
    """
    if stored is not None or pushed_pk is not None:
        _use_up(stored, pushed_pk, timezone.now())


@transaction.atomic(savepoint=False)
def _use_up(
    stored: StoredAuthorizationRequest | None, pushed_pk: int | None, now: datetime
) -> None:
    if stored is not None and stored.consent_request_id and _has_details(stored):
        forget_way_back(stored.consent_request_id)
    if stored is not None and not pending.consume(stored, now=now):
        raise PageError(InvalidRequestError("This request has been answered already."))
    if pushed_pk is not None and not pushed.use_up(pushed_pk, now=now):
        raise PageError(InvalidRequestUriError())


def _has_details(stored: StoredAuthorizationRequest) -> bool:
    return bool(stored.parameters.get("authorization_details"))
