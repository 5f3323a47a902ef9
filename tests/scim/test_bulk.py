"""Bulk (RFC 7644 §3.7)."""

from typing import Any

import pytest

from foundation.directory.models import User
from tests.scim.calling import GROUP, USER, Caller, connect

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def person(name: str) -> dict[str, Any]:
    data = {"schemas": [USER], "userName": name}
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": data}


def send(scim: Caller, *operations: Any, **more: Any) -> Any:
    return scim.call("POST", "/Bulk", {"schemas": [BULK], "Operations": operations, **more})


@pytest.mark.spec("RFC 7644", "3.7.2")
def test_what_was_made_is_named_by_its_bulk_id(scim: Caller) -> None:
    members = [{"value": "bulkId:ada"}]
    group = {"schemas": [GROUP], "displayName": "Analysts", "members": members}
    made = send(
        scim, person("ada"), {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group}
    )
    assert [each["status"] for each in made.body["Operations"]] == ["201", "201"]
    [member] = User.objects.filter(groups__name="Analysts")
    assert member.username == "ada"
    assert made.body["Operations"][0]["location"].endswith(f"/Users/{member.pk}")


@pytest.mark.spec("RFC 7644", "3.7.3")
def test_an_operation_that_fails_says_so_and_ends_the_rest_when_asked(scim: Caller) -> None:
    operations = [person("ada"), person("ADA"), person("grace")]
    ended = send(scim, *operations, failOnErrors=1)
    assert [each["status"] for each in ended.body["Operations"]] == ["201", "409"]
    assert ended.body["Operations"][1]["response"]["scimType"] == "uniqueness"
    assert not User.objects.filter(username="grace").exists()


@pytest.mark.parametrize(
    "operation",
    [
        "x",
        {},
        {"method": "GET", "path": "/Users"},
        {"method": "POST", "path": "/Users", "data": {"schemas": [USER], "userName": "x"}},
        {"method": "POST", "path": "/Bulk", "bulkId": "1", "data": {}},
        {"method": "POST", "path": "Users", "bulkId": "1", "data": {}},
        {"method": "DELETE", "path": "/Users/1/2"},
        {"method": "DELETE", "path": "/Users/bulkId:nobody"},
        {"method": "PATCH", "path": "/Users/7", "data": []},
        {"method": "PUT", "path": 7},
    ],
)
def test_what_is_no_operation_fails_alone(scim: Caller, operation: Any) -> None:
    answered = send(scim, operation, person("ada")).body["Operations"]
    assert answered[0]["status"] in {"400", "404", "405"}
    assert answered[1]["status"] == "201"
    assert User.objects.count() == 1


@pytest.mark.spec("RFC 7644", "3.7.4")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"schemas": [BULK], "Operations": [{}] * 101}, 413),
        ({"schemas": [BULK], "Operations": {}}, 400),
        ({"schemas": [USER], "Operations": []}, 400),
        ({"schemas": [BULK], "Operations": [], "failOnErrors": 0}, 400),
        ({"schemas": [BULK], "Operations": [], "failOnErrors": True}, 400),
    ],
)
def test_what_is_no_bulk_request_does_nothing(scim: Caller, body: Any, status: int) -> None:
    assert scim.call("POST", "/Bulk", body).status == status
    assert scim.call("GET", "/Bulk").status == 405


def test_an_operation_needs_the_right_it_would_need_alone(db: None) -> None:
    scim = connect("HR", groups="")
    data = {"schemas": [GROUP], "displayName": "Analysts"}
    group = {"method": "POST", "path": "/Groups", "bulkId": "1", "data": data}
    answered = send(scim, person("ada"), group).body["Operations"]
    assert [each["status"] for each in answered] == ["201", "403"]
