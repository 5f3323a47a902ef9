"""Fifty thousand people: nobody costs more than the first, and memory stays flat."""

import resource
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedPerson
from idp.models import ScimUser
from tests.scim.calling import USER, Caller

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.long]
PEOPLE = 50_000
AT_ONCE = 2_000
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
ROUNDS = 10


def person(name: str) -> dict[str, Any]:
    email = [{"value": f"{name}@example.com", "primary": True}]
    return {"schemas": [USER], "userName": name, "emails": email, "displayName": f"Person {name}"}


def fill(scim: Caller, count: int) -> None:
    """Let the connection have made so many, without the requests for it."""
    for start in range(0, count, AT_ONCE):
        names = [f"p{number:06}" for number in range(start, start + AT_ONCE)]
        people = User.objects.bulk_create(
            User(username=name, username_key=name, email=f"{name}@example.com") for name in names
        )
        ScimUser.objects.bulk_create(
            ScimUser(
                person=each, connection=scim.connection, user_name=each.username,
                user_name_key=each.username, document={"displayName": each.username},
            )
            for each in people
        )  # fmt: skip
        ProvidedPerson.objects.bulk_create(
            ProvidedPerson(person=each, source=scim.connection.source, key=str(each.pk), gives=[])
            for each in people
        )


def cost(does: Callable[[int], Any]) -> tuple[int, float]:
    """Return the statements of one call, and the CPU seconds of the best of some."""
    does(0)
    with CaptureQueriesContext(connection) as statements:
        does(1)
    times = []
    for number in range(2, ROUNDS):
        began = time.process_time()
        does(number)
        times.append(time.process_time() - began)
    return len(statements), min(times)


def measured(scim: Caller, prefix: str) -> dict[str, tuple[int, float]]:
    """Return what each kind of request costs."""
    one = scim.make(f"{prefix}-one")["id"]
    group = scim.make_group(f"Group {prefix}", one)["id"]

    def made_in_bulk(number: int) -> None:
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": str(n),
             "data": person(f"{prefix}-b{number}-{n}")}
            for n in range(20)
        ]  # fmt: skip
        answer = scim.call("POST", "/Bulk", {"schemas": [BULK], "Operations": operations})
        assert {each["status"] for each in answer.body["Operations"]} == {"201"}

    def patch(number: int) -> None:
        operation = {"op": "replace", "path": "title", "value": f"Title {number}"}
        assert scim.patch(f"/Users/{one}", operation).status == 200

    def member(number: int) -> None:
        operation = {"op": "add", "path": "members", "value": [{"value": one}]}
        assert scim.patch(f"/Groups/{group}", operation).status == 204

    def found(query: str) -> Callable[[int], None]:
        def ask(_number: int) -> None:
            assert scim.call("GET", query).status == 200

        return ask

    costs = {
        "POST": cost(lambda n: scim.call("POST", "/Users", person(f"{prefix}-{n}"))),
        "Bulk of 20": cost(made_in_bulk),
        "GET": cost(found(f"/Users/{one}")),
        "PATCH": cost(patch),
        "member": cost(member),
        "by userName": cost(found(f"/Users?filter=userName%20eq%20%22{prefix}-one%22")),
        "cursor": cost(found("/Users?cursor=&count=20")),
    }
    if prefix == "many":
        Group.objects.get(name="Group many").user_set.add(
            *User.objects.values_list("pk", flat=True).order_by("pk")[:20_000]
        )
        costs["member of 20,000"] = cost(member)
    return costs


def test_nobody_costs_more_than_the_first(scim: Caller, record_property: Any) -> None:
    few = measured(scim, "few")
    fill(scim, PEOPLE)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    many = measured(scim, "many")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen, after, pages = 0, "", 0
    began = time.process_time()
    while True:
        body = scim.call("GET", f"/Users?cursor={after}&count=200").body
        seen, pages = seen + len(body["Resources"]), pages + 1
        after = body.get("nextCursor", "")
        if not after:
            break
    walked = time.process_time() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    for name, (statements, seconds) in many.items():
        first = few.get(name, many["member"])
        line = f"{statements} statements, {first[1] * 1000:.1f} -> {seconds * 1000:.1f} ms"
        print(f"FIGURES {name}: {line}")  # noqa: T201
        assert statements == first[0], name
    print(f"FIGURES all: {seen} in {pages} pages, {walked:.1f} s CPU, {grown} KiB more")  # noqa: T201
    record_property("figures", str(many))
    assert seen == body["totalResults"] > PEOPLE
    assert grown < 20_000
