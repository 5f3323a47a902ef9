"""`prompt=none`: an application that nobody granted anything learns of nobody, whatever it asks."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from claims.services import set_attributes
from consent.grants.services import revoke_grant
from foundation.base import conf
from foundation.directory.models import User
from tests.assertions import answer_of, assert_redirected_error
from tests.factories import make_grant
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import RelyingParty

QUESTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "one more scope": {"scope": "openid email"},
    "a level nobody has": {"claims": {"id_token": {"acr": {"essential": True, "value": "9"}}}},
    "sub, the right one": {"claims": {"id_token": {"sub": {"value": "{sub}"}}}},
    "sub, another": {"claims": {"id_token": {"sub": {"value": "nobody"}}}},
    "sub, essential": {"claims": {"id_token": {"sub": {"essential": True, "value": "{sub}"}}}},
    "sub, at userinfo": {"claims": {"userinfo": {"sub": {"value": "{sub}"}}}},
    "login_hint, the right one": {"login_hint": "{name}"},
    "login_hint, another": {"login_hint": "nobody"},
    "old sign-in": {"max_age": "0"},
    "a strong sign-in": {"scope": "openid clearance", "acr_values": "urn:scopeward:acr:1"},
    "a grant of its own": {"grant_management_action": "create"},
}


def ask(rp: RelyingParty, person: User, question: dict[str, Any]) -> HttpResponse:
    asked = {
        name: (value if isinstance(value, str) else json.dumps(value))
        .replace("{sub}", person.subject)
        .replace("{name}", person.username)
        for name, value in question.items()
    }
    return rp.authorize(prompt="none", **asked)


def answered(response: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in answer_of(response).items() if name != "state"}


@pytest.mark.spec("OIDC Core", "3.1.2.6")
@pytest.mark.parametrize("name", QUESTIONS)
def test_without_a_grant_the_answer_is_the_same_whoever_is_there(
    rp: RelyingParty, person: User, other_person: User, name: str
) -> None:
    question = QUESTIONS[name]
    nobody = answered(ask(rp, person, question))
    answers = []
    for somebody in (person, other_person):
        rp.sign_in(somebody)
        answers.append(answered(ask(rp, person, question)))

    assert answers == [nobody, nobody]
    if name != "a level nobody has":
        assert nobody["error"] == "login_required"


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_what_policy_forbids_somebody_is_not_told_in_silence(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    set_attributes(person, {"roles": ["barred"]})
    closed = '@id("barred") forbid(principal, action, resource) when { principal has roles && '
    closed += 'principal.roles.contains("barred") };'
    put_in_force(conf.current().issuer, PERMIT_ALL + closed)
    answers = []
    for somebody in (person, other_person):
        rp.sign_in(somebody)
        answers.append(answered(rp.authorize(prompt="none")))

    assert answers[0] == answers[1]
    assert answers[0]["error"] == "login_required"


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_grant_of_somebody_else_tells_nothing_either(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    make_grant(person=other_person, client=rp.client, scopes=["openid"])
    rp.sign_in(person)

    assert_redirected_error(rp.authorize(prompt="none"), "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_revoked_grant_is_none(rp: RelyingParty, person: User) -> None:
    grant = make_grant(person=person, client=rp.client, scopes=["openid"])
    rp.sign_in(person)
    revoke_grant(grant)

    assert_redirected_error(rp.authorize(prompt="none"), "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_with_a_grant_it_is_said_what_is_missing(rp: RelyingParty, person: User) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])
    rp.sign_in(person)

    response = rp.authorize(scope="openid email", prompt="none")

    assert_redirected_error(response, "consent_required")
