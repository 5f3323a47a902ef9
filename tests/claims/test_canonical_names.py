"""One form for each spelling of a name."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, strategies as st

from foundation.base.texts.canonical_names import (
    UNSEEN_LETTERS,
    canonical_address,
    canonical_name,
    canonical_password,
    validate_name,
)

FORMS = (canonical_name, canonical_address, canonical_password)


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(max_size=40))
def test_canonical_form_is_its_own(form, text: str) -> None:
    assert form(form(text)) == form(text)


@pytest.mark.spec("RFC 8265", "3.3")
@given(text=st.text(max_size=40))
def test_name_is_the_same_composed_or_not_and_in_capitals(text: str) -> None:
    name = canonical_name(text)

    assert canonical_name(unicodedata.normalize("NFD", text)) == name
    assert canonical_name(unicodedata.normalize("NFKC", text)) == name
    assert canonical_name(text.casefold()) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ADA"),
        ("straße", "STRASSE"),
        ("ａｄａ", "ada"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("ﬁn", "FIN"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert canonical_name(one) == canonical_name(other)


@pytest.mark.parametrize(("one", "other"), [("ada", "аda"), ("ada", "ada1"), ("ı", "i")])
def test_other_letters_are_another_name(one: str, other: str) -> None:
    assert canonical_name(one) != canonical_name(other)


def test_address_keeps_the_letters_that_mail_is_sent_to() -> None:
    assert canonical_address(" Straße@Example.COM ") == "straße@example.com"


@pytest.mark.parametrize("name", ["ada", "a.b-c_d+1", "Zoë", "Zoe\u0308", "李雷", "ﬁn"])
def test_name_may_be_in_every_script(name: str) -> None:
    validate_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "a b", "ada@example.com", "ada＠example.com", "a\n", "a\u200bb", "\ufdfa" * 9]
    + [f"ada{letter}" for letter in sorted(UNSEEN_LETTERS)],
)
def test_name_that_is_an_address_or_not_to_be_seen_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_name(name)
