"""Preview token: what is shown is what would be issued."""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Browser
from django.urls import reverse

from claims.contents import Release, Target, contents
from claims.models import ClaimMapping
from claims.subject import load
from foundation.directory.models import Client, User
from idp.models import AccessToken, AuthorizationCode, RefreshToken
from tests.admin.conftest import browser_of, staff
from tests.consent.asking import change_scope
from tests.factories import (
    SCOPES,
    WAREHOUSE,
    make_client,
    make_grant,
    make_machine,
    make_resource_server,
    make_scope,
)

PREVIEW = reverse("admin:preview_token")
FACTS = {"roles", "department", "projects", "clearance"}


def payloads(response: Any) -> dict[Target, dict[str, Any]]:
    """Return the three payloads as the page shows them."""
    assert response.status_code == 200
    shown = [payload for _title, _reader, payload in response.context["payloads"]]
    targets = (Target.ID_TOKEN, Target.ACCESS_TOKEN, Target.USERINFO)
    return {target: json.loads(text) for target, text in zip(targets, shown, strict=True) if text}


def preview(browser: Browser, person: User, client: Client, *scopes: str, **query: str) -> Any:
    return browser.get(
        PREVIEW, {"person": person.pk, "client": client.pk, "scopes": scopes, **query}
    )


@pytest.mark.parametrize("target", Target)
@pytest.mark.parametrize("scopes", [("openid",), ("openid", "email", "clearance"), SCOPES.split()])
def test_the_preview_shows_what_the_issuing_functions_make(
    target: Target, scopes: tuple[str, ...], browser: Browser, person: User, application: Client
) -> None:
    expected = contents(target, load(person.pk), Release(scopes))

    shown = payloads(preview(browser, person, application, *scopes))[target]

    assert expected.items() <= shown.items()
    assert not (FACTS | {"email", "name"}) & (shown.keys() - expected.keys())


def test_the_preview_follows_the_mapping_at_once(
    browser: Browser, person: User, application: Client
) -> None:
    before = payloads(preview(browser, person, application))
    mapping = ClaimMapping.objects.get(claim="clearance")
    mapping.in_access_token = False
    mapping.save()

    after = payloads(preview(browser, person, application))

    assert before[Target.ACCESS_TOKEN]["clearance"] == 2
    assert "clearance" not in after[Target.ACCESS_TOKEN]
    assert after[Target.ID_TOKEN]["clearance"] == 2


def test_without_a_choice_all_scopes_of_the_application_are_shown(
    browser: Browser, person: User, application: Client
) -> None:
    shown = payloads(preview(browser, person, application))

    assert set(shown[Target.ACCESS_TOKEN]["scope"].split()) == set(SCOPES.split())


def test_a_scope_the_application_may_not_ask_for_is_left_out(
    browser: Browser, person: User
) -> None:
    client, _secret = make_client(scope="openid")

    shown = payloads(preview(browser, person, client, "openid", "roles"))

    assert shown[Target.ACCESS_TOKEN]["scope"] == "openid"
    assert "roles" not in shown[Target.ACCESS_TOKEN]


def test_without_openid_there_is_only_an_access_token(
    browser: Browser, person: User, application: Client
) -> None:
    response = preview(browser, person, application, "roles")

    assert set(payloads(response)) == {Target.ACCESS_TOKEN}


@pytest.mark.spec("RFC 8707", "2.2")
def test_the_access_token_is_filtered_for_its_audience(browser: Browser, person: User) -> None:
    make_resource_server(scopes=["warehouse:read"])
    client, _secret = make_client(scope="openid roles warehouse:read", resources=(WAREHOUSE,))

    at_home = payloads(preview(browser, person, client))[Target.ACCESS_TOKEN]
    at_warehouse = payloads(preview(browser, person, client, audience=WAREHOUSE))[
        Target.ACCESS_TOKEN
    ]

    assert "warehouse:read" not in at_home["scope"]
    assert at_warehouse["aud"] == WAREHOUSE
    assert "warehouse:read" in at_warehouse["scope"]


def test_an_audience_that_is_not_the_applications_is_not_used(
    browser: Browser, person: User, application: Client
) -> None:
    shown = payloads(preview(browser, person, application, audience="https://elsewhere.example"))

    assert shown[Target.ACCESS_TOKEN]["aud"] != "https://elsewhere.example"


def test_a_preview_issues_and_stores_nothing(
    browser: Browser, person: User, application: Client
) -> None:
    html = preview(browser, person, application).content.decode()

    assert "eyJ" not in html
    for model in (AccessToken, AuthorizationCode, RefreshToken):
        assert not model.objects.exists()


def test_a_standing_grant_is_named(browser: Browser, person: User, application: Client) -> None:
    grant = make_grant(person=person, client=application, scopes={"openid"})

    shown = payloads(preview(browser, person, application))

    assert shown[Target.ACCESS_TOKEN]["grant_id"] == str(grant.pk)


