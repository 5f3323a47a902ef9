"""The German catalogue: complete, and compiled from the file that is committed with it."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale/de/LC_MESSAGES"
PACKAGES = ("console", "idp", "consent", "policy", "claims", "foundation")
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)s|%\(\w+\)d|%[rsd]\b|{\w*}")


@pytest.fixture(scope="module")
def compiled() -> dict[str, str]:
    """What Django reads: message -> translation; of plurals, the first form."""
    with (CATALOGUE / "django.mo").open("rb") as file:
        entries = gettext.GNUTranslations(file)._catalog
    plain = {key: text for key, text in entries.items() if isinstance(key, str) and key}
    return plain | {key[0]: text for key, text in entries.items() if key[1:] == (0,)}


def written() -> dict[str, str]:
    """What translators edit: message -> translation, from the one-line entries of the file."""
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    entries = re.findall(
        r'^msgid (".+")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".*")$', text, re.MULTILINE
    )
    return {ast.literal_eval(key): ast.literal_eval(value) for key, value in entries}


def words_of_templates() -> Iterator[str]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        template = engines["django"].from_string(path.read_text(encoding="utf-8")).template
        for node in template.nodelist.get_nodes_by_type(TranslateNode):
            yield str(node.filter_expression.var.literal or node.filter_expression.var.var)
        for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            text, _ = node.render_token_list(node.singular)
            yield text


def words_of_programs() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in MARKERS:
                    continue
                if isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value


def test_every_word_of_the_templates_has_a_translation(compiled: dict[str, str]) -> None:
    words = set(words_of_templates())

    assert len(words) > 100
    assert sorted(words - compiled.keys()) == []


def test_every_word_of_the_programs_has_a_translation(compiled: dict[str, str]) -> None:
    words = set(words_of_programs())

    assert len(words) > 100
    assert sorted(words - compiled.keys()) == []


def test_compiled_catalogue_is_the_written_one(compiled: dict[str, str]) -> None:
    assert compiled == written()


def test_nothing_is_left_to_do() -> None:
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")

    assert ", fuzzy" not in text
    assert [key for key, value in written().items() if not value] == []


def test_translations_keep_every_placeholder(compiled: dict[str, str]) -> None:
    for message, translation in compiled.items():
        wanted, found = (sorted(PLACEHOLDER.findall(t)) for t in (message, translation))
        assert wanted == found, message
