"""Claims asked for one by one, without the scope that releases them (OIDC Core §5.5)."""

import json
from typing import Any

import pytest

from claims.catalogue.models import ScopePolicy
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import User
from tests.assertions import assert_code, assert_redirected_error
from tests.claims.factories import map_claim
from tests.consent.asking import change_scope
from tests.factories import make_relying_party
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of
from tests.specs.grant_management.conftest import API, make_manager

pytestmark = pytest.mark.spec("OIDC Core", "5.5")

NAME = json.dumps({"userinfo": {"name": {"essential": True}}})
SINGLE = "profile\\name"


def released(rp: RelyingParty, person: User, **parameters: Any) -> dict[str, Any]:
    """Return what userinfo says after a whole sign-in, without `sub`."""
    tokens = rp.obtain_tokens(person, **parameters)
    answer = dict(rp.userinfo(tokens["access_token"]).json())
    del answer["sub"]
    return answer


@pytest.mark.spec("OIDC Core", "5.5.1", module="oidcc-claims-essential")
def test_essential_name_reaches_userinfo_without_the_scope_profile(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope="openid", claims=NAME)

    answer = rp.userinfo(tokens["access_token"]).json()

    assert answer == {"sub": str(person.pk), "name": "Ada Lovelace"}
    assert tokens["scope"] == "openid"
    assert "name" not in payload_of(tokens["id_token"])
    assert "name" not in payload_of(tokens["access_token"])


def test_it_is_named_with_its_value_and_nothing_else_of_its_scope(
    rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)

    html = rp.follow(rp.authorize(scope="openid", claims=NAME)).content.decode()

    assert "Ada Lovelace" in html
    assert "Essential to the application" in html
    assert "Only this detail, nothing else of “Profile”." in html
    assert "Given name" not in html


def test_a_claim_that_is_all_of_its_scope_is_put_in_the_words_of_the_scope(
    rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)

    html = rp.follow(rp.authorize(scope="openid", claims='{"userinfo": {"email": null}}'))

    assert "See your e-mail address." in html.content.decode()


def test_it_is_put_where_it_was_asked_for(rp: RelyingParty, person: User) -> None:
    claims = json.dumps(
        {"id_token": {"name": None, "email": None}, "userinfo": {"birthdate": None}}
    )
    tokens = rp.obtain_tokens(person, scope="openid", claims=claims)

    told = payload_of(tokens["id_token"])

    assert (told["name"], told["email"]) == ("Ada Lovelace", "ada@example.org")
    assert not told.keys() & {"email_verified", "given_name", "birthdate"}
    assert rp.userinfo(tokens["access_token"]).json().keys() == {"sub"}


def test_a_client_registered_for_claims_in_the_id_token_gets_there_what_it_asked_for(
    provider: None, person: User
) -> None:
    rp = make_relying_party(claims_in_id_token=True)
    rp.obtain_tokens(person, scope="openid profile")

    told = payload_of(rp.obtain_tokens(person, scope="openid", claims=NAME)["id_token"])

    assert told["name"] == "Ada Lovelace"
    assert "given_name" not in told


def test_silence_follows_what_was_allowed_and_nothing_more(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope="openid", claims=NAME)
    more = json.dumps({"userinfo": {"name": None, "nickname": None}})

    code = assert_code(rp.authorize(scope="openid", claims=NAME, prompt="none"))

    assert rp.userinfo(rp.exchange(code).json()["access_token"]).json()["name"] == "Ada Lovelace"
    for wider in ({"claims": more}, {"claims": None, "scope": "openid profile"}):
        asked = {"scope": "openid", "prompt": "none", **wider}
        assert_redirected_error(rp.authorize(**asked), "consent_required")


def test_the_whole_scope_is_asked_for_later(rp: RelyingParty, person: User) -> None:
    narrow = rp.obtain_tokens(person, scope="openid", claims=NAME)

    assert released(rp, person, scope="openid profile")["given_name"] == "Ada"

    old = rp.userinfo(narrow["access_token"]).json()
    assert old.keys() == {"sub", "name"}, "nobody asked for more with this token"


@pytest.mark.parametrize("changed", [{}, {"text_version": 2}])
def test_what_the_whole_scope_gave_needs_no_question(
    rp: RelyingParty, person: User, changed: dict[str, Any]
) -> None:
    rp.obtain_tokens(person, scope="openid profile")
    change_scope("profile", **changed)

    code = assert_code(rp.authorize(scope="openid", claims=NAME, prompt="none"))

    answer = rp.userinfo(rp.exchange(code).json()["access_token"]).json()
    assert answer.keys() == {"sub", "name"}


@pytest.mark.parametrize("claims", [NAME, '{"userinfo": {"name": null}}'])
def test_a_no_is_kept_and_asked_about_again_only_when_everything_is(
    rp: RelyingParty, person: User, claims: str
) -> None:
    assert released(rp, person, scope="openid", claims=claims, allow={"nothing"}) == {}
    assert ScopeDecision.objects.get().outcome == DecisionOutcome.DENIED

    assert_code(rp.authorize(scope="openid", claims=claims, prompt="none"))
    again = released(rp, person, scope="openid", claims=claims, prompt="consent")

    assert again == {"name": "Ada Lovelace"}


def test_a_no_to_the_whole_scope_is_respected(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope="openid profile", allow={"nothing"})

    assert released(rp, person, scope="openid", claims=NAME, prompt="none") == {}


