"""A provider is asked about itself when it is kept, and taken only if it can be worked with."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.utils import timezone

from claims.services import set_attributes
from console.identity.elsewhere.presets import PRESETS, values_of
from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from idp.models import ScimConnection
from idp.upstream.relying_party.discovery import discover
from idp.upstream.relying_party.errors import UpstreamError
from tests.factories import make_person
from tests.upstream.elsewhere import (
    CLIENT_ID,
    ISSUER,
    SECRET,
    Elsewhere,
    make_provider,
    there_and_back,
)

ADD = "/admin/upstream/upstreamprovider/add/"
GIVEN = {
    "name": "There", "slug": "there", "issuer": ISSUER, "client_id": CLIENT_ID,
    "secret": SECRET, "scopes": "openid email", "newcomers": "nobody", "is_on": "on",
}  # fmt: skip


@pytest.fixture
def administrator(browser: Browser, db: None) -> Browser:
    root = get_user_model().objects.create_superuser("root", "root@example.com", "x")
    browser.force_login(root, backend="idp.accounts.auth_backend.AuthenticationBackend")
    return browser


@pytest.mark.spec("OIDC Discovery", "4.3")
@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": ISSUER + "/"},
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://me@elsewhere.example/"},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": 7},
        {"response_types_supported": ["token"]},
        {"code_challenge_methods_supported": ["plain"]},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"token_endpoint_auth_methods_supported": "client_secret_basic"},
    ],
    ids=str,
)
def test_provider_that_cannot_be_worked_with_is_refused(
    elsewhere: Elsewhere, metadata: dict[str, Any]
) -> None:
    elsewhere.metadata = metadata

    with pytest.raises(UpstreamError):
        discover(ISSUER)


def test_issuer_for_every_tenant_is_refused_in_words(elsewhere: Elsewhere) -> None:
    elsewhere.metadata = {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}

    with pytest.raises(UpstreamError, match="the issuer of the one that counts"):
        discover(ISSUER)


@pytest.mark.parametrize(
    "listed",
    [None, [], {}, [{"kty": "oct", "k": "AAAA", "kid": "one"}], [{"kty": "EC"}], [7]],
    ids=str,
)
def test_provider_without_a_key_for_signatures_is_refused(
    elsewhere: Elsewhere, listed: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(elsewhere, "jwks", lambda: {"keys": listed})

    with pytest.raises(UpstreamError):
        discover(ISSUER)


def test_administrator_adds_a_provider_and_its_secret_is_sealed(
    administrator: Browser, elsewhere: Elsewhere
) -> None:
    administrator.post(ADD, GIVEN)

    provider = UpstreamProvider.objects.get()
    assert provider.secret == SECRET
    assert SECRET not in provider.sealed_secret
    assert provider.metadata["token_endpoint"] == f"{ISSUER}/token"
    page = administrator.get(ADD.replace("add", f"{provider.pk}/change")).content.decode()
    assert SECRET not in page
    assert "/accounts/upstream/there/callback/" in page


@pytest.mark.parametrize("name", [*PRESETS, "unknown", "", "<b>"])
def test_form_begins_with_what_a_preset_fills_in(administrator: Browser, name: str) -> None:
    page = administrator.get(ADD, {"preset": name})

    form, text = page.context["adminform"].form, page.content.decode()
    filled = values_of(name)
    assert {field: form.initial.get(field) for field in filled} == filled
    assert all(f'href="?preset={each}"' in text for each in PRESETS)
    for field, value in filled.items():
        shown = value if isinstance(value, str) else " = ".join(value[0])
        assert shown in str(form[field])
    assert "<b>" not in str(form)


def test_presets_fill_in_what_the_form_has_and_are_offered_for_new_ones_only(
    administrator: Browser, elsewhere: Elsewhere
) -> None:
    provider = make_provider(elsewhere)
    fields = administrator.get(ADD).context["adminform"].form.fields

    page = administrator.get(ADD.replace("add", f"{provider.pk}/change")).content.decode()

    assert {field for preset in PRESETS.values() for field in preset.values} <= set(fields)
    assert "?preset=" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": "profile"},
        {"issuer": ISSUER + "/"},
        {"newcomers": "domains"},
        {"slug": "a b"},
        {"taken": "dept"},
        {"taken": "dept = "},
        {"taken": "dept = attributes.nothing"},
        {"taken": "is_superuser = is_superuser"},
        {"taken": "email = email"},
        {"taken": "preferred_username = username"},
        {"taken": "a = attributes.department\nb = attributes.department"},
        {"levels": "phr = 4"},
        {"levels": "phr = urn:scopeward:acr:3"},
        {"levels": "phr = 3\nphr = 2"},
        {"required": "hd"},
    ],
    ids=str,
)
def test_provider_with_something_wrong_is_not_kept(
    administrator: Browser, elsewhere: Elsewhere, wrong: dict[str, str]
) -> None:
    page = administrator.post(ADD, {**GIVEN, **wrong})

    assert page.status_code == 200
    assert not UpstreamProvider.objects.exists()


def test_tables_are_typed_a_row_a_line_and_shown_again(
    administrator: Browser, elsewhere: Elsewhere
) -> None:
    typed = {
        "taken": "dept = attributes.department\n\n realm.roles=attributes.roles",
        "levels": "https://there.example/?a=b = 2",
        "required": "hd = a.example\nhd = b.example",
        "methods": "pwd, otp",
    }

    administrator.post(ADD, {**GIVEN, **typed})

    provider = UpstreamProvider.objects.get()
    assert provider.taken == [
        ["dept", "attributes.department"],
        ["realm.roles", "attributes.roles"],
    ]
    assert provider.levels == [["https://there.example/?a=b", "2"]]
    assert provider.required == [["hd", "a.example"], ["hd", "b.example"]]
    assert provider.methods == "pwd otp"
    page = administrator.get(ADD.replace("add", f"{provider.pk}/change")).content.decode()
    assert "realm.roles = attributes.roles" in page


def test_secret_is_said_to_stay_only_where_there_is_one(
    administrator: Browser, elsewhere: Elsewhere
) -> None:
    stays = "Empty: as it is."
    adding = administrator.get(ADD).content.decode()
    provider = make_provider(elsewhere)

    changing = administrator.get(ADD.replace("add", f"{provider.pk}/change")).content.decode()

    assert "Client secret" in adding
    assert stays not in adding
    assert stays in changing


def test_only_superusers_choose_whose_word_counts(elsewhere: Elsewhere, db: None) -> None:
    browser, provider = Browser(), make_provider(elsewhere)
    person = make_person(username="stella", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="upstream"))
    browser.force_login(person, backend="idp.accounts.auth_backend.AuthenticationBackend")

    for path in (ADD, ADD.replace("add", f"{provider.pk}/change"), ADD.replace("add/", "")):
        assert browser.get(path).status_code == 403


def test_page_of_a_person_says_what_comes_from_where(
    administrator: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    provider = make_provider(
        elsewhere, taken=[["dept", "attributes.department"], ["r", "attributes.roles"]]
    )
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )
    elsewhere.claims = {"dept": "Sales", "r": ["reader"]}
    there_and_back(Browser(), elsewhere)
    set_attributes(ada, {"roles": ["owner"]})
    connection = ScimConnection.objects.create(name="Personnel")
    source = f"scim:{connection.pk}"
    ProvidedPerson.objects.create(person=ada, source=source, key="k-7", gives=["family_name"])

    page = administrator.get(f"/admin/directory/user/{ada.pk}/change/")

    assert [
        (origin.name, origin.called, origin.fills, origin.changed_here)
        for origin in page.context["origins"]
    ] == [("Personnel", "k-7", "family name", ""), ("There", elsewhere.sub, "Department", "Roles")]
    assert "Changed here since, and stays: Roles" in page.content.decode()


def test_provider_that_is_away_is_not_kept_and_says_why(
    administrator: Browser, elsewhere: Elsewhere
) -> None:
    elsewhere.is_away = True

    assert "It does not answer" in administrator.post(ADD, GIVEN).content.decode()
    assert not UpstreamProvider.objects.exists()


def test_issuer_stays_as_it_is_and_an_empty_secret_too(
    administrator: Browser, elsewhere: Elsewhere
) -> None:
    provider = make_provider(elsewhere)
    elsewhere.issuer = "https://evil.example"
    change = ADD.replace("add", f"{provider.pk}/change")

    administrator.post(change, {**GIVEN, "issuer": "https://evil.example", "secret": ""})
    elsewhere.issuer = ISSUER
    administrator.post(change, {**GIVEN, "name": "Else", "issuer": "https://x.test", "secret": ""})

    provider.refresh_from_db()
    assert (provider.name, provider.issuer, provider.secret) == ("Else", ISSUER, SECRET)
