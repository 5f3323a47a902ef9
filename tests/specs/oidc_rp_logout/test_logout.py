"""RP-initiated logout: at once for who proves whose session it is, after a question otherwise."""

import pytest
from django.http import HttpResponse

from foundation.base.keys.authentic import stamp
from foundation.base.keys.models import KeyState
from foundation.base.models import SigningKey
from foundation.directory.models import User
from tests.assertions import assert_error_page
from tests.factories import AFTER_LOGOUT, make_relying_party
from tests.jwt import forged, signed_elsewhere
from tests.provider import Clock
from tests.relying_party import FORM, RelyingParty, new_browser


def is_signed_in(rp: RelyingParty) -> bool:
    return rp.browser.get("/accounts/").status_code == 200


def assert_asked(rp: RelyingParty, page: HttpResponse) -> None:
    assert page.resolver_match.url_name == "logout_confirm"
    assert is_signed_in(rp)


@pytest.fixture
def id_token(rp: RelyingParty, person: User) -> str:
    """Signs the person in; the ID token of that."""
    return str(rp.obtain_tokens(person)["id_token"])


@pytest.mark.spec("OIDC RP-Initiated Logout", "2", module="oidcc-rp-initiated-logout")
def test_logout_with_a_hint_ends_the_session_and_goes_back(rp: RelyingParty, id_token: str) -> None:
    response = rp.logout(
        id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT, state="a b&c"
    )

    assert response["Location"] == f"{AFTER_LOGOUT}?state=a+b%26c"
    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2", module="oidcc-rp-initiated-logout")
def test_logout_by_post_needs_no_csrf_token(rp: RelyingParty, id_token: str) -> None:
    body = f"id_token_hint={id_token}&post_logout_redirect_uri={AFTER_LOGOUT}"

    response = rp.browser.post("/logout", body, content_type=FORM)

    assert response["Location"] == AFTER_LOGOUT
    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_logout_posted_by_another_site_ends_the_session(rp: RelyingParty, id_token: str) -> None:
    body = f"id_token_hint={id_token}&post_logout_redirect_uri={AFTER_LOGOUT}"

    without_cookies = new_browser().post("/logout", body, content_type=FORM)
    response = rp.follow(without_cookies)

    assert response["Location"] == AFTER_LOGOUT
    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_after_logout_prompt_none_answers_login_required(rp: RelyingParty, id_token: str) -> None:
    rp.logout(id_token_hint=id_token)

    response = rp.authorize(prompt="none")

    assert "error=login_required" in response["Location"]


@pytest.mark.spec("OIDC RP-Initiated Logout", "2", module="oidcc-rp-initiated-logout-no-state")
def test_no_state_comes_back_when_none_was_sent(rp: RelyingParty, id_token: str) -> None:
    response = rp.logout(id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT)

    assert response["Location"] == AFTER_LOGOUT


@pytest.mark.spec(
    "OIDC RP-Initiated Logout",
    "2",
    module="oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
)
def test_logout_without_a_way_back_ends_on_a_page(rp: RelyingParty, id_token: str) -> None:
    response = rp.logout(id_token_hint=id_token)

    assert response.status_code == 200
    assert not is_signed_in(rp)


@pytest.mark.spec(
    "OIDC RP-Initiated Logout",
    "3",
    module="oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
)
@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/",
        f"{AFTER_LOGOUT}/",
        "https://rp.example/callback",
        "javascript:alert(1)",
        f"{AFTER_LOGOUT}#x",
        "//rp.example/signed-out",
        "https://[::1",
    ],
)
def test_way_back_that_is_not_registered_is_told_to_the_person(
    rp: RelyingParty, id_token: str, uri: str
) -> None:
    response = rp.logout(id_token_hint=id_token, post_logout_redirect_uri=uri)

    assert_error_page(response, "invalid_request")
    assert is_signed_in(rp)


