"""Lists: filters, pages, order (RFC 7644 §3.4.2, RFC 9865)."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from idp.scim.lists import pages
from tests.scim.calling import Caller, connect

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def people(scim: Caller) -> Caller:
    scim.make("ada@example.com", externalId="1", title="Countess", active=True)
    scim.make("grace@example.com", externalId="2", emails=[{"value": "g@navy.example"}])
    scim.make("Edsger", externalId="3", active=False, name={"familyName": "Dijkstra"})
    connect("Okta").make("hidden@example.com", externalId="1")
    return scim


def names(scim: Caller, query: str) -> list[str]:
    answer = scim.call("GET", f"/Users?{query}")
    assert answer.status == 200, answer.body
    found = [each["userName"] for each in answer.body.get("Resources", [])]
    assert answer.body["totalResults"] == len(found)
    return sorted(found)


ADA, GRACE, EDSGER = "ada@example.com", "grace@example.com", "Edsger"


@pytest.mark.spec("RFC 7644", "3.4.2.2")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "ADA@example.com"', [ADA]),
        ('USERNAME Eq "ada@example.com"', [ADA]),
        ('userName co "example"', [ADA, GRACE]),
        ('userName sw "eds"', [EDSGER]),
        ('userName ne "edsger"', [ADA, GRACE]),
        ('externalId eq "1"', [ADA]),
        ('externalId eq "1" and active eq false', []),
        ('externalId eq "1" or active eq false', [EDSGER, ADA]),
        ("active eq true", [ADA, GRACE]),
        ("not (active eq true)", [EDSGER]),
        ("title pr", [ADA]),
        ('title pr and userName sw "grace"', []),
        ('emails[value ew "navy.example"]', [GRACE]),
        ('emails co "navy"', [GRACE]),
        ('name.familyName eq "dijkstra"', [EDSGER]),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "edsger"', [EDSGER]),
        ('meta.created gt "2000-01-01T00:00:00Z"', [EDSGER, ADA, GRACE]),
        ('meta.created lt "2000-01-01T00:00:00Z"', []),
        ('id eq "7"', []),
        ('userName eq "x\\" or userName pr or userName eq \\""', []),
        ('userName eq "\' OR 1=1 --"', []),
        ('userName co "%"', []),
        ('userName co "_"', []),
    ],
)
def test_a_filter_finds_whom_it_names(people: Caller, text: str, found: list[str]) -> None:
    assert names(people, f"filter={quote(text)}") == sorted(found)


@pytest.mark.spec("RFC 7644", "3.4.2.2")
@pytest.mark.parametrize(
    "text",
    [
        "userName",
        'userName is "a"',
        'userName eq "a',
        'nothing eq "a"',
        'person__password eq "a"',
        "active gt true",
        'active eq "perhaps"',
        "(" * 2_000 + "title pr" + ")" * 2_000,
        "not (" * 40 + "title pr" + ")" * 40,
        " and ".join(["title pr"] * 51),
        'userName eq "' + "a" * 2_100 + '"',
        'userName eq "\0"',
        'userName[value eq "a"]',
    ],
)
def test_what_is_no_filter_is_refused(people: Caller, text: str) -> None:
    answer = people.call("GET", f"/Users?filter={quote(text)}")
    assert (answer.status, answer.scim_type) == (400, "invalidFilter"), answer.body


def test_a_filter_without_an_index_looks_at_so_many_only(
    people: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_EVALUATED", 2)
    answer = people.call("GET", "/Users?filter=title%20pr")
    assert (answer.status, answer.scim_type) == (400, "tooMany")
    narrowed = quote('title pr and userName sw "ada"')
    assert names(people, f"filter={narrowed}") == [ADA]


@pytest.mark.spec("RFC 7644", "3.4.2.4")
def test_pages_by_index(people: Caller) -> None:
    pages = [people.call("GET", f"/Users?count=2&startIndex={n}").body for n in (1, 3, 99)]
    assert [page["itemsPerPage"] for page in pages] == [2, 1, 0]
    assert {page["totalResults"] for page in pages} == {3}
    assert people.call("GET", "/Users?count=0").body.get("Resources") is None
    assert people.call("GET", "/Users?count=-1&startIndex=-5").body["itemsPerPage"] == 0


@pytest.mark.spec("RFC 9865", "2")
@pytest.mark.parametrize("filtered", ["", "&filter=userName%20pr"])
def test_pages_by_cursor_have_everybody_once(people: Caller, filtered: str) -> None:
    cursor, found = "", []
    while cursor is not None:
        page = people.call("GET", f"/Users?count=1&cursor={cursor}{filtered}").body
        found += [each["userName"] for each in page["Resources"]]
        cursor = page.get("nextCursor")
    assert sorted(found) == sorted([ADA, GRACE, EDSGER])


@pytest.mark.spec("RFC 9865", "2.1")
@pytest.mark.parametrize("cursor", ["x", "a" * 22 + "b", "%27", "AAAA"])
def test_what_is_no_cursor_is_refused(people: Caller, cursor: str) -> None:
    answer = people.call("GET", f"/Users?cursor={cursor}")
    assert (answer.status, answer.scim_type) == (400, "invalidCursor")


@pytest.mark.spec("RFC 7644", "3.4.2.3")
@pytest.mark.parametrize("by", ["userName", "title", "meta.created", "name.familyName"])
def test_order(people: Caller, by: str) -> None:
    up = people.call("GET", f"/Users?sortBy={by}").body["Resources"]
    assert len(up) == 3
    if by == "userName":
        down = people.call("GET", f"/Users?sortBy={by}&sortOrder=descending").body["Resources"]
        assert [each["userName"] for each in up] == [ADA, EDSGER, GRACE]
        assert down == up[::-1]


@pytest.mark.parametrize("by", ["nothing", "emails[type eq 1]", "password", "name"])
def test_what_nobody_is_ordered_by_is_refused(people: Caller, by: str) -> None:
    assert people.call("GET", f"/Users?sortBy={quote(by)}").status == 400


@pytest.mark.spec("RFC 7644", "3.9")
def test_attributes_are_chosen(people: Caller) -> None:
    rows = people.call("GET", "/Users?attributes=userName").body["Resources"]
    assert {name for row in rows for name in row} == {"schemas", "id", "userName"}
    rows = people.call("GET", "/Users?excludedAttributes=userName,meta,id").body["Resources"]
    assert all("id" in row and "userName" not in row for row in rows)
    assert people.call("GET", "/Users?attributes=a&excludedAttributes=b").status == 400


@pytest.mark.spec("RFC 7644", "3.4.3")
def test_a_search_is_a_list(people: Caller) -> None:
    schema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
    said = {"schemas": [schema], "filter": 'externalId eq "1"'}
    found = people.call("POST", "/Users/.search", said).body["Resources"]
    assert [each["userName"] for each in found] == [ADA]
    people.make_group("Analysts")
    everything = people.call("POST", "/.search", {"schemas": [schema], "count": 3})
    assert everything.body["totalResults"] == 4
    groups = {"schemas": [schema], "filter": 'displayName eq "analysts"'}
    found = people.call("POST", "/.search", groups).body["Resources"]
    assert [each["displayName"] for each in found] == ["Analysts"]


def test_a_page_asks_as_often_for_many_as_for_one(people: Caller) -> None:
    people.call("GET", "/Users")
    asked = []
    for count in (1, 3):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            people.call("GET", f"/Users?count={count}")
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 4
