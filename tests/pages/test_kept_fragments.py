"""What is kept of pages is nobody's, and what is put into it is text."""

import sys
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import translation

from consent.asking.caution import Caution
from consent.screen.page import CAUTION, MISTAKE, PROMISES
from foundation.base.texts.fragments import Fragment
from tests.busy_person import make_busy_person
from tests.pages.rendered import rendered

EVIL = """<script>%(title)s %s {{ 7 }} "'&</script>"""

SELDOM: dict[Fragment, list[tuple[Any, ...]]] = {
    MISTAKE: [(kind,) for kind in ("changed", "undecided", "address", "unreadable")],
    CAUTION: [(caution,) for caution in Caution],
    PROMISES: [(True, True), (True, False), (False, True)],
}
"""What the pages of the busy person have no occasion for, under all its conditions."""


def constants() -> set[Fragment]:
    """Return the fragments that modules have."""
    packages = ("claims", "consent", "foundation", "idp", "policy")
    modules = (module for name, module in sys.modules.items() if name.partition(".")[0] in packages)
    found = (value for module in modules for value in list(vars(module).values()))
    return {value for value in found if isinstance(value, Fragment)}


@pytest.fixture
def undrawn() -> None:
    """Nothing is kept of a house of another test, which has drawn everything its way."""
    for fragment in constants():
        fragment._patterns.clear()


@pytest.fixture
def kept(provider: None, undrawn: None, monkeypatch: pytest.MonkeyPatch) -> set[Fragment]:
    """What was drawn while somebody looked at each of their pages."""
    drawn: set[Fragment] = set()
    draw = Fragment.draw

    def noted(self: Fragment, *said: Any) -> Any:
        drawn.add(self)
        return draw(self, *said)

    monkeypatch.setattr(Fragment, "draw", noted)
    busy = make_busy_person()
    busy.person.name = "Canary Bird"
    busy.person.save()
    EmailAddress.objects.create(user=busy.person, email="canary@example.net", verified=True)
    for language in ("en", "de"):
        for path in busy.pages.values():
            assert busy.browser.get(path, HTTP_ACCEPT_LANGUAGE=language).status_code == 200
    for fragment, conditions in SELDOM.items():
        for said in conditions:
            fragment.draw("en", dict.fromkeys(fragment.texts, ""), *said)
    for fragment in constants() - drawn:
        if not fragment.conditions:  # then there is one way to draw it
            fragment.draw("en", dict.fromkeys(fragment.texts, ""))
    missing = constants() - drawn
    assert not missing, [fragment.template for fragment in missing]
    return drawn


def test_every_text_of_every_fragment_is_escaped(kept: set[Fragment]) -> None:
    for fragment in kept:
        texts = dict.fromkeys(fragment.texts, EVIL)
        for (language, conditions), pattern in list(fragment._patterns.items()):
            with translation.override(language):
                html = fragment.draw(language, texts, *conditions)
            assert html == rendered(fragment, language, texts, conditions)
            assert "<script>" not in html
            assert "&lt;script" in html or not pattern.texts


def test_nothing_of_a_person_is_kept(kept: set[Fragment]) -> None:
    for fragment in kept:
        for (_language, conditions), pattern in fragment._patterns.items():
            for value in ("Canary", "ada@example.org", "canary", "Hopper", "192.0.2.7"):
                assert value not in pattern.html, fragment.template
                assert value not in str(conditions), fragment.template
