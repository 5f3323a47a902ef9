"""Being asked for the password again."""

from django.test import Client as Browser

from foundation.directory.models import User
from tests.people import PASSWORD

PAGE = "/accounts/reauthenticate/"


def reauthentications(browser: Browser) -> list[dict]:
    records = browser.session["account_authentication_methods"]
    return [record for record in records if record.get("reauthenticated")]


def test_right_password_is_recorded_and_leads_on(signed_in: Browser) -> None:
    response = signed_in.post(PAGE, {"password": PASSWORD, "next": "/accounts/sessions/"})

    assert response["Location"] == "/accounts/sessions/"
    assert len(reauthentications(signed_in)) == 1


def test_wrong_password_is_refused(signed_in: Browser) -> None:
    response = signed_in.post(PAGE, {"password": "wrong"})

    assert response.status_code == 200
    assert response.context["form"].errors["password"] == ["That is not your password."]
    assert reauthentications(signed_in) == []


def test_password_of_somebody_else_is_refused(signed_in: Browser, grace: User) -> None:
    grace.set_password("grace-has-another")
    grace.save()

    signed_in.post(PAGE, {"password": "grace-has-another"})

    assert reauthentications(signed_in) == []


def test_next_leads_to_no_other_site(signed_in: Browser) -> None:
    response = signed_in.post(PAGE, {"password": PASSWORD, "next": "https://evil.example/"})

    assert response["Location"] == "/accounts/"


def test_stranger_is_sent_to_sign_in(browser: Browser, db: None) -> None:
    assert browser.get(PAGE)["Location"].startswith("/accounts/login/")


def test_too_many_passwords_answer_429(signed_in: Browser, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"reauthenticate": "1/m/user"}
    signed_in.post(PAGE, {"password": "wrong"})

    assert signed_in.post(PAGE, {"password": PASSWORD}).status_code == 429