@pytest.mark.spec(
    "OIDC RP-Initiated Logout",
    "3",
    module="oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
)
def test_query_added_to_the_way_back_is_refused(rp: RelyingParty, id_token: str) -> None:
    response = rp.logout(id_token_hint=id_token, post_logout_redirect_uri=f"{AFTER_LOGOUT}?foo=bar")

    assert_error_page(response, "invalid_request")


@pytest.mark.spec(
    "OIDC RP-Initiated Logout", "4", module="oidcc-rp-initiated-logout-modified-id-token-hint"
)
def test_changed_hint_is_told_to_the_person(rp: RelyingParty, id_token: str) -> None:
    header, payload, signature = id_token.split(".")
    changed = f"{header}.{payload}.{'A' * len(signature)}"

    response = rp.logout(id_token_hint=changed, post_logout_redirect_uri=AFTER_LOGOUT)

    assert_error_page(response, "invalid_request")
    assert is_signed_in(rp)


@pytest.mark.spec(
    "OIDC RP-Initiated Logout", "4", module="oidcc-rp-initiated-logout-bad-id-token-hint"
)
@pytest.mark.parametrize("hint", ["x", "a.b.c", "eyJ.e.x", "ü.ü.ü", "." * 10_000, "\x00"])
def test_malformed_hint_at_logout_is_told_to_the_person(
    rp: RelyingParty, id_token: str, hint: str
) -> None:
    response = rp.logout(id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT)

    assert_error_page(response, "invalid_request")
    assert is_signed_in(rp)


@pytest.mark.spec(
    "OIDC RP-Initiated Logout", "4", module="oidcc-rp-initiated-logout-bad-id-token-hint"
)
def test_hint_of_another_issuer_is_told_to_the_person(rp: RelyingParty, id_token: str) -> None:
    unsigned = forged(id_token, header={"alg": "none"})

    for hint in (signed_elsewhere(id_token), unsigned):
        response = rp.logout(id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT)
        assert_error_page(response, "invalid_request")


@pytest.mark.spec("OIDC RP-Initiated Logout", "4")
def test_access_token_is_no_hint_at_logout(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)

    response = rp.logout(id_token_hint=tokens["access_token"])

    assert_error_page(response, "invalid_request")


@pytest.mark.spec(
    "OIDC RP-Initiated Logout", "2", module="oidcc-rp-initiated-logout-no-id-token-hint"
)
def test_logout_without_a_hint_asks_the_person(rp: RelyingParty, id_token: str) -> None:
    page = rp.logout(client_id=rp.client.client_id, post_logout_redirect_uri=AFTER_LOGOUT)

    assert_asked(rp, page)
    response = rp.agree_to_sign_out(page)
    assert response["Location"] == AFTER_LOGOUT
    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_way_back_without_a_client_is_refused(rp: RelyingParty, id_token: str) -> None:
    response = rp.logout(post_logout_redirect_uri=AFTER_LOGOUT)

    assert_error_page(response, "invalid_request")
    assert "client_id" in response.content.decode()


@pytest.mark.spec("OIDC RP-Initiated Logout", "2", module="oidcc-rp-initiated-logout-no-params")
def test_logout_without_parameters_asks_the_person(rp: RelyingParty, id_token: str) -> None:
    page = rp.logout()

    assert_asked(rp, page)
    assert rp.agree_to_sign_out(page).status_code == 200
    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2", module="oidcc-rp-initiated-logout-only-state")
def test_logout_with_nothing_but_a_state_asks_the_person(rp: RelyingParty, id_token: str) -> None:
    page = rp.logout(state="a-state")

    assert_asked(rp, page)
    assert "a-state" not in rp.agree_to_sign_out(page).content.decode()


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_person_may_stay_signed_in(rp: RelyingParty, id_token: str) -> None:
    page = rp.logout()

    rp.submit(page, having="allow", allow="")

    assert is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "6")
