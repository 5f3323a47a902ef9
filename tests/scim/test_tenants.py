"""A token sees and changes what its connection made, by whatever way it asks."""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group

from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedGroup, ProvidedPerson
from idp.accounts.provisioning.facts import Became, PersonFacts
from idp.accounts.provisioning.groups import GroupFacts, provide_groups
from idp.accounts.provisioning.people import provide
from idp.scim import bulk
from idp.scim.tokens import revoke
from scopeward_guard.vocabulary import encode_base64url
from tests.scim.calling import GROUP, USER, Caller, connect

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def other(scim: Caller) -> Caller:
    return connect("Okta")


def in_bulk(caller: Caller, *operations: Any) -> list[Any]:
    answer = caller.call("POST", "/Bulk", {"schemas": [BULK], "Operations": operations})
    assert answer.status == 200, answer.body
    return [each["status"] for each in answer.body["Operations"]]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_bulk_is_no_way_round(scim: Caller, other: Caller, method: str, kind: str) -> None:
    made = scim.make() if kind == "Users" else scim.make_group()
    before = scim.call("GET", f"/{kind}/{made['id']}").body
    schema = USER if kind == "Users" else GROUP
    data = {"schemas": [schema], "userName": "x", "displayName": "x", "Operations": []}

    statuses = in_bulk(other, {"method": method, "path": f"/{kind}/{made['id']}", "data": data})

    assert statuses == ["404"] or (method == "PATCH" and statuses[0].startswith("4"))
    assert scim.call("GET", f"/{kind}/{made['id']}").body == before


@pytest.mark.parametrize(
    "query",
    ["", "filter=userName%20eq%20%22ada@example.com%22", "filter=id%20pr", "cursor=",
     "filter=not%20(userName%20eq%20%22x%22)", "sortBy=userName", "startIndex=1&count=200"],
)  # fmt: skip
def test_no_list_names_anybody_of_another(scim: Caller, other: Caller, query: str) -> None:
    scim.make()
    scim.make_group()
    other.make("grace@example.com")

    body = other.call("GET", f"/Users?{query}").body

    assert "ada" not in str(body)
    assert body["totalResults"] <= 1
    search = other.call("POST", "/.search", {"schemas": [SEARCH]}).body
    assert "ada" not in str(search)
    assert "Analysts" not in str(search)


@pytest.mark.spec("RFC 9865", "2.1")
def test_a_cursor_made_of_somebody_of_another_shows_nobody_of_theirs(
    scim: Caller, other: Caller
) -> None:
    first = min(scim.make(f"p{n}")["id"] for n in range(3))
    cursor = encode_base64url(UUID(first).bytes)

    body = other.call("GET", f"/Users?cursor={cursor}").body

    assert body["totalResults"] == 0
    assert not body.get("Resources")


def test_two_tokens_of_one_connection_share_what_it_made(scim: Caller) -> None:
    made = scim.make()

    assert connect("Entra").call("GET", f"/Users/{made['id']}").status == 200


def test_people_and_groups_of_a_directory_are_not_there(scim: Caller) -> None:
    [person] = provide("ldap:1", [PersonFacts("k", {"username": "emmy"})])
    [group] = provide_groups("ldap:1", [GroupFacts("k", "Algebra")])

    assert scim.call("GET", f"/Users/{person.person}").status == 404
    assert scim.call("GET", "/Groups").body["totalResults"] == 0
    assert (
        scim.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "algebra"}).status == 409
    )
    answer = scim.call("POST", "/Users", {"schemas": [USER], "userName": "Emmy"})
    assert answer.status == 409
    members = [{"value": str(person.person)}]
    said = {"schemas": [GROUP], "displayName": "Ours", "members": members}
    assert scim.call("POST", "/Groups", said).status == 400
    assert not User.objects.filter(groups=group.group).exists()


def test_nor_does_a_directory_get_those_of_a_connection(scim: Caller) -> None:
    """Provenance is one truth, whoever wrote it: by name, and by an administrator's table too."""
    made, group = scim.make("emmy"), scim.make_group("Algebra")

    [person] = provide("ldap:1", [PersonFacts("k", {"username": "emmy"})])
    named = provide_groups("ldap:1", [GroupFacts("k", "x", "cn=x", "Algebra")])
    unnamed = provide_groups("ldap:1", [GroupFacts("k", "Algebra")])

    assert {person.became, named[0].became, unnamed[0].became} == {Became.REFUSED}
    assert ProvidedPerson.objects.get(person=made["id"]).source.startswith("scim:")
    row = ProvidedGroup.objects.get(group__name="Algebra")
    assert (row.source, row.key) == (f"scim:{scim.connection.pk}", group["id"])


def test_provenance_of_a_person_follows_what_is_said(scim: Caller) -> None:
    made = scim.make("emmy")
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    operation = {"op": "add", "path": f"{enterprise}:department", "value": "Algebra"}

    assert scim.patch(f"/Users/{made['id']}", operation).status == 200

    assert "attributes.department" in ProvidedPerson.objects.get(person=made["id"]).gives


def test_a_deleted_group_has_no_provenance(scim: Caller) -> None:
    group = scim.make_group("Algebra")

    assert scim.call("DELETE", f"/Groups/{group['id']}").status == 204

    assert not ProvidedGroup.objects.exists()
    assert not Group.objects.exists()


def test_a_token_that_is_taken_back_ends_a_bulk_at_its_next_operation(
    scim: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, handled = bulk._one, []

    def and_then_taken_back(*args: Any) -> Any:
        answer = one(*args)
        handled.append(answer)
        revoke(scim.token)
        return answer

    monkeypatch.setattr(bulk, "_one", and_then_taken_back)
    said = [
        {"method": "POST", "path": "/Users", "bulkId": name,
         "data": {"schemas": [USER], "userName": name}}
        for name in ("emmy", "ada")
    ]  # fmt: skip

    assert in_bulk(scim, *said) == ["201", "401"]
    assert set(User.objects.values_list("username", flat=True)) == {"emmy"}
