"""Members by PATCH: the same whether the group is small or large."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.directory.models import User
from tests.scim.calling import Caller, connect

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOBODY = "00000000-0000-4000-8000-000000000000"


def add(*keys: str) -> Any:
    return {"op": "add", "path": "members", "value": [{"value": key} for key in keys]}


def names(group: Any) -> set[str]:
    return set(User.objects.filter(groups__scim=group["id"]).values_list("username", flat=True))


def test_operations_are_done_in_order(scim: Caller) -> None:
    ada, grace = scim.make("ada")["id"], scim.make("grace")["id"]
    group = scim.make_group("Analysts", ada)
    gone = {"op": "Remove", "path": "members", "value": [{"value": ada}]}

    answer = scim.patch(f"/Groups/{group['id']}", gone, add(grace, ada), add(ada))

    assert answer.status == 204
    assert names(group) == {"ada", "grace"}


@pytest.mark.parametrize("method", ["add", "remove"])
def test_a_stale_version_changes_no_members(scim: Caller, method: str) -> None:
    ada = scim.make("ada")["id"]
    group = scim.make_group("Analysts", *([ada] if method == "remove" else []))
    before = names(group)
    operation = {**add(ada), "op": method}

    answer = scim.patch(f"/Groups/{group['id']}", operation, **{"If-Match": 'W/"7"'})

    assert answer.status == 412
    assert names(group) == before


@pytest.mark.parametrize(
    "operation",
    [add(NOBODY), {"op": "add", "path": "members", "value": [{"value": "x"}]},
     {"op": "add", "path": "members", "value": ["x"]}, {"op": "add", "path": "members"}],
)  # fmt: skip
def test_what_is_no_member_changes_nothing(scim: Caller, operation: Any) -> None:
    ada = scim.make("ada")["id"]
    group = scim.make_group("Analysts")

    answer = scim.patch(f"/Groups/{group['id']}", add(ada), operation)

    assert answer.status == 400
    assert names(group) == set()


def test_local_people_and_those_of_others_neither_come_nor_go(scim: Caller) -> None:
    local = User.objects.create(username="local")
    theirs = connect("Okta").make("theirs")["id"]
    group = scim.make_group("Analysts")
    Group.objects.get(name="Analysts").user_set.add(local, theirs)
    path = f"/Groups/{group['id']}"

    for key in (str(local.pk), theirs):
        assert (
            scim.patch(path, {"op": "remove", "path": f'members[value eq "{key}"]'}).status == 204
        )
        assert scim.patch(path, add(key)).status == 400

    assert names(group) == {"local", "theirs"}


def test_administrators_neither_come_nor_go(scim: Caller) -> None:
    ada = scim.make("ada")["id"]
    group = scim.make_group("Analysts", ada)
    User.objects.filter(pk=ada).update(is_staff=True)
    path = f"/Groups/{group['id']}"

    assert scim.patch(path, {"op": "remove", "path": f'members[value eq "{ada}"]'}).status == 403
    assert scim.patch(path, add(ada)).status == 403
    assert names(group) == {"ada"}


def test_nobody_else_in_the_group_is_read(scim: Caller) -> None:
    """What one member costs does not grow with the group: neither statements nor rows."""
    ada = scim.make("ada")["id"]
    group = scim.make_group("Analysts")
    here = Group.objects.get(name="Analysts")
    people = [User(username=f"p{n}") for n in range(300)]
    here.user_set.add(*User.objects.bulk_create(people))

    with CaptureQueriesContext(connection) as statements:
        assert scim.patch(f"/Groups/{group['id']}", add(ada)).status == 204

    members = [each["sql"] for each in statements if "directory_user_groups" in each["sql"]]
    assert members
    assert all("INSERT" in sql for sql in members)
