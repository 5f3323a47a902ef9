"""Rules that every stylesheet keeps, read from the files: whichever lies there is among them."""

import re
from pathlib import Path
from typing import NamedTuple

import django.contrib.admin
import django.forms
import pytest
import unfold
from django.conf import settings

from tests.pages.test_sources import ROOT, TEMPLATES

CSS = ROOT / "static/css"
OURS = sorted(CSS.rglob("*.css"))
STYLES = [*OURS, *sorted((ROOT / "examples").rglob("*.css"))]
TOKENS = CSS / "tokens.css"
NAMED = "white|black|gr[ae]y|silver|red|maroon|orange|yellow|green|lime|teal|aqua|blue|navy|purple"
COLOUR = re.compile(
    rf"#[0-9a-fA-F]{{3,8}}\b|\b(?:rgb|hsl|hwb|(?:ok)?lch|(?:ok)?lab|color)a?\(|\b(?:{NAMED})\b"
)
RAMP = re.compile(r"--(?:base|primary)-\d+")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
PACKAGES = [Path(package.__path__[0]) for package in (django.contrib.admin, django.forms, unfold)]
HOOKS = {"action-counter"}
"""Classes by which scripts of Django's find an element; nothing looks different by them."""
PROGRAMS = {path.parent for path in ROOT.glob("*/__init__.py")} - {ROOT / "tests"}


class Written(NamedTuple):
    """What stands in classes of elements, and the words of which others are composed."""

    classes: set[str]
    words: set[str]
    beginnings: set[str]

    def composes(self, name: str) -> bool:
        return any(
            name.startswith(start) and name.removeprefix(start) in self.words
            for start in self.beginnings
        )


def every(styles: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", styles, ids=lambda p: str(p.relative_to(ROOT)))


def rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def selectors(path: Path) -> list[str]:
    return [selector.strip() for selector in re.findall(r"([^{};]+){", rules(path))]


def declarations(path: Path) -> list[tuple[str, str]]:
    return re.findall(r"([\w-]+):\s*([^{};]+);", rules(path))


def home_of_tokens(path: Path) -> Path:
    """Return where the tokens of a stylesheet stand: another program has its own."""
    return TOKENS if path.is_relative_to(CSS) else path


@every(STYLES)
def test_only_the_tokens_name_colours(path: Path) -> None:
    coloured = {name for name, value in declarations(path) if COLOUR.search(value)}

    if home_of_tokens(path) == path:
        assert coloured
        assert {name for name in coloured if not name.startswith("--")} == set()
    else:
        assert coloured == set()


@every(STYLES)
def test_every_token_used_is_defined(path: Path) -> None:
    defined = {name for name, _value in declarations(home_of_tokens(path))}
    used = set(re.findall(r"var\((--[\w-]+)", rules(path)))

    assert used <= defined


@every([path for path in OURS if path != TOKENS])
def test_what_is_styled_names_what_a_colour_is_for_and_no_step(path: Path) -> None:
    assert RAMP.findall(rules(path)) == []


def test_no_token_is_there_for_nothing() -> None:
    defined = {name for name, _value in declarations(TOKENS) if name.startswith("--")}
    used = {name for path in OURS for name in re.findall(r"var\((--[\w-]+)", rules(path))}

    assert {name for name in defined - used if not RAMP.fullmatch(name)} == set()


def test_light_and_dark_are_told_apart_in_one_place() -> None:
    """Elsewhere `light-dark()` does it, by the scheme that this place sets from unfold's class."""
    named = re.compile(r"\.dark\b|prefers-color-scheme")
    told = [(path.name, s) for path in STYLES for s in selectors(path) if named.search(s)]

    assert told == [("frame.css", ":root.dark")]
    assert [path.name for path in TEMPLATES if "dark:" in path.read_text()] == []


@every(OURS)
def test_styles_of_people_lie_in_the_layer_of_their_file_and_the_admins_above_unfolds(
    path: Path,
) -> None:
    """Unfold's stylesheet is in layers and comes later: only what is in none wins over it."""
    layers = [s.removeprefix("@layer ") for s in selectors(path) if s.startswith("@layer")]
    body = re.sub(r"^\s*@layer [\w, ]+;", "", rules(path)).strip()

    if path.parent == CSS:
        assert layers == [path.stem]
        assert body.startswith(f"@layer {path.stem} {{")
        assert body.endswith("\n}")
        assert not re.search(r"^}\s*\S", body, re.MULTILINE), "something is outside"
    else:
        assert layers == []


def test_every_stylesheet_is_loaded_by_the_people_s_pages_or_by_the_admin() -> None:
    layout = (ROOT / "templates/components/styles.html").read_text()
    people = re.findall(r"{% static '(css/[^']+)' %}", layout)
    *ours, _of_the_house = settings.UNFOLD["STYLES"]
    admin = [str(style(None)).removeprefix("/static/") for style in ours]

    assert people[0] == admin[0] == "css/tokens.css"
    assert sorted(people[1:] + admin) == sorted(str(p.relative_to(CSS.parent)) for p in OURS)


def test_every_class_in_the_templates_has_a_rule() -> None:
    styled = {name for path in OURS for name in CLASS.findall(rules(path))}
    drawn = unfold_styles().replace("\\", "")
    for path in TEMPLATES:
        plain = re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text())
        names = {n for value in re.findall(r'class="([^"]*)"', plain) for n in value.split()}
        used = {n for n in names if not n.endswith("-")} - styled - HOOKS
        if {"admin", "unfold"} & set(path.parts):
            used = {name for name in used if f".{name}" not in drawn and "-symbols-" not in name}
        assert used == set(), path


@every(OURS)
def test_every_class_with_a_rule_is_in_a_page(path: Path, written: Written) -> None:
    for selector in selectors(path):
        named = set(CLASS.findall(selector))
        unknown = {name for name in named - written.classes if not written.composes(name)}
        beside_a_class = bool(named - unknown)  # as in `class="mark {{ act.kind }}"`
        assert not unknown or (beside_a_class and unknown <= written.words), selector


def test_motion_only_for_those_who_do_not_mind() -> None:
    base = (CSS / "base.css").read_text()
    start = base.index("@media (prefers-reduced-motion: no-preference)")

    assert "transition" not in base[:start]
    for path in STYLES:
        if path.name != "base.css":
            assert not re.search(r"^\s*(transition|animation)\b", path.read_text(), re.MULTILINE)


def unfold_styles() -> str:
    (styles,) = PACKAGES[-1].glob("static/unfold/css/styles.css")
    return styles.read_text()


@pytest.fixture(scope="module")
def written() -> Written:
    """Read everything that writes pages: ours, Django's and unfold's."""
    kinds = {".html", ".svg", ".js", ".py"}
    places = [ROOT / "templates", ROOT / "static/js", *PROGRAMS, *PACKAGES]
    files = [path for place in places for path in place.rglob("*") if path.suffix in kinds]
    text = "\n".join(path.read_text() for path in files)
    given = re.findall(r"(?<={% block body_class %})[^{]+", text)
    given += re.findall(r"""class\w*(?: ?= ?|": |\.\w+\()['"]((?:{[{%].*?[%}]}|[^"'])*)""", text)
    given += re.findall(r"'class', '([^']+)'", text)  # as Django's scripts name attributes
    return Written(
        classes={name for value in given for name in re.findall(r"[\w-]+", value)},
        words=set(re.findall(r"\w+", text)),
        beginnings={start for value in given for start in re.findall(r"([\w-]+-){[{%]", value)},
    )
