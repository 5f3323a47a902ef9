"""Name and looks, as administrators change them: what is taken, what is not, and by whom."""

import base64
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from foundation.base.house.in_use import OUR_NAME, house
from foundation.base.house.models import THE_ONE, House, HousePicture
from foundation.directory.models import User
from foundation.journal.changes.recording_changes import record_changes
from foundation.journal.models import Act, Kind
from tests.admin.conftest import browser_of, staff
from tests.factories import make_person
from tests.house.naming import NAME, SVG, logo, name_house, png

pytestmark = pytest.mark.usefixtures("provider")
PAGE = "/admin/house/"


@pytest.fixture
def administrator(provider: None) -> User:
    return make_person(username="root", name="Robin Root", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(administrator: User) -> Browser:
    return browser_of(administrator)


def file(content: bytes, name: str = "logo.svg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_what_is_saved_is_in_force_at_once_and_is_an_act(browser: Browser) -> None:
    form = {
        "product_name": NAME,
        "accent_light": "#7A1F5C",
        "support_address": "help@meadow.example",
        "privacy_uri": "https://meadow.example/privacy",
        "upload_logo_light": file(SVG),
        "save": "",
    }

    assert browser.post(PAGE, form).status_code == 302

    now = house()
    assert (now.name, now.accent_light) == (NAME, "#7a1f5c")
    assert now.logo_light is not None
    assert now.logo_light == now.logo_dark
    assert now.logo_light.content == SVG
    record_changes()
    act = Act.objects.filter(kind=Kind.CREATED).latest("id")
    assert "base.house" in str(vars(act))
    page = browser.get("/admin/").content.decode()
    assert "Meadow &amp; Sons" in page
    assert now.stylesheet_path in page
    assert now.logo_light.path in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product_name", "Mea\u202edow"),
        ("product_name", "M\u0435adow"),
        ("product_name", "\u3164"),
        ("product_name", "<b>Meadow"),
        ("product_name", "x" * 61),
        ("accent_light", "#ffd400"),
        ("accent_light", "teal"),
        ("accent_light", "#12345"),
        ("accent_light", "#123456;}"),
        ("accent_dark", "#00008b"),
        ("support_address", "nobody"),
        ("support_address", "a@example.org\nBcc: b@example.org"),
        ("support_address", "h\u00e4lp@example.org"),
        ("imprint_uri", "javascript:alert(1)"),
        ("imprint_uri", "http://meadow.example/"),
        ("privacy_uri", "//meadow.example"),
        ("terms_uri", "https://me\u0430dow.example/"),
        ("upload_logo_light", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"),
        ("upload_logo_dark", b"GIF89a"),
        ("upload_logo_dark", b""),
        ("chosen_logo_light", base64.b64encode(b"<script/>").decode()),
        ("chosen_logo_light", "no base64!"),
    ],
)
def test_what_would_mislead_is_refused_and_nothing_is_written(
    browser: Browser, field: str, value: Any
) -> None:
    said = file(value) if isinstance(value, bytes) else value

    answer = browser.post(PAGE, {"product_name": NAME, field: said, "save": ""})

    assert answer.status_code == 200
    assert "errors" in answer.content.decode()
    assert not House.objects.exists()
    assert not HousePicture.objects.exists()
    assert house().name == OUR_NAME


def test_a_colour_that_cannot_be_read_is_told_and_the_nearest_is_offered(browser: Browser) -> None:
    refused = browser.post(PAGE, {"accent_light": "#ffd400", "save": ""}).content.decode()
    (offered,) = re.findall(r'name="take"\s+value="(accent_light:#[0-9a-f]{6})"', refused)
    assert "4.5 is needed" in refused

    taken = browser.post(PAGE, {"accent_light": "#ffd400", "take": offered}).content.decode()
    accent = offered.partition(":")[2]
    assert f'value="{accent}"' in taken
    assert not House.objects.exists()
    assert browser.post(PAGE, {"accent_light": accent, "save": ""}).status_code == 302


@pytest.mark.parametrize("said", ["product_name:x", "accent_light:red;}", "pk:2", "", ":", "#"])
def test_nothing_but_a_colour_is_taken(browser: Browser, said: str) -> None:
    page = browser.post(PAGE, {"product_name": NAME, "take": said}).content.decode()

    assert 'value="Meadow &amp; Sons"' in page
    assert not House.objects.exists()


def test_a_preview_writes_nothing_and_keeps_the_logo_that_was_sent(browser: Browser) -> None:
    form = {"product_name": NAME, "upload_logo_light": file(png(), "logo.png"), "preview": ""}

    page = browser.post(PAGE, form).content.decode()

    encoded = base64.b64encode(png()).decode()
    assert f"data:image/png;base64,{encoded}" in page
    assert not House.objects.exists()
    assert not HousePicture.objects.exists()
    again = {"product_name": NAME, "chosen_logo_light": encoded, "save": ""}
    assert browser.post(PAGE, again).status_code == 302
    assert house().logo_light == logo(png())


def test_a_logo_stays_until_it_is_removed_and_leaves_no_picture_behind(browser: Browser) -> None:
    picture = logo()
    name_house(picture, logo_light=picture.digest)

    browser.post(PAGE, {"product_name": "Other", "save": ""})
    assert house().logo_light == picture
    browser.post(PAGE, {"product_name": "Other", "remove_logo_light": "on", "save": ""})

    assert house().logo_light is None
    assert House.objects.get(pk=THE_ONE).logo_light == ""
    assert not HousePicture.objects.exists()


@pytest.mark.parametrize("permissions", [(), ("base.view_house",), ("base.add_house",)])
def test_nobody_without_the_right_sees_or_changes_it(permissions: tuple[str, ...]) -> None:
    onlooker = browser_of(staff(*permissions))

    assert onlooker.get(PAGE).status_code == 403
    assert onlooker.post(PAGE, {"product_name": NAME, "save": ""}).status_code == 403
    assert onlooker.get(f"{PAGE}preview.css?light=%23000000&dark=%23ffffff").status_code == 403
    assert not House.objects.exists()


def test_a_form_from_another_site_changes_nothing(administrator: User) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(administrator, backend="idp.accounts.auth_backend.AuthenticationBackend")

    assert strict.post(PAGE, {"product_name": NAME, "save": ""}).status_code == 403
    assert not House.objects.exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("light=%23000000&dark=%23ffffff", 200),
        ("light=%23000000", 400),
        ("light=red&dark=%23ffffff", 400),
        ("light=%23000000%7D*%7B&dark=%23ffffff", 400),
        ("light=%23000000%0A&dark=%23ffffff", 400),
    ],
)
def test_the_preview_is_of_two_colours_and_nothing_else(
    browser: Browser, query: str, status: int
) -> None:
    assert browser.get(f"{PAGE}preview.css?{query}").status_code == status
