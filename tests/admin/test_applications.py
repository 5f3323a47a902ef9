"""The page of an application."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import Client
from foundation.directory.registry import find_client
from foundation.journal.acts import acts_about, record_changes
from tests.admin.conftest import browser_of, staff
from tests.admin.forms import errors, submit
from tests.factories import REDIRECT_URI, make_client, make_public_client

ADD = reverse("admin:directory_client_add")
NEW: dict[str, Any] = {
    "name": "Query Desk",
    "redirect_uris": "https://desk.example/callback\ncom.example.desk:/callback",
    "scope": ["openid", "roles"],
}


def page_of(client: Client, kind: str = "change") -> str:
    return reverse(f"admin:directory_client_{kind}", args=[client.pk])


def shown_secret(response: Any) -> str:
    return re.findall(r"<dd>\s*<code>([\w-]{43})</code>", response.content.decode())[-1]


def test_a_new_application_gets_a_secret_that_is_shown_once(browser: Browser) -> None:
    response = submit(browser, ADD, **NEW)

    client = Client.objects.get(name="Query Desk")
    assert check_password(shown_secret(response), client.client_secret)
    assert "no-store" in response["Cache-Control"]
    assert shown_secret(response) not in browser.get(page_of(client)).content.decode()


def test_what_was_entered_is_registered(browser: Browser) -> None:
    submit(browser, ADD, **NEW)

    client = Client.objects.get(name="Query Desk")
    assert client.redirect_uris == "https://desk.example/callback com.example.desk:/callback"
    assert client.scopes == {"openid", "roles"}
    assert client.grant_types == ["authorization_code", "refresh_token"]
    assert client.needs_pkce_or_nonce


def test_a_new_application_is_not_verified_until_somebody_says_so(browser: Browser) -> None:
    page = browser.get(ADD).content.decode()
    submit(browser, ADD, **NEW)

    assert not re.search(r'<input[^>]*name="is_verified"[^>]*\schecked[\s>]', page)
    assert not Client.objects.get(name="Query Desk").is_verified


def test_a_public_application_is_told_no_secret(browser: Browser) -> None:
    response = submit(browser, ADD, **NEW, token_endpoint_auth_method="none")

    assert response.status_code == 302
    assert Client.objects.get(name="Query Desk").is_public


def test_saving_without_a_change_changes_nothing(browser: Browser, application: Client) -> None:
    before = Client.objects.filter(pk=application.pk).values().get()

    submit(browser, page_of(application))

    after = Client.objects.filter(pk=application.pk).values().get()
    assert {**after, "updated": None} == {**before, "updated": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("redirect_uris", ""),
        ("redirect_uris", "javascript:alert(1)"),
        ("redirect_uris", "https://desk.example/callback#fragment"),
        ("post_logout_redirect_uris", "not a uri"),
        ("grant_types", ["refresh_token"]),
        ("grant_types", ["implicit"]),
        ("scope", ["unheard-of"]),
        ("resources", "warehouse"),
        ("resource_server", "warehouse"),
        ("logo_uri", "javascript:alert(1)"),
        ("allowed_origins", "https://desk.example/path"),
        ("allowed_origins", "desk.example"),
        ("default_max_age", "-1"),
    ],
)
def test_metadata_that_breaks_a_rule_is_refused_beside_its_field(
    field: str, value: Any, browser: Browser, application: Client
) -> None:
    before = Client.objects.filter(pk=application.pk).values().get()

    response = submit(browser, page_of(application), **{field: value})

    assert list(errors(response)) == [field]
    assert Client.objects.filter(pk=application.pk).values().get() == before


@pytest.mark.spec("RFC 9700", "2.1.1")
def test_a_public_application_cannot_do_without_pkce(browser: Browser) -> None:
    response = submit(
        browser, ADD, **NEW, token_endpoint_auth_method="none", code_protection="nothing"
    )

    assert list(errors(response)) == ["code_protection"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_secret", "chosen-by-somebody"),
        ("client_id", "chosen-by-somebody"),
        ("skip_authorization", "on"),
        ("user", "1"),
    ],
)
def test_what_has_no_field_cannot_be_sent(
    field: str, value: str, browser: Browser, application: Client
) -> None:
    before = Client.objects.filter(pk=application.pk).values(field).get()

    submit(browser, page_of(application), **{field: value})

    assert Client.objects.filter(pk=application.pk).values(field).get() == before


def test_a_deactivated_application_is_gone_at_once(browser: Browser, application: Client) -> None:
    before = find_client(application.client_id)

    submit(browser, page_of(application), is_active=None)

    assert before is not None
    assert find_client(application.client_id) is None


def test_applications_deleted_in_bulk_are_gone_at_once(
    browser: Browser, application: Client
) -> None:
    before = find_client(application.client_id)

    browser.post(
        reverse("admin:directory_client_changelist"),
        {"action": "delete_selected", "_selected_action": [application.pk], "post": "yes"},
    )

    assert before is not None
    assert find_client(application.client_id) is None


def test_looking_at_the_question_rotates_nothing(browser: Browser, application: Client) -> None:
    before = Client.objects.get(pk=application.pk).client_secret

    response = browser.get(page_of(application, "rotate_secret"))

    assert response.status_code == 200
    assert Client.objects.get(pk=application.pk).client_secret == before


def test_a_rotated_secret_is_shown_once_and_the_old_one_is_void(browser: Browser) -> None:
    client, old_secret = make_client()

    response = browser.post(page_of(client, "rotate_secret"))

    stored = Client.objects.get(pk=client.pk).client_secret
    assert check_password(shown_secret(response), stored)
    assert not check_password(old_secret, stored)
    assert shown_secret(response) not in stored


def test_rotating_is_in_the_history_without_the_secret(
    browser: Browser, application: Client
) -> None:
    response = browser.post(page_of(application, "rotate_secret"))

    record_changes()
    act = acts_about(application).first()
    assert act is not None
    assert act.detail["secrets"] == ["client_secret"]
    assert shown_secret(response) not in str([vars(act), vars(act.personal)])


def test_rotating_needs_the_token_against_forged_requests(
    administrator: Any, application: Client
) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(administrator)
    before = Client.objects.get(pk=application.pk).client_secret

    response = browser.post(page_of(application, "rotate_secret"))

    assert response.status_code == 403
    assert Client.objects.get(pk=application.pk).client_secret == before


def test_rotating_needs_the_permission_to_change(application: Client) -> None:
    browser = browser_of(staff("directory.view_client"))
    before = Client.objects.get(pk=application.pk).client_secret

    response = browser.post(page_of(application, "rotate_secret"))

    assert response.status_code == 403
    assert Client.objects.get(pk=application.pk).client_secret == before


def test_a_public_application_has_no_secret_to_rotate(browser: Browser) -> None:
    client = make_public_client()

    assert browser.post(page_of(client, "rotate_secret")).status_code == 404


def test_an_application_that_does_not_exist_has_no_secret(browser: Browser) -> None:
    assert (
        browser.post(reverse("admin:directory_client_rotate_secret", args=[0])).status_code == 404
    )


def test_the_page_leads_to_the_preview(browser: Browser, application: Client) -> None:
    preview = f"{reverse('admin:preview_token')}?client={application.pk}"

    assert f'href="{preview}"' in browser.get(page_of(application)).content.decode()


def test_the_registered_redirect_uri_is_shown_as_entered(
    browser: Browser, application: Client
) -> None:
    assert REDIRECT_URI in browser.get(page_of(application)).content.decode()


def test_the_page_says_what_an_application_has_used_of_its_budgets(
    browser: Browser, application: Client, settings: Any
) -> None:
    settings.REACH = replace(settings.REACH, asks_per_client=77, own_per_client=9)

    page = browser.get(page_of(application)).content.decode()

    assert "0 of 77 requests unanswered, at most 3 to one person" in page
    assert "0 of 9 approvals of its own, after 0 denied in a day" in page
