"""What rules about factors, resets and remembered devices look like in a real browser."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser as Chromium, Page
from pytest_django.live_server_helper import LiveServer

from foundation.base import conf
from foundation.directory.models import User
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from idp.accounts.resets.services import ask_for_reset
from tests.accounts.enforcing.holding import DUE, rule_about_everybody
from tests.accounts.factors.holding import code_of, has_app
from tests.browsing import assert_axe_finds_nothing, assert_nothing_is_wider, follow, looks
from tests.people import LOGIN, PASSWORD, make_ada

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def enter(page: Page, site: str) -> None:
    page.goto(site + LOGIN)
    page.locator("#id_login").fill("ada")
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main button").first)


def stopping_link() -> str:
    body = str(mail.outbox[-1].body)
    link = next(each for each in body.split() if "/accounts/reset/" in each)
    return link[link.index("/accounts") :]


def visit_all(page: Page, site: str, settings: Any) -> Iterator[str]:
    """Go to every page, and yield what it is."""
    settings.SCOPEWARD = replace(conf.current(), remember_device_days=30)
    ada, root = make_ada(), User.objects.create_superuser("root", "root@example.org")
    rule = rule_about_everybody(grace_days=3)
    why = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR, reason="She lost her phone.")
    ask_for_reset(ada, root, why, timezone.now())
    enter(page, site)
    yield "due"
    rule.grace_days = 0
    rule.save()
    page.context.clear_cookies()
    enter(page, site)
    yield "due-now"
    settings.SCOPEWARD = replace(conf.current(), enrol_on_the_way=False)
    page.goto(site + DUE)
    yield "due-nowhere"
    secret = has_app(ada)
    page.context.clear_cookies()
    enter(page, site)
    yield "second"
    page.locator("#id_code").fill(code_of(secret))
    page.locator("#remember-code").check()
    follow(page.locator("main form button").first)
    page.goto(f"{site}/accounts/security/")
    yield "security"
    page.goto(site + stopping_link())
    yield "stop"
    follow(page.locator("main form button").first)
    yield "stopped"


@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_are_sound(
    chromium: Chromium, live_server: LiveServer, settings: Any, language: str
) -> None:
    with chromium.new_context(locale=language) as context:
        page = context.new_page()
        seen = []
        for name in visit_all(page, live_server.url, settings):
            seen.append(name)
            for _look in looks(page):
                assert_axe_finds_nothing(page)
                assert_nothing_is_wider(page)
        assert seen[-1] == "stopped"
