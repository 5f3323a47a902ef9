"""Who gets into the administration, and through which door."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import User
from tests.admin.conftest import browser_of, staff
from tests.relying_party import PASSWORD

PAGES = [
    "admin:index",
    "admin:directory_user_changelist",
    "admin:directory_client_add",
    "admin:preview_token",
    "admin:search",
]


@pytest.mark.parametrize("name", PAGES)
def test_strangers_sign_in_on_the_one_page_there_is(name: str) -> None:
    response = Browser().get(reverse(name), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert response.status_code == 200


def test_the_admins_own_sign_in_takes_no_password(administrator: User) -> None:
    browser = Browser()

    response = browser.post(
        reverse("admin:login"), {"username": administrator.username, "password": PASSWORD}
    )

    assert response.headers["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("name", PAGES)
def test_people_who_are_not_staff_are_refused(name: str, person: User) -> None:
    response = browser_of(person).get(reverse(name), follow=True)

    assert response.status_code == 403


def test_an_administrator_who_was_deactivated_is_out_at_once(administrator: User) -> None:
    browser = browser_of(administrator)
    before = browser.get(reverse("admin:index")).status_code

    User.objects.filter(pk=administrator.pk).update(is_active=False)

    assert before == 200
    assert browser.get(reverse("admin:index")).status_code == 302


def test_staff_without_permissions_see_no_data() -> None:
    browser = browser_of(staff())

    statuses = {name: browser.get(reverse(name)).status_code for name in PAGES[1:4]}

    assert browser.get(reverse("admin:index")).status_code == 200
    assert set(statuses.values()) == {403}


def test_staff_see_in_the_sidebar_what_they_may_see() -> None:
    html = browser_of(staff("directory.view_user")).get(reverse("admin:index")).content.decode()

    assert reverse("admin:directory_user_changelist") in html
    assert reverse("admin:directory_client_changelist") not in html
    assert reverse("admin:preview_token") not in html


def test_ones_own_password_is_changed_where_everybody_does(administrator: User) -> None:
    response = browser_of(administrator).get(reverse("admin:password_change"))

    assert response.headers["Location"] == reverse("account_change_password")
