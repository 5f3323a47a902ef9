"""People by SCIM: what is refused, and what stays whose (RFC 7644 §3)."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from foundation.directory.models import User
from idp.accounts.services import create_person
from idp.models import ScimUser
from tests.scim.calling import ENTERPRISE, PATCH, USER, Caller, connect

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.spec("RFC 7644", "3.3")
def test_a_person_is_made_as_said(scim: Caller) -> None:
    email = {"value": "Ada@Example.com", "type": "work", "primary": True}
    made = scim.make(
        name={"givenName": "Ada", "familyName": "Lovelace"},
        emails=[email],
        externalId="42",
        **{ENTERPRISE: {"department": "Engines"}},
    )
    person = User.objects.get(pk=made["id"])
    assert (person.username, person.given_name) == ("ada.example.com", "Ada")
    assert (person.email, person.email_verified) == ("ada@example.com", False)
    assert not person.has_usable_password()
    assert person.attributes.values == {"department": "Engines"}
    read = scim.call("GET", f"/Users/{made['id']}")
    assert read.body == made
    assert read.headers["Content-Type"] == "application/scim+json"
    assert read.headers["ETag"] == made["meta"]["version"]


def test_only_addresses_of_the_domains_of_the_connection_are_verified(db: None) -> None:
    scim = connect("HR", domains="example.com")
    ours = scim.make("a", emails=[{"value": "a@example.com"}])
    others = scim.make("b", emails=[{"value": "b@bank.example"}])
    verified = User.objects.in_bulk([ours["id"], others["id"]])
    assert sorted((each.username, each.email_verified) for each in verified.values()) == [
        ("a", True),
        ("b", False),
    ]


@pytest.mark.spec("RFC 7644", "3.3")
@pytest.mark.parametrize("name", ["ada@example.com", "ADA@Example.Com", "ａda@example.com"])
def test_a_user_name_is_taken_in_every_spelling(scim: Caller, name: str) -> None:
    scim.make()
    answer = scim.call("POST", "/Users", {"schemas": [USER], "userName": name})
    assert (answer.status, answer.scim_type) == (409, "uniqueness")


@pytest.mark.parametrize(
    "said",
    [
        {"userName": "Grace"},
        {"userName": "other", "emails": [{"value": "GRACE@example.com"}]},
    ],
)
def test_people_of_here_are_not_taken_over(scim: Caller, said: Any) -> None:
    grace = create_person("grace", "grace@example.com", "a long enough password 1")
    answer = scim.call("POST", "/Users", {"schemas": [USER], **said})
    assert (answer.status, answer.scim_type) == (409, "uniqueness")
    assert not ScimUser.objects.exists()
    assert User.objects.get() == grace


def test_nobody_takes_the_address_of_another_by_a_change(scim: Caller) -> None:
    create_person("grace", "grace@example.com", "a long enough password 1")
    made = scim.make()
    change = {"op": "add", "path": "emails", "value": [{"value": "grace@example.com"}]}
    answer = scim.patch(f"/Users/{made['id']}", change)
    assert (answer.status, answer.scim_type) == (409, "uniqueness")
    assert scim.call("GET", f"/Users/{made['id']}").body == made


@pytest.mark.spec("RFC 7644", "3.12")
@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ("{", "invalidSyntax"),
        ("[]", "invalidSyntax"),
        ("[" * 5_000, "invalidSyntax"),
        ('{"a":' * 20 + "1" + "}" * 20, "invalidSyntax"),
        ('{"userName": NaN}', "invalidSyntax"),
        ({"schemas": [USER]}, "invalidValue"),
        ({"schemas": [USER], "userName": " "}, "invalidValue"),
        ({"schemas": [USER], "userName": 7}, "invalidValue"),
        ({"schemas": [USER], "userName": "a\0b"}, "invalidValue"),
        ({"schemas": [USER], "userName": "a b"}, "invalidValue"),
        ({"schemas": [USER], "userName": "a" * 256}, "invalidValue"),
        ({"schemas": [USER], "userName": "ada", "externalId": "e" * 256}, "invalidValue"),
        ({"schemas": [USER], "userName": "ada", "title": "t" * 151}, "invalidValue"),
        ({"schemas": [USER], "userName": "ada", "active": "perhaps"}, "invalidValue"),
        ({"schemas": [USER], "userName": "ada", "emails": [{"value": "ada"}]}, "invalidValue"),
        ({"schemas": [USER], "userName": "ada", "nickName": "n" * 70_000}, "invalidValue"),
    ],
)
def test_what_no_person_can_be_is_refused(scim: Caller, body: Any, scim_type: str) -> None:
    answer = scim.call("POST", "/Users", body)
    assert (answer.status, answer.scim_type) == (400, scim_type), answer.body
    assert not ScimUser.objects.exists()
    assert not User.objects.exists()


def test_a_huge_body_is_refused(scim: Caller) -> None:
    said = {"schemas": [USER], "userName": "ada", "nickName": "n" * 1_100_000}
    assert scim.call("POST", "/Users", said).status == 413


@pytest.mark.spec("RFC 7643", "4.1.1")
def test_a_password_is_neither_taken_nor_told(scim: Caller) -> None:
    made = scim.make(password="Correct horse 1")
    person = User.objects.get(pk=made["id"])
    change = {"op": "replace", "path": "password", "value": "Another horse 1"}
    assert scim.patch(f"/Users/{person.pk}", change).status == 200
    person.refresh_from_db()
    assert not person.has_usable_password()
    read = scim.call("GET", f"/Users/{person.pk}?attributes=password,userName")
    assert set(read.body) == {"schemas", "id", "userName"}
    assert "horse" not in str(ScimUser.objects.get().document)


@pytest.mark.spec("RFC 7643", "3.1")
@pytest.mark.spec("RFC 7644", "3.5.2")
@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "replace", "path": "id", "value": "7"}, "mutability"),
        ({"op": "replace", "path": "meta.version", "value": "7"}, "mutability"),
        ({"op": "add", "path": "groups", "value": [{"value": "7"}]}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": "emails[", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": 'title[value eq "x"]', "value": "x"}, "invalidFilter"),
        ({"op": "replace", "path": "emails[type gt]", "value": "x"}, "invalidPath"),
        ({"op": "move", "path": "title", "value": "x"}, "invalidValue"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"op": "replace", "path": "userName", "value": ""}, "invalidValue"),
    ],
)
def test_a_change_of_what_is_not_to_be_changed_changes_nothing(
    scim: Caller, operation: Any, scim_type: str
) -> None:
    made = scim.make()
    good = {"op": "add", "path": "title", "value": "Countess"}
    answer = scim.patch(f"/Users/{made['id']}", good, operation)
    assert (answer.status, answer.scim_type) == (400, scim_type), answer.body
    assert scim.call("GET", f"/Users/{made['id']}").body == made


@pytest.mark.spec("RFC 7644", "3.5.2")
def test_a_path_that_nothing_has_changes_nothing(scim: Caller) -> None:
    made = scim.make()
    operation = {"op": "replace", "path": "isSuperuser", "value": True}
    answer = scim.patch(f"/Users/{made['id']}", operation)
    assert answer.status in {200, 400}
    person = User.objects.get(pk=made["id"])
    assert not person.is_superuser
    assert "isSuperuser" not in str(ScimUser.objects.get().document)


@pytest.mark.spec("RFC 7644", "3.5.1")
def test_what_is_read_only_is_left_alone_by_a_replacement(scim: Caller) -> None:
    made = scim.make(title="Countess")
    group = Group.objects.create(name="Administrators")
    said = {
        "schemas": [USER],
        "userName": "ada@example.com",
        "id": "7",
        "groups": [{"value": str(group.pk)}],
        "is_staff": True,
    }
    answer = scim.call("PUT", f"/Users/{made['id']}", said)
    assert (answer.status, answer.body["id"]) == (200, made["id"])
    assert "title" not in answer.body
    person = User.objects.get(pk=made["id"])
    assert not person.is_staff
    assert not person.groups.exists()


@pytest.mark.parametrize("column", ["is_staff", "is_superuser"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_administrators_are_not_touched(scim: Caller, column: str, method: str) -> None:
    made = scim.make()
    User.objects.filter(pk=made["id"]).update(**{column: True})
    bodies = {
        "PUT": {"schemas": [USER], "userName": "ada@example.com", "active": False},
        "PATCH": {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "name"}]},
    }
    assert scim.call(method, f"/Users/{made['id']}", bodies.get(method)).status == 403
    assert User.objects.get(pk=made["id"]).is_active


def test_who_was_locked_out_here_stays_so_when_nothing_is_said_of_it(scim: Caller) -> None:
    made = scim.make()
    User.objects.filter(pk=made["id"]).update(is_active=False)
    said = {"schemas": [USER], "userName": "ada@example.com", "title": "Countess"}
    answer = scim.call("PUT", f"/Users/{made['id']}", said)
    assert (answer.status, answer.body["active"]) == (200, False)
    assert not User.objects.get(pk=made["id"]).is_active
