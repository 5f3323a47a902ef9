"""The table of variables has what is read from the environment, all of it and nothing else."""

import os
import re
import runpy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from granian.cli import cli

from console import checks as console_checks
from foundation.base import env, env_outgoing
from foundation.base.logs import setup
from idp import checks
from scopeward_guard._provider.settings import GuardSettings
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
SECTION = PAGE.partition("\n## Settings\n")[2].partition("\n## ")[0]
ROWS = [line.strip("|").split(" | ") for line in SECTION.splitlines() if line.startswith("| `")]
TABLE = {
    name: cells[1].strip() for cells in ROWS for name in re.findall(r"`([A-Z][A-Z_]+)`", cells[0])
}
CHECKS = (checks, console_checks)
SOURCES = [
    path
    for folder in ("console", "idp", "consent", "foundation")
    for path in (ROOT / folder).rglob("*.py")
]
OF_GRANIAN = {f"GRANIAN_{option.name}".upper() for option in cli.params}
OF_PROGRAMS = {
    "PATH",
    "HOME",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "DJANGO_SETTINGS_MODULE",
}
PRODUCTION = {
    "SCOPEWARD_ENV": "production",
    "SECRET_KEY": "throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-A",
    "ISSUER": "https://id.example.com",
}


@pytest.fixture(scope="module")
def read() -> Iterator[Mapping[str, str | None]]:
    """Read the settings as a process does at its start, here and in production; say what is read.

    By name, the default as it is here.
    """
    names: dict[str, str | None] = {}
    real = env.text

    def text(name: str, default: str | None = None) -> str:
        names.setdefault(name, default)
        return real(name, default)

    with pytest.MonkeyPatch.context() as patch:
        for name in [*TABLE, *(f"{name}_OLDER" for name in TABLE)]:
            patch.delenv(name, raising=False)
        patch.setattr(env, "text", text)
        patch.setattr(env_outgoing, "text", text)
        patch.setattr(env, "rings", {})
        patch.setattr(setup, "logging_config", lambda **_: None)
        for environment in ({}, PRODUCTION):
            for name, value in environment.items():
                patch.setenv(name, value)
            runpy.run_path(str(ROOT / "idp/settings.py"))
        yield names


def by_commands() -> set[str]:
    """Return what commands read besides the settings."""
    texts = (path.read_text("utf-8") for path in SOURCES if "commands" in path.parts)
    return {name for text in texts for name in re.findall(r'env\.\w+\("([A-Z_]+)"', text)}


def listed(name: str) -> str:
    """Return the variable of the table that a name belongs to."""
    return name if name in TABLE else name.removesuffix("_FILE").removesuffix("_OLDER")


def test_every_variable_that_is_read_is_in_the_table(read: Mapping[str, str | None]) -> None:
    assert len(read) > 30
    assert {listed(name) for name in read} | by_commands() <= TABLE.keys()


def test_no_variable_of_the_table_is_unknown(read: Mapping[str, str | None]) -> None:
    assert (
        TABLE.keys() - read.keys() - by_commands() - OF_GRANIAN == {"GRANIAN_WORKERS"} - OF_GRANIAN
    )


def test_nobody_reads_the_environment_in_another_way() -> None:
    """What reads it elsewhere would be in no table, and silent on nonsense."""
    reading = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", path.read_text("utf-8"))
    }
    assert reading == {"foundation/base/env.py"}


def test_older_secrets_are_those_of_the_table(read: Mapping[str, str | None]) -> None:
    with_older = {name.removesuffix("_OLDER") for name in read if name.endswith("_OLDER")}
    names = list(TABLE)
    place = [cells[0].strip() for cells in ROWS].index("`HISTORY_SECRET`")

    assert set(names[place - 3 : place + 1]) == with_older
    assert "| these four with `_OLDER` |" in SECTION


def test_defaults_are_those_of_the_table(read: Mapping[str, str | None]) -> None:
    """Where a cell holds values and nothing else, each is the default of its variable."""
    seen = 0
    for cells in ROWS:
        names, shown = re.findall(r"`([A-Z_]+)`", cells[0]), re.findall(r"`([^`]+)`", cells[1])
        if not re.fullmatch(r"(`[^`]+`(, )?)+", cells[1].strip()) or shown[0] in TABLE:
            continue
        for name, value in zip(names, shown, strict=True):
            default = read[name]
            seen += 1
            shown_here = {value, str(ROOT / value), value.replace("DATA_DIR", str(ROOT / "var"))}
            assert default in shown_here | {value.replace("PORT", "8000")}, name
    assert seen > 15


def test_defaults_of_the_image_are_those_of_the_table() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    shown = {n: c.split("`")[1] for n, c in TABLE.items() if c.endswith("in the image")}

    assert shown
    assert shown == {n: found[1] for n in shown if (found := re.search(rf"{n}=(\S+)", image))}


def test_containers_are_given_variables_that_are_read(read: Mapping[str, str | None]) -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    services = [s for s in compose["services"].values() if s["image"].startswith("scopeward:")]
    given = {name for service in services for name in service["environment"]}
    image = (ROOT / "Dockerfile").read_text("utf-8")
    run = image.rpartition("\nFROM ")[2]
    given |= set(re.findall(r"(?:^ENV |^ {4})([A-Z_]+)=", run, re.MULTILINE)) - OF_PROGRAMS

    assert len(services) >= 5
    assert {listed(name) for name in given} <= TABLE.keys() | OF_GRANIAN


def test_checks_are_those_of_the_page() -> None:
    source = "".join((ROOT / module.__file__).read_text("utf-8") for module in CHECKS)
    table = PAGE.partition("## What refuses to start")[2].partition("\n## ")[0]
    ids = re.findall(r"[EW]\d{3}", "\n".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)))

    assert sorted(ids) == sorted(set(re.findall(r"scopeward\.([EW]\d{3})\"", source)))


def test_guard_reads_what_its_readme_says() -> None:
    page = (ROOT / "scopeward_guard/README.md").read_text("utf-8")

    class Environment(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            names.add(name)
            return super().get(name, default)

    names: set[str] = set()
    GuardSettings.from_environment(
        Environment(SCOPEWARD_ISSUER="https://id.example", SCOPEWARD_RESOURCE="https://a.example")
    )
    shown = set(re.findall(r"`(SCOPEWARD_\w+)`", page)) | {"SCOPEWARD_CLIENT_SECRET_FILE"}
    assert "`…_SECRET_FILE`" in page
    assert names == shown
    assert os.environ.keys().isdisjoint({"SCOPEWARD_ISSUER"})