@pytest.mark.parametrize("answer", [{"allow": ()}, {"allow": {"nothing"}}])
def test_a_no_to_the_whole_scope_takes_the_single_claim_back(
    rp: RelyingParty, person: User, answer: dict[str, Any]
) -> None:
    token = rp.obtain_tokens(person, scope="openid", claims=NAME)["access_token"]
    rp.go_through(person, scope="openid profile", **answer)

    assert rp.userinfo(token).json().keys() == {"sub"}
    assert Grant.objects.get().scopes.keys() == {"openid"}


def test_a_claim_left_out_of_the_scope_is_taken_back_too(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person, scope="openid", claims=NAME)["access_token"]
    page = rp.follow(rp.authorize(scope="openid profile"))

    rp.submit(page, having="decision", decision="allow", scope="profile", claim="profile nickname")

    assert rp.userinfo(token).json().keys() == {"sub"}
    assert Grant.objects.get().scopes.keys() == {"openid", "profile"}


def test_claim_of_a_scope_that_is_not_the_clients_is_neither_asked_nor_released(
    provider: None, person: User
) -> None:
    rp = make_relying_party(scope="openid email")

    assert released(rp, person, scope="openid", claims=NAME) == {}
    assert not ScopeDecision.objects.exists()


def test_claim_ends_when_its_scope_is_taken_from_the_client(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person, scope="openid", claims=NAME)["access_token"]
    rp.client.scope = "openid email"
    rp.client.save()

    assert rp.userinfo(token).json().keys() == {"sub"}


@pytest.mark.parametrize("policy", [ScopePolicy.REQUIRED, ScopePolicy.OPTIONAL])
def test_nobody_has_to_give_a_single_claim(
    rp: RelyingParty, person: User, policy: ScopePolicy
) -> None:
    change_scope("profile", policy=policy)

    assert released(rp, person, scope="openid", claims=NAME, allow={"nothing"}) == {}


def test_claim_of_a_sensitive_scope_is_not_ticked_in_advance(
    rp: RelyingParty, person: User
) -> None:
    change_scope("profile", policy=ScopePolicy.EMPHASISED)
    rp.sign_in(person)
    page = rp.follow(rp.authorize(scope="openid", claims=NAME))

    answer = answer_of(rp.submit(page, having="decision", decision="allow"))

    tokens = rp.exchange(answer["code"]).json()
    assert rp.userinfo(tokens["access_token"]).json().keys() == {"sub"}


def test_claim_beyond_the_sign_in_is_not_released(rp: RelyingParty, person: User) -> None:
    token = rp.obtain_tokens(person, scope="openid", claims=NAME)["access_token"]
    change_scope("profile", minimum_acr="urn:scopeward:acr:3")

    assert rp.userinfo(token).json().keys() == {"sub"}


def test_claim_without_a_question_comes_with_its_scope_alone(
    rp: RelyingParty, person: User
) -> None:
    change_scope("profile", policy=ScopePolicy.IMPLICIT)

    assert released(rp, person, scope="openid", claims=NAME) == {}


def test_claim_that_did_not_exist_when_it_was_asked_for_is_not_released(
    rp: RelyingParty, person: User
) -> None:
    claims = json.dumps({"userinfo": {"name": None, "team": None}})
    token = rp.obtain_tokens(person, scope="openid", claims=claims)["access_token"]
    map_claim("team", "department", "profile")

    assert rp.userinfo(token).json().keys() == {"sub", "name"}


def test_no_request_can_ask_for_it_as_a_scope(rp: RelyingParty, person: User) -> None:
    assert_redirected_error(rp.authorize(scope=SINGLE), "invalid_scope")

    tokens = rp.obtain_tokens(person, scope=f"openid offline_access {SINGLE}", claims=NAME)

    assert tokens["scope"] == "openid offline_access"
    assert rp.refresh(tokens["refresh_token"], scope=SINGLE).json()["error"] == "invalid_scope"


def test_refreshed_tokens_release_it_as_long_as_it_is_granted(
    rp: RelyingParty, person: User
) -> None:
    claims = json.dumps({"userinfo": {"name": None}, "id_token": {"email": None}})
    tokens = rp.obtain_tokens(person, scope="openid offline_access", claims=claims)

    tokens = rp.refresh(tokens["refresh_token"]).json()

    assert rp.userinfo(tokens["access_token"]).json()["name"] == "Ada Lovelace"
    assert payload_of(tokens["id_token"])["email"] == "ada@example.org"


def test_replaced_grant_holds_the_claim_and_not_its_scope(provider: None, person: User) -> None:
    manager = make_manager(scope=f"openid profile {API}")
    grant_id = manager.create(person, scope="openid profile")["grant_id"]

    tokens = manager.obtain_tokens(
        person, scope="openid", claims=NAME, grant_management_action="replace", grant_id=grant_id
    )

    assert manager.userinfo(tokens["access_token"]).json().keys() == {"sub", "name"}
    document = manager.at_grant("get", grant_id).json()
    assert document["scopes"] == [{"scope": "openid", "resource": []}]
    assert document["claims"] == ["name"]


def test_userinfo_takes_no_statement_more(
    rp: RelyingParty,
    person: User,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("foundation.base.configuration.epoch.CHECK_INTERVAL", 3600.0)
    token = rp.obtain_tokens(person, scope="openid", claims=NAME)["access_token"]
    rp.userinfo(token)

    with django_assert_max_num_queries(1):
        rp.userinfo(token)
