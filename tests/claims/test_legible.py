"""What is shown of a text from outside is all of it, and is what it looks like."""

import pytest
from hypothesis import given, strategies as st

from foundation.base.texts.legible import in_a_line, mixtures, scripts_of, visible
from scopeward_guard._base.unseen import is_unseen


@given(st.text(max_size=80))
def test_nothing_unseen_is_left_and_once_is_enough(text: str) -> None:
    shown = visible(text)

    assert not any(map(is_unseen, shown))
    assert visible(shown) == shown
    assert not set(in_a_line(text)) & {"\n", "\t"}


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=80))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.spec("UTS 39", "5.1")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pаyments", "pаyments⟨Latin + Cyrillic⟩"),
        ("hr.emplоyees.id", "hr.emplоyees⟨Latin + Cyrillic⟩.id"),
        ("Αdmin, admin", "Αdmin⟨Greek + Latin⟩, admin"),
        ("ｐay", "ｐay⟨Fullwidth + Latin⟩"),
        ("𝐩ay", "𝐩ay⟨Mathematical + Latin⟩"),
        ("\u212aelvin", "\u212aelvin⟨Kelvin + Latin⟩"),
        ("a_1_б", "a_1_б⟨Latin + Cyrillic⟩"),
        ("a\u200bб", "a⟨U+200B⟩б"),
    ],
)
def test_word_whose_letters_pass_for_others_is_marked(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Größe in µm", "β-Test", "SQL-запрос", "Аудит 2026", "プレイcard", "日本語テキスト",
        "한국어SQL", "ℓ", "naïve café", "cafe\u0301", "ελληνικά", "עברית", "العربية",
        "O\u02bcNeill", "1ª", "",
    ],
)  # fmt: skip
def test_honest_words_are_not_marked(text: str) -> None:
    assert visible(text) == text


def test_mark_that_somebody_wrote_is_no_mark() -> None:
    assert visible("pаy⟨Latin + Greek⟩") == "pаy⟨Latin + Cyrillic⟩⟨Latin + Greek⟩"


def test_scripts_stand_in_the_order_of_their_letters() -> None:
    assert scripts_of("βa") == ("Greek", "Latin")
    assert list(mixtures("βa x аb")) == [(2, "⟨Greek + Latin⟩"), (7, "⟨Cyrillic + Latin⟩")]


def test_line_feeds_are_spelt_out_where_a_line_is_shown() -> None:
    assert in_a_line("a\n\tb") == "a⟨U+000A⟩⟨U+0009⟩b"