def test_question_cannot_be_answered_from_another_site(rp: RelyingParty, id_token: str) -> None:
    rp.logout()

    response = rp.browser.post("/logout/confirm/", {"allow": "yes"})

    assert response.status_code == 403
    assert is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_hint_of_another_session_of_the_person_asks(rp: RelyingParty, id_token: str) -> None:
    elsewhere = RelyingParty(rp.client, rp.secret)
    elsewhere.sign_in(User.objects.get())

    page = elsewhere.logout(id_token_hint=id_token)

    assert_asked(elsewhere, page)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_hint_of_another_person_asks(
    rp: RelyingParty, other_rp: RelyingParty, id_token: str, other_person: User
) -> None:
    other_rp.sign_in(other_person)

    page = other_rp.logout(id_token_hint=id_token)

    assert_asked(other_rp, page)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_client_id_must_be_the_one_of_the_hint(
    rp: RelyingParty, other_rp: RelyingParty, id_token: str
) -> None:
    response = rp.logout(id_token_hint=id_token, client_id=other_rp.client.client_id)

    assert_error_page(response, "invalid_request")
    assert is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_expired_hint_still_ends_its_session(rp: RelyingParty, id_token: str, clock: Clock) -> None:
    clock.advance(hours=2)

    rp.logout(id_token_hint=id_token)

    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "4")
def test_hint_outlives_the_key_that_signed_it(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person)
    for key in SigningKey.objects.all():
        key.state, key.private_jwe = KeyState.RETIRED, ""
        stamp(key)
        key.save()

    rp.logout(id_token_hint=tokens["id_token"])

    assert not is_signed_in(rp)
    assert rp.userinfo(tokens["access_token"]).status_code == 401


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_nobody_signed_in_goes_straight_back(rp: RelyingParty, id_token: str) -> None:
    rp.logout(id_token_hint=id_token)

    response = rp.logout(id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT)

    assert response["Location"] == AFTER_LOGOUT


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_hint_without_a_session_ends_the_session_that_it_names(
    rp: RelyingParty, id_token: str
) -> None:
    """An application's server has the ID token and no cookie."""
    response = new_browser().get("/logout", {"id_token_hint": id_token})

    assert "You are signed out" in response.content.decode()
    assert not is_signed_in(rp)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_hint_without_a_session_ends_no_other_session(rp: RelyingParty, id_token: str) -> None:
    elsewhere = RelyingParty(rp.client, rp.secret)
    elsewhere.obtain_tokens(User.objects.get())

    new_browser().get("/logout", {"id_token_hint": id_token})

    assert is_signed_in(elsewhere)


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_questions_in_two_tabs_lead_to_their_own_application(
    rp: RelyingParty, other_rp: RelyingParty, id_token: str
) -> None:
    first = rp.logout(
        client_id=rp.client.client_id, post_logout_redirect_uri=AFTER_LOGOUT, state="first"
    )
    rp.logout(
        client_id=other_rp.client.client_id, post_logout_redirect_uri=AFTER_LOGOUT, state="second"
    )

    assert rp.agree_to_sign_out(first)["Location"] == f"{AFTER_LOGOUT}?state=first"


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_many_open_questions_do_not_fill_the_session(rp: RelyingParty, id_token: str) -> None:
    for n in range(9):
        rp.logout(client_id=rp.client.client_id, state=f"{n}" * 100)

    assert len(rp.browser.session["logout"]) == 5


@pytest.mark.spec("OIDC RP-Initiated Logout", "3")
def test_way_back_of_an_inactive_client_is_refused(rp: RelyingParty, id_token: str) -> None:
    rp.client.is_active = False
    rp.client.save()

    response = rp.logout(id_token_hint=id_token, post_logout_redirect_uri=AFTER_LOGOUT)

    assert_error_page(response, "invalid_request")


@pytest.mark.spec("OIDC Core", "11")
def test_logout_ends_the_tokens_of_that_session(provider: None, person: User) -> None:
    rp = make_relying_party()
    tokens = rp.obtain_tokens(person, scope="openid email")
    other = RelyingParty(rp.client, rp.secret)
    elsewhere = other.obtain_tokens(person, scope="openid email")

    rp.logout(id_token_hint=tokens["id_token"])

    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert other.userinfo(elsewhere["access_token"]).status_code == 200
