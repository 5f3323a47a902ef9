"""The person comes to answer, signed in as freshly and strongly as it takes (CIBA Core §8)."""

from datetime import datetime
from enum import Enum

from foundation.directory.levels import levels, satisfies
from foundation.directory.sign_in import SignIn
from idp.authorize.checks.authorization_details import requested_details
from idp.authorize.request import AuthorizationRequest
from idp.backchannel.outcome import BackchannelState, outcome_of
from idp.errors import InvalidAuthorizationDetailsError
from idp.models import BackchannelRequest

ON_THE_WAY = 30
"""Seconds from signing in to coming back: a younger sign-in is never asked for again."""


class VisitStep(Enum):
    """Where the person goes next."""

    REAUTHENTICATE = "reauthenticate"
    ANSWER = "answer"
    OVER = "over"


def visit(request: BackchannelRequest, sign_in: SignIn, *, now: datetime) -> VisitStep:
    """Take note of a person who is there, and return what is left for them to do.

    They come by the link, and again from the consent screen. Their sign-in is kept each time, if it
    is good enough: tokens tell of it, and of no other that they may have elsewhere (OIDC Core §2).
    """
    state = outcome_of(request, now=now).state
    if not is_good_enough(request, sign_in, now=now):
        return VisitStep.REAUTHENTICATE if state is BackchannelState.WAITING else VisitStep.OVER
    _note_sign_in(request, sign_in, now)
    asked = request.consent_request
    if state is BackchannelState.WAITING and asked is not None and asked.decided_at is None:
        return VisitStep.ANSWER
    return VisitStep.OVER


def _note_sign_in(request: BackchannelRequest, sign_in: SignIn, now: datetime) -> None:
    open_still = BackchannelRequest.objects.filter(
        pk=request.pk, user=sign_in.user, used_at__isnull=True, expires_at__gt=now
    )
    request.auth_time, request.acr, request.sid = sign_in.auth_time, sign_in.acr, sign_in.sid
    request.amr = list(sign_in.amr)
    open_still.update(
        auth_time=request.auth_time, acr=request.acr, sid=request.sid, amr=request.amr
    )


def is_good_enough(request: BackchannelRequest, sign_in: SignIn, *, now: datetime) -> bool:
    """Whether the sign-in is young and strong enough for this request (CIBA Core §7.1, §8)."""
    limits = [limit for limit in _ages(request) if limit is not None]
    age = (now - sign_in.auth_time).total_seconds()
    is_young = not limits or age <= max(min(limits), ON_THE_WAY)
    is_strong = satisfies(sign_in.acr, wanted_acr(request)) and not sign_in.is_doubted
    return is_young and is_strong


def wanted_acr(request: BackchannelRequest) -> str:
    """Return the first of the wanted levels that can be reached here; empty when none can.

    `acr_values` are in order of preference, and voluntary (CIBA Core §7.1).
    """
    wanted = AuthorizationRequest.from_json(request.parameters).acr_values.split()
    return next((value for value in wanted if value in levels()), "")


def _ages(request: BackchannelRequest) -> list[int | None]:
    """Return how old the sign-in may be: for the client, and for each kind of detail."""
    parameters = AuthorizationRequest.from_json(request.parameters)
    try:
        asked = requested_details(parameters, request.client)
    except InvalidAuthorizationDetailsError:
        # Switched off since: nothing of it can be approved.
        asked = ()
    return [request.client.default_max_age, *(detail.type.maximum_age for detail in asked)]
