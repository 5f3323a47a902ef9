"""Names of ours that a page uses are those of the code: functions, parameters, settings, tasks."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from idp.celery import app
from scopeward_guard._provider.settings import GuardSettings
from tests.docs.pages import ROOT, spans

PACKAGES = ("console", "idp", "consent", "policy", "claims", "foundation", "scopeward_guard")
DOTTED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+(?:\([\w, ]*\))?")
PERMISSION = re.compile(r"(\w+)\.((?:view|change|add|delete|activate)_(\w+))")
IN_REGO = {"claims.cleared_for(0)"}
NAMES = sorted({s for _, s in spans() if DOTTED.fullmatch(s)} - IN_REGO)


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    text = (ROOT / page).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[1:]]


def found(name: str) -> Any:
    """Return what a dotted name stands for; raises when there is none."""
    if permission := PERMISSION.fullmatch(name):
        model = apps.get_model(permission[1], permission[3])
        own = {codename for codename, _ in model._meta.permissions}
        usual = {f"{verb}_{permission[3]}" for verb in model._meta.default_permissions}
        assert permission[2] in own | usual
        return model
    module, _, last = name.rpartition(".")
    if last[0].isupper() and "." not in module:
        return apps.get_model(module, last)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return getattr(importlib.import_module(module), last)


@pytest.mark.parametrize("name", NAMES)
def test_name_stands_for_something(name: str) -> None:
    path, _, parameters = name.partition("(")
    thing = found(path)
    shown = [word for word in parameters.strip(")").split(", ") if word]

    assert not shown or list(inspect.signature(thing).parameters)[: len(shown)] == shown


def calls() -> Iterator[tuple[ast.Call, str]]:
    """Yield each call of the table with the module that it is in."""
    for cells in rows("docs/approvals.md", "Services")[1:]:
        for text in re.findall(r"`([^`]+)`", cells[0]):
            tree = ast.parse(text.replace(", …)", ")").replace("…", "..."), mode="eval")
            found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
            yield from ((call, cells[-1].strip("`")) for call in found)


def test_services_are_called_as_the_page_shows() -> None:
    seen = list(calls())
    for call, module in seen:
        assert isinstance(call.func, ast.Name)
        parameters = inspect.signature(
            getattr(importlib.import_module(module), call.func.id)
        ).parameters
        takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        named = {arg.id for arg in call.args if isinstance(arg, ast.Name)}
        by_name = {keyword.arg for keyword in call.keywords}

        assert named <= parameters.keys(), call.func.id
        assert takes_any or by_name <= parameters.keys(), call.func.id
    assert len(seen) > 10


def test_settings_of_the_guard_have_the_defaults_of_the_page() -> None:
    defaults = GuardSettings(issuer="https://id.example", resource="https://api.example")
    words = {False: "off", True: "on"}
    seen = 0
    for names, shown, *_ in rows("docs/guard.md", "Settings that trade something")[1:]:
        for name, value in zip(re.findall(r"`(\w+)`", names), shown.split(", "), strict=True):
            default = getattr(defaults, name)
            texts = {words.get(default) if isinstance(default, bool) else None, f"`{default}`"}
            number = value.removesuffix(" s")
            is_same = number.isdigit() and float(number) == default

            assert is_same or value in texts, name
            seen += 1
    assert seen > 6


def test_tasks_are_those_of_the_page() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"].rpartition(".")[2] for entry in app.conf.beat_schedule.values()}
    listed = {cells[0].strip("` ") for cells in rows("docs/operations.md", "Background work")}

    assert listed - {"task", "---|---|---", "---"} == scheduled


def test_rules_for_opa_are_those_of_the_page() -> None:
    """`data.scopeward.PACKAGE.rule`, and what stands behind it in the same cell."""
    cells = [
        cells[0] for cells in rows("docs/opa.md", "Ask for a decision") if "data.scope" in cells[0]
    ]
    for cell in cells:
        package, *rules = re.findall(r"`(?:data\.scopeward\.(?=\w+\.))?(\w+)", cell)
        rules += re.findall(rf"data\.scopeward\.{package}\.(\w+)", cell)
        text = (ROOT / f"policy/opa/rego/{package}.rego").read_text("utf-8")

        assert [rule for rule in rules if not re.search(rf"^{rule}\b", text, re.MULTILINE)] == []
    assert len(cells) == 4
