"""The consent screen over HTTP."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.catalogue.models import ScopePolicy
from consent.models import ConsentRequest, DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import Client, User
from foundation.journal.visitor import decision_context
from tests.consent.asking import RETURN_TO, Asking, change_scope

CHECKBOX = re.compile(r'<input type="checkbox"[^>]*name="scope"[^>]*>')
HIDDEN_SCOPE = re.compile(r'<input type="hidden" name="scope" value="([^"]+)">')
EVERYTHING = [
    *("openid", "profile", "email", "phone", "address"),
    *("roles", "department", "projects", "clearance", "offline_access"),
]


def html_of(response: Any) -> str:
    return unescape(response.content.decode())


def boxes(html: str) -> dict[str, bool]:
    """Return the checkboxes by scope: ticked or not."""
    found = CHECKBOX.findall(html)
    return {re.findall(r'value="([^"]+)"', box)[0]: " checked" in box for box in found}


def submit(
    browser: Browser, request: ConsentRequest, *scopes: str, decision: str = "allow", **more: Any
) -> HttpResponse:
    """Answer as a browser does that has opened the page."""
    path = request.get_absolute_url()
    shown = re.findall(r'name="shown" value="(\w+)"', html_of(browser.get(path)))
    data = {"decision": decision, "scope": scopes, "shown": shown, "lifetime": "", **more}
    return browser.post(path, data)


def nothing_decided(request: ConsentRequest) -> bool:
    request.refresh_from_db()
    decided = request.decided_at is not None
    return not (decided or Grant.objects.exists() or ScopeDecision.objects.exists())


# --- what it shows --------------------------------------------------------------------------------


def test_a_scope_about_which_nothing_is_recorded_says_so(browser: Browser, asking: Asking) -> None:
    page = asking.open("openid", "email", "phone").get_absolute_url()
    User.objects.filter(pk=asking.user.pk).update(phone_number="")

    html = html_of(browser.get(page))

    assert html.count("At the moment nothing about you is recorded here.") == 1


def test_each_scope_has_its_own_box_and_its_values(browser: Browser, asking: Asking) -> None:
    html = html_of(browser.get(asking.open("openid", "email", "phone").get_absolute_url()))

    assert boxes(html) == {"email": True, "phone": True}
    assert "See your e-mail address." in html
    assert "ada@example.com" in html
    assert "+44 20 7946" in html


def test_values_of_scopes_that_are_not_asked_are_not_shown(
    browser: Browser, asking: Asking
) -> None:
    html = html_of(browser.get(asking.open("openid", "phone").get_absolute_url()))

    assert "ada@example.com" not in html


def test_who_asks_and_who_is_asked_are_named(browser: Browser, asking: Asking) -> None:
    Client.objects.update(
        purpose="For questions.", policy_uri="https://d.example/p", tos_uri="https://d.example/t"
    )

    html = html_of(browser.get(asking.open("openid").get_absolute_url()))

    assert "Query Desk asks for access" in html
    assert "desk.example.com" in html
    assert "For questions." in html
    assert "Ada Lovelace" in html
    assert "/accounts/switch/?next=%2Fauthorize%2Fresume%2F" in html
    assert 'href="https://d.example/p"' in html
    assert 'href="https://d.example/t"' in html
    assert "Not verified" not in html


def test_unverified_application_is_warned_of(browser: Browser, asking: Asking) -> None:
    Client.objects.update(is_verified=False)

    html = html_of(browser.get(asking.open("openid").get_absolute_url()))

    assert "Nobody has checked this application" in html


def test_required_scope_is_stated_and_has_no_box(browser: Browser, asking: Asking) -> None:
    change_scope("email", policy=ScopePolicy.REQUIRED)

    html = html_of(browser.get(asking.open("openid", "email", "phone").get_absolute_url()))

    assert boxes(html) == {"phone": True}
    assert HIDDEN_SCOPE.findall(html) == ["email"]
    assert '<span class="badge">Required</span>' in html


def test_emphasised_scope_is_marked_in_words(browser: Browser, asking: Asking) -> None:
    html = html_of(browser.get(asking.open("openid", "clearance").get_absolute_url()))

    assert '<span class="badge badge-warning">Sensitive</span>' in html


def test_earlier_grants_stand_apart_with_their_end(browser: Browser, asking: Asking) -> None:
    with time_machine.travel("2036-01-01T10:00:00+00:00", tick=False):
        asking.allow(["email"], ["email"], lifetime=30 * 86400)
        browser.force_login(asking.user)

        html = html_of(browser.get(asking.open("openid", "email", "roles").get_absolute_url()))

    assert "Query Desk asks for more access" in html
    assert boxes(html) == {"roles": True}
    assert "Until 31 January 2036." in html.partition("What you allowed before")[2]


def test_reopened_request_shows_earlier_denials_unticked(browser: Browser, asking: Asking) -> None:
    asking.allow(["email", "phone"], ["email"])
    request = asking.open("openid", "email", "phone", reopened=True)

    html = html_of(browser.get(request.get_absolute_url()))

    assert boxes(html) == {"email": True, "phone": False}
    assert "You said no before" in html


def test_texts_are_in_the_reader_s_language(browser: Browser, asking: Asking) -> None:
    path = asking.open("openid", "email").get_absolute_url()

    html = html_of(browser.get(path, headers={"accept-language": "de"}))

    assert "Ihre E-Mail-Adresse sehen." in html


def test_both_buttons_weigh_the_same_and_neither_has_the_focus(
    browser: Browser, asking: Asking
) -> None:
    html = html_of(browser.get(asking.open("openid").get_absolute_url()))

    buttons = re.findall(r'<button class="([^"]+)" name="decision" value="(\w+)">', html)
    assert buttons == [("button button-counter", "deny"), ("button", "allow")]
    assert "autofocus" not in html


def test_names_from_outside_are_escaped(browser: Browser, asking: Asking) -> None:
    Client.objects.update(name="<script>alert(1)</script>", purpose="<b>bold</b>")

    raw = browser.get(asking.open("openid").get_absolute_url()).content.decode()

    assert "<script>" not in raw
    assert "<b>bold" not in raw


def test_form_may_lead_to_the_application_and_onward(browser: Browser, asking: Asking) -> None:
    response = browser.get(asking.open("openid").get_absolute_url())

    policy = response["Content-Security-Policy"]
    assert "form-action" not in policy
    assert "default-src 'self'" in policy


def test_page_is_never_stored(browser: Browser, asking: Asking) -> None:
    response = browser.get(asking.open("openid").get_absolute_url())

    assert "no-store" in response["Cache-Control"]


def test_page_takes_at_most_twelve_statements_however_many_scopes(
    browser: Browser, asking: Asking
) -> None:
    asking.allow(["email", "phone"], ["email"])
    path = asking.open(*EVERYTHING).get_absolute_url()
    browser.get("/account/access/")
    browser.get(asking.open("openid").get_absolute_url())

    with CaptureQueriesContext(connection) as captured:
        html = html_of(browser.get(path))

    statements = [query["sql"] for query in captured.captured_queries]
    counted = [sql for sql in statements if "SAVEPOINT" not in sql]
    assert len(counted) <= 12, "\n".join(counted)
    assert len(boxes(html)) == len(EVERYTHING) - 3


# --- answers --------------------------------------------------------------------------------------


def test_allowing_some_gives_a_narrower_grant(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid", "email", "phone")

    response = submit(browser, request, "email")

    assert response.status_code == 302
    assert response["Location"] == RETURN_TO
    request.refresh_from_db()
    assert request.grant == Grant.objects.get()
    assert Grant.objects.get().scopes == {"openid": None, "email": None}


def test_not_allowing_gives_no_grant(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid", "email")

    response = submit(browser, request, "email", decision="deny")

    assert response["Location"] == RETURN_TO
    assert not Grant.objects.exists()
    assert ScopeDecision.objects.get().outcome == DecisionOutcome.DENIED


def test_decision_records_browser_address_and_sign_in(
    browser: Browser, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consent.screen.views.current_sign_in", lambda _request: asking.sign_in())
    path = asking.open("openid", "email").get_absolute_url()
    shown = asking.questions("openid", "email").fingerprint

    browser.post(
        path,
        {"decision": "allow", "scope": "email", "shown": shown},
        headers={"user-agent": "B" * 400, "accept-language": "de"},
        REMOTE_ADDR="192.0.2.9",
    )

    decision = ScopeDecision.objects.get()
    assert (decision.address, decision.locale) == ("192.0.2.9", "de")
    assert (decision.acr, decision.user_agent) == ("urn:example:acr", "B" * 300)


@pytest.mark.parametrize("peer", ["", "unix:", "192.0.2.9, 192.0.2.10"])
def test_peer_without_an_address_is_recorded_without(peer: str) -> None:
    request = RequestFactory().post("/consent/", REMOTE_ADDR=peer)

    assert decision_context(request).address is None


def test_chosen_lifetime_is_kept(browser: Browser, asking: Asking) -> None:
    with time_machine.travel("2036-01-01T10:00:00+00:00", tick=False):
        browser.force_login(asking.user)
        submit(browser, asking.open("openid", "email"), "email", lifetime=str(30 * 86400))

    assert Grant.objects.get().scopes["email"] == int(
        datetime(2036, 1, 31, 10, tzinfo=UTC).timestamp()
    )


@pytest.mark.parametrize("lifetime", ["1", "99999999999", "-5", "forever", "2592000.5"])
def test_lifetime_that_was_not_offered_is_refused(
    browser: Browser, asking: Asking, lifetime: str
) -> None:
    request = asking.open("openid", "email")

    response = submit(browser, request, "email", lifetime=lifetime)

    assert response.status_code == 400
    assert nothing_decided(request)


@pytest.mark.parametrize("decision", ["", "yes", "ALLOW"])
def test_neither_yes_nor_no_is_refused(browser: Browser, asking: Asking, decision: str) -> None:
    request = asking.open("openid", "email")

    response = submit(browser, request, "email", decision=decision)

    assert response.status_code == 400
    assert nothing_decided(request)


def test_scopes_that_were_not_asked_have_no_effect(browser: Browser, asking: Asking) -> None:
    submit(browser, asking.open("openid", "email"), "email", "roles", "root", "' OR 1=1")

    assert Grant.objects.get().scopes == {"openid": None, "email": None}


def test_dropping_a_required_scope_refuses_everything(browser: Browser, asking: Asking) -> None:
    change_scope("email", policy=ScopePolicy.REQUIRED)

    response = submit(browser, asking.open("openid", "email", "phone"), "phone")

    assert response["Location"] == RETURN_TO
    assert not Grant.objects.exists()


@pytest.mark.parametrize("shown", ["", "0" * 32])
def test_answer_to_other_questions_is_asked_anew(
    browser: Browser, asking: Asking, shown: str
) -> None:
    request = asking.open("openid", "email")

    response = submit(browser, request, "email", shown=shown)

    assert response.status_code == 409
    assert "What is asked has changed" in html_of(response)
    assert nothing_decided(request)


def test_text_changed_behind_the_page_is_shown_before_it_is_granted(
    browser: Browser, asking: Asking
) -> None:
    request = asking.open("openid", "email")
    shown = asking.questions("openid", "email").fingerprint
    change_scope("email", sentence="Read all your letters.", text_version=2)

    response = browser.post(
        request.get_absolute_url(), {"decision": "allow", "scope": "email", "shown": shown}
    )

    assert response.status_code == 409
    assert "Read all your letters." in html_of(response)
    assert nothing_decided(request)
    assert "form-action" not in response["Content-Security-Policy"]


def test_double_submit_decides_once_and_goes_on(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid", "email")
    submit(browser, request, "email")
    version = Grant.objects.get().version

    response = browser.post(request.get_absolute_url(), {"decision": "deny"})

    assert response["Location"] == RETURN_TO
    assert Grant.objects.get().version == version
    assert ScopeDecision.objects.get().outcome == DecisionOutcome.GRANTED


def test_decided_request_leads_on(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid")
    submit(browser, request)

    assert browser.get(request.get_absolute_url())["Location"] == RETURN_TO


@pytest.mark.parametrize("parameter", ["next", "return_to", "redirect_uri"])
def test_browser_cannot_say_where_it_goes(browser: Browser, asking: Asking, parameter: str) -> None:
    response = submit(browser, asking.open("openid"), **{parameter: "https://evil.example/"})

    assert response["Location"] == RETURN_TO


# --- who and when ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_person_s_request_does_not_exist(asking: Asking, linus: User, method: str) -> None:
    request = asking.open("openid", "email")
    other = Browser()
    other.force_login(linus)

    response = getattr(other, method)(request.get_absolute_url(), {"decision": "deny"})

    assert response.status_code == 404
    assert nothing_decided(request)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_decides_without_signing_in(asking: Asking, method: str) -> None:
    request = asking.open("openid")

    response = getattr(Browser(), method)(request.get_absolute_url(), {"decision": "deny"})

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/consent/")
    assert nothing_decided(request)


def test_deactivated_person_decides_nothing(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid")
    User.objects.update(is_active=False)

    response = browser.post(request.get_absolute_url(), {"decision": "deny"})

    assert response["Location"].startswith("/accounts/login/")
    assert nothing_decided(request)


@pytest.mark.parametrize("method", ["get", "post"])
def test_expired_request_is_closed(browser: Browser, asking: Asking, method: str) -> None:
    request = asking.open("openid", lifetime_seconds=60)

    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        response = getattr(browser, method)(request.get_absolute_url(), {"decision": "deny"})

    assert response.status_code == 410
    assert "waited too long" in html_of(response)
    assert nothing_decided(request)


def test_request_of_a_deactivated_application_is_closed(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid")
    Client.objects.update(is_active=False)

    response = browser.post(request.get_absolute_url(), {"decision": "allow"})

    assert response.status_code == 410
    assert nothing_decided(request)


def test_unknown_request_does_not_exist(browser: Browser) -> None:
    assert browser.get(f"/consent/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(browser: Browser, asking: Asking, method: str) -> None:
    request = asking.open("openid")

    assert getattr(browser, method)(request.get_absolute_url()).status_code == 405
    assert nothing_decided(request)


def test_answer_without_csrf_token_is_refused(asking: Asking) -> None:
    request = asking.open("openid")
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(asking.user)

    response = strict.post(request.get_absolute_url(), {"decision": "allow"})

    assert response.status_code == 403
    assert nothing_decided(request)