def test_every_fact_is_traced_to_its_source(
    browser: Browser, person: User, application: Client
) -> None:
    response = preview(browser, person, application, "openid", "email", "clearance")

    sources = {
        origin.claim: (origin.source, origin.scope) for origin, _ in response.context["origins"]
    }
    assert sources == {
        "email": ("Personal details", "email"),
        "email_verified": ("Personal details", "email"),
        "clearance": ("Clearance: confidential", "clearance"),
    }


@pytest.mark.parametrize("change", ["person", "application", "machine", "opaque", "no openid"])
def test_what_stands_against_issuing_is_said(
    change: str, browser: Browser, person: User, application: Client
) -> None:
    scopes: tuple[str, ...] = ("openid",)
    if change == "person":
        User.objects.filter(pk=person.pk).update(is_active=False)
    elif change == "application":
        application, _secret = make_client(is_active=False)
    elif change == "machine":
        application, _secret = make_machine(scope="openid")
    elif change == "opaque":
        application, _secret = make_client(access_token_format="opaque")
    else:
        scopes = ("roles",)

    assert len(preview(browser, person, application, *scopes).context["notes"]) == 1


def test_when_nothing_stands_against_it_nothing_is_said(
    browser: Browser, person: User, application: Client
) -> None:
    assert preview(browser, person, application).context["notes"] == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"person": "nobody"},
        {"client": "nothing"},
        {"person": "00000000-0000-0000-0000-000000000000", "client": "0"},
        {"person": "nobody", "client": "99999999999999999999999"},
        {"scopes": "<script>", "audience": "<script>"},
    ],
)
def test_questions_without_an_answer_show_the_empty_form(
    query: dict[str, str], browser: Browser
) -> None:
    response = browser.get(PREVIEW, query)

    assert response.status_code == 200
    assert "payloads" not in response.context
    assert "<script>alert" not in response.content.decode()


def test_what_is_recorded_of_people_is_escaped(browser: Browser, application: Client) -> None:
    person = User.objects.create(username="mallory", name="</pre><script>alert(1)</script>")

    html = preview(browser, person, application).content.decode()

    assert "<script>alert(1)</script>" not in html


@pytest.mark.parametrize(
    "permission", ["directory.view_user", "directory.view_client", "claims.view_attribute"]
)
def test_the_preview_needs_sight_of_people_and_applications(
    permission: str, person: User, application: Client
) -> None:
    browser = browser_of(staff(permission))

    assert preview(browser, person, application).status_code == 403


def test_who_may_see_people_and_applications_may_see_the_preview(
    person: User, application: Client
) -> None:
    browser = browser_of(staff("directory.view_user", "directory.view_client"))

    assert preview(browser, person, application).status_code == 200


@pytest.mark.parametrize("column", ["username", "email", "pk"])
def test_a_person_goes_by_any_name(
    column: str, browser: Browser, person: User, application: Client
) -> None:
    query = {"person": getattr(person, column), "client": application.pk}

    shown = payloads(browser.get(PREVIEW, query))

    assert shown[Target.ACCESS_TOKEN]["sub"] == str(person.pk)


def test_the_address_that_the_person_chose_is_previewed(
    browser: Browser, person: User, application: Client
) -> None:
    work = EmailAddress.objects.create(user=person, email="ada@work.example", verified=True)
    grant = make_grant(person=person, client=application, scopes=["openid", "email"])
    grant.shared_email = work.email
    grant.save()

    shown = payloads(preview(browser, person, application, "openid", "email"))
    assert shown[Target.USERINFO]["email"] == work.email

    work.delete()
    shown = payloads(preview(browser, person, application, "openid", "email"))
    assert shown[Target.USERINFO].keys().isdisjoint({"email", "email_verified"})


def test_a_template_is_previewed_with_an_example(browser: Browser, person: User) -> None:
    make_scope(name="report:{id}")
    department = ClaimMapping.objects.get(claim="department").attribute
    ClaimMapping(claim="desk", attribute=department, scope="report:{id}").save()
    client, _ = make_client(scope="openid report:{id}")

    shown = payloads(preview(browser, person, client))

    assert shown[Target.ACCESS_TOKEN]["scope"] == "openid report:id"
    assert shown[Target.ACCESS_TOKEN]["desk"] == "finance"


def test_what_the_example_s_sign_in_is_too_weak_for_is_left_out(
    browser: Browser, person: User, application: Client
) -> None:
    change_scope("clearance", minimum_acr="urn:example:stronger")

    page = preview(browser, person, application, "openid", "clearance")

    assert payloads(page)[Target.ACCESS_TOKEN]["scope"] == "openid"
    assert "stronger sign-in" in page.content.decode()
