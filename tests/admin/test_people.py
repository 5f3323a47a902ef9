"""The page of a person."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from claims.models import Attribute, PersonAttributes
from claims.subject import load
from foundation.directory.factors import recovery
from foundation.directory.models import Client, User
from tests.accounts.factors.holding import has_app, has_passkey
from tests.admin.conftest import browser_of, staff
from tests.admin.forms import errors, filled, submit
from tests.factories import make_client


def page_of(person: User) -> str:
    return reverse("admin:directory_user_change", args=[person.pk])


def test_each_defined_attribute_is_a_field_of_its_kind(browser: Browser, person: User) -> None:
    Attribute.objects.create(name="contractor", title="Contractor", kind="flag")

    html = browser.get(page_of(person)).content.decode()

    assert '<select name="attributes-0-clearance"' in html
    assert '<textarea name="attributes-0-roles"' in html
    assert '<input type="text" name="attributes-0-department"' in html
    assert '<select name="attributes-0-contractor"' in html


def test_attributes_are_recorded_as_their_kinds_say(browser: Browser, person: User) -> None:
    Attribute.objects.create(name="contractor", title="Contractor", kind="flag")

    response = submit(
        browser,
        page_of(person),
        **{
            "attributes-0-roles": "auditor\n\n  analyst \nauditor",
            "attributes-0-department": "Legal",
            "attributes-0-clearance": "secret",
            "attributes-0-contractor": "false",
        },
    )

    assert response.status_code == 302
    assert load(person.pk).attributes == {
        "roles": ("auditor", "analyst"),
        "department": "Legal",
        "clearance": "secret",
        "contractor": False,
        "projects": ("atlas",),
    }


def test_saving_without_a_change_changes_no_attribute(browser: Browser, person: User) -> None:
    before = PersonAttributes.objects.get(person=person).values

    submit(browser, page_of(person), nickname="Countess")

    assert PersonAttributes.objects.get(person=person).values == before
    assert User.objects.get(pk=person.pk).nickname == "Countess"


def test_an_emptied_attribute_is_no_longer_recorded(browser: Browser, person: User) -> None:
    submit(
        browser,
        page_of(person),
        **{
            "attributes-0-roles": "",
            "attributes-0-department": "",
            "attributes-0-clearance": "",
            "attributes-0-projects": "",
        },
    )

    assert PersonAttributes.objects.get(person=person).values == {}


def test_a_level_that_does_not_exist_is_refused(browser: Browser, person: User) -> None:
    response = submit(browser, page_of(person), **{"attributes-0-clearance": "cosmic"})

    assert list(errors(response)) == ["clearance"]
    assert load(person.pk).attributes["clearance"] == "confidential"


def test_malformed_stored_attributes_do_not_break_the_page(browser: Browser, person: User) -> None:
    PersonAttributes.objects.filter(person=person).update(values=["nonsense"])

    assert browser.get(page_of(person)).status_code == 200


def test_the_address_is_put_together_from_its_fields(browser: Browser, person: User) -> None:
    submit(
        browser,
        page_of(person),
        address_street_address="",
        address_locality="Paris",
        address_formatted="1 rue de la Paix\nParis",
    )

    assert User.objects.get(pk=person.pk).address == {
        "formatted": "1 rue de la Paix\nParis",
        "locality": "Paris",
        "country": "GB",
    }


@pytest.mark.spec("OIDC Core", "5.1")
@pytest.mark.parametrize("birthdate", ["10.12.1815", "1815-12", "18151210", "yesterday"])
def test_a_birth_date_that_clients_cannot_read_is_refused(
    birthdate: str, browser: Browser, person: User
) -> None:
    assert list(errors(submit(browser, page_of(person), birthdate=birthdate))) == ["birthdate"]


def test_a_new_address_is_the_one_to_sign_in_with(browser: Browser, person: User) -> None:
    EmailAddress.objects.create(user=person, email="second@example.org", verified=True)

    submit(browser, page_of(person), email="New@Example.org", email_verified=None)

    addresses = EmailAddress.objects.filter(user=person).values_list("email", "primary", "verified")
    assert set(addresses) == {
        ("new@example.org", True, False),
        ("second@example.org", False, True),
    }


def test_another_address_is_not_confirmed_by_the_box_of_the_old_one(
    browser: Browser, person: User
) -> None:
    User.objects.filter(pk=person.pk).update(email_verified=True)

    submit(browser, page_of(person), email="New@Example.org", email_verified="on")

    person.refresh_from_db()
    assert (person.email, person.email_verified) == ("new@example.org", False)
    assert not EmailAddress.objects.get(user=person, email="new@example.org").verified


@pytest.mark.parametrize("name", ["GRACE", "ｇｒａｃｅ", "Grace", "grace@example.org"])
def test_nobody_is_renamed_to_what_is_somebody_elses(
    browser: Browser, person: User, other_person: User, name: str
) -> None:
    response = submit(browser, page_of(person), username=name)

    assert list(errors(response)) == ["username"]


def test_an_address_can_be_declared_verified(browser: Browser, person: User) -> None:
    EmailAddress.objects.filter(user=person).update(verified=False)
    User.objects.filter(pk=person.pk).update(email_verified=False)

    submit(browser, page_of(person), email_verified="on")

    assert EmailAddress.objects.get(user=person).verified


def test_an_address_of_somebody_else_is_refused(
    browser: Browser, person: User, other_person: User
) -> None:
    response = submit(browser, page_of(person), email=other_person.email.upper())

    assert list(errors(response)) == ["email"]


def test_a_person_is_added_with_an_address_to_sign_in_with(
    browser: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(
            reverse("admin:directory_user_add"),
            {
                "username": "linus",
                "email": "Linus@example.org",
                "password1": "correct horse battery",
                "password2": "correct horse battery",
            },
        )

    person = User.objects.get(username="linus")
    assert response.headers["Location"] == page_of(person)
    assert EmailAddress.objects.get(user=person).email == "linus@example.org"
    assert not person.has_usable_password()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["linus@example.org"], "You are invited")
    assert "/accounts/invitation/" in message.body


def test_staff_cannot_give_themselves_power() -> None:
    someone = staff("directory.view_user", "directory.change_user")
    browser = browser_of(someone)

    browser.post(
        page_of(someone),
        {
            **filled(browser, page_of(someone)),
            "is_superuser": "on",
            "member_of": [Group.objects.create(name="everything").pk],
            "nickname": "Boss",
        },
    )

    someone.refresh_from_db()
    assert someone.nickname == "Boss"
    assert not someone.is_superuser
    assert not someone.groups.exists()


@pytest.mark.parametrize("path", ["change", "password", "delete"])
def test_staff_cannot_touch_a_superuser(path: str, administrator: User) -> None:
    browser = browser_of(
        staff("directory.view_user", "directory.change_user", "directory.delete_user")
    )
    name = "auth_user_password_change" if path == "password" else f"directory_user_{path}"

    response = browser.post(reverse(f"admin:{name}", args=[administrator.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert User.objects.filter(pk=administrator.pk).exists()


def test_staff_who_may_only_look_see_the_attributes(person: User) -> None:
    browser = browser_of(staff("directory.view_user", "claims.view_personattributes"))

    html = browser.get(page_of(person)).content.decode()

    assert "finance" in html
    assert "atlas" in html


def test_deleting_people_in_bulk_takes_their_applications_at_once(
    browser: Browser, person: User
) -> None:
    from foundation.directory.registry import find_client

    client, _secret = make_client()
    Client.objects.filter(pk=client.pk).update(user=person)
    before = find_client(client.client_id)

    browser.post(
        reverse("admin:directory_user_changelist"),
        {"action": "delete_selected", "_selected_action": [str(person.pk)], "post": "yes"},
    )

    assert before is not None
    assert find_client(client.client_id) is None


def test_the_page_leads_to_the_preview(browser: Browser, person: User) -> None:
    preview = f"{reverse('admin:preview_token')}?person={person.pk}"
    page = browser.get(reverse("admin:directory_user_change", args=[person.pk]))

    assert f'href="{preview}"' in page.content.decode()


def test_a_person_is_deleted_with_all_that_belongs_to_them(
    browser: Browser, person: User, one_of_everything: None
) -> None:
    response = browser.post(
        reverse("admin:directory_user_delete", args=[person.pk]), {"post": "yes"}
    )

    assert response.status_code == 302
    assert not User.objects.filter(pk=person.pk).exists()
    assert not EmailAddress.objects.filter(user_id=person.pk).exists()


def test_staff_cannot_delete_applications_by_deleting_their_owner(person: User) -> None:
    client, _secret = make_client()
    Client.objects.filter(pk=client.pk).update(user=person)
    browser = browser_of(
        staff("directory.view_user", "directory.delete_user", "claims.delete_personattributes")
    )

    response = browser.post(
        reverse("admin:directory_user_delete", args=[person.pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert Client.objects.filter(pk=client.pk).exists()


def test_factors_are_shown_and_nothing_secret_of_them(browser: Browser, person: User) -> None:
    secret = has_app(person)
    has_passkey(person)
    codes = recovery.make(person, timezone.now())

    html = browser.get(page_of(person)).content.decode()

    assert html.count("Authenticator app") == 1
    assert "Phone" in html
    assert "10 recovery codes are left." in html
    kept = [row.data for row in Authenticator.objects.all()]
    hidden = {secret, codes[0], kept[0]["secret"], kept[1]["credential_id"]}
    assert not [text for text in hidden if text in html]
