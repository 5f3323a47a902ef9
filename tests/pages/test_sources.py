"""Rules that templates and scripts keep, read from the files. Those of styles: test_styles.py."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path for kind in ("html", "svg") for path in (ROOT / "templates").rglob(f"*.{kind}")
)
STATIC = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"}]
ALLOWED_TAGS = {
    "i18n",
    "l10n",
    "static",
    "partials",
    "legible",
    "rendered_once",
    "house",
    "admin_urls",
    "unfold",
    "unfold_list",
}


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=lambda p: p.name)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", path.read_text())

    assert [a for a in addresses if a != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_templates_use_few_tag_libraries(path: Path) -> None:
    loaded = set(" ".join(re.findall(r"{% load ([^%]+) %}", path.read_text())).split())

    assert loaded <= ALLOWED_TAGS
