"""The consent screen's rows as HTML: whatever they say is a text, and stays with its person."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from types import MappingProxyType

import pytest
from django.test import Client as Browser
from django.utils import translation

from claims.catalogue.scopes import CatalogueEntry, find
from claims.services import set_attributes
from consent.asking.addresses import AddressChoice
from consent.asking.claim_choices import ClaimChoice
from consent.screen import drawing
from consent.screen.drawing import drawn_cards
from consent.screen.layout import Badge, CardOfGroups, Group, ScreenRow
from foundation.base.texts.fragments import Fragment
from foundation.directory.models import User
from foundation.directory.resource_servers import ResourceServer
from tests.consent.asking import Asking, change_scope

EVIL = "'\"><script>alert(1)</script>%(name)s&amp;"


def fragments_of(module: object) -> list[Fragment]:
    return [each for each in vars(module).values() if isinstance(each, Fragment)]


FRAGMENTS = {fragment.template: fragment for fragment in fragments_of(drawing)}


class Read(HTMLParser):
    """The tags of a page, and whatever it says, in attributes too."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: set[str] = set()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)
        self.said.update(value or "" for _, value in attrs)

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.said.add(data.strip())


def hostile(what: str) -> str:
    return f"{what} {EVIL}"


def hostile_entry() -> CatalogueEntry:
    entry = find("profile")
    assert entry is not None
    texts = {"title": hostile("title"), "sentence": hostile("sentence")}
    return replace(entry, name=hostile("name"), texts=MappingProxyType({"en": texts}))


def hostile_rows(entry: CatalogueEntry) -> Iterator[ScreenRow]:
    """Yield rows with values, with one value, with claims and with addresses."""
    values = [(hostile(f"label {n}"), hostile(f"value {n}")) for n in range(5)]
    badge = Badge(hostile("badge"), "warning")
    yield ScreenRow(entry, values, (badge,), hostile("note"))
    yield ScreenRow(entry, [(entry.title, hostile("alone"))])
    claims = tuple(
        ClaimChoice(
            "scope", hostile(f"claim {n}"), hostile(f"its {n}"), hostile(f"text {n}"), *flags
        )
        for n, flags in enumerate(product((False, True), repeat=2))
    )
    yield ScreenRow(entry, values, claims=claims)
    addresses = tuple(
        AddressChoice(hostile(f"sent {chosen}"), hostile(f"address {chosen}"), chosen)
        for chosen in (False, True)
    )
    yield ScreenRow(entry, values, addresses=addresses)


@pytest.mark.parametrize("are_folding", [False, True])
@pytest.mark.parametrize("policy", ["optional", "required"])
def test_hostile_words_are_only_words(db: None, policy: str, are_folding: bool) -> None:
    rows = tuple(hostile_rows(replace(hostile_entry(), policy=policy)))
    receiver = ResourceServer(hostile("audience"), hostile("receiver"))
    card = CardOfGroups("personal", hostile("card"), (Group(receiver, rows[:1], rows),))

    with translation.override("en"):
        page = Read(drawn_cards([card], are_folding=are_folding))

    assert "script" not in page.tags
    assert page.names <= {
        *("aria-describedby", "aria-hidden", "aria-label", "aria-labelledby", "checked"),
        *("class", "id", "name", "open", "role", "type", "value"),
    }
    everything = "\n".join(page.said)
    words = ["card", "For receiver", "audience", "title", "sentence", "badge", "note", "alone"]
    words += [f"{what} {n}" for what in ("label", "value") for n in range(5)]
    words += [f"{what} {n}" for what in ("its", "text") for n in range(4)]
    words += [f"address {chosen}" for chosen in (False, True)]
    assert [word for word in words if hostile(word) not in everything] == []


@pytest.mark.parametrize("name", FRAGMENTS)
def test_every_piece_escapes_every_text(name: str) -> None:
    fragment = FRAGMENTS[name]

    for flags in product((False, True), repeat=len(fragment.conditions)):
        html = fragment.draw("en", {text: hostile(text) for text in fragment.texts}, *flags)

        assert "script" not in Read(html).tags
        assert EVIL not in html


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_of_a_person_is_kept(browser: Browser, asking: Asking, language: str) -> None:
    mine = {"name": "Zenobia Quux", "phone_number": "+44 7700 900461", "nickname": "Zeno42"}
    User.objects.filter(pk=asking.user.pk).update(**mine)
    set_attributes(asking.user, {"department": "submarine-tests", "roles": ["role-of-zenobia"]})
    asked = asking.open("openid", "profile", "email", "phone", "roles", "department")

    html = browser.get(asked.get_absolute_url(), HTTP_ACCEPT_LANGUAGE=language).content.decode()

    personal = [*mine.values(), "submarine-tests", "role-of-zenobia", asking.user.email]
    assert [word for word in personal if word not in html] == []
    everywhere = [each for module in list(sys.modules.values()) for each in fragments_of(module)]
    kept = [html for each in everywhere for html in each._patterns.values()]
    keys = [str(key) for each in everywhere for key in each._patterns]
    assert set(FRAGMENTS.values()) <= set(everywhere)
    assert any(key.startswith(f"('{language}'") for key in keys)
    assert [word for word in personal if any(word in text for text in kept + keys)] == []


def test_a_text_that_is_changed_is_shown_at_once(browser: Browser, asking: Asking) -> None:
    page = asking.open("openid", "profile").get_absolute_url()
    before = browser.get(page).content.decode()
    change_scope("profile", title="Everything else", sentence="Read the rest.")
    after = browser.get(page).content.decode()

    for words in ("Everything else", "Read the rest."):
        assert words not in before
        assert words in after
