"""Every page of people has the name of the house, and none has ours beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from foundation.base.house import in_use
from foundation.base.house.in_use import OUR_NAME, house
from foundation.base.house.models import THE_ONE, House
from foundation.directory.factors.relying_party import server
from idp.accounts.factors.authenticator_apps import Adapter
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from tests.busy_person import make_busy_person
from tests.factories import make_person, make_relying_party
from tests.house.naming import ESCAPED, NAME, logo, name_house
from tests.pages.test_kept_fragments import constants
from tests.relying_party import new_browser
from tests.specs.robustness.test_strangers import addresses

pytestmark = pytest.mark.usefixtures("provider", "quick_passwords")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
NAMED = re.compile(r"{% (extends|house_)")
BRAND = re.compile(r'<a class="brand.*?</a>', re.DOTALL)
FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(
    path
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.*")
    if "admin" not in path.parts
)


def pages() -> list[str]:
    """Return an address of everything that is a page, of people."""
    programs = tuple(path.replace("*", "x") for path in MACHINE_ENDPOINTS)
    return sorted(
        {address for address in addresses() if address not in programs and "admin" not in address}
    )


def part(pattern: re.Pattern[str], page: str) -> str:
    """Return what a pattern finds; empty: nothing."""
    return next(iter(pattern.findall(page)), "").strip()


def seen(*browsers: Browser) -> Iterator[tuple[str, str]]:
    """Yield all pages that there are for these browsers, with their addresses."""
    for browser in browsers:
        for address in pages():
            if "logout" in address or "i18n" in address:
                continue
            answer = browser.get(address)
            if answer.get("Content-Type", "").startswith("text/html") and answer.content:
                yield address, answer.content.decode()


def test_every_page_has_the_name_of_the_house_and_none_has_ours() -> None:
    name_house(support_address="help@example.org")
    busy = make_busy_person()
    drawn = list(seen(new_browser(), busy.browser))
    drawn += [(path, busy.browser.get(path).content.decode()) for path in busy.pages.values()]

    assert len(drawn) > 60
    for address, page in drawn:
        assert part(TITLE, page).endswith(f"· {ESCAPED}"), address
        assert ESCAPED in part(BRAND, page), address
        assert "mailto:help@example.org" in page, address
        assert OUR_NAME not in page, address


def test_no_template_and_no_word_of_a_page_has_our_name_in_it() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        assert OUR_NAME not in path.read_text(), path


def test_what_is_kept_of_a_page_with_the_name_is_kept_by_its_look() -> None:
    whole = [each for each in constants() if NAMED.search((FOLDER / each.template).read_text())]

    assert len(whole) > 1
    assert [each.template for each in whole if "look" not in each.conditions] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_name_that_is_changed_is_on_the_next_page(language: str) -> None:
    busy = make_busy_person()
    for name in ("First House", "Second House"):
        name_house(product_name=name)
        for path in busy.pages.values():
            page = busy.browser.get(path, HTTP_ACCEPT_LANGUAGE=language).content.decode()
            assert part(TITLE, page).endswith(name), path
    House.objects.get(pk=THE_ONE).delete()

    assert OUR_NAME in busy.browser.get("/accounts/").content.decode()


def test_a_page_costs_no_statement_for_it() -> None:
    name_house(logo(), accent_light="#7a1f5c")
    browser = new_browser()
    browser.get("/accounts/login/")

    with CaptureQueriesContext(connection) as asked:
        browser.get("/accounts/login/")

    assert [each["sql"] for each in asked if "base_house" in each["sql"]] == []


def test_words_of_the_house_are_only_words() -> None:
    name_house(product_name="</title>{{ 7 }} %(x)s 'x")

    page = make_relying_party().browser.get("/accounts/login/").content.decode()

    assert "&lt;/title&gt;" not in page  # never shown: the row says what the form refuses
    assert page.count("</title>") == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("product_name", "Mea\u202edow"),
        ("product_name", "M\u0435adow"),
        ("product_name", "two\nlines"),
        ("accent_light", "red;}*{x"),
        ("accent_light", "#12345"),
        ("imprint_uri", "javascript:alert(1)"),
        ("privacy_uri", "http://example.org/"),
        ("terms_uri", "https://b\u00fccher.example/"),
        ("support_address", "help@example.org?bcc=all"),
        ("logo_light", "f" * 64),
    ],
)
def test_what_was_written_past_the_form_is_not_said(column: str, value: str) -> None:
    House.objects.create(pk=THE_ONE, **{column: value})

    page = new_browser().get("/accounts/login/").content.decode()

    now = house()
    assert (now.name, now.accent_light, now.logo_light) == (OUR_NAME, "", None)
    assert not now.has_links
    assert value not in page


def test_a_house_without_a_database_is_the_one_that_was_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name_house()
    assert house().name == NAME

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(in_use._house, "_of_this_moment", away)
    assert house().name == NAME


def test_passkeys_and_authenticator_apps_know_the_house_by_its_name() -> None:
    person = make_person()
    assert server().rp.name == OUR_NAME
    assert Adapter().get_totp_issuer() == "localhost"

    name_house(product_name="Meadow: Sons")

    assert server().rp.name == "Meadow: Sons"
    assert Adapter().get_totp_issuer() == "Meadow  Sons"
    address = Adapter().build_totp_url(person, "JBSWY3DPEHPK3PXP")
    assert address.startswith("otpauth://totp/")
    assert "issuer=Meadow%20%20Sons" in address


@pytest.mark.spec("OIDC Discovery", "3")
def test_discovery_says_policy_and_terms_only_where_there_are_some() -> None:
    document = "/.well-known/openid-configuration"
    before = new_browser().get(document).json()
    name_house(privacy_uri="https://meadow.example/privacy")
    after = new_browser().get(document).json()

    assert not before.keys() & {"op_policy_uri", "op_tos_uri"}
    assert after["op_policy_uri"] == "https://meadow.example/privacy"
    assert "op_tos_uri" not in after
