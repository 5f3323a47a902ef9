"""Changes: what ends, what is written down, and who comes first (RFC 7644 §3.5, §3.6, §3.14)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import Client, User
from foundation.journal.acts import record_changes
from foundation.journal.models import Act
from idp.models import ScimGroup, ScimUser
from tests.factories import make_client
from tests.scim.calling import USER, Caller, connect

BOTH = pytest.mark.both_databases
pytestmark = [pytest.mark.django_db, BOTH]
OFF = {"op": "replace", "path": "active", "value": False}
ENTRA_OFF = {"op": "Replace", "path": "active", "value": "False"}
OKTA_OFF = {"op": "replace", "value": {"active": False}}


@pytest.mark.parametrize("off", [OFF, ENTRA_OFF, OKTA_OFF])
def test_who_is_switched_off_is_signed_out_at_once(scim: Caller, off: Any) -> None:
    made = scim.make()
    browser = Browser()
    person = User.objects.get(pk=made["id"])
    browser.force_login(person, backend="idp.accounts.auth_backend.AuthenticationBackend")
    assert browser.get(reverse("account")).status_code == 200
    assert scim.patch(f"/Users/{made['id']}", off).body["active"] is False
    assert browser.get(reverse("account")).status_code == 302


@pytest.mark.spec("RFC 7644", "3.6")
def test_who_is_deleted_is_gone_and_their_applications_stay(scim: Caller) -> None:
    made = scim.make()
    client, _secret = make_client()
    Client.objects.filter(pk=client.pk).update(user=made["id"])
    answer = scim.call("DELETE", f"/Users/{made['id']}")
    assert (answer.status, answer.body) == (204, None)
    for method in ("GET", "DELETE"):
        assert scim.call(method, f"/Users/{made['id']}").status == 404
    assert not User.objects.filter(pk=made["id"]).exists()
    assert Client.objects.filter(pk=client.pk).exists()
    assert scim.make()["id"] != made["id"]


def test_every_change_is_an_act_of_the_token(scim: Caller) -> None:
    made = scim.make()
    scim.make_group("Analysts", made["id"])
    scim.patch(f"/Users/{made['id']}", OFF)
    scim.call("DELETE", f"/Users/{made['id']}")
    record_changes()
    acts = Act.objects.exclude(detail__program=None).order_by("at")
    about = {(act.kind, act.object_kind) for act in acts if "SCIM: Entra" in str(act.detail)}
    for kind in ("created", "changed", "removed"):
        assert (kind, "directory.user") in about
    assert ("created", "auth.group") in about
    people = Act.objects.filter(object_kind="directory.user")
    assert {act.detail.get("program") for act in people} == {"SCIM: Entra, of Entra"}


def test_a_new_address_makes_the_votes_of_a_person_wait(scim: Caller) -> None:
    made = scim.make(emails=[{"value": "ada@example.com"}])
    change = {"op": "replace", "path": "emails", "value": [{"value": "eve@example.com"}]}
    assert scim.patch(f"/Users/{made['id']}", change).status == 200
    person = User.objects.get(pk=made["id"])
    assert (person.email, person.email_verified) == ("eve@example.com", False)
    assert person.sign_in_set_by_others_at is not None


@pytest.mark.spec("RFC 7644", "3.14")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_a_stale_version_changes_nothing(scim: Caller, kind: str, method: str) -> None:
    made = scim.make() if kind == "Users" else scim.make_group()
    path, old = f"/{kind}/{made['id']}", made["meta"]["version"]
    change = {"op": "replace", "path": "externalId", "value": "1"}
    now = scim.patch(path, change, **{"If-Match": old})
    assert now.status == 200
    assert now.headers["ETag"] != old
    body = {
        "PUT": now.body,
        "PATCH": {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "remove", "path": "externalId"}],
        },
    }
    for tag in (old, "x", '"0"'):
        assert scim.call(method, path, body.get(method), **{"If-Match": tag}).status == 412
    assert scim.call("GET", path).body == now.body
    unchanged = scim.call("GET", path, **{"If-None-Match": now.headers["ETag"]})
    assert (unchanged.status, unchanged.body) == (304, None)


def test_a_change_by_an_administrator_makes_a_version_stale(scim: Caller) -> None:
    made = scim.make()
    person = User.objects.get(pk=made["id"])
    person.nickname = "Countess"
    person.save()
    tag = {"If-Match": made["meta"]["version"]}
    assert scim.patch(f"/Users/{made['id']}", OFF, **tag).status == 412
    assert User.objects.get(pk=made["id"]).is_active


@pytest.mark.spec("RFC 7643", "4.2")
def test_members_come_and_go(scim: Caller) -> None:
    ada, grace = scim.make()["id"], scim.make("grace")["id"]
    group = scim.make_group("Analysts", ada)
    path = f"/Groups/{group['id']}"
    local = User.objects.create(username="local")
    Group.objects.get(name="Analysts").user_set.add(local)
    scim.patch(path, {"op": "add", "path": "members", "value": [{"value": grace}]})
    gone = scim.patch(path, {"op": "remove", "path": f'members[value eq "{ada}"]'})
    read = scim.call("GET", path)
    assert (gone.status, gone.body, gone.headers["ETag"]) == (204, None, read.headers["ETag"])
    assert [each["value"] for each in read.body["members"]] == [grace]
    assert [each["display"] for each in scim.call("GET", f"/Users/{grace}").body["groups"]] == [
        "Analysts"
    ]
    entra = {"op": "Remove", "path": "members", "value": [{"value": grace}]}
    assert "members" not in scim.patch(f"{path}?attributes=displayName,members", entra).body
    assert list(Group.objects.get(name="Analysts").user_set.all()) == [local]
    assert "members" not in scim.call("GET", f"{path}?excludedAttributes=members").body


def test_groups_of_here_are_not_taken_over(scim: Caller) -> None:
    Group.objects.create(name="Administrators")
    said = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]}
    answer = scim.call("POST", "/Groups", {**said, "displayName": "administrators"})
    assert (answer.status, answer.scim_type) == (409, "uniqueness")
    mine = scim.make_group("Mine")
    change = {"op": "replace", "path": "displayName", "value": "ADMINISTRATORS"}
    assert scim.patch(f"/Groups/{mine['id']}", change).status == 409
    assert scim.call("GET", "/Groups").body["totalResults"] == 1
    assert not ScimGroup.objects.filter(group__name="Administrators").exists()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at one moment, each with its own connection; return what each gave."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_of_changes_of_one_version_at_once_one_is_made() -> None:
    scim = connect("Entra")
    made = scim.make()
    tag = {"If-Match": made["meta"]["version"]}

    def title(n: int) -> Callable[[], int]:
        change = {"op": "replace", "path": "title", "value": f"title {n}"}
        return lambda: scim.patch(f"/Users/{made['id']}", change, **tag).status

    assert sorted(at_once(*map(title, range(5)))) == [200, 412, 412, 412, 412]


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_without_a_version_are_all_made() -> None:
    scim = connect("Entra")
    made = scim.make()

    def change(name: str) -> Callable[[], int]:
        operation = {"op": "replace", "path": name, "value": name}
        return lambda: scim.patch(f"/Users/{made['id']}", operation).status

    assert at_once(*map(change, ("title", "nickName", "userType"))) == [200, 200, 200]
    document = ScimUser.objects.get().document
    assert {"title", "nickName", "userType"} <= set(document)


@pytest.mark.django_db(transaction=True)
def test_of_people_of_one_name_at_once_one_is_made() -> None:
    scim = connect("Entra")

    def make(name: str) -> Callable[[], int]:
        said = {"schemas": [USER], "userName": name}
        return lambda: scim.call("POST", "/Users", said).status

    names = ("ada@example.com", "ADA@example.com", "Ada@Example.com")
    assert sorted(at_once(*map(make, names))) == [201, 409, 409]
    assert User.objects.count() == ScimUser.objects.count() == 1
