"""One answer to one authorization request, whichever way and however often it came."""

from django.db import transaction
from django.utils import timezone

from consent.approvals.use.outcome import forget_way_back
from idp.authorize.stored import pending, pushed
from idp.errors import InvalidRequestError, InvalidRequestUriError, PageError
from idp.models import StoredAuthorizationRequest


@transaction.atomic
def use_up(stored: StoredAuthorizationRequest | None, *, pushed_pk: int | None) -> None:
    """Use up what waited for a person and what was pushed; raises `PageError` the second time."""
    now = timezone.now()
    if stored is not None and stored.consent_request_id and _has_details(stored):
        forget_way_back(stored.consent_request_id)
    if stored is not None and not pending.consume(stored, now=now):
        raise PageError(InvalidRequestError("This request has been answered already."))
    if pushed_pk is not None and not pushed.use_up(pushed_pk, now=now):
        raise PageError(InvalidRequestUriError())


def _has_details(stored: StoredAuthorizationRequest) -> bool:
    return bool(stored.parameters.get("authorization_details"))
