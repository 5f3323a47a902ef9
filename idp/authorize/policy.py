"""The provider's own policy: may this person use this application now.

It is the policy of the issuer as an audience: the action is `authorize`, the resource an
`application`. What it refuses the client is told without reasons: they are facts about the person,
who finds them under the reference.
"""

from claims import subject as subjects
from claims.facts import entity_of
from foundation.base import conf
from foundation.directory.sign_in import SignIn
from idp.authorize.checks.scope import scopes_touched
from idp.authorize.situation import Situation
from idp.errors import AccessDeniedError
from policy.deciding import RecordedDecision, decide
from policy.selectors import policy_for
from scopeward_guard.vocabulary import Circumstances, Entity, Unknown, known, question


def is_fresh_sign_in_wanted_by_policy(situation: Situation) -> bool:
    """Say whether policy would permit after a fresh sign-in. One statement, none without a policy.

    Raises AccessDeniedError (RFC 6749 §4.1.2.1) when it would not, or when that was a moment ago.
    """
    answer = _answer(situation)
    if answer is None or answer.decision.permit:
        return False
    remedy = answer.decision.remedy
    if remedy is not None and not remedy.approval and not situation.signed_in_since:
        return True
    raise AccessDeniedError(f"Policy does not permit this (reference {answer.reference}).")


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
        authentication_age=int((situation.now - sign_in.auth_time).total_seconds()),
        client_id=situation.client.client_id,
        scopes=scopes_touched(situation.request, situation.client),
        address=known(situation.address, Unknown("The proxy did not say.")),
        session="active",
        risk=known(sign_in.risk, Unknown("The session is not weighed.")),
        approved=False,
        approval=Unknown("Nothing is approved of a sign-in."),
        emergency=False,
    )
