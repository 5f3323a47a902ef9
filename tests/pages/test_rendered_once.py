"""What is kept from one page to the next has nothing of anybody in it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import VariableNode
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import get_template

from tests.factories import make_person, make_relying_party
from tests.html_forms import form_with
from tests.relying_party import new_browser

pytestmark = pytest.mark.usefixtures("provider")
FOLDER = Path(settings.BASE_DIR) / "templates"
KEPT = sorted(
    {
        name
        for page in FOLDER.rglob("*.html")
        for name in re.findall(r"{% house_part \"([^\"]+)\"", page.read_text())
    }
)
LOGIN = "/accounts/login/"


def test_something_is_rendered_once() -> None:
    assert KEPT


@pytest.mark.parametrize("name", KEPT)
def test_what_is_rendered_once_asks_for_nothing_of_the_visitor(name: str) -> None:
    nodes = get_template(name).template.nodelist  # type: ignore[attr-defined]

    assert not nodes.get_nodes_by_type(CsrfTokenNode)
    asked = [node.filter_expression.token for node in nodes.get_nodes_by_type(VariableNode)]
    assert [name for name in asked if not name.startswith("house.")] == []


def test_each_visitor_has_a_token_of_their_own() -> None:
    pages = [new_browser().get(LOGIN).content.decode() for _ in range(2)]

    first, second = (form_with(page, "login").data["csrfmiddlewaretoken"] for page in pages)
    assert first != second


def test_what_somebody_typed_is_on_nobody_elses_page() -> None:
    party = make_relying_party()
    make_person()
    party.browser.get(LOGIN)
    refused = party.submit(party.browser.get(LOGIN), having="login", login="mallory", password="x")

    fresh = new_browser().get(LOGIN).content.decode()

    assert "mallory" in refused.content.decode()
    assert "mallory" not in fresh
    assert form_with(fresh, "login").data["login"] == [""]


def test_a_login_hint_is_on_the_page_of_its_request_alone() -> None:
    party, other = make_relying_party(), make_relying_party(client_name="Other")

    hinted = party.follow(party.authorize(login_hint="ada")).content.decode()
    plain = other.follow(other.authorize()).content.decode()

    assert form_with(hinted, "login").data["login"] == ["ada"]
    assert form_with(plain, "login").data["login"] == [""]
    assert "Other" in plain
    assert "Other" not in hinted


@pytest.mark.parametrize(("language", "words"), [("en", "Password"), ("de", "Passwort")])
def test_each_language_has_its_own(language: str, words: str) -> None:
    page = new_browser().get(LOGIN, HTTP_ACCEPT_LANGUAGE=language).content.decode()

    assert f">{words}</label>" in page
