"""The card of a detail hides nothing, whichever of its texts somebody tampers with."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from consent.approvals.card import detail_card
from consent.details.defaults import EXAMPLE
from scopeward_guard.unseen import is_unseen
from tests.approvals.asking import WAREHOUSE

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
    return render_to_string("consent/approvals/card.html", {"card": detail_card(detail, WAREHOUSE)})


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
