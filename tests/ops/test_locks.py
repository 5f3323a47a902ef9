"""The lock files: hashes for everything, addresses of nothing, and in step with each other."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.services.processes import ROOT

NAMES = ("production", "runtime", "dev")
ENTRY = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")


def pinned(name: str) -> set[tuple[str, str]]:
    return set(ENTRY.findall(text(name)))


def names(requirements: Iterable[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9-]+", requirement) for requirement in requirements)
    return {match[0].lower() for match in found if match}


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_pinned_with_hashes(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text(name))

    assert len(entries) == len(pinned(name)) > 10
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_python_gets_the_same_versions(name: str) -> None:
    """What is tested on one Python is what another one runs."""
    versions = Counter(package for package, _ in ENTRY.findall(text(name)))

    assert [package for package, count in versions.items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("trace", ["://", "--index", "--find-links", "--trusted", " @ "])
def test_no_registry_is_named(name: str, trace: str) -> None:
    assert trace not in text(name)


def test_what_is_tested_is_what_runs() -> None:
    assert pinned("production") < pinned("runtime") < pinned("dev")


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]

    assert names(project["project"]["dependencies"]) <= {name for name, _ in pinned("production")}
    assert names(groups["examples"]) <= {name for name, _ in pinned("runtime")}
    assert names(groups["dev"]) <= {name for name, _ in pinned("dev")}
