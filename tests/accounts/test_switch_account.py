"""Leaving one account for another."""

import pytest
from django.test import Client as Browser

from foundation.directory.models import User

PAGE = "/accounts/switch/"


def test_get_asks_and_changes_nothing(signed_in: Browser, ada: User) -> None:
    response = signed_in.get(PAGE)

    assert response.status_code == 200
    assert signed_in.session["_auth_user_id"] == str(ada.pk)


def test_post_signs_out_and_leads_back_through_sign_in(signed_in: Browser) -> None:
    response = signed_in.post(PAGE, {"next": "/authorize/resume/x?a=b"})

    assert response["Location"] == "/accounts/login/?next=%2Fauthorize%2Fresume%2Fx%3Fa%3Db"
    assert "_auth_user_id" not in signed_in.session


def test_nothing_of_the_old_session_remains(signed_in: Browser) -> None:
    session = signed_in.session
    session["left_over"] = "of Ada"
    session.save()

    signed_in.post(PAGE)

    assert "left_over" not in signed_in.session


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_foreign_next_is_dropped(signed_in: Browser, target: str) -> None:
    assert signed_in.post(PAGE, {"next": target})["Location"] == "/accounts/login/"
    assert signed_in.get(f"{PAGE}?next={target}")["Location"] == "/accounts/login/"


def test_stranger_goes_straight_to_sign_in(browser: Browser, db: None) -> None:
    response = browser.get(f"{PAGE}?next=/accounts/")

    assert response["Location"] == "/accounts/login/?next=%2Faccounts%2F"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(signed_in: Browser, method: str) -> None:
    assert getattr(signed_in, method)(PAGE).status_code == 405
