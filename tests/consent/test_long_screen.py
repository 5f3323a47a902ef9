"""More than ten scopes: groups that fold, and a field to find one."""

import re

import pytest
from django.test import Client as Browser

from claims.catalogue.models import Scope
from consent.models import Grant
from tests.consent.asking import Asking
from tests.consent.test_review import boxes, html_of, submit

WAREHOUSE = "https://warehouse.example"


@pytest.fixture
def names(db: None) -> list[str]:
    """Eleven scopes of a resource server."""
    names = [f"table{number:02}" for number in range(11)]
    for name in names:
        Scope(
            name=name, title=name.title(), sentence=f"Read {name}.", card="access",
            resource_server=WAREHOUSE,
        ).save()  # fmt: skip
    return names


def page(browser: Browser, asking: Asking, *scopes: str) -> str:
    return html_of(browser.get(asking.open(*scopes).get_absolute_url()))


def test_ten_scopes_are_shown_as_they_are(
    browser: Browser, asking: Asking, names: list[str]
) -> None:
    html = page(browser, asking, "openid", *names[:9])

    assert len(boxes(html)) == 9
    assert "<details" not in html
    assert "data-filter" not in html
    assert "filter.js" not in html


def test_eleven_fold_and_can_be_searched(
    browser: Browser, asking: Asking, names: list[str]
) -> None:
    html = page(browser, asking, "openid", *names[:10])

    assert len(re.findall(r'<details class="[^"]*scope-group', html)) == 2
    assert "data-filter" in html
    assert re.search(r'<script src="/static/js/filter[^"]*\.js" defer></script>', html)


def test_without_javascript_the_field_is_hidden_and_no_group_is_folded(
    browser: Browser, asking: Asking, names: list[str]
) -> None:
    html = page(browser, asking, "openid", *names)

    assert re.search(r'<div class="field filter" data-filter hidden>', html)
    assert set(re.findall(r'<details class="[^"]*scope-group"( open)?>', html)) == {" open"}
    assert len(boxes(html)) == 11


def test_what_is_searched_for_is_no_part_of_the_answer(
    browser: Browser, asking: Asking, names: list[str]
) -> None:
    html = page(browser, asking, "openid", *names)

    before, form = html.split('<form class="stack stack-loose"')
    assert 'type="search"' in before
    assert 'type="search"' not in form
    assert not re.search(r'<input type="search"[^>]*name=', before)


def test_only_what_is_asked_counts(browser: Browser, asking: Asking, names: list[str]) -> None:
    asking.allow(names, names)

    html = page(browser, asking, "openid", *names, "email")

    assert boxes(html) == {"email": True}
    assert "data-filter" not in html


def test_answer_of_a_long_screen_counts_like_any_other(
    browser: Browser, asking: Asking, names: list[str]
) -> None:
    submit(browser, asking.open("openid", *names), names[3])

    assert Grant.objects.get().scopes == {"openid": None, names[3]: None}
