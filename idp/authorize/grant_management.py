"""The grant that a code is for (Grant Management for OAuth 2.0 §5.2).

Without `grant_management_action` it is the ordinary grant of the person and the client.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, cast
from uuid import UUID

from consent.asking.prompts import ConsentQuestions
from consent.consent_question import USUAL, Aim, Intent
from consent.errors import GrantGoneError
from consent.grants.services import ensure_grant, hold
from idp.authorize.checks.scope import effective_scopes
from idp.authorize.situation import Situation
from idp.errors import AccessDeniedError, InvalidGrantIdError, OAuthError
from idp.grant_management import CREATE, MERGE, REPLACE
from idp.tokens.families.store import revoke_families

if TYPE_CHECKING:
    from consent.models import Grant

INTENTS = {CREATE: Intent.CREATE, MERGE: Intent.MERGE, REPLACE: Intent.REPLACE}


def aim_of(situation: Situation) -> Aim:
    """Return what the request does to which grant.

    Once the person has answered, that is to use what the answer made of it: nothing is created or
    replaced twice.
    """
    action = situation.request.grant_management_action
    if not action:
        return USUAL
    if situation.decided_grant is not None:
        return Aim(Intent.MERGE, situation.decided_grant)
    grant_id = situation.request.grant_id
    return Aim(INTENTS[action], UUID(grant_id) if grant_id else None)


def gone(situation: Situation) -> OAuthError:
    """Return what the client is told when the grant does not stand, or not any more."""
    if situation.request.grant_management_action == CREATE:
        return AccessDeniedError()  # taken back before the code for it was issued
    return InvalidGrantIdError()


def settled_grant(
    situation: Situation, asked: ConsentQuestions, scopes: Collection[str]
) -> "Grant":
    """Return the grant asked about as the code is for it. Call it in the code's transaction.

    A scope that needs no question may be asked for the first time: the grant has to hold it. What
    a merged or replaced grant gave before ends (§5.2); the lock on the grant lets whoever comes at
    the same time see, and end, the family that is opened now. Raises `OAuthError`.
    """
    assert situation.sign_in is not None  # noqa: S101 - the steps before have seen to it
    request = situation.request
    if not request.grant_management_action:
        found = ensure_grant(
            user=situation.sign_in.user,
            client=situation.client,
            scopes=scopes,
            before=asked.grant,
        )
        if asked.grant is None or found.pk != asked.grant.pk:
            raise AccessDeniedError  # taken back this very moment
        return found
    only = request.grant_management_action == REPLACE and situation.decided_grant is None
    wanted = {*effective_scopes(request, situation.client), *asked.names} if only else scopes
    try:
        found = hold(cast("Grant", asked.grant), wanted, only=only)
    except GrantGoneError:
        raise gone(situation) from None
    if request.grant_management_action != CREATE:
        revoke_families(situation.now, grant=found.pk)
    return found
