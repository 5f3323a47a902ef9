"""Signing in, and not signing in."""

import pytest
from django.test import Client as Browser

from foundation.directory.models import User
from tests.html_forms import form_with
from tests.people import PASSWORD

LOGIN = "/accounts/login/"


def signed_in_as(browser: Browser) -> str | None:
    return browser.session.get("_auth_user_id")


def errors_of(response) -> list[str]:
    return response.context["form"].non_field_errors()


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.com", "Ada@Example.com", " ada "])
def test_person_signs_in_with_username_or_email(browser: Browser, ada: User, name: str) -> None:
    response = browser.post(LOGIN, {"login": name, "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"] == "/accounts/"
    assert signed_in_as(browser) == str(ada.pk)


def test_wrong_credentials_do_not_tell_which_part_was_wrong(browser: Browser, ada: User) -> None:
    told = [
        errors_of(browser.post(LOGIN, {"login": name, "password": password}))
        for name, password in [
            ("ada", "wrong"),
            ("ada@example.com", "wrong"),
            ("nobody", PASSWORD),
            ("nobody@example.com", PASSWORD),
        ]
    ]

    assert told == [["That name and that password do not go together."]] * 4
    assert signed_in_as(browser) is None


def test_inactive_person_cannot_sign_in(browser: Browser, ada: User) -> None:
    ada.is_active = False
    ada.save()

    response = browser.post(LOGIN, {"login": "ada", "password": PASSWORD})

    assert response["Location"] == "/accounts/inactive/"
    assert signed_in_as(browser) is None


def test_person_switched_off_later_is_signed_out_at_once(signed_in: Browser, ada: User) -> None:
    ada.is_active = False
    ada.save()

    response = signed_in.get("/accounts/")

    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "http://localhost:8000/accounts/",
        "http:evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example/",
    ],
)
def test_next_leads_to_no_other_site(browser: Browser, ada: User, target: str) -> None:
    response = browser.post(LOGIN, {"login": "ada", "password": PASSWORD, "next": target})

    assert response["Location"] == "/accounts/"


def test_next_leads_to_a_page_of_ours(browser: Browser, ada: User) -> None:
    response = browser.post(
        LOGIN, {"login": "ada", "password": PASSWORD, "next": "/accounts/sessions/?a=b"}
    )

    assert response["Location"] == "/accounts/sessions/?a=b"


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_signed_in_person_is_shown_the_form_again(signed_in: Browser) -> None:
    response = signed_in.get(LOGIN)

    assert response.status_code == 200
    assert "You are signed in as Ada Lovelace" in response.content.decode()


def test_another_person_gets_nothing_of_the_old_session(
    signed_in: Browser, ada: User, grace: User
) -> None:
    session = signed_in.session
    session["left_over"] = "of Ada"
    session.save()

    signed_in.post(LOGIN, {"login": "grace", "password": PASSWORD})

    assert signed_in_as(signed_in) == str(grace.pk)
    assert "left_over" not in signed_in.session
    records = signed_in.session["account_authentication_methods"]
    assert [record["username"] for record in records] == ["grace"]


def test_sign_in_changes_the_session_key(browser: Browser, ada: User) -> None:
    session = browser.session
    session["planted"] = True
    session.save()
    before = session.session_key

    browser.post(LOGIN, {"login": "ada", "password": PASSWORD})

    assert browser.session.session_key != before


def test_session_ends_with_the_browser_unless_the_person_asks_to_stay(
    browser: Browser, ada: User
) -> None:
    browser.post(LOGIN, {"login": "ada", "password": PASSWORD})
    assert browser.session.get_expire_at_browser_close()

    browser.post(LOGIN, {"login": "ada", "password": PASSWORD, "remember": "on"})
    assert not browser.session.get_expire_at_browser_close()


def test_too_many_sign_ins_answer_429(browser: Browser, ada: User, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _ in range(2):
        browser.post(LOGIN, {"login": "ada", "password": "wrong"})

    response = browser.post(LOGIN, {"login": "ada", "password": PASSWORD})

    assert response.status_code == 429
    assert "Too many attempts" in response.content.decode()
    assert signed_in_as(browser) is None


def test_too_many_wrong_passwords_for_one_person_are_refused_even_with_the_right_one(
    browser: Browser, ada: User, settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/key"}
    for _ in range(2):
        browser.post(LOGIN, {"login": "ada", "password": "wrong"})

    response = browser.post(LOGIN, {"login": "ada", "password": PASSWORD})

    assert errors_of(response) == ["Too many attempts. Wait a few minutes, then try again."]
    assert signed_in_as(browser) is None


def test_rate_limits_can_be_switched_off(browser: Browser, ada: User, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False

    answers = {
        browser.post(LOGIN, {"login": "ada", "password": "wrong"}).status_code for _ in range(40)
    }

    assert answers == {200}


def test_nobody_signs_up(browser: Browser, db: None) -> None:
    response = browser.post(
        "/accounts/signup/",
        {
            "username": "eve",
            "email": "eve@example.com",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert "Ask your administrator" in response.content.decode()
    assert not User.objects.exists()


def test_sign_in_page_offers_no_sign_up(browser: Browser, db: None) -> None:
    assert "signup" not in browser.get(LOGIN).content.decode()


def test_forms_from_elsewhere_are_refused(ada: User) -> None:
    strict = Browser(enforce_csrf_checks=True)

    strict.get(LOGIN)

    response = strict.post(LOGIN, {"login": "ada", "password": PASSWORD})

    assert response.status_code == 403
    assert "This form is no longer valid" in response.content.decode()


def test_browser_without_cookies_is_told_so(ada: User) -> None:
    response = Browser(enforce_csrf_checks=True).post(LOGIN, {"login": "ada"})

    assert response.status_code == 403
    assert "Allow cookies for this site" in response.content.decode()


def strict_browser_with_two_tabs(page: str) -> tuple[Browser, str]:
    """A browser that opened the page twice and signed in in one tab; the other's stale token."""
    browser = Browser(enforce_csrf_checks=True)
    tokens = [form_with(browser.get(page).content.decode(), "password") for _tab in range(2)]
    stale, fresh = (form.data["csrfmiddlewaretoken"] for form in tokens)
    form = {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": fresh}
    assert browser.post(page, form).status_code == 302
    return browser, stale


def test_sign_in_in_a_second_tab_leads_on(ada: User) -> None:
    page = f"{LOGIN}?next=/account/history/"
    browser, stale = strict_browser_with_two_tabs(page)
    form = {"login": "grace", "password": "x", "csrfmiddlewaretoken": stale}

    response = browser.post(page, {**form, "next": "/account/history/"}, follow=True)

    assert response.redirect_chain[-1][0] == "/account/history/"
    assert response.context["user"].username == "ada", "nothing of the form was used"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_second_tab_leads_to_no_other_site(ada: User, target: str) -> None:
    browser, stale = strict_browser_with_two_tabs(LOGIN)

    response = browser.post(
        LOGIN, {"login": "x", "next": target, "csrfmiddlewaretoken": stale}, follow=True
    )

    assert all("evil" not in address for address, _status in response.redirect_chain)
    assert response.status_code == 200
