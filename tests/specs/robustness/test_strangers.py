"""Strangers keep nothing in the database: whatever they call, nobody is there yet."""

import re
from collections.abc import Iterator
from re import _parser as sre_parser  # type: ignore[attr-defined]
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from foundation.directory.models import User
from idp.authorize.stored import carried, pending
from idp.models import StoredAuthorizationRequest
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from tests.architecture.patterns import sample
from tests.assertions import assert_code, assert_redirected_error
from tests.factories import make_grant
from tests.html_forms import form_with
from tests.relying_party import RelyingParty, new_browser

CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")
EXAMPLES = {"uuid": str(uuid4()), "int": "1", "str": "x", "slug": "x", "path": "x", None: "x"}
FORM = {
    "login": "ada", "username": "ada", "email": "ada@example.com", "password": "wrong",
    "password1": "a-Longer-1", "password2": "a-Longer-1", "next": "/", "token": "x", "code": "x",
    "grant_type": "client_credentials", "client_id": "x", "language": "de", "decision": "allow",
}  # fmt: skip

BUDGET = {"post /accounts/login/": {"directory_failedsignin": 1}}
"""A digest and a moment for each refused password, for a day; the limits of sign-in are ten a
minute for one address."""


def addresses() -> Iterator[str]:
    """Return one address for each page and each machine endpoint."""

    def walk(entries: list[URLPattern | URLResolver], above: str) -> Iterator[str]:
        for entry in entries:
            path = above + example(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, path)
            else:
                yield f"/{path}"

    yield from walk(get_resolver().url_patterns, "")
    yield from (path.replace("*", "x") for path in MACHINE_ENDPOINTS)


def example(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return CONVERTER.sub(lambda found: EXAMPLES[found[1]], str(pattern))
    return "".join(sample(*node) for node in sre_parser.parse(str(pattern)))


def rows() -> dict[str, int]:
    """Count the rows of every table there is."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def grown(before: dict[str, int]) -> dict[str, int]:
    return {table: n - before[table] for table, n in rows().items() if n > before[table]}


def test_no_address_lets_a_stranger_write(rp: RelyingParty, person: User) -> None:
    browser = Browser(raise_request_exception=False)
    tried, wrote = 0, {}
    before = rows()
    for address in addresses():
        for call in (browser.get, browser.post):
            call(address, FORM)
            tried += 1
            if more := grown(before):
                wrote[f"{call.__name__} {address}"] = more
                before = rows()

    assert tried > 200
    assert wrote == BUDGET


def test_requests_of_strangers_are_carried_and_not_kept(rp: RelyingParty) -> None:
    before = rows()

    for number in range(20):
        sent = rp.authorize(state=f"{number}")
        rp.browser.get(sent["Location"])
        rp.browser.get(way_back(sent))
        RelyingParty(rp.client, rp.secret, new_browser()).authorize()

    assert grown(before) == {}


def test_a_carried_request_is_kept_once_somebody_is_there(rp: RelyingParty, person: User) -> None:
    sent = rp.authorize()
    page = rp.sign_in(person, sent)

    assert StoredAuthorizationRequest.objects.count() == 1
    assert page.status_code == 200
    assert not [name for name, c in rp.browser.cookies.items() if c.value and is_carried(name)]


def test_a_carried_request_is_answered_once(rp: RelyingParty, person: User) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])
    sent = rp.authorize(scope="openid")
    cookies = {name: c.value for name, c in rp.browser.cookies.items() if is_carried(name)}
    assert_code(rp.sign_in(person, sent))

    rp.browser.cookies.load(cookies)

    assert rp.browser.get(way_back(sent)).status_code == 400


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "x" * 4_000])
def test_what_a_browser_makes_up_is_no_request(rp: RelyingParty, person: User, cookie: str) -> None:
    sent = rp.authorize()
    name = next(filter(is_carried, rp.browser.cookies))
    rp.browser.cookies[name] = cookie

    assert rp.browser.get(way_back(sent)).status_code == 400


def test_a_carried_request_is_good_under_its_own_name_and_browser_only(rp: RelyingParty) -> None:
    first, second = rp.authorize(), rp.authorize(state="second")
    names = list(filter(is_carried, rp.browser.cookies))
    values = [rp.browser.cookies[name].value for name in names]
    rp.browser.cookies.load(dict(zip(names, reversed(values), strict=True)))
    assert rp.browser.get(way_back(first)).status_code == 400

    rp.browser.cookies.load(dict(zip(names, values, strict=True)))
    rp.browser.cookies[pending.COOKIE] = "another"
    assert rp.browser.get(way_back(second)).status_code == 400


def test_a_browser_carries_few_requests_and_the_oldest_give_way(rp: RelyingParty) -> None:
    for number in range(30):
        rp.authorize(state=f"{number}" * 300)

    carried_now = [c.value for name, c in rp.browser.cookies.items() if is_carried(name)]
    assert sum(map(len, carried_now)) <= carried.LONGEST_TOGETHER


@pytest.mark.spec("RFC 9126", "1")
def test_a_request_that_is_too_large_is_to_be_pushed(rp: RelyingParty, person: User) -> None:
    words = [uuid4().hex for _ in range(150)]

    assert_redirected_error(rp.authorize(login_hint=" ".join(words)), "invalid_request")

    rp.sign_in(person)
    assert_redirected_error(
        rp.authorize(login_hint="x" * 5_000, nonce="y" * 5_000), "invalid_request"
    )


def test_the_sign_in_page_knows_the_application_of_a_carried_request(rp: RelyingParty) -> None:
    page = rp.browser.get(rp.authorize()["Location"]).content.decode()

    assert "Example" in page
    assert form_with(page, "login")


def is_carried(name: str) -> bool:
    return name.startswith(carried.PREFIX)


def way_back(sent: object) -> str:
    query = urlsplit(sent["Location"]).query  # type: ignore[index]
    return parse_qs(query)["next"][0]
