"""Signing out everywhere ends what applications have, offline access too, at once."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import User
from tests.assertions import assert_oauth_error
from tests.relying_party import RelyingParty

SCOPE = "openid profile offline_access"


def by_themselves(person: User) -> None:
    browser = sign_in_as(person)
    browser.post("/accounts/sessions/", {"everywhere": "yes"})


def by_an_administrator(person: User) -> None:
    root = User.objects.create_superuser("root", "root@example.org")
    browser = Browser()
    browser.force_login(root)
    browser.post(reverse("admin:directory_user_sign_out", args=[person.pk]))


def sign_in_as(person: User) -> Browser:
    browser = Browser()
    browser.force_login(person)
    return browser


@pytest.mark.parametrize("sign_out", [by_themselves, by_an_administrator])
def test_no_token_is_good_after_signing_out_everywhere(
    rp: RelyingParty, person: User, sign_out: Any
) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    unused = rp.obtain_code(person, scope=SCOPE)
    before = rp.userinfo(tokens["access_token"]).status_code

    sign_out(person)

    assert before == 200
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.introspect(tokens["access_token"]).json() == {"active": False}
    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")
    assert_oauth_error(rp.exchange(unused), "invalid_grant")


@pytest.mark.parametrize("sign_out", [by_themselves, by_an_administrator])
def test_tokens_of_others_stay_good(
    rp: RelyingParty, person: User, other_person: User, sign_out: Any
) -> None:
    tokens = rp.obtain_tokens(other_person, scope=SCOPE)

    sign_out(person)

    assert rp.userinfo(tokens["access_token"]).status_code == 200
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


def test_whoever_is_signed_out_everywhere_signs_in_again(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=SCOPE)

    by_an_administrator(person)

    assert rp.userinfo(rp.obtain_tokens(person, scope=SCOPE)["access_token"]).status_code == 200
