"""Applications that nobody has checked, and agents: nothing is ticked in advance."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from claims.catalogue.models import ScopePolicy
from consent.models import Grant
from foundation.directory.models import Client
from tests.consent.asking import Asking, change_scope
from tests.consent.test_review import boxes, html_of, nothing_decided, submit

UNVERIFIED, AGENT = {"is_verified": False}, {"is_agent": True}
cautious = pytest.mark.parametrize("marks", [UNVERIFIED, AGENT, UNVERIFIED | AGENT])


def mark(asking: Asking, **marks: bool) -> None:
    Client.objects.filter(pk=asking.client.pk).update(**marks)
    asking.client.refresh_from_db()


def page(browser: Browser, asking: Asking, *scopes: str, reopened: bool = False) -> str:
    request = asking.open("openid", *scopes, reopened=reopened)
    return html_of(browser.get(request.get_absolute_url()))


@cautious
def test_nothing_optional_is_ticked_in_advance(
    browser: Browser, asking: Asking, marks: dict[str, bool]
) -> None:
    mark(asking, **marks)

    assert boxes(page(browser, asking, "email", "clearance")) == {
        "email": False,
        "clearance": False,
    }


@cautious
def test_what_was_allowed_before_is_not_ticked_when_asked_again(
    browser: Browser, asking: Asking, marks: dict[str, bool]
) -> None:
    asking.allow(["email"], ["email"])
    mark(asking, **marks)

    assert boxes(page(browser, asking, "email", reopened=True)) == {"email": False}


def test_required_scope_is_stated_as_ever(browser: Browser, asking: Asking) -> None:
    change_scope("email", policy=ScopePolicy.REQUIRED)
    mark(asking, **AGENT)

    html = page(browser, asking, "email", "phone")

    assert boxes(html) == {"phone": False}
    assert '<input type="hidden" name="scope" value="email">' in html


def test_the_screen_says_why(browser: Browser, asking: Asking) -> None:
    mark(asking, **AGENT)

    html = page(browser, asking, "email")

    assert "This application acts on its own" in html
    assert "Nothing optional is ticked" in html
    assert "Nobody has checked this application" not in html


def test_both_reasons_are_given(browser: Browser, asking: Asking) -> None:
    mark(asking, **UNVERIFIED, **AGENT)

    html = page(browser, asking, "email")

    assert "This application acts on its own" in html
    assert "Nobody has checked this application" in html


def test_a_checked_application_is_not_warned_of(browser: Browser, asking: Asking) -> None:
    html = page(browser, asking, "email")

    assert boxes(html) == {"email": True}
    assert "Nothing optional is ticked" not in html


def test_allowing_without_ticking_gives_the_sign_in_and_nothing_else(
    browser: Browser, asking: Asking
) -> None:
    mark(asking, **AGENT)

    submit(browser, asking.open("openid", "email", "phone"))

    assert Grant.objects.get().scopes == {"openid": None}


@cautious
def test_mark_set_behind_the_page_is_shown_before_anything_is_granted(
    browser: Browser, asking: Asking, marks: dict[str, bool]
) -> None:
    request = asking.open("openid", "email")
    shown = asking.questions("openid", "email").fingerprint
    mark(asking, **marks)

    response = browser.post(
        request.get_absolute_url(), {"decision": "allow", "scope": "email", "shown": shown}
    )

    assert response.status_code == 409
    assert boxes(html_of(response)) == {"email": False}
    assert nothing_decided(request)


@cautious
def test_marks_do_not_ask_again_what_was_decided(asking: Asking, marks: dict[str, bool]) -> None:
    asking.allow(["email"], ["email"])
    mark(asking, **marks)

    assert not asking.questions("openid", "email").must_ask


# --- for anybody ----------------------------------------------------------------------------------


def before_nothing(asking: Asking) -> None: ...


def before_a_yes(asking: Asking) -> None:
    asking.allow(["clearance", "email"], ["clearance", "email"])


def before_a_no(asking: Asking) -> None:
    asking.allow(["clearance", "email"], ["email"])


def before_a_yes_to_another_text(asking: Asking) -> None:
    before_a_yes(asking)
    change_scope("clearance", sentence="Something else.", text_version=2)


@pytest.mark.parametrize(
    "before", [before_nothing, before_a_yes, before_a_no, before_a_yes_to_another_text]
)
@pytest.mark.parametrize("ticked", [True, False])
def test_what_is_sensitive_is_never_ticked_in_advance(
    browser: Browser, asking: Asking, before: Callable[[Asking], None], ticked: bool
) -> None:
    change_scope("clearance", policy=ScopePolicy.EMPHASISED, ticked=ticked)
    before(asking)

    assert not boxes(page(browser, asking, "clearance", "email", reopened=True))["clearance"]


@pytest.mark.parametrize(
    ("marks", "days"),
    [({}, 365), (AGENT, 30), (UNVERIFIED, 365), (AGENT | UNVERIFIED, 30)],
)
def test_agents_are_given_thirty_days_unless_somebody_says_otherwise(
    browser: Browser, asking: Asking, marks: dict[str, bool], days: int
) -> None:
    mark(asking, **marks)

    html = page(browser, asking, "email")

    assert f'<option value="{days * 86400}" selected>' in html


def test_agent_is_given_less_than_thirty_days_where_that_is_the_longest(
    browser: Browser, asking: Asking
) -> None:
    change_scope("email", maximum_lifetime=3600)
    mark(asking, **AGENT)

    assert '<option value="3600" selected>' in page(browser, asking, "email")


@cautious
def test_claims_of_a_scope_that_is_not_ticked_are_not_given(
    browser: Browser, asking: Asking, marks: dict[str, bool]
) -> None:
    """Their boxes come with the page, and a browser without scripts sends them."""
    mark(asking, **marks)

    ticked = ["profile name", "profile preferred_username", "profile updated_at"]
    submit(browser, asking.open("openid", "profile", "email"), "email", claim=ticked)

    grant = Grant.objects.get()
    assert set(grant.scopes) == {"openid", "email"}
    assert grant.withheld_claims == {}
