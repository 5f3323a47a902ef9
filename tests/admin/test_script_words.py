"""What scripts of the administration say is in the language of its pages."""

import re
from pathlib import Path

import django
import pytest
from django.test import Client as Browser
from django.urls import reverse

SCRIPTS = Path(django.__file__).parent / "contrib/admin/static/admin/js"
SAID = re.compile(r"""\bn?gettext\(\s*(['"])(.+?)(?<!\\)\1""", re.DOTALL)


def sentences() -> set[str]:
    scripts = [*SCRIPTS.glob("*.js"), *SCRIPTS.glob("admin/*.js")]
    texts = [script.read_text(encoding="utf-8") for script in scripts]
    return {found[2].replace("\\'", "'") for text in texts for found in SAID.finditer(text)}


def test_german_pages_have_a_german_word_for_each(browser: Browser) -> None:
    words = browser.get(
        reverse("admin:jsi18n"),
        headers={"Accept-Language": "de", "Accept": "application/json"},
    ).content.decode()

    said = sentences()
    assert len(said) > 20
    catalogue = re.sub(r"\\u([\da-f]{4})", lambda found: chr(int(found[1], 16)), words)
    missing = {
        each for each in said if f'"{each.replace(chr(34), chr(92) + chr(34))}": ' not in catalogue
    }
    assert missing == set()


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_catalogue_is_a_script_in_either_language(browser: Browser, language: str) -> None:
    answer = browser.get(reverse("admin:jsi18n"), headers={"Accept-Language": language})

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
