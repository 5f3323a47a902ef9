"""`prompt`: what the person must do, and what happens when nothing may be asked."""

import pytest

from foundation.directory.models import User
from idp.models import StoredAuthorizationRequest
from tests.assertions import (
    assert_code,
    assert_redirected_error,
    assert_sent_to,
    assert_sent_to_consent,
    assert_sent_to_sign_in,
)
from tests.factories import make_grant, make_relying_party
from tests.html_forms import form_with
from tests.jwt import payload_of
from tests.provider import Clock
from tests.relying_party import RelyingParty, answer_of


@pytest.fixture
def granted(rp: RelyingParty, person: User) -> None:
    """The person has allowed everything before."""
    make_grant(person=person, client=rp.client, scopes=rp.client.scope.split())


def resume_path() -> str:
    return f"/authorize/resume/{StoredAuthorizationRequest.objects.get().pk}/"


@pytest.mark.spec("OIDC Core", "3.1.2.6", module="oidcc-prompt-none-not-logged-in", hole=1)
def test_prompt_none_without_a_sign_in_answers_login_required(rp: RelyingParty) -> None:
    response = rp.authorize(prompt="none")

    assert_redirected_error(response, "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-prompt-none-logged-in", hole=1)
def test_prompt_none_with_a_sign_in_and_a_grant_answers_with_a_code(
    rp: RelyingParty, person: User
) -> None:
    first = rp.obtain_tokens(person)

    response = rp.authorize(prompt="none")

    second = rp.exchange(assert_code(response)).json()
    facts = ("sub", "auth_time", "sid", "acr")
    first_token, second_token = payload_of(first["id_token"]), payload_of(second["id_token"])
    assert [first_token[name] for name in facts] == [second_token[name] for name in facts]


@pytest.mark.spec("OIDC Core", "3.1.2.6", hole=1)
def test_prompt_none_before_any_consent_answers_login_required(
    rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)

    response = rp.authorize(prompt="none")

    assert_redirected_error(response, "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_prompt_none_for_one_more_scope_answers_consent_required(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person, scope="openid email")

    response = rp.authorize(scope="openid email phone", prompt="none")

    assert_redirected_error(response, "consent_required")


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=17)
def test_prompt_none_succeeds_with_what_is_left_when_a_scope_was_withheld(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person, scope="openid email phone", allow={"email"})

    response = rp.authorize(scope="openid email phone", prompt="none")

    assert rp.exchange(assert_code(response)).json()["scope"] == "openid email"


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_prompt_none_with_a_sign_in_that_is_too_old_answers_login_required(
    rp: RelyingParty, person: User, clock: Clock
) -> None:
    rp.obtain_tokens(person)
    clock.advance(seconds=11)

    response = rp.authorize(prompt="none", max_age="10")

    assert_redirected_error(response, "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_prompt_none_after_the_person_was_switched_off_answers_login_required(
    rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person)
    person.is_active = False
    person.save()

    response = rp.authorize(prompt="none")

    assert_redirected_error(response, "login_required")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("prompt", ["none login", "consent none", "none select_account", "none x"])
def test_prompt_none_beside_another_value_is_refused(rp: RelyingParty, prompt: str) -> None:
    response = rp.authorize(prompt=prompt)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize("prompt", ["create", "NONE", "login,consent", "consent?"])
