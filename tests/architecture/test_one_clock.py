"""Nothing of ours, and nothing we use, tells the time by the clock of its own machine."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from foundation.base import clock
from tests.architecture.test_modules import modules, relative

OWN_CLOCK = {
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
}
THE_CLOCK = "foundation/base/clock.py"


def of_the_provider() -> Iterator[Path]:
    """Yield its modules; a resource server has no database of ours to ask."""
    return (path for path in modules() if not relative(path).startswith("scopeward_guard/"))


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Yield `(a, b)` for every `a.b` in a module, and for every `from a import b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            name = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            yield name, node.attr
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").rpartition(".")[2]
            yield from ((module, alias.name) for alias in node.names)


def test_nothing_of_ours_asks_its_machine_for_the_time() -> None:
    found = {relative(path) for path in of_the_provider() if OWN_CLOCK & set(calls(path))}

    assert found == {THE_CLOCK}


def test_nothing_of_ours_keeps_the_time_function_that_django_had_before() -> None:
    early = [relative(p) for p in of_the_provider() if ("timezone", "now") in set(imports(p))]

    assert early == []
    assert timezone.now is clock.now


def test_no_column_is_filled_in_by_another_clock() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    own = [f"{f.model.__name__}.{f.name}" for f in fields if is_early(f.default)]

    assert own == []
    assert clock.now in [field.default for field in fields]


def is_early(default: object) -> bool:
    """Say whether it is the function that Django had before."""
    is_django = getattr(default, "__module__", "") == timezone.__name__
    return is_django and default is not clock.now


def imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            module = (node.module or "").rpartition(".")[2]
            yield from ((module, alias.name) for alias in node.names)


def tellers() -> Iterator[str]:
    """Yield the modules of allauth in use that ask `time.time()`."""
    apps = [app for app in settings.INSTALLED_APPS if app.startswith("allauth.")]
    for package in ("allauth.core", *apps):
        (folder,) = find_spec(package).submodule_search_locations  # type: ignore[union-attr, misc]
        for path in sorted(Path(folder).rglob("*.py")):
            inside = path.relative_to(folder).with_suffix("").parts
            if "tests" not in inside and re.search(r"\btime\.time\(", path.read_text("utf-8")):
                yield ".".join([package, *inside])


@pytest.mark.parametrize("module", sorted(tellers()))
def test_what_we_use_goes_by_the_same_clock(module: str) -> None:
    assert module in clock.TELLERS
    assert vars(__import__(module, fromlist=["time"]))["time"].time is clock.timestamp
