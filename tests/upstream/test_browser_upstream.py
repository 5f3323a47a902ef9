"""Pages of signing in elsewhere in a real browser: every look, and the smallest phone."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser as Chromium, Page
from pytest_django.live_server_helper import LiveServer

from foundation.directory.models import User
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from tests.browsing import (
    SMALLEST_PHONE,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    follow,
    looks,
)
from tests.people import LOGIN, PASSWORD
from tests.upstream.elsewhere import BEGIN, Elsewhere, make_provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = [
    "There", "Employees of the Example Company for Electricity", "University", "Google",
    "Microsoft", "Partners", "Customers", "Contractors",
]  # fmt: skip


def providers(elsewhere: Elsewhere, how_many: int) -> Iterator[UpstreamProvider]:
    for number, name in enumerate(NAMES[:how_many]):
        slug = f"p{number}" if number else "there"
        if not UpstreamProvider.objects.filter(slug=slug).exists():
            provider = make_provider(elsewhere, slug, leads=f"p{number}.example")
            UpstreamProvider.objects.filter(pk=provider.pk).update(name=name)
            yield provider


def visit_all(page: Page, site: str, elsewhere: Elsewhere, ada: User) -> Iterator[str]:
    """Go to every page, with one provider, three and eight."""
    for how_many in (1, 3, 8):
        made = list(providers(elsewhere, how_many))
        make_provider(elsewhere, f"off-{how_many}", is_on=False)
        page.goto(site + LOGIN)
        yield f"sign-in with {how_many}"
        first = made[0]
    page.goto(f"{site}{BEGIN}there/callback/?state=unknown")
    yield "not accepted"
    there = UpstreamProvider.objects.get(slug="there")
    account = UpstreamAccount.objects.create(
        provider=there, sub="s", user=ada, connected_at=timezone.now(), called="ada@there.example"
    )
    bring_in(page, site, "ada")
    page.goto(f"{site}{BEGIN}connected/{account.pk}/")
    yield "confirm"
    page.get_by_role("textbox").fill(PASSWORD)
    follow(page.get_by_role("button").first)
    for path in (f"connected/{account.pk}/", f"{first.slug}/connect/"):
        page.goto(site + BEGIN + path)
        yield path.partition("/")[0]
    page.goto(f"{site}/accounts/security/")
    yield "security"


@pytest.fixture
def site(live_server: LiveServer, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> str:
    return str(live_server.url)


def test_axe_finds_nothing(page: Page, site: str, elsewhere: Elsewhere, ada: User) -> None:
    for _name in visit_all(page, site, elsewhere, ada):
        for _look in looks(page):
            assert_axe_finds_nothing(page)


@pytest.mark.spec("WCAG 2.2", "1.4.10")
def test_nothing_is_wider_than_the_smallest_phone(
    chromium: Chromium, site: str, elsewhere: Elsewhere, ada: User
) -> None:
    with chromium.new_context(locale="de", viewport=SMALLEST_PHONE) as context:
        page = context.new_page()
        for _name in visit_all(page, site, elsewhere, ada):
            assert_nothing_is_wider(page)
