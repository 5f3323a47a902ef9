"""The provider's own policy, asked at the authorization endpoint."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.utils import timezone

from foundation.base import conf
from foundation.directory.models import User
from foundation.directory.sign_in import SignIn, current_sign_in
from policy.decision_log.selectors import recent_questions
from policy.decision_log.services import flush
from tests.accounts.factors.holding import has_app
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import RelyingParty, answer_of


@pytest.fixture
def rules(provider: None) -> Any:
    """Put the provider's own policies in force, on top of permitting everybody."""
    return lambda text: put_in_force(conf.current().issuer, PERMIT_ALL + text)


def refused(rp: RelyingParty, **parameters: Any) -> dict[str, str]:
    return answer_of(rp.follow(rp.authorize(**parameters)))


def test_what_policy_forbids_is_access_denied(rules: Any, rp: RelyingParty, person: User) -> None:
    rules('@id("none") @reason("Ada is not to sign in.") forbid(principal, action, resource);')
    rp.sign_in(person)

    answer = refused(rp)

    assert answer["error"] == "access_denied"
    assert "code" not in answer


def test_the_application_is_not_told_why(rules: Any, rp: RelyingParty, person: User) -> None:
    rules('@id("x") @reason("Your clearance is too low.") forbid(principal, action, resource);')
    rp.sign_in(person)

    told = refused(rp)["error_description"]

    flush()
    (question,) = recent_questions(conf.current().issuer, 10)
    assert "clearance" not in told
    assert question.reference in told


def test_a_denial_is_in_the_log_with_the_policy_that_made_it(
    rules: Any, rp: RelyingParty, person: User
) -> None:
    rules('@id("none") forbid(principal, action == Action::"authorize", resource);')
    rp.sign_in(person)
    refused(rp)

    flush()
    (question,) = recent_questions(conf.current().issuer, 10)
    assert (question.permit, question.policies) == (False, ("none",))
    assert question.evaluation.subject.id == person.subject


def test_an_old_sign_in_is_made_anew_where_policy_wants_a_young_one(
    rules: Any, rp: RelyingParty, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules(
        '@id("young") forbid(principal, action, resource) unless '
        "{ context has authentication_age && context.authentication_age < 300 };"
    )
    rp.sign_in(person)
    later = timezone.now() + timedelta(seconds=600)
    monkeypatch.setattr("idp.authorize.conduct.timezone.now", lambda: later)

    page = rp.authorize()

    assert "reauthenticate" in page["Location"]


def test_prompt_none_says_a_sign_in_is_needed(rules: Any, rp: RelyingParty, person: User) -> None:
    rules('@id("young") forbid(principal, action, resource) unless '
          "{ context has authentication_age && context.authentication_age == 0 };")  # fmt: skip
    rp.sign_in(person)
    later = timezone.now() + timedelta(seconds=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("idp.authorize.conduct.timezone.now", lambda: later)
        answer = refused(rp, prompt="none")
    assert answer["error"] == "login_required"


def test_high_risk_is_a_fact_for_policy(
    rules: Any, rp: RelyingParty, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules('@id("risk") forbid(principal, action, resource) when '
          "{ context has risk && context.risk >= 1 };")  # fmt: skip
    rp.sign_in(person)

    def risky(request: HttpRequest) -> SignIn | None:
        found = current_sign_in(request)
        return replace(found, risk=90) if found else None

    monkeypatch.setattr("idp.authorize.conduct.current_sign_in", risky)

    assert refused(rp)["error"] == "access_denied"


def test_without_a_policy_of_its_own_the_provider_asks_nobody(
    provider: None, rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)
    assert "/consent/" in rp.authorize()["Location"]


def test_a_policy_that_fails_refuses(
    rules: Any, rp: RelyingParty, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules("")
    rp.sign_in(person)

    def fail(*_arguments: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("scopeward_guard.cedar._deciding.engine.CedarPolicy.decide", fail)
    assert refused(rp)["error"] == "access_denied"


@pytest.mark.spec("RFC 9470", "5")
def test_a_policy_that_wants_two_factors_leads_to_the_one_that_is_missing(
    rules: Any, rp: RelyingParty, person: User
) -> None:
    rules('@id("two") forbid(principal, action, resource) unless { context.assurance >= 2 };')
    rp.sign_in(person)
    has_app(person)

    page = rp.authorize()

    assert "level=urn%3Ascopeward%3Aacr%3A2" in page["Location"]
    assert b'name="code"' in rp.follow(page).content


def test_a_policy_that_wants_what_nobody_here_may_add_denies(
    rules: Any, rp: RelyingParty, person: User, settings: Any
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=False)
    rules('@id("two") forbid(principal, action, resource) unless { context.assurance >= 2 };')
    rp.sign_in(person)

    assert refused(rp)["error"] == "access_denied"
