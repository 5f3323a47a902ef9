"""What a page says stands in `tests/sentences.py` alone: whoever words it anew changes one place.

A sentence is anything of more than three words. Fewer may be the label of a control.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sentences

TESTS = Path(__file__).resolve().parents[1]
NOT_ABOUT_PAGES = (
    "architecture", "consent/history", "docs", "guard", "ops", "policy/engine", "services",
    "warehouse",
)  # fmt: skip
"""What commands, checks, documents and the library say; most of it is for programs."""
LOCATORS = {"to_have_text", "to_contain_text", "get_by_text", "get_by_role"}
WORD = re.compile(r"[^\W\d_]{2,}")
MARKUP = re.compile(r"[<>=/{}_\\;]|https?:|::")


def is_sentence(node: ast.AST) -> bool:
    """Say whether this is text for people of more than three words."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    text = node.value
    return " " in text and len(WORD.findall(text)) > 3 and not MARKUP.search(text)


def looked_for(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what is looked for in a page: by `in`, or by the locators of a browser."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield node.left
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_method and node.func.attr in LOCATORS:
            yield from (*node.args, *(keyword.value for keyword in node.keywords))


def lines(text: str) -> list[int]:
    return [node.lineno for node in looked_for(ast.parse(text)) if is_sentence(node)]  # type: ignore[attr-defined]


def test_no_sentence_of_a_page_is_looked_for_elsewhere() -> None:
    outside = [TESTS / name for name in NOT_ABOUT_PAGES]
    found = {
        str(path.relative_to(TESTS)): lines(path.read_text(encoding="utf-8"))
        for path in TESTS.rglob("test_*.py")
        if not any(path.is_relative_to(folder) for folder in outside)
    }

    assert {path: at for path, at in found.items() if at} == {}


@pytest.mark.parametrize(
    "text",
    [
        "assert 'You have not allowed it' in page",
        "assert 'You have not allowed it' not in page",
        "expect(page.locator('main')).to_have_text('You have not allowed it')",
        "page.get_by_role('button', name='Yes, I would like that')",
    ],
)
def test_a_sentence_is_found(text: str) -> None:
    assert lines(text) == [1]


@pytest.mark.parametrize(
    "text",
    ["assert 'Sign out' in page", "assert '<p class=\"a b c d\">' in page", "assert A in page"],
)
def test_labels_and_markup_are_no_sentences(text: str) -> None:
    assert lines(text) == []


def test_every_sentence_is_looked_for_once_under_one_name() -> None:
    named = {name: text for name, text in vars(sentences).items() if name.isupper()}
    used = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))

    assert [name for name in named if f"sentences.{name}" not in used] == []
    assert len(set(named.values())) == len(named)
