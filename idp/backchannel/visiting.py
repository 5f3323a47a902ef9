"""The person comes to answer, signed in as freshly and strongly as it takes (CIBA Core §8)."""

from datetime import datetime, timedelta
from enum import Enum

from foundation.directory.factors.proofs import strength_of
from foundation.directory.factors.selectors import reachable
from foundation.directory.levels import levels, strength_for
from foundation.directory.sign_in import SignIn
from foundation.directory.step_up import StepUp, most
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
    counting = sign_in.counting_by(request.client.takes_upstream)
    if counting is None or not is_good_enough(request, counting, now=now):
        return VisitStep.REAUTHENTICATE if state is BackchannelState.WAITING else VisitStep.OVER
    _note_sign_in(request, counting, now)
    asked = request.consent_request
    if state is BackchannelState.WAITING and asked is not None and asked.decided_at is None:
        return VisitStep.ANSWER
    return VisitStep.OVER


def _note_sign_in(request: BackchannelRequest, sign_in: SignIn, now: datetime) -> None:
    open_still = BackchannelRequest.objects.filter(
        pk=request.pk, user=sign_in.user, used_at__isnull=True, expires_at__gt=now
    )
    since = wanted_of(request, sign_in, now=now).since
    counting = sign_in.counting_since(since) if since else sign_in
    request.auth_time, request.acr, request.sid = counting.proved_at, counting.acr, sign_in.sid
    request.amr = list(counting.amr)
    open_still.update(
        auth_time=request.auth_time, acr=request.acr, sid=request.sid, amr=request.amr
    )


def is_good_enough(request: BackchannelRequest, sign_in: SignIn, *, now: datetime) -> bool:
    """Whether the sign-in is young and strong enough for this request (CIBA Core §7.1, §8)."""
    return not sign_in.is_doubted and wanted_of(request, sign_in, now=now).is_met_by(sign_in)


def wanted_of(request: BackchannelRequest, sign_in: SignIn, *, now: datetime) -> StepUp:
    """Return the sign-in that this request wants; a level and an age are of the same proofs."""
    limits = [limit for limit in _ages(request) if limit is not None]
    since = now - timedelta(seconds=max(min(limits), ON_THE_WAY)) if limits else None
    kept_to = StepUp(request.client.minimum_acr)
    return most([StepUp(_wanted_acr(request, sign_in), since), kept_to])


def _wanted_acr(request: BackchannelRequest, sign_in: SignIn) -> str:
    """Return the first of the wanted levels that the person can reach; empty when they cannot.

    `acr_values` are in order of preference, and voluntary (CIBA Core §7.1).
    """
    wanted = AuthorizationRequest.from_json(request.parameters).acr_values.split()
    known = [acr for acr in wanted if acr in levels()]
    if not known:
        return ""
    most = max(strength_of(sign_in.proofs), reachable(sign_in.user.pk))
    return next((acr for acr in known if strength_for(acr) <= most), "")


def _ages(request: BackchannelRequest) -> list[int | None]:
    """Return how old the sign-in may be: for the client, and for each kind of detail."""
    parameters = AuthorizationRequest.from_json(request.parameters)
    try:
        asked = requested_details(parameters, request.client)
    except InvalidAuthorizationDetailsError:
        # Switched off since: nothing of it can be approved.
        asked = ()
    return [request.client.default_max_age, *(detail.type.maximum_age for detail in asked)]
