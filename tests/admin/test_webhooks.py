"""Webhooks in the administration: a secret is shown once, to whoever made it."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from consent.approvals.models import WebhookEndpoint
from foundation.directory.models import User

URL = "https://chat.example.com/hook"


@pytest.fixture
def endpoint(db: None) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(title="Chat", url=URL)


def page(endpoint: WebhookEndpoint, name: str = "change") -> str:
    return reverse(f"admin:approvals_webhookendpoint_{name}", args=[endpoint.pk])


def staff(browser: Browser, *permissions: str) -> Browser:
    person = User.objects.create(username="otto", is_staff=True)
    for codename in permissions:
        person.user_permissions.add(Permission.objects.get(codename=codename))
    browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return browser


def test_secret_is_on_the_page_after_it_was_made_and_on_no_other(admin_client: Browser) -> None:
    made = admin_client.post(
        reverse("admin:approvals_webhookendpoint_add"),
        {"title": "Chat", "url": URL, "is_active": "on"},
    )
    endpoint = WebhookEndpoint.objects.get()

    assert endpoint.secret in made.content.decode()
    assert endpoint.secret not in admin_client.get(page(endpoint)).content.decode()
    assert endpoint.secret not in admin_client.get(page(endpoint, "history")).content.decode()
    assert endpoint.secret not in admin_client.get(page(endpoint, "rotate_secret")).content.decode()


def test_rotated_secret_is_another_and_shown_once(
    admin_client: Browser, endpoint: WebhookEndpoint
) -> None:
    before = endpoint.secret

    shown = admin_client.post(page(endpoint, "rotate_secret")).content.decode()

    after = WebhookEndpoint.objects.get().secret
    assert after != before
    assert after in shown
    assert after not in admin_client.get(page(endpoint)).content.decode()


@pytest.mark.parametrize("name", ["change", "history", "rotate_secret"])
def test_who_may_look_never_sees_a_secret(
    client: Browser, endpoint: WebhookEndpoint, name: str
) -> None:
    response = staff(client, "view_webhookendpoint").get(page(endpoint, name), follow=True)

    assert endpoint.secret not in response.content.decode()


def test_who_may_look_rotates_nothing(client: Browser, endpoint: WebhookEndpoint) -> None:
    response = staff(client, "view_webhookendpoint").post(page(endpoint, "rotate_secret"))

    assert response.status_code in {302, 403}
    assert WebhookEndpoint.objects.get().secret == endpoint.secret
