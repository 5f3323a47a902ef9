"""Rules that templates, styles and scripts keep, read from the files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "admin" not in path.parts]
STYLES = [ROOT / "static/css" / f"{name}.css" for name in ("tokens", "base", "components", "pages")]
STATIC = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"}]
ALLOWED_TAGS = {"i18n", "static", "partials", "legible"}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(")


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=lambda p: p.name)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", path.read_text())

    assert [a for a in addresses if a != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_templates_use_few_tag_libraries(path: Path) -> None:
    loaded = set(" ".join(re.findall(r"{% load ([^%]+) %}", path.read_text())).split())

    assert loaded <= ALLOWED_TAGS


@pytest.mark.parametrize("path", STYLES[1:], ids=lambda p: p.name)
def test_only_the_tokens_name_colours(path: Path) -> None:
    assert COLOUR.findall(path.read_text()) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_every_token_used_is_defined(path: Path) -> None:
    defined = set(re.findall(r"(--[\w-]+):", STYLES[0].read_text()))
    used = set(re.findall(r"var\((--[\w-]+)", path.read_text()))

    assert used <= defined


def test_every_class_in_the_templates_has_a_rule() -> None:
    css = "".join(path.read_text() for path in STYLES)
    styled = set(re.findall(r"\.([a-z][\w-]*)", css))
    for path in PAGES:
        plain = re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text())
        names = {n for value in re.findall(r'class="([^"]*)"', plain) for n in value.split()}
        used = {n for n in names if not n.endswith("-")}
        assert used <= styled, path


def test_motion_only_for_those_who_do_not_mind() -> None:
    base = STYLES[1].read_text()
    start = base.index("@media (prefers-reduced-motion: no-preference)")

    assert "transition" not in base[:start]
    for path in STYLES[2:]:
        assert not re.search(r"^\s*(transition|animation)\b", path.read_text(), re.MULTILINE)
