"""Every page renders for an administrator, and none shows a secret."""

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client as Browser
from django.urls import reverse
from unfold.admin import ModelAdmin

from foundation.base.models import SigningKey
from foundation.directory.models import Client, User
from idp.models import AccessToken, AuthorizationCode, DeviceGrant, IDToken, RefreshToken

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
READ_ONLY = {
    "account.emailaddress",
    "directory.invitation",
    "idp.signinreset",
    "usersessions.usersession",
    "consent.grant",
    "consent.scopedecision",
    "approvals.approval",
    "approvals.delegation",
    "base.signingkey",
}
FIXED = {"directory.riskweight", "directory.riskthreshold"}
"""Their rows are changed, but neither added nor deleted."""
WHOLE = {"directory.signinlevel"}
"""There are all that there can be: none can be added before one is deleted."""
pytestmark = pytest.mark.usefixtures("one_of_everything")


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def page(model: type[models.Model], kind: str, *args: object) -> str:
    return reverse(f"admin:{label(model).replace('.', '_')}_{kind}", args=args)


@pytest.fixture
def secrets(person: User, application: Client) -> set[str]:
    """Return what no page may show: secrets, their digests, keys."""
    client_secret = Client.objects.get(pk=application.pk).client_secret
    secrets = {
        *(person.password, person.password.rpartition("$")[2]),
        *(client_secret, client_secret.rpartition("$")[2]),
        "session-key-of-ada",
        *SigningKey.objects.values_list("private_jwe", flat=True),
    }
    assert all(len(secret) > 10 for secret in secrets)
    return secrets


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_list_and_every_row_have_a_page_without_a_secret(
    model: type[models.Model], browser: Browser, secrets: set[str]
) -> None:
    rows = model._default_manager.all()[:5]
    addresses = [page(model, "changelist"), *(page(model, "change", row.pk) for row in rows)]
    listed, *changed = responses = [browser.get(address) for address in addresses]
    html = "".join(response.content.decode() for response in responses)

    assert {response.status_code for response in responses} == {200}
    assert listed.context["cl"].result_count >= len(changed) > 0
    for response in changed:
        assert "admin/change_form.html" in {template.name for template in response.templates}
    assert [secret for secret in secrets if secret in html] == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_list_can_be_searched(model: type[models.Model], browser: Browser) -> None:
    assert browser.get(page(model, "changelist"), {"q": "nothing-like-it"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_rows_are_added_by_hand_only_where_that_makes_sense(
    model: type[models.Model], browser: Browser
) -> None:
    response = browser.get(page(model, "add"))

    assert response.status_code == (403 if label(model) in READ_ONLY | FIXED | WHOLE else 200)


@pytest.mark.parametrize("model", [m for m in MODELS if label(m) in READ_ONLY], ids=label)
def test_what_is_read_only_is_neither_changed_nor_deleted(
    model: type[models.Model], browser: Browser
) -> None:
    pk = model._default_manager.first().pk  # type: ignore[union-attr]
    before = set(model._default_manager.values_list("pk", flat=True))

    statuses = {
        browser.post(page(model, kind, pk), {"post": "yes"}).status_code
        for kind in ("change", "delete")
    }

    assert statuses == {403}
    assert before <= set(model._default_manager.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "model",
    [AccessToken, AuthorizationCode, DeviceGrant, IDToken, RefreshToken],
    ids=label,
)
def test_tokens_and_codes_have_no_page(model: type[models.Model]) -> None:
    assert not admin.site.is_registered(model)


def test_pages_that_other_packages_bring_are_left_out() -> None:
    foreign = [
        page
        for page in admin.site._registry.values()
        if not type(page).__module__.startswith("console.")
    ]

    assert foreign == []


def test_a_page_not_made_for_this_site_is_not_registered() -> None:
    admin.site.register(RefreshToken, admin.ModelAdmin)
    admin.site.register(RefreshToken)

    assert not admin.site.is_registered(RefreshToken)
    assert issubclass(type(admin.site._registry[User]), ModelAdmin)


def test_the_start_page_leads_to_every_page(browser: Browser) -> None:
    html = browser.get(reverse("admin:index")).content.decode()

    missing = [model for model in MODELS if f'href="{page(model, "changelist")}"' not in html]
    assert missing == []
    assert f'href="{reverse("admin:preview_token")}"' in html


def test_scripts_come_from_here_only(browser: Browser) -> None:
    policy = browser.get(reverse("admin:index"))["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval';" in f"{policy};"
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_looser_policy_is_for_the_administration_only(browser: Browser) -> None:
    policy = browser.get(reverse("account"))["Content-Security-Policy"]

    assert "unsafe" not in policy
