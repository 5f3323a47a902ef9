"""Whoever will not confirm more of who they are goes back, or on with what there is."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from idp.models import StoredAuthorizationRequest
from tests.accounts.factors.holding import code_of, has_app
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (1, 2, 3))
ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "value": TWO}}})


def decline(rp: RelyingParty, page: Any) -> Any:
    """Press the button that leads away from the page."""
    stored = StoredAuthorizationRequest.objects.latest("created_at")
    address = f"/authorize/decline/{stored.pk}/"
    html = page.content.decode()
    assert f'action="{address}"' in html
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert token
    return rp.follow(rp.browser.post(address, {"csrfmiddlewaretoken": token[1]}))


@pytest.mark.spec("RFC 9470", "5")
@pytest.mark.parametrize("has_factor", [True, False], ids=["has it", "could add it"])
def test_wish_leads_to_the_factor_and_may_be_left(
    rp: RelyingParty, person: User, has_factor: bool
) -> None:
    rp.obtain_tokens(person)
    if has_factor:
        has_app(person)

    page = rp.follow(rp.authorize(acr_values=TWO))
    html = page.content.decode()
    assert ('name="code"' in html) is has_factor
    assert ("/accounts/security/app/" in html) is not has_factor
    assert "Go on without it" in html

    answer = answer_of(decline(rp, page))
    assert payload_of(rp.exchange(answer["code"]).json()["id_token"])["acr"] == ONE


@pytest.mark.spec("RFC 9470", "5")
def test_factor_that_is_added_for_a_wish_meets_it(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)
    page = rp.follow(rp.authorize(acr_values=TWO))
    assert "/accounts/security/app/" in page.content.decode()
    secret = has_app(person)

    page = rp.follow(
        rp.browser.get(page.request["PATH_INFO"], QUERY_STRING=page.request["QUERY_STRING"])
    )
    answer = answer_of(rp.submit(page, having="code", code=code_of(secret)))

    assert payload_of(rp.exchange(answer["code"]).json()["id_token"])["acr"] == TWO


@pytest.mark.spec("RFC 9470", "5")
@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("asked", [{}, {"prompt": "none"}], ids=["no enrolment", "silence"])
def test_wish_out_of_reach_bothers_nobody(
    rp: RelyingParty, person: User, settings: Any, asked: dict[str, str]
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=bool(asked))
    rp.obtain_tokens(person)

    answer = answer_of(rp.authorize(acr_values=f"{TWO} {THREE}", **asked))

    assert payload_of(rp.exchange(answer["code"]).json()["id_token"])["acr"] == ONE


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.spec("Unmet Authentication Requirements", "2")
@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"claims": ESSENTIAL}, "unmet_authentication_requirements"),
        ({"prompt": "login"}, "access_denied"),
        ({"max_age": "0"}, "access_denied"),
    ],
)
def test_no_to_what_has_to_be_is_the_registered_error(
    rp: RelyingParty, person: User, asked: dict[str, str], error: str
) -> None:
    rp.obtain_tokens(person)
    has_app(person)
    page = rp.follow(rp.authorize(state="s-1", **asked))
    assert "Back to the application" in page.content.decode()

    answer = answer_of(decline(rp, page))

    assert (answer["error"], answer["state"]) == (error, "s-1")
    assert "code" not in answer


def test_no_is_of_the_browser_that_brought_the_request(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)
    has_app(person)
    rp.follow(rp.authorize(acr_values=TWO))
    stored = StoredAuthorizationRequest.objects.latest("created_at")
    address = f"/authorize/decline/{stored.pk}/"

    assert Browser().post(address).status_code == 400
    assert rp.browser.post(address).status_code == 403, "it takes the form of the page"
    assert rp.browser.get(address).status_code == 405
    stored.refresh_from_db()
    assert stored.declined_at is None


def test_no_gives_nothing_that_was_not_proved(rp: RelyingParty, person: User) -> None:
    """Declined first, the essential level is still not reached by what there is."""
    rp.obtain_tokens(person)
    has_app(person)
    page = rp.follow(rp.authorize(acr_values=TWO, claims=ESSENTIAL))

    answer = answer_of(decline(rp, page))

    assert answer["error"] == "unmet_authentication_requirements"


def test_page_for_ourselves_leads_to_no_application(rp: RelyingParty, person: User) -> None:
    rp.sign_in(person)

    page = rp.browser.get("/accounts/reauthenticate/?next=/accounts/security/").content.decode()

    assert "/authorize/decline/" not in page
