"""What a list says of how much there is: what was found of all, and never a number it lacks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser

from console.common import object_admin
from console.common.paging import BoundedPaginator
from foundation.directory.models import User
from tests.admin.test_conventions import ADMINS

LISTS = pytest.mark.parametrize("own", ADMINS, ids=[own.opts.label for own in ADMINS])
NOTES = re.compile(r'<p class="list-notes">(.*?)</p>', re.DOTALL)
LINK = re.compile(r'href="([^"]*)">Show all<')
pytestmark = pytest.mark.usefixtures("one_of_everything")


def narrowed(own: Any, changes: Any) -> Iterator[str]:
    """Yield an address of the list for each way in which fewer rows are asked for."""
    yield f"?{own.opts.pk.name}__exact={own.model._default_manager.values_list('pk').first()[0]}"
    if own.search_fields:
        yield "?q=a"
    for spec in changes.filter_specs:
        others = [each["query_string"] for each in spec.choices(changes) if not each["selected"]]
        yield from others[:1]


def words(html: str) -> str:
    return " ".join(re.sub(r"<.*?>", " ", html, flags=re.DOTALL).split())


@LISTS
def test_a_whole_list_says_nothing_of_results(own: Any, browser: Browser) -> None:
    page = browser.get(own.address("changelist")).content.decode()
    head = re.search(r"<h1.*?</h1>", page, re.DOTALL)

    assert head is not None
    assert not re.search(r"\d|result|all", words(head[0]).removesuffix(str(own.opts.label)))
    assert not NOTES.search(page)
    assert "Show all" not in page


@LISTS
def test_a_narrowed_list_says_how_many_it_found_and_leads_back_to_all(
    own: Any, browser: Browser
) -> None:
    address = own.address("changelist")
    ways = list(narrowed(own, browser.get(address).context["cl"]))
    for way in ways:
        answer = browser.get(f"{address}{way}&o=1")
        page, number = answer.content.decode(), len(answer.context["cl"].result_list)
        notes = NOTES.search(page)
        assert notes is not None, way
        assert words(notes[1]).startswith(f"{number} row"), way
        link = LINK.search(notes[1])
        assert link is not None, way
        assert link[1] == "?o=1", way
        assert page.count("Show all") == 1, way
        assert not re.search(r"\d+ results?", page), way


@LISTS
def test_what_was_not_counted_is_not_said(
    own: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedPaginator, "limit", 1)
    answer = browser.get(own.address("changelist"))
    page = answer.content.decode()
    notes = NOTES.search(page)

    assert notes is not None
    assert "There are 1 rows or more" in words(notes[1])
    assert f"1 or more {own.opts.verbose_name_plural}" in words(page)
    assert "Select all 1" not in words(page)
    assert "data-actions-icnt" in page or not answer.context.get("action_form")


def test_so_many_rows_are_deleted_at_once_and_no_more(
    browser: Browser, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many a list has that was chosen as a whole: each row is looked at before."""
    there = set(User.objects.values_list("pk", flat=True))
    assert len(there) > 1
    monkeypatch.setattr(object_admin, "MOST_AT_ONCE", 1)

    page = browser.post(
        "/admin/directory/user/",
        {
            "action": "delete_selected",
            "_selected_action": [person.pk],
            "select_across": "1",
            "post": "yes",
        },
    )

    assert "Choose 1 rows at most." in page.content.decode()
    assert set(User.objects.values_list("pk", flat=True)) == there
