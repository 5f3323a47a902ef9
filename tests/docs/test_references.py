"""What a page points at is there: files, anchors, tests, variables and constants."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from tests.docs.pages import FENCE, ROOT, name, pages, spans

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
CODE = {
    ".py",
    ".yml",
    ".toml",
    ".html",
    ".js",
    ".css",
    ".rego",
    ".cedar",
    ".sql",
    ".md",
    ".mjs",
    "",
}
FOLDERS = (
    "console", "idp", "consent", "policy", "claims", "foundation", "scopeward_guard",
    "examples", "bench", "deploy", "tests", "docs", "templates", "static",
)  # fmt: skip
MADE = {"deploy/secrets/"}
"""Not in the project: made by somebody who follows the page."""
PLACEHOLDERS = {"NAME_FILE", "NAME_OLDER"}


def links() -> Iterator[tuple[Path, str]]:
    for page in pages():
        for found in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
            target = found[0] or found[1]
            if not re.match(r"[a-z]+:", target):
                yield page, target


@lru_cache
def anchors(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them of its headings."""
    text = FENCE.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for source, target in links():
        if source != page:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page

        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_paths_in_sentences_are_there() -> None:
    missing = []
    for page, span in spans():
        path, _, test = span.partition("::")
        if path in MADE or not re.fullmatch(rf"(?:{'|'.join(FOLDERS)})/[\w./-]+", path):
            continue
        files = [file for file in (ROOT / path, ROOT / "templates" / path) if file.exists()]
        if not files or (test and f"def {test}(" not in files[0].read_text("utf-8")):
            missing.append((page, span))

    assert missing == []


@lru_cache
def words_of_the_sources() -> frozenset[str]:
    files = [
        path
        for folder in FOLDERS
        if folder != "docs"
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in CODE and "docs" not in path.parts
    ]
    files += [ROOT / own for own in ("Makefile", "Dockerfile", "docker-compose.yml")]
    found: set[str] = set()
    for path in files:
        if path.suffix != ".md":
            found |= set(re.findall(r"[A-Z][A-Z0-9_]{2,}", path.read_text("utf-8")))
    return frozenset(found)


def test_names_in_capitals_are_those_of_something() -> None:
    """Variables, settings, constants and states: what a page names is in the sources."""
    known = words_of_the_sources()
    named = {(p, w) for p, s in spans() for w in re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", s)}

    assert len(named) > 60
    assert sorted((p, w) for p, w in named if w not in known | PLACEHOLDERS) == []


def test_a_page_is_reached_from_the_first_one() -> None:
    reached = {ROOT / "README.md"}
    while True:
        more = {(p.parent / t.partition("#")[0]).resolve() for p, t in links() if p in reached}
        more = {path for path in more if path.suffix == ".md"} - reached
        if not more:
            break
        reached |= more
    folders = ROOT / "docs/decisions"

    assert {name(page) for page in pages() if folders not in page.parents} <= set(
        map(name, reached)
    )


def test_changelog_says_nothing_twice() -> None:
    for version in (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1:]:
        lines = [line for line in version.splitlines() if line.startswith(("### ", "- "))]

        assert [line for line in lines if lines.count(line) > 1] == []
