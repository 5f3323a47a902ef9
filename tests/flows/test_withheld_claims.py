"""A claim that the person left out reaches nobody, whatever asks for it."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from claims.models import Attribute, ClaimMapping
from consent.models import Grant
from consent.my_access.receipts import receipt_of
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.factories import WAREHOUSE, make_relying_party, make_resource_server
from tests.html_forms import form_with
from tests.jwt import payload_of
from tests.relying_party import RelyingParty

SCOPE = "openid profile offline_access"
LEFT_OUT = "given_name"
ASKED = json.dumps({"id_token": {LEFT_OUT: None}, "userinfo": {LEFT_OUT: None}})


def leave_out(rp: RelyingParty, response: HttpResponse, *claims: str) -> HttpResponse:
    """Allow everything on the consent screen but these claims (form values)."""
    page = rp.follow(response)
    form = form_with(page.content.decode(), "decision")
    kept = [value for value in form.values("claim", "checkbox") if value not in claims]
    scopes = form.values("scope", "checkbox")
    return rp.submit(page, having="decision", decision="allow", scope=scopes, claim=kept)


def tokens_without(rp: RelyingParty, person: User, claim: str, **parameters: Any) -> dict[str, Any]:
    page = rp.sign_in(person, rp.authorize(**parameters))
    answer = leave_out(rp, page, claim)
    code = answer["Location"].partition("code=")[2].partition("&")[0]
    return dict(rp.exchange(code).json())


@pytest.mark.spec("OIDC Core", "5.4")
def test_it_is_not_in_userinfo(rp: RelyingParty, person: User) -> None:
    tokens = tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE)

    released = rp.userinfo(tokens["access_token"]).json()

    assert LEFT_OUT not in released
    assert released["family_name"] == "Lovelace"
    assert tokens["scope"] == SCOPE


@pytest.mark.spec("OIDC Core", "5.5")
def test_asking_for_it_by_name_does_not_bring_it_back(rp: RelyingParty, person: User) -> None:
    tokens = tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE, claims=ASKED)

    assert LEFT_OUT not in payload_of(tokens["id_token"])
    assert LEFT_OUT not in rp.userinfo(tokens["access_token"]).json()


def test_it_is_not_in_refreshed_tokens(rp: RelyingParty, person: User) -> None:
    tokens = tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE, claims=ASKED)

    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert LEFT_OUT not in payload_of(refreshed["id_token"])
    assert LEFT_OUT not in rp.userinfo(refreshed["access_token"]).json()


def test_it_does_not_come_back_silently(rp: RelyingParty, person: User) -> None:
    tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE)

    essential = json.dumps({"userinfo": {LEFT_OUT: {"essential": True}}})
    answer = rp.authorize(scope=SCOPE, prompt="none", claims=essential)

    code = answer["Location"].partition("code=")[2].partition("&")[0]
    tokens = rp.exchange(code).json()
    assert LEFT_OUT not in rp.userinfo(tokens["access_token"]).json()


def test_left_out_since_it_is_not_said_of_older_tokens(rp: RelyingParty, person: User) -> None:
    server, secret = make_resource_server(scopes=["warehouse:read"])
    department = Attribute.objects.get(name="department")
    ClaimMapping(claim="desk", attribute=department, scope="warehouse:read").save()
    rp.client.resources = [WAREHOUSE]
    rp.client.scope += " warehouse:read"
    rp.client.save()
    tokens = rp.obtain_tokens(person, scope="openid warehouse:read", resource=WAREHOUSE)
    warehouse = RelyingParty(server, secret)
    assert warehouse.introspect(tokens["access_token"]).json()["desk"] == "finance"

    Grant.objects.update(withheld_claims={"warehouse:read": ["desk"]})

    said = warehouse.introspect(tokens["access_token"]).json()
    assert said["active"] is True
    assert "desk" not in said


def test_userinfo_follows_at_once(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    assert LEFT_OUT in rp.userinfo(tokens["access_token"]).json()

    Grant.objects.update(withheld_claims={"profile": [LEFT_OUT]})

    assert LEFT_OUT not in rp.userinfo(tokens["access_token"]).json()


def test_one_client_s_withheld_claim_reaches_another_that_was_given_it(
    rp: RelyingParty, person: User
) -> None:
    other = make_relying_party(client_name="Other")
    tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE)

    tokens = other.obtain_tokens(person, scope=SCOPE)

    assert LEFT_OUT in other.userinfo(tokens["access_token"]).json()


def test_it_is_not_in_the_receipt(rp: RelyingParty, person: User) -> None:
    tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE)

    purposes = {purpose.scope: purpose for purpose in receipt_of(Grant.objects.get()).purposes}

    assert "name" in purposes["profile"].claims
    assert LEFT_OUT not in purposes["profile"].claims


def test_the_history_says_what_was_left_out(rp: RelyingParty, person: User) -> None:
    tokens_without(rp, person, f"profile {LEFT_OUT}", scope=SCOPE)

    act = Act.objects.get(kind=Kind.GRANTED, scope="profile")

    assert act.detail["without"] == [LEFT_OUT]
