"""The card of a detail hides nothing, whichever of its texts somebody tampers with."""

import re
from typing import Any

import pytest
from django.utils.html import strip_tags

from claims.catalogue.details.defaults import EXAMPLE
from consent.approvals.card.contents import detail_card
from consent.approvals.card.drawn import card_drawn
from consent.approvals.models import Approval, Approvers, Vote, VoteOutcome
from foundation.directory.models import Client, User
from scopeward_guard._base.unseen import is_unseen
from tests.approvals.asking import WAREHOUSE, Asking, make_rule, make_someone
from tests.approvals.test_pages import signed_in

pytestmark = pytest.mark.django_db

ISOLATED = re.compile(r"<bdi[^>]*>(.*?)</bdi>", re.DOTALL)
OF_THE_TYPE = {"type", "locations", "hash_alg"}
"""What the type fixes, so that nobody tampers with it."""


def tampered(value: Any, sign: str) -> Any:
    """Return the same with a sign inside every text."""
    if isinstance(value, str):
        return f"{value[:2]}{sign}{value[2:]}"
    if isinstance(value, list):
        return [tampered(entry, sign) for entry in value]
    if isinstance(value, dict):
        return {tampered(name, sign): tampered(entry, sign) for name, entry in value.items()}
    return sign


def page(detail: dict[str, Any]) -> str:
    return card_drawn("en", detail_card(detail, WAREHOUSE))


@pytest.mark.parametrize(
    "sign",
    ["\u202e", "\u2066", "\u200b", "\u3164", "\u2800", "\u034f", "\u115f", "\uffa0", "\ufe0f",
     "\U000e0041", "\u00a0", "\u3000"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("name", sorted(EXAMPLE.keys() - OF_THE_TYPE))
def test_sign_that_is_not_seen_is_spelt_out_in_every_member(name: str, sign: str) -> None:
    shown = strip_tags(page({**EXAMPLE, name: tampered(EXAMPLE[name], sign)}))

    assert not any(map(is_unseen, shown))
    assert f"⟨U+{ord(sign):04X}⟩" in shown


@pytest.mark.parametrize("name", sorted(EXAMPLE.keys() - OF_THE_TYPE))
def test_word_that_passes_for_another_is_marked_in_every_member(name: str) -> None:
    shown = page({**EXAMPLE, name: tampered(EXAMPLE[name], "xа")})

    assert "⟨Latin + Cyrillic⟩" in strip_tags(shown)


@pytest.mark.parametrize("name", sorted(EXAMPLE.keys() - OF_THE_TYPE - {"max_rows"}))
def test_no_value_turns_what_stands_beside_it(name: str) -> None:
    """A word that is written from the right is isolated, wherever the page says it."""
    shown = page({**EXAMPLE, name: tampered(EXAMPLE[name], " שלום ")})

    assert "שלום" in shown
    assert "שלום" not in ISOLATED.sub("", shown)


HIDDEN = "\u3164\u2066\ufe0f"


def tampered_with(asking: Asking) -> Approval:
    """Return a request for which everybody wrote what cannot be seen, wherever they could."""
    names = {"name": tampered("Ada Lovelace", HIDDEN)}
    User.objects.filter(pk=asking.user.pk if asking.user else None).update(**names)
    Client.objects.filter(pk=asking.client.pk).update(name=tampered("Query Desk", HIDDEN))
    grace = make_someone("grace", name=tampered("Grace Hopper", HIDDEN))
    make_rule(Approvers.PEOPLE, people=[grace], title="Grace decides", needed=1)
    approval = asking.lodge(tampered("hr.employees.salary", HIDDEN))
    texts = dict.fromkeys(("reason", "justification", "binding_code"), tampered("Text", HIDDEN))
    Approval.objects.filter(pk=approval.pk).update(**texts, is_break_glass=True)
    Vote.objects.create(
        approval=approval, voter=make_someone("hal"), on_behalf_of=asking.user,
        outcome=VoteOutcome.APPROVE,
        note=tampered("Note", HIDDEN), voted_at=approval.created_at,
    )  # fmt: skip
    return Approval.objects.get(pk=approval.pk)


def test_no_page_of_approvals_shows_what_cannot_be_seen(asking: Asking) -> None:
    approval = tampered_with(asking)
    pages = {
        "ada": ["/approvals/?heap=mine", approval.get_waiting_url(), approval.get_absolute_url()],
        "grace": ["/approvals/", approval.get_absolute_url()],
    }

    for username, paths in pages.items():
        browser = signed_in(User.objects.get(username=username))
        for path in paths:
            response = browser.get(path)
            assert response.status_code == 200, path
            main = response.content.decode().partition("<main")[2].partition("</main>")[0]
            unseen = [line for line in strip_tags(main).splitlines() if any(map(is_unseen, line))]
            assert unseen == [], path
            assert "⟨U+3164⟩" in main, path
