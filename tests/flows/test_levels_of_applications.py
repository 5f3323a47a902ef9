"""An application may be kept to a weakest sign-in, whatever it asks for itself."""

import json
from dataclasses import replace
from typing import Any

import pytest

from foundation.directory.models import Client, User
from tests.accounts.factors.holding import code_of, has_app
from tests.assertions import assert_redirected_error
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (1, 2, 3))


def keep_to(rp: RelyingParty, level: str) -> None:
    client = Client.objects.get(pk=rp.client.pk)
    client.minimum_acr = level
    client.save()


def asks_for(page: Any) -> set[str]:
    html = page.content.decode()
    return {name for name in ("password", "code", "answer") if f'name="{name}"' in html}


@pytest.mark.parametrize("asked", [{}, {"acr_values": ONE}])
def test_second_factor_is_asked_for_though_the_application_does_not(
    rp: RelyingParty, person: User, asked: dict[str, str]
) -> None:
    rp.obtain_tokens(person)
    secret = has_app(person)
    keep_to(rp, TWO)

    page = rp.follow(rp.authorize(**asked))
    assert asks_for(page) == {"code"}
    answer = answer_of(rp.submit(page, having="code", code=code_of(secret)))

    # Not the weaker one that it wished for: it would get nothing by that.
    assert payload_of(rp.exchange(answer["code"]).json()["id_token"])["acr"] == TWO


def test_stronger_of_application_and_request_is_asked_for_once(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person)
    has_app(person)
    keep_to(rp, TWO)
    claims = json.dumps({"id_token": {"acr": {"essential": True, "values": [ONE, TWO]}}})

    page = rp.follow(rp.authorize(claims=claims))

    assert f"level={TWO}".replace(":", "%3A") in page.request["QUERY_STRING"]


@pytest.mark.spec("OIDC Core", "5.5.1.1")
def test_essential_value_below_what_it_is_kept_to_cannot_be_told(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person)
    has_app(person)
    keep_to(rp, TWO)
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": ONE}}})

    assert_redirected_error(rp.authorize(claims=claims), "unmet_authentication_requirements")


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_in_silence_a_weak_sign_in_is_told_to_sign_in(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)
    has_app(person)
    keep_to(rp, TWO)

    assert_redirected_error(rp.authorize(prompt="none"), "login_required")


@pytest.mark.spec("Unmet Authentication Requirements", "2")
@pytest.mark.parametrize("level", [THREE, "urn:example:gone"])
def test_who_cannot_reach_it_is_refused_with_the_registered_error(
    rp: RelyingParty, person: User, settings: Any, level: str
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=False)
    rp.obtain_tokens(person)
    keep_to(rp, level)

    assert_redirected_error(rp.authorize(), "unmet_authentication_requirements")


@pytest.mark.spec("RFC 6749", "6")
def test_tokens_of_a_weaker_sign_in_end_at_the_next_use(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope="openid offline_access")
    keep_to(rp, TWO)

    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    answer = rp.userinfo(tokens["access_token"])
    assert answer.status_code == 401


def test_code_of_a_weaker_sign_in_gives_nothing(rp: RelyingParty, person: User) -> None:
    page = rp.sign_in(person, rp.authorize())
    code = answer_of(rp.decide(page))["code"]
    keep_to(rp, TWO)

    assert rp.exchange(code).json()["error"] == "invalid_grant"
