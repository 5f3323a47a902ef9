"""Rules that every page keeps, read from what the server sends."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client as Browser, RequestFactory

from foundation.directory.models import Client
from tests.pages.html import Document, read

STRANGER: dict[str, Callable[[Browser], HttpResponse]] = {
    "sign-in": lambda b: b.get("/accounts/login/"),
    "sign-in refused": lambda b: b.post("/accounts/login/", {"login": "ada", "password": "x"}),
    "sign-in empty": lambda b: b.post("/accounts/login/"),
    "reset": lambda b: b.get("/accounts/password/reset/"),
    "reset refused": lambda b: b.post("/accounts/password/reset/", {"email": "x"}),
    "reset sent": lambda b: b.get("/accounts/password/reset/done/"),
    "reset link": lambda b: b.get("/accounts/password/reset/key/1-abc/"),
    "reset done": lambda b: b.get("/accounts/password/reset/key/done/"),
    "inactive": lambda b: b.get("/accounts/inactive/"),
    "sign-up": lambda b: b.get("/accounts/signup/"),
    "confirmation": lambda b: b.get("/accounts/confirm-email/nonsense/"),
    "confirmation sent": lambda b: b.get("/accounts/confirm-email/"),
    "not found": lambda b: b.get("/nothing-here"),
    "broken request": lambda b: b.get("/authorize"),
}
SIGNED_IN: dict[str, Callable[[Browser], HttpResponse]] = {
    "account": lambda b: b.get("/accounts/"),
    "addresses": lambda b: b.get("/accounts/email/"),
    "password": lambda b: b.get("/accounts/password/change/"),
    "password refused": lambda b: b.post("/accounts/password/change/", {"oldpassword": "x"}),
    "sessions": lambda b: b.get("/accounts/sessions/"),
    "recent sign-ins": lambda b: b.get("/accounts/sign-ins/"),
    "sign-out": lambda b: b.get("/accounts/logout/"),
    "sign-in again": lambda b: b.get("/accounts/login/"),
    "re-authentication": lambda b: b.get("/accounts/reauthenticate/"),
    "re-authentication refused": lambda b: b.post("/accounts/reauthenticate/", {"password": "x"}),
    "switch": lambda b: b.get("/accounts/switch/?next=/accounts/"),
    "my access": lambda b: b.get("/account/access/"),
    "refused": lambda b: b.get("/access/refused/?reference=unknown"),
}
UNLABELLED = {"hidden", "submit"}


def templated(name: str) -> str:
    """Render a page whose view belongs to the protocol."""
    application = Client(name="Query Desk", logo_uri="/static/img/mark.svg", is_verified=False)
    context = {
        "application": application,
        "action": "https://desk.example/callback",
        "parameters": {"code": "c", "state": "s", "iss": settings.SCOPEWARD.issuer},
    }
    return render_to_string(name, context, RequestFactory().get("/"))


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def seen() -> dict[tuple[str, str], HttpResponse]:
    """The pages that were asked for: each is looked at by many rules and changed by none."""
    return {}


@pytest.fixture(params=[*STRANGER, *SIGNED_IN])
def response(
    request: pytest.FixtureRequest, language: str, seen: dict[tuple[str, str], HttpResponse]
) -> HttpResponse:
    """Each page in turn, in each language."""
    name = request.param
    if (name, language) not in seen:
        visitor = request.getfixturevalue("signed_in" if name in SIGNED_IN else "browser")
        visitor.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        seen[name, language] = (STRANGER | SIGNED_IN)[name](visitor)
    return seen[name, language]


@pytest.fixture
def document(response: HttpResponse) -> Document:
    return read(response.content.decode())


def assert_well_formed(document: Document) -> None:
    ids = [e["id"] for e in document.elements if e["id"]]
    assert len(ids) == len(set(ids)), "an id is used twice"
    assert len(document.find("title")) == 1
    assert document.find("title")[0].text.strip().removesuffix("· Scopeward").strip()
    assert len(document.find("main")) == 1
    assert len(document.find("h1")) == 1
    assert document.find("h1")[0].text.strip()
    assert not document.find("style"), "a style element breaks the strict policy"
    for element in document.elements:
        assert not element["style"], "a style attribute breaks the strict policy"
        assert not [a for a in element.attributes if a.startswith("on")], "an inline handler"
    for script in document.find("script"):
        assert script["src"].startswith("/static/"), "an inline or foreign script"


def test_page_is_well_formed(document: Document) -> None:
    assert_well_formed(document)


@pytest.mark.parametrize(
    "name",
    ["logout.html", "logout_done.html", "form_post.html", "account/session_ended.html"],
)
def test_protocol_page_is_well_formed(name: str) -> None:
    assert_well_formed(read(templated(name)))


def test_page_says_its_language(document: Document, language: str) -> None:
    assert document.find("html")[0]["lang"] == language


def test_headings_leave_no_level_out(document: Document) -> None:
    levels = [int(e.name[1]) for e in document.find("h1", "h2", "h3", "h4")]

    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_control_has_a_label(document: Document) -> None:
    labelled = {e["for"] for e in document.find("label") if e.text.strip()}

    for control in document.find("input", "select", "textarea"):
        if control["type"] not in UNLABELLED and "hidden" not in control.attributes:
            inside = any(e.name == "label" and e.text.strip() for e in control.ancestors)
            assert inside or control["id"] in labelled, control


def test_every_button_and_link_says_what_it_does(document: Document) -> None:
    for element in document.find("button", "a"):
        assert element.text.strip() or element["aria-label"], element


def test_refused_fields_are_tied_to_their_errors(document: Document) -> None:
    ids = {e["id"] for e in document.elements}

    for control in document.find("input", "select"):
        described_by = control["aria-describedby"].split()
        assert set(described_by) <= ids
        if control["aria-invalid"]:
            assert f"{control['id']}_error" in described_by


def test_refused_form_says_so_in_title_and_summary(browser: Browser) -> None:
    page = read(STRANGER["sign-in empty"](browser).content.decode())

    assert page.find("title")[0].text.strip().startswith("Error:")
    summary = next(e for e in page.elements if e["role"] == "alert")
    links = [e["href"] for e in page.find("a") if summary in e.ancestors]
    assert links == ["#id_login", "#id_password"]


def test_every_form_that_posts_here_carries_a_csrf_token(document: Document) -> None:
    for form in document.find("form"):
        inside = [e for e in document.find("input") if form in e.ancestors]
        has_token = any(e["name"] == "csrfmiddlewaretoken" for e in inside)
        # In the address of a search the token would be seen by whoever the address is passed on to.
        assert (form["method"], has_token) in {("post", True), ("get", False)}


def test_policy_is_strict(response: HttpResponse) -> None:
    policy = dict(
        directive.split(maxsplit=1) for directive in response["Content-Security-Policy"].split("; ")
    )

    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]


def test_page_is_not_kept_by_caches_of_others(signed_in: Browser) -> None:
    for name in ("sign-in again", "re-authentication", "switch", "account"):
        response = SIGNED_IN[name](signed_in)
        assert "private" in response["Cache-Control"], name
