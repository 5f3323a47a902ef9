"""create, merge, replace: what each does to which grant, and what it asks."""

import pytest

from consent.grants.services import revoke_grant
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import User
from tests.assertions import assert_code, assert_redirected_error, assert_sent_to_consent
from tests.html_forms import form_with
from tests.jwt import verified
from tests.relying_party import answer_of
from tests.specs.grant_management.conftest import Manager, standing

SCOPE = "openid profile offline_access"


def boxes(page: object) -> list[str]:
    return form_with(page.content.decode(), "decision").values("scope", "checkbox")  # type: ignore[attr-defined]


# --- create ------------------------------------------------------------------------------------


@pytest.mark.spec("Grant Management", "5.2")
def test_every_create_opens_another_grant(manager: Manager, person: User) -> None:
    ordinary = manager.obtain_tokens(person, scope=SCOPE)["grant_id"]

    first, second = (manager.create(person, scope=SCOPE)["grant_id"] for _ in range(2))

    assert len({ordinary, first, second}) == 3
    assert [standing(name).separate for name in (ordinary, first, second)] == [False, True, True]


@pytest.mark.spec("Grant Management", "5.2")
def test_create_uses_nothing_that_is_remembered(manager: Manager, person: User) -> None:
    manager.obtain_tokens(person, scope="openid profile email", allow={"profile"})

    page = manager.follow(
        manager.authorize(scope="openid profile email", grant_management_action="create")
    )

    assert boxes(page) == ["profile", "email"]


@pytest.mark.spec("Grant Management", "5.2")
def test_create_cannot_be_silent(manager: Manager, person: User) -> None:
    manager.create(person, scope=SCOPE)

    response = manager.authorize(scope=SCOPE, grant_management_action="create", prompt="none")

    assert_redirected_error(response, "consent_required")


@pytest.mark.spec("Grant Management", "5.2")
def test_requests_without_the_parameter_know_nothing_of_separate_grants(
    manager: Manager, person: User
) -> None:
    manager.create(person, scope="openid email")

    silent = manager.authorize(scope="openid email", prompt="none")
    page = manager.follow(manager.authorize(scope="openid email"))

    assert_redirected_error(silent, "consent_required")
    assert boxes(page) == ["email"]


def test_refusing_to_create_leaves_nothing_behind(manager: Manager, person: User) -> None:
    ordinary = manager.obtain_tokens(person, scope="openid email")["grant_id"]

    response = manager.go_through(
        person, scope="openid email", grant_management_action="create", allow=()
    )

    assert_redirected_error(response, "access_denied")
    assert [str(grant.pk) for grant in Grant.objects.all()] == [ordinary]
    assert ScopeDecision.objects.get(scope="email").outcome == DecisionOutcome.GRANTED


def test_what_a_separate_grant_was_denied_is_not_denied_to_the_ordinary_one(
    manager: Manager, person: User
) -> None:
    manager.create(person, scope="openid email roles", allow={"email"})

    tokens = manager.obtain_tokens(person, scope="openid email roles")

    assert tokens["scope"] == "openid email roles"


def test_a_grant_revoked_before_its_code_was_issued_gives_none(
    manager: Manager, person: User
) -> None:
    manager.sign_in(person)
    page = manager.follow(manager.authorize(scope=SCOPE, grant_management_action="create"))
    form = form_with(page.content.decode(), "decision")
    answered = manager.browser.post(
        page.request["PATH_INFO"], {**form.data, "scope": "profile", "decision": "allow"}
    )
    revoke_grant(Grant.objects.get())

    assert_redirected_error(manager.browser.get(answered["Location"]), "access_denied")


# --- merge -------------------------------------------------------------------------------------


@pytest.mark.spec("Grant Management", "5.2")
def test_merge_asks_only_the_difference_and_adds_it(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope="openid profile")["grant_id"]

    page = manager.follow(manager.change("merge", grant_id, scope="openid profile email"))
    asked = boxes(page)
    tokens = manager.exchange(assert_code(manager.decide(page))).json()

    assert asked == ["email"]
    assert tokens["grant_id"] == verified(tokens["access_token"])["grant_id"] == grant_id
    assert set(standing(grant_id).scopes) == {"openid", "profile", "email"}


@pytest.mark.spec("Grant Management", "5.2")
def test_merge_keeps_what_it_does_not_mention(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope="openid profile")["grant_id"]

    tokens = manager.silently("merge", grant_id, scope="openid")

    assert tokens["scope"] == "openid"
    assert set(standing(grant_id).scopes) == {"openid", "profile"}


def test_nothing_is_added_silently(manager: Manager, person: User) -> None:
    """Neither what nobody decided, nor what another grant of the same two holds."""
    manager.obtain_tokens(person, scope="openid email")
    grant_id = manager.create(person, scope="openid profile")["grant_id"]

    response = manager.change("merge", grant_id, scope="openid email", prompt="none")

    assert_redirected_error(response, "consent_required")
    assert set(standing(grant_id).scopes) == {"openid", "profile"}


def test_merge_may_name_the_ordinary_grant(manager: Manager, person: User) -> None:
    grant_id = manager.obtain_tokens(person, scope="openid profile")["grant_id"]

    response = manager.decide(manager.change("merge", grant_id, scope="openid email"))

    assert manager.exchange(assert_code(response)).json()["grant_id"] == grant_id
    assert set(standing(grant_id).scopes) == {"openid", "profile", "email"}


