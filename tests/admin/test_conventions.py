"""What holds for every page of the administration, by walking over all of them."""

from collections import Counter
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client as Browser

from console.common.object_admin import ObjectAdmin
from console.common.pages import SITE_PAGES, SitePage
from console.site.navigation import SECTIONS
from tests.admin.conftest import browser_of, staff

ADMINS: list[Any] = sorted(admin.site._registry.values(), key=lambda own: own.opts.label)
OBJECT_PAGES = [(own, page) for own in ADMINS for page in own.pages]
ROUTES = [(page, url) for page in SITE_PAGES for url in page.urls()]


def first(own: ObjectAdmin) -> models.Model:
    row = own.model._default_manager.first()
    assert row is not None, own.opts.label
    return row


def test_everything_registered_is_in_the_navigation_exactly_once() -> None:
    listed = Counter(place.target for section in SECTIONS for place in section.places)

    assert listed == Counter({own.model: 1 for own in ADMINS} | dict.fromkeys(SITE_PAGES, 1))


def test_pages_of_the_site_have_names_and_addresses_of_their_own() -> None:
    names = [url.name for _page, url in ROUTES]

    assert len(names) == len(set(names))
    assert len(ROUTES) > len(SITE_PAGES) > 3


@pytest.mark.parametrize("page", SITE_PAGES, ids=lambda page: page.name)
def test_each_page_of_the_site_and_all_below_it_ask_for_every_permission(
    page: SitePage, browser: Browser
) -> None:
    assert browser.get(page.address).status_code == 200
    for number, missing in enumerate(page.permissions):
        others = [each for each in page.permissions if each != missing]
        onlooker = browser_of(staff(*others, username=f"stella{number}"))
        for below, _name, _view in page.routes:
            address = page.address + below.replace("<str:reference>", "k7mq2-x9d4r")
            address = address.replace("<uuid:key>", "00000000-0000-0000-0000-000000000000")
            assert onlooker.get(address).status_code == 403, address
            assert onlooker.post(address, {"format": "csv"}).status_code == 403, address
        assert page.address not in onlooker.get("/admin/").content.decode()


@pytest.mark.usefixtures("one_of_everything")
@pytest.mark.parametrize(
    ("own", "page"),
    OBJECT_PAGES,
    ids=[f"{own.opts.label}.{page.name}" for own, page in OBJECT_PAGES],
)
def test_no_page_about_an_object_opens_to_who_may_see_nothing(own: Any, page: Any) -> None:
    address = own.address(page.name, first(own).pk)
    stranger = browser_of(staff())

    assert stranger.get(address).status_code == 403
    assert stranger.post(address).status_code == 403
