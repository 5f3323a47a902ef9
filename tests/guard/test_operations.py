"""Which operation is a request: HTTP paths and GraphQL documents that try to be another one."""

from typing import Any

import pytest
from graphql import build_schema

from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest, presented, token_and_scheme
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._guard.routes import Route, Routes, check_unambiguous, normalised_path
from scopeward_guard.graphql import Limits, derive
from tests.guard.conftest import refusal

ROUTES = Routes(
    [
        Route("GET", "/", public=True),
        Route("GET", "/payments", requirement("payments:read")),
        Route("GET", "/payments/{payment}", requirement("payments:read")),
        Route("GET", "/payments/export", requirement("payments:export")),
        Route("DELETE", "/payments/{payment}", requirement("payments:write")),
    ]
)
DENIED, AMBIGUOUS = (403, "access_denied"), (400, "invalid_request")


def request(path: str, method: str = "GET", query: str = "", **headers: str) -> PresentedRequest:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return presented(method, path, query, named)


@pytest.mark.parametrize(
    ("method", "path", "template", "parameters"),
    [
        ("GET", "/", "/", {}),
        ("GET", "/payments", "/payments", {}),
        ("GET", "/payments/7", "/payments/{payment}", {"payment": "7"}),
        ("GET", "/payments/%C3%A4", "/payments/{payment}", {"payment": "ä"}),
        ("GET", "/payments/export", "/payments/export", {}),
        ("GET", "/payments/%65xport", "/payments/export", {}),
        ("DELETE", "/payments/export", "/payments/{payment}", {"payment": "export"}),
    ],
)
def test_request_is_the_operation_of_its_template(
    method: str, path: str, template: str, parameters: dict[str, str]
) -> None:
    matched = ROUTES.match(request(path, method))

    assert (matched.route.template, matched.parameters) == (template, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/payments/"),
        ("GET", "/payments/7/"),
        ("GET", "/PAYMENTS"),
        ("GET", "/Payments"),
        ("GET", "/other"),
        ("GET", "/payments/7/8"),
        ("HEAD", "/payments"),
        ("POST", "/payments"),
        ("get", "/payments"),
        ("OPTIONS", "/payments"),
    ],
)
def test_request_without_a_template_is_denied(method: str, path: str) -> None:
    assert refusal(lambda: ROUTES.match(request(path, method))) == DENIED


@pytest.mark.parametrize(
    "path",
    [
        "/payments/../admin",
        "/payments/..",
        "/./payments",
        "/payments/%2e%2e/admin",
        "/payments/%2E",
        "/payments%2f7",
        "/payments%2F7",
        "/payments%5c7",
        "/payments\\7",
        "/payments/%252e",
        "/payments/7%00",
        "/payments/7%",
        "/payments/%zz",
        "/payments/%c0%af",
        "/payments/%ff",
        "/payments//7",
        "//payments",
        "/payments;v=1",
        "/payments/7%3bv=1",
        "/payments/7%0a",
        "/payments/7%3f",
        "/payments/%EF%BC%8F7",
        "/payments/%EF%BC%8E%EF%BC%8E",
        "/payments/a%CC%88",
        "payments",
        "",
        "http://evil.example/payments",
        "/" + "a" * 5000,
    ],
)
def test_path_with_two_readings_is_refused(path: str) -> None:
    assert refusal(lambda: normalised_path(path)) == AMBIGUOUS


@pytest.mark.parametrize(
    "extra",
    [
        {"X_HTTP_Method_Override": "DELETE"},
        {"x_http_method": "DELETE"},
        {"X_Method_Override": "GET"},
        {"query": "_method=DELETE"},
        {"query": "a=%ff"},
        {"query": "&".join(f"p{n}=1" for n in range(300))},
    ],
    ids=str,
)
def test_request_with_two_readings_is_refused(extra: dict[str, str]) -> None:
    assert refusal(lambda: ROUTES.match(request("/payments", **extra))) == AMBIGUOUS


def test_override_header_with_underscores_is_seen_too() -> None:
    sent = presented("GET", "/payments", "", [("x_http_method_override", "DELETE")])

    assert refusal(lambda: ROUTES.match(sent)) == AMBIGUOUS


@pytest.mark.parametrize(
    "templates",
    [
        ["/a/{x}", "/a/{y}"],
        ["/a", "/a"],
        ["a"],
        ["/a/{x}b"],
        ["/a/{x}/{x}"],
        ["/a/"],
        ["/a//b"],
        ["/a/{X}"],
        ["/a/{}"],
    ],
)
def test_table_with_two_readings_is_refused(templates: list[str]) -> None:
    with pytest.raises(ValueError, match=":"):
        Routes([Route("GET", template) for template in templates])


@pytest.mark.spec("RFC 6750", "2.1")
@pytest.mark.parametrize(
    "value", ["Bearer a.b-c", "bearer a.b-c", "BEARER   a.b-c", "Bearer a.b-c "]
)
def test_token_comes_in_the_authorization_header(value: str) -> None:
    assert token_and_scheme(request("/", Authorization=value)) == ("a.b-c", "bearer")


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Bearer a b", "Bearer a,Bearer b", "Bearer ä", "Bearer\ta", "x"]
)
def test_unreadable_authorization_is_a_bad_request(value: str) -> None:
    assert refusal(lambda: token_and_scheme(request("/", Authorization=value))) == AMBIGUOUS


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}])
def test_request_without_a_bearer_token_is_asked_for_one(headers: dict[str, str]) -> None:
    assert refusal(lambda: token_and_scheme(request("/", **headers))) == (401, "")


