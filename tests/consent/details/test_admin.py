"""Types of authorization details in the admin: nothing is saved that would let a detail through."""

import json
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from claims.catalogue.details.catalogue import all_types
from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from claims.catalogue.models import AuthorizationDetailsType
from foundation.directory.models import User

ADD = reverse("admin:catalogue_authorizationdetailstype_add")
FILES = "urn:example:files"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type"],
    "properties": {"type": {"const": FILES}, "folder": {"type": "string"}},
}


@pytest.fixture
def administrator() -> Browser:
    user = User.objects.create(username="admin", is_staff=True, is_superuser=True)
    browser = Browser()
    browser.force_login(user)
    return browser


def form(**values: Any) -> dict[str, Any]:
    usual = {
        "type": FILES,
        "title": "Files",
        "sentence": "Read the files in {folder}.",
        "sentence_de": "Die Dateien in {folder} lesen.",
        "schema": SCHEMA,
        "example": {"type": FILES, "folder": "/reports"},
        "version": "1",
        "token_lifetime": "60",
        "approval_lifetime": "28800",
        "request_lifetime": "3600",
        "is_active": "on",
        **values,
    }
    return {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in usual.items()}


def schema(**changes: Any) -> dict[str, Any]:
    changed = deepcopy(SCHEMA) | changes
    return {name: value for name, value in changed.items() if value is not None}


def with_folder(member: dict[str, Any]) -> dict[str, Any]:
    return schema(properties={"type": {"const": FILES}, "folder": member})


def test_new_type_may_be_asked_for_at_once(administrator: Browser) -> None:
    all_types()

    response = administrator.post(ADD, form())

    assert response.status_code == 302
    assert all_types()[FILES].text("sentence", "de") == "Die Dateien in {folder} lesen."


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": "{"},
        {"schema": "[]"},
        {"schema": schema(additionalProperties=None)},
        {"schema": schema(additionalProperties=True)},
        {"schema": schema(type="array")},
        {"schema": schema(type=None)},
        {"schema": schema(required=[])},
        {"schema": schema(properties={"type": {"type": "string"}, "folder": {}})},
        {"schema": schema(properties={"type": {"const": "urn:other"}, "folder": {}})},
        {"schema": with_folder({"type": "folder"})},
        {"schema": with_folder({"$ref": "https://x.example/s"})},
        {"schema": with_folder({"$ref": "file:///etc/passwd"})},
        {"schema": with_folder({"$ref": "#/$defs/missing"})},
        {"schema": with_folder({"$ref": "#/properties/folder"})},
        {"schema": with_folder({"pattern": "("})},
        {"example": {"type": FILES, "secret": 1}},
        {"example": {"folder": "/"}},
        {"sentence": "Read {files}."},
        {"sentence_de": "{dateien} lesen."},
        {"type": "two words"},
        {"token_lifetime": "0"},
        {"approval_lifetime": "0"},
    ],
    ids=str,
)
def test_type_that_would_not_be_closed_or_readable_is_refused(
    administrator: Browser, wrong: dict[str, Any]
) -> None:
    response = administrator.post(ADD, form(**wrong))

    assert response.status_code == 200
    assert not AuthorizationDetailsType.objects.filter(title="Files").exists()


def test_preview_tells_the_example_in_every_language(administrator: Browser) -> None:
    row = AuthorizationDetailsType.objects.get(type=QUERY)
    row.example["identifier"] = "<b>warehouse</b>"
    row.save()

    page = administrator.get(
        reverse("admin:catalogue_authorizationdetailstype_change", args=[row.pk])
    ).content.decode()

    assert "Run one query (select) on &lt;b&gt;warehouse&lt;/b&gt;, and" in page
    assert "Eine Abfrage (select) auf" in page


def test_type_keeps_its_name(administrator: Browser) -> None:
    row = AuthorizationDetailsType.objects.get(type=QUERY)
    address = reverse("admin:catalogue_authorizationdetailstype_change", args=[row.pk])

    administrator.post(address, form(**DEFAULT_TYPES[QUERY], type="urn:renamed", is_active="on"))

    assert AuthorizationDetailsType.objects.get(pk=row.pk).type == QUERY


@pytest.mark.parametrize("identifier", DEFAULT_TYPES)
def test_default_types_obey_the_rules_for_all(identifier: str) -> None:
    AuthorizationDetailsType.objects.get(type=identifier).full_clean()