def test_refused_merge_leaves_grant_and_tokens(manager: Manager, person: User) -> None:
    tokens = manager.create(person, scope=SCOPE)

    response = manager.decide(manager.change("merge", tokens["grant_id"], scope="email"), allow=())

    assert_redirected_error(response, "access_denied")
    assert set(standing(tokens["grant_id"]).scopes) == set(SCOPE.split())
    assert manager.refresh(tokens["refresh_token"]).status_code == 200


def test_grant_revoked_while_the_page_is_open_ends_the_request(
    manager: Manager, person: User
) -> None:
    grant_id = manager.create(person, scope="openid")["grant_id"]
    page = manager.follow(manager.change("merge", grant_id, scope="openid email"))
    revoke_grant(standing(grant_id))

    looked_again = manager.browser.get(page.request["PATH_INFO"])
    answered = manager.submit(page, having="decision", scope="email", decision="allow")

    assert looked_again["Location"].startswith("/authorize/resume/")
    assert_redirected_error(answered, "invalid_grant_id")
    assert not ScopeDecision.objects.exists()


# --- replace -----------------------------------------------------------------------------------


@pytest.mark.spec("Grant Management", "5.2")
def test_replaced_grant_holds_only_what_was_asked_for_now(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope="openid profile roles")["grant_id"]

    page = manager.follow(manager.change("replace", grant_id, scope="openid profile email"))
    asked = boxes(page)
    tokens = manager.exchange(assert_code(manager.decide(page))).json()

    assert asked == ["email"]
    assert tokens["grant_id"] == grant_id
    assert set(standing(grant_id).scopes) == {"openid", "profile", "email"}
    assert not ScopeDecision.objects.filter(scope="roles").exists()


@pytest.mark.spec("Grant Management", "5.2")
def test_a_grant_is_narrowed_silently_and_not_widened_again(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope="openid profile roles")["grant_id"]

    tokens = manager.silently("replace", grant_id, scope="openid profile")
    again = manager.change("merge", grant_id, scope="openid roles", prompt="none")

    assert tokens["scope"] == "openid profile"
    assert set(standing(grant_id).scopes) == {"openid", "profile"}
    assert_redirected_error(again, "consent_required")


def test_refused_replacement_changes_nothing(manager: Manager, person: User) -> None:
    tokens = manager.create(person, scope=SCOPE)
    grant_id = tokens["grant_id"]

    response = manager.decide(manager.change("replace", grant_id, scope="email"), allow=())

    assert answer_of(response)["error"] == "access_denied"
    assert set(standing(grant_id).scopes) == set(SCOPE.split())
    assert manager.refresh(tokens["refresh_token"]).status_code == 200


def test_what_is_granted_before_the_code_is_issued_is_not_lost(
    manager: Manager, person: User
) -> None:
    """The answer has replaced the grant; the way back to the client does not do it again."""
    grant_id = manager.create(person, scope="openid profile")["grant_id"]
    page = manager.follow(manager.change("replace", grant_id, scope="openid email"))
    form = form_with(page.content.decode(), "decision")
    answered = manager.browser.post(
        page.request["PATH_INFO"], {**form.data, "scope": "email", "decision": "allow"}
    )
    manager.decide(manager.change("merge", grant_id, scope="openid roles"))

    assert_code(manager.browser.get(answered["Location"]))
    assert set(standing(grant_id).scopes) == {"openid", "email", "roles"}


# --- what it gave before -----------------------------------------------------------------------


@pytest.mark.spec("Grant Management", "5.2")
@pytest.mark.parametrize("action", ["merge", "replace"])
def test_earlier_tokens_of_the_grant_end(manager: Manager, person: User, action: str) -> None:
    before = manager.create(person, scope=SCOPE)

    after = manager.silently(action, before["grant_id"], scope=SCOPE)

    assert manager.refresh(before["refresh_token"]).json()["error"] == "invalid_grant"
    assert manager.userinfo(before["access_token"]).status_code == 401
    assert manager.refresh(after["refresh_token"]).json()["grant_id"] == before["grant_id"]


@pytest.mark.spec("Grant Management", "5.2")
def test_tokens_of_other_grants_stay(manager: Manager, person: User) -> None:
    ordinary = manager.obtain_tokens(person, scope=SCOPE)
    first, second = (manager.create(person, scope=SCOPE) for _ in range(2))

    manager.silently("replace", first["grant_id"], scope="openid")

    assert manager.refresh(ordinary["refresh_token"]).status_code == 200
    assert manager.refresh(second["refresh_token"]).json()["scope"] == SCOPE


def test_code_that_was_not_redeemed_yet_ends_too(manager: Manager, person: User) -> None:
    grant_id = manager.create(person, scope=SCOPE)["grant_id"]
    waiting = assert_code(manager.change("merge", grant_id, scope=SCOPE, prompt="none"))

    manager.silently("merge", grant_id, scope=SCOPE)

    assert manager.exchange(waiting).json()["error"] == "invalid_grant"


def test_merge_is_put_to_the_person_when_prompt_consent_says_so(
    manager: Manager, person: User
) -> None:
    grant_id = manager.create(person, scope=SCOPE)["grant_id"]

    assert_sent_to_consent(manager.change("merge", grant_id, scope=SCOPE, prompt="consent"))