def test_two_authorization_headers_are_refused() -> None:
    sent = presented("GET", "/", "", [("Authorization", "Bearer a"), ("authorization", "Bearer b")])

    assert refusal(lambda: token_and_scheme(sent)) == AMBIGUOUS


@pytest.mark.spec("RFC 9700", "4.3.2")
def test_token_in_the_address_is_refused_even_beside_a_header() -> None:
    sent = request("/", query="x=1&access_token=a", Authorization="Bearer a")

    assert refusal(lambda: token_and_scheme(sent)) == AMBIGUOUS


SCHEMA = build_schema(
    """
    interface Node { id: ID }
    type User implements Node { id: ID name: String friends: [User] card: Card }
    type Card implements Node { id: ID number: String }
    union Found = User | Card
    type Query { me: User node: Node find: Found big(n: Int): Int }
    type Mutation { rename(name: String): User }
    type Subscription { ticks: Int }
    """
)


def scopes(query: str, **body: Any) -> list[str]:
    return list(derive(SCHEMA, {"query": query, **body}).scopes)


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("{ me { name } }", ["Query.me", "User.name"]),
        ("{ harmless: me { id: card { a: number } } }", ["Card.number", "Query.me", "User.card"]),
        ("{ me { ...F } } fragment F on User { card { number } }",
         ["Card.number", "Query.me", "User.card"]),
        ("{ node { ... on Card { number } } }", ["Card.number", "Query.node"]),
        ("{ node { id } }", ["Card.id", "Query.node", "User.id"]),
        ("{ find { ... on Node { id } } }", ["Card.id", "Query.find", "User.id"]),
        ("{ me { ... { name } __typename } }", ["Query.me", "User.name"]),
        ("mutation { rename(name: \"x\") { id } }", ["Mutation.rename", "User.id", "User.name"]),
        ("{ __schema { types { name } } }", ["introspection"]),
        ("{ __type(name: \"User\") { name } me { id } }",
         ["Query.me", "User.id", "introspection"]),
        ("{ me { name @skip(if: true) id @include(if: true) } }", ["Query.me", "User.id"]),
        ("{ me { id ... @include(if: false) { card { number } } } }", ["Query.me", "User.id"]),
    ],
)  # fmt: skip
def test_every_field_that_is_read_is_needed(query: str, needed: list[str]) -> None:
    assert scopes(query) == needed


@pytest.mark.parametrize(("value", "needed"), [(True, "User.card"), (False, "User.id")])
def test_conditions_are_decided_by_the_variables_that_run(value: bool, needed: str) -> None:
    query = "query($c: Boolean!) { me { id card @include(if: $c) { number } } }"

    found = scopes(query, variables={"c": value})

    assert needed in found
    assert ("Card.number" in found) is value


def test_named_operation_is_the_one_that_counts() -> None:
    query = "query A { me { id } } query B { me { card { number } } }"

    assert scopes(query, operationName="A") == ["Query.me", "User.id"]
    assert "Card.number" in scopes(query, operationName="B")


BOMB = "{ me { ...F0 } } " + " ".join(
    f"fragment F{n} on User {{ a: friends {{ ...F{n + 1} }} b: friends {{ ...F{n + 1} }} }}"
    for n in range(40)
) + " fragment F40 on User { id }"  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        [{"query": "{ me { id } }"}],
        None,
        "{ me { id } }",
        {},
        {"query": 1},
        {"query": ""},
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "{ me { password } }"},
        {"query": "query A { me { id } } query B { me { id } }"},
        {"query": "query A { me { id } }", "operationName": "B"},
        {"query": "{ me { id } }", "operationName": 1},
        {"query": "{ me { id } }", "variables": []},
        {"query": "query($n: Int!) { big(n: $n) }"},
        {"query": "query($n: Int!) { big(n: $n) }", "variables": {"n": 2**40}},
        {"query": "query($c: Boolean = true) { me { id @skip(if: $c) } }",
         "variables": {"c": None}},
        {"query": "subscription { ticks }"},
        {"query": "fragment F on User { id }"},
        {"query": "type User { id: ID }"},
        {"query": "{ me { ...F } } fragment F on User { ...F }"},
        {"query": "{ me { ...F } } fragment F on User { friends { ...G } } "
                  "fragment G on User { friends { ...F } }"},
        {"query": "{ me { ...Missing } }"},
        {"query": BOMB},
        {"query": "{ me " + "{ friends " * 20 + "{ id }" + "}" * 21},
        {"query": "{ " + " ".join(f"a{n}: me {{ id }}" for n in range(31)) + " }"},
        {"query": "{ me { " + "id " * 600 + "} }"},
        {"query": "{ me { " + "id " * 3000 + "} }"},
        {"query": "{" * 10_000},
        {"query": "#" * 70_000},
    ],
    ids=lambda body: str(body)[:40],
)  # fmt: skip
def test_document_that_is_too_much_or_unclear_is_refused(body: Any) -> None:
    assert refusal(lambda: derive(SCHEMA, body)) == AMBIGUOUS


def test_refusal_does_not_suggest_names_of_the_schema() -> None:
    with pytest.raises(RefusedError) as caught:
        derive(SCHEMA, {"query": "{ me { nam } }"})

    assert "name" not in caught.value.challenge.description


def test_limits_can_be_narrowed() -> None:
    body = {"query": "{ me { friends { id } } }"}

    assert refusal(lambda: derive(SCHEMA, body, limits=Limits(depth=1))) == AMBIGUOUS


@pytest.mark.parametrize("query", ["tag=a&tag=b", "tag=a&%74ag=b", "a[]=1&a[]=2", "x=1&x="])
def test_repeated_query_parameters_are_ordinary(query: str) -> None:
    check_unambiguous(PresentedRequest("GET", "/things", query))
