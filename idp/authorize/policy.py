"""The provider's own policy: may this person use this application now.

It is the policy of the issuer as an audience: the action is `authorize`, the resource an
`application`. What it refuses the client is told without reasons: they are facts about the person,
who finds them under the reference.
"""

from typing import Any

from claims import subject as subjects
from claims.facts import facts_of
from foundation.base import conf
from idp.authorize.checks.scope import scopes_touched
from idp.authorize.situation import Situation
from idp.errors import AccessDeniedError
from policy.deciding import Answer, decide
from policy.selectors import policy_for
from scopeward_guard.vocabulary import Action, Entity, Evaluation


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


def _answer(situation: Situation) -> Answer | None:
    issuer = conf.current().issuer
    if situation.sign_in is None or policy_for(issuer) is None:
        return None
    subject = subjects.load(situation.sign_in.user.pk)
    evaluation = Evaluation(
        subject=Entity(type="user", id=subject.id, properties=facts_of(subject)),
        action=Action(name="authorize"),
        resource=_application(situation),
        context=_context(situation),
    )
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


def _context(situation: Situation) -> dict[str, Any]:
    sign_in = situation.sign_in
    assert sign_in is not None  # noqa: S101 - nobody is asked about before they are known
    return {
        "time": situation.now.timestamp(),
        "acr": sign_in.acr,
        "authentication_age": int((situation.now - sign_in.auth_time).total_seconds()),
        "client_id": situation.client.client_id,
        "scopes": list(scopes_touched(situation.request, situation.client)),
        "address": situation.address,
        "session": "active",
        "risk": sign_in.risk,
    }
