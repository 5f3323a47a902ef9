"""Taking back what somebody else has granted."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Kind
from foundation.journal.models import Act
from tests.admin.conftest import browser_of, staff
from tests.admin.records import make_history
from tests.consent.asking import Asking
from tests.factories import make_client

LIST = reverse("admin:consent_grant_changelist")


@pytest.fixture
def grant(person: User, application: Client) -> Grant:
    return make_history(person, application)


@pytest.fixture
def onlooker() -> Browser:
    """May look at grants and the history, not end anything."""
    return browser_of(staff("consent.view_grant", "journal.view_act"))


def page(grant: Grant, scope: str = "") -> str:
    return reverse("admin:consent_grant_revoke", args=[grant.pk]) + (
        f"?scope={scope}" * bool(scope)
    )


def change_page(grant: Grant) -> str:
    return reverse("admin:consent_grant_change", args=[grant.pk])


def is_standing(grant: Grant) -> bool:
    return Grant.objects.filter(pk=grant.pk, revoked_at=None).exists()


def newest() -> Act:
    return Act.objects.select_related("personal").filter(kind=Kind.REVOKED).latest("at")


def test_a_grant_ends_with_a_reason(browser: Browser, administrator: User, grant: Grant) -> None:
    response = browser.post(page(grant), {"reason": "Left the company"})

    assert response["Location"] == change_page(grant)
    assert not is_standing(grant)
    act = newest()
    assert (act.actor, act.grant_id, act.scope) == (
        Actor.ADMINISTRATOR,
        grant.pk,
        "openid roles",
    )
    assert act.personal.reason == "Left the company"
    assert act.personal.actor_id == str(administrator.pk)
    assert act.personal.person_id == grant.user_id


def test_one_scope_ends_with_a_reason(browser: Browser, grant: Grant) -> None:
    browser.post(page(grant, "roles"), {"reason": "Changed jobs"})

    assert is_standing(grant)
    assert "roles" not in Grant.objects.get(pk=grant.pk).scopes
    assert ScopeDecision.objects.get(grant=grant, scope="roles").outcome == DecisionOutcome.DENIED
    assert (newest().scope, newest().personal.reason) == ("roles", "Changed jobs")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
@pytest.mark.parametrize("scope", ["", "roles"])
def test_without_a_reason_nothing_ends(
    browser: Browser, grant: Grant, reason: str, scope: str
) -> None:
    response = browser.post(page(grant, scope), {"reason": reason})

    assert response.status_code == 200
    assert "reason" in response.context["form"].errors
    assert is_standing(grant)
    assert "roles" in Grant.objects.get(pk=grant.pk).scopes


def test_looking_at_the_page_ends_nothing(browser: Browser, grant: Grant) -> None:
    assert browser.get(page(grant) + "?reason=x").status_code == 200
    assert is_standing(grant)


def test_a_post_from_elsewhere_ends_nothing(administrator: User, grant: Grant) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(administrator, backend="idp.accounts.auth_backend.AuthenticationBackend")

    assert strict.post(page(grant), {"reason": "x"}).status_code == 403
    assert is_standing(grant)


@pytest.mark.parametrize("scope", ["openid", "email", "never-heard-of", "roles%20openid"])
def test_only_a_scope_that_is_held_and_was_asked_about_can_be_taken_back(
    browser: Browser, grant: Grant, scope: str
) -> None:
    assert browser.post(page(grant, scope), {"reason": "x"}).status_code == 404
    assert is_standing(grant)


def test_what_has_ended_is_not_ended_again(browser: Browser, grant: Grant) -> None:
    browser.post(page(grant), {"reason": "first"})

    assert browser.post(page(grant), {"reason": "second"}).status_code == 404
    assert Act.objects.filter(kind=Kind.REVOKED, personal__reason="second").count() == 0


def test_who_may_only_look_sees_and_ends_nothing(onlooker: Browser, grant: Grant) -> None:
    html = onlooker.get(change_page(grant)).content.decode()

    assert "What it holds" in html
    assert "/revoke/" not in html
    assert onlooker.get(page(grant)).status_code == 403
    assert onlooker.post(page(grant), {"reason": "x"}).status_code == 403
    assert onlooker.post(page(grant, "roles"), {"reason": "x"}).status_code == 403
    onlooker.post(
        LIST,
        {
            "action": "revoke",
            "_selected_action": [grant.pk],
            "confirmed": "1",
            "reason": "x",
        },
    )
    assert is_standing(grant)


def test_who_may_look_at_nothing_sees_nothing(grant: Grant) -> None:
    stranger = browser_of(staff())

    assert stranger.get(LIST).status_code == 403
    assert stranger.get(change_page(grant)).status_code == 403


def test_several_end_with_one_reason(browser: Browser, grant: Grant, person: User) -> None:
    other = Asking(person, make_client(client_name="Other")[0]).allow(["roles"], ["roles"])
    chosen = {"action": "revoke", "_selected_action": [grant.pk, other.pk]}

    asked = browser.post(LIST, chosen)

    assert "Revoke this access?" in asked.content.decode()
    assert is_standing(grant)
    assert is_standing(other)
    browser.post(LIST, {**chosen, "confirmed": "1", "reason": ""})
    assert is_standing(grant)
    done = browser.post(LIST, {**chosen, "confirmed": "1", "reason": "Audit"}, follow=True)
    assert "2 grants have been revoked." in done.content.decode()
    assert not is_standing(grant)
    assert not is_standing(other)
    assert Act.objects.filter(kind=Kind.REVOKED, personal__reason="Audit").count() == 2


def test_those_that_have_ended_are_left_out(browser: Browser, grant: Grant) -> None:
    browser.post(page(grant), {"reason": "first"})

    told = browser.post(LIST, {"action": "revoke", "_selected_action": [grant.pk]}, follow=True)

    assert "None of them stands." in told.content.decode()


def test_the_person_reads_who_and_why(browser: Browser, grant: Grant) -> None:
    browser.post(page(grant), {"reason": "Left <b>the</b> company"})

    html = browser_of(grant.user).get(reverse("consent:history")).content.decode()

    assert "An administrator took back" in html
    assert "Left &lt;b&gt;the&lt;/b&gt; company" in html
