"""The provider's own policy: may this person use this application now.

It is the policy of the issuer as an audience: the action is `authorize`, the resource an
`application`. What it refuses the client is told without reasons: they are facts about the person,
who finds them under the reference.
"""

from datetime import timedelta

from claims import subject as subjects
from claims.facts import entity_of
from foundation.base import conf
from foundation.directory.sign_in import SignIn
from foundation.directory.step_up import StepUp
from idp.authorize.assurance import first_within_reach
from idp.authorize.checks.scope import scopes_touched
from idp.authorize.situation import Situation
from idp.errors import AccessDeniedError, UnmetAuthenticationRequirementsError
from policy.deciding import RecordedDecision, decide
from policy.selectors import policy_for
from scopeward_guard.vocabulary import Circumstances, Entity, Remedy, Unknown, known, question


def step_up_wanted_by_policy(situation: Situation) -> StepUp | None:
    """Return the sign-in after which policy would permit, None when it permits already.

    One statement, none without a policy. Raises AccessDeniedError (RFC 6749 §4.1.2.1) when nothing
    would help that the person can do, or they have done it since the request arrived.
    """
    answer = _answer(situation)
    if answer is None or answer.decision.permit:
        return None
    remedy = answer.decision.remedy
    wanted = _step_up(situation, remedy) if remedy is not None and not remedy.approval else None
    if wanted is None:
        raise AccessDeniedError(f"Policy does not permit this (reference {answer.reference}).")
    return wanted


def _step_up(situation: Situation, remedy: Remedy) -> StepUp | None:
    """Return what a remedy wants of the person; None: they cannot do it, or have just done it.

    One that is only about time wants the whole level anew: a fresh password is no fresh passkey.
    """
    sign_in = situation.sign_in
    assert sign_in is not None  # noqa: S101 - policy is asked about who is there
    since = None
    if remedy.max_age is not None:
        since = min(situation.arrived_at, situation.now - timedelta(seconds=remedy.max_age))
    level = sign_in.acr
    if remedy.acr_values:
        try:
            level = first_within_reach(situation, remedy.acr_values)
        except UnmetAuthenticationRequirementsError:
            return None
    wanted = StepUp(level, since)
    return None if wanted.is_met_by(sign_in) else wanted


def _answer(situation: Situation) -> RecordedDecision | None:
    issuer = conf.current().issuer
    if situation.sign_in is None or policy_for(issuer) is None:
        return None
    subject = entity_of(subjects.load(situation.sign_in.user.pk))
    circumstances = _circumstances(situation, situation.sign_in)
    evaluation = question(subject, "authorize", _application(situation), circumstances)
    return decide(issuer, evaluation, application=situation.client.name)


def _application(situation: Situation) -> Entity:
    client, request = situation.client, situation.request
    return Entity(
        type="application",
        id=client.client_id,
        properties={
            "scopes": list(scopes_touched(request, client)),
            "audiences": list(request.resource),
            "is_public": client.is_public,
        },
    )


def _circumstances(situation: Situation, sign_in: SignIn) -> Circumstances:
    return Circumstances(
        time=situation.now.timestamp(),
        acr=sign_in.acr,
        authentication_age=int((situation.now - sign_in.proved_at).total_seconds()),
        client_id=situation.client.client_id,
        scopes=scopes_touched(situation.request, situation.client),
        address=known(situation.address, Unknown("The proxy did not say.")),
        session="active",
        risk=known(sign_in.risk, Unknown("The session is not weighed.")),
        approved=False,
        approval=Unknown("Nothing is approved of a sign-in."),
        emergency=False,
    )