def test_unknown_prompt_is_refused(rp: RelyingParty, prompt: str) -> None:
    response = rp.authorize(prompt=prompt)

    assert_redirected_error(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-prompt-login", hole=3)
def test_prompt_login_asks_a_signed_in_person_again(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)

    response = rp.authorize(prompt="login")

    assert_sent_to(response, "/accounts/reauthenticate/")


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-prompt-login", hole=3)
def test_prompt_login_brings_a_later_auth_time(
    rp: RelyingParty, person: User, granted: None, clock: Clock
) -> None:
    first = payload_of(rp.obtain_tokens(person)["id_token"])
    clock.advance(seconds=2)

    response = rp.confirm_password(rp.authorize(prompt="login"))

    second = payload_of(rp.exchange(assert_code(response)).json()["id_token"])
    assert second["auth_time"] > first["auth_time"]
    assert second["sub"] == first["sub"]


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=3)
def test_prompt_login_cannot_be_passed_by_going_on_without_the_password(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)
    sent = rp.authorize(prompt="login")
    back = form_with(rp.follow(sent).content.decode(), "password").data["next"][0]

    response = rp.browser.get(back)

    assert_sent_to(response, "/accounts/reauthenticate/")


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=3)
def test_prompt_login_is_not_met_by_a_wrong_password(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)
    page = rp.follow(rp.authorize(prompt="login"))

    response = rp.submit(page, having="password", password="wrong")

    assert response.status_code == 200
    assert response.resolver_match.url_name == "account_reauthenticate"


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=3)
def test_one_new_sign_in_meets_one_prompt_login_only(
    rp: RelyingParty, person: User, granted: None, clock: Clock
) -> None:
    rp.sign_in(person)
    assert_code(rp.confirm_password(rp.authorize(prompt="login")))
    clock.advance(seconds=1)

    response = rp.authorize(prompt="login")

    assert_sent_to(response, "/accounts/reauthenticate/")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_prompt_login_is_met_by_signing_in_for_the_first_time(
    rp: RelyingParty, person: User, granted: None
) -> None:
    response = rp.sign_in(person, rp.authorize(prompt="login"))

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=2)
def test_prompt_consent_asks_for_what_was_granted_before(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person)

    response = rp.authorize(prompt="consent")

    assert_sent_to_consent(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_prompt_consent_is_met_by_one_answer(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope="openid email phone")

    response = rp.decide(
        rp.authorize(scope="openid email phone", prompt="consent"), allow={"email"}
    )

    assert rp.exchange(assert_code(response)).json()["scope"] == "openid email"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_prompt_consent_asks_for_what_was_denied_before(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope="openid email phone", allow={"email"})

    response = rp.decide(rp.authorize(scope="openid email phone", prompt="consent"))

    assert rp.exchange(assert_code(response)).json()["scope"] == "openid email phone"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_prompt_consent_cannot_be_passed_without_an_answer(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)
    rp.authorize(prompt="consent")

    response = rp.browser.get(resume_path())

    assert_sent_to_consent(response)


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_prompt_consent_answered_with_no_answers_access_denied(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)

    response = rp.decide(rp.authorize(prompt="consent"), allow=())

    assert_redirected_error(response, "access_denied")


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_prompt_login_consent_asks_for_both(rp: RelyingParty, person: User, granted: None) -> None:
    rp.sign_in(person)

    page = rp.confirm_password(rp.authorize(prompt="login consent"))

    assert page.resolver_match.url_name == "review"
    assert_code(rp.submit(page, having="decision", decision="allow"))


@pytest.mark.spec("OIDC Core", "3.1.2.1", hole=2)
def test_prompt_select_account_asks_who_goes_on(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)

    page = rp.follow(rp.authorize(prompt="select_account"))

    assert page.resolver_match.url_name == "authorize_select_account"
    assert "Ada Lovelace" in page.content.decode()


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_person_may_go_on_with_the_account_that_is_signed_in(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)
    page = rp.follow(rp.authorize(prompt="select_account"))

    response = rp.submit(page, having="csrfmiddlewaretoken")

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_person_may_go_on_with_another_account(
    rp: RelyingParty, person: User, other_person: User, granted: None
) -> None:
    rp.sign_in(person)
    page = rp.follow(rp.authorize(scope="openid", prompt="select_account"))

    page = rp.sign_in(other_person, rp.submit(page, having="next"))
    response = rp.decide(page) if page.status_code == 200 else page

    tokens = rp.exchange(assert_code(response)).json()
    assert payload_of(tokens["id_token"])["sub"] == other_person.subject


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_choice_of_account_cannot_be_passed_by_going_on(
    rp: RelyingParty, person: User, granted: None
) -> None:
    rp.sign_in(person)
    rp.authorize(prompt="select_account")

    response = rp.browser.get(resume_path())

    assert response["Location"].startswith("/authorize/account/")


@pytest.mark.spec("OIDC Core", "3.1.2.3")
def test_without_a_sign_in_the_person_is_asked_to_sign_in(rp: RelyingParty) -> None:
    response = rp.authorize()

    assert_sent_to_sign_in(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_client_without_openid_can_use_prompt_too(provider: None, person: User) -> None:
    rp = make_relying_party(scope="profile")

    response = rp.authorize(scope="profile", prompt="none")

    assert answer_of(response)["error"] == "login_required"
