"""What the package shows: its names, its two doors, what it says when something is missing."""

import ast
import inspect
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import scopeward_guard
from scopeward_guard import vocabulary
from scopeward_guard._provider.settings import GuardSettings, SettingError
from tests.architecture.test_modules import PACKAGES
from tests.docs.pages import blocks

ROOT = Path(__file__).resolve().parents[2]
GUARD = ROOT / "scopeward_guard"
ISSUER, RESOURCE = "https://id.example", "https://api.example"

NAMES = [
    "Action", "Admission", "AsyncAdmission", "AsyncGuard", "AsyncQueryGate", "AsyncSqlGate",
    "BadTokenError", "BearerOnly", "Catalogue", "CatalogueError", "Challenge", "Decision",
    "Derivation", "Entity", "Evaluation", "Guard", "GuardError", "GuardSettings",
    "HttpAnswer", "MalformedError", "Obligation", "OpaPolicy", "Policy", "PresentedRequest",
    "Principal", "ProofOfPossession", "Query", "QueryGate", "QueryRequest", "RefusedError",
    "Remediation", "Remedy", "RequestContext", "Requirement", "Route", "Routes", "SenderConstraint",
    "SettingError", "SpentError", "SqlFailedError", "SqlGate", "SqlQuery",
    "SqlRefusedError", "SqlResult", "SqlRows", "SqlSource", "TooManyRowsError",
    "UnavailableError", "WhenStale", "covers", "detail_digest", "endpoint", "field",
    "is_remediable", "json_value", "presented", "pushed_parameters", "query_detail",
    "read_refusal", "record", "requirement",
]  # fmt: skip
"""All of them. Whoever takes one away breaks somebody's program."""


def python(code: str, *absent: str) -> subprocess.CompletedProcess[str]:
    """Run code where some packages are not installed."""
    hidden = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {set(absent)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, {str(ROOT)!r})
"""
    return subprocess.run(
        [sys.executable, "-I", "-c", hidden + code], capture_output=True, text=True, check=False
    )


def test_exported_names_are_these() -> None:
    assert sorted(scopeward_guard.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(scopeward_guard))


def test_every_name_is_there_and_says_where_it_is_from() -> None:
    for name in scopeward_guard.__all__:
        assert getattr(scopeward_guard, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        scopeward_guard.Nothing  # noqa: B018


def test_type_checkers_see_the_names_that_are_imported_late() -> None:
    tree = ast.parse((GUARD / "__init__.py").read_text("utf-8"))
    seen = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("scopeward_guard")
        for alias in node.names
    }

    homes = scopeward_guard._HOMES
    assert seen == {(home, name) for home, names in homes.items() for name in names}
    assert {name for _, name in seen} == set(scopeward_guard.__all__)


def test_no_name_is_that_of_a_module() -> None:
    modules = {path.stem for path in GUARD.iterdir() if is_module(path)}

    assert not modules & set(scopeward_guard.__all__)  # importing it would put it in the way


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ["cryptography", "httpx", "sqlglot", "graphql", "cedarpy", "django", "jsonschema"]

    done = python(
        f"import scopeward_guard.vocabulary; print({heavy!r} and"
        f" [name for name in {heavy!r} if name in sys.modules])"
    )

    assert done.stdout.strip() == "[]", done.stderr


EXTRAS = {
    "from scopeward_guard import SqlGate": ("sql", "sqlglot"),
    "from scopeward_guard import SqlQuery": ("sql", "jsonschema"),
    "from scopeward_guard import Catalogue": ("sql", "sqlglot"),
    "import scopeward_guard.graphql": ("graphql", "graphql"),
    "import scopeward_guard.cedar": ("cedar", "cedarpy"),
    "import scopeward_guard.adapters.fastapi": ("fastapi", "fastapi"),
    "import scopeward_guard.adapters.flask": ("flask", "flask"),
    "import scopeward_guard.adapters.django": ("django", "django"),
    "from scopeward_guard import Guard, GuardSettings; Guard(GuardSettings("
    "issuer='https://a.example', resource='https://b.example', client_id='c', client_secret='s',"
    " policy=True))": ("cedar", "cedarpy"),
}


@pytest.mark.parametrize("code", EXTRAS, ids=lambda code: code[:60])
def test_extra_that_is_missing_is_named_with_what_to_type(code: str) -> None:
    extra, absent = EXTRAS[code]

    done = python(code, absent)

    last = done.stderr.strip().splitlines()[-1]
    assert last == f'ImportError: {absent} is not installed: pip install "scopeward-guard[{extra}]"'


def test_every_extra_is_tested() -> None:
    project = tomllib.loads((GUARD / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(project["optional-dependencies"]) == {extra for extra, _ in EXTRAS.values()}


def test_pythons_are_those_of_the_project() -> None:
    project = tomllib.loads((GUARD / "pyproject.toml").read_text("utf-8"))["project"]
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    versions = [c.split()[-1] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert project["requires-python"] == whole["requires-python"]
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    assert "Typing :: Typed" in project["classifiers"]
    assert (GUARD / "py.typed").exists()


GOOD = {"SCOPEWARD_ISSUER": ISSUER, "SCOPEWARD_RESOURCE": RESOURCE}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"SCOPEWARD_ISSUER": ""}, "SCOPEWARD_ISSUER: is not set"),
        ({"SCOPEWARD_RESOURCE": ""}, "SCOPEWARD_RESOURCE: is not set"),
        ({"SCOPEWARD_ISSUER": "http://id.example"}, "SCOPEWARD_ISSUER: an https URL"),
        ({"SCOPEWARD_ISSUER": ISSUER + "/"}, "SCOPEWARD_ISSUER: without a slash"),
        ({"SCOPEWARD_RESOURCE": "api"}, "SCOPEWARD_RESOURCE: an https URL"),
        ({"SCOPEWARD_CLIENT_ID": "a"}, "SCOPEWARD_CLIENT_SECRET: client_id and client_secret"),
        ({"SCOPEWARD_CLIENT_SECRET": "a"}, "SCOPEWARD_CLIENT_ID: client_id and client_secret"),
        ({"SCOPEWARD_CLIENT_SECRET_FILE": "/nowhere"}, "SCOPEWARD_CLIENT_SECRET_FILE: /nowhere"),
    ],
    ids=str,
)
def test_variable_that_cannot_be_used_is_named(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingError) as caught:
        GuardSettings.from_environment(GOOD | changes)

    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"policy": True}, "SCOPEWARD_CLIENT_ID"), ({"decision_log": True}, "SCOPEWARD_CLIENT_ID"),
        ({"leeway": 61}, "leeway"), ({"algorithms": ("none",)}, "algorithms"),
        ({"keys_fresh_for": 0}, "keys_fresh_for"), ({"policy_interval": 0}, "policy_interval"),
        ({"introspection_kept_for": 6}, "introspection_kept_for"),
        ({"decision_log_permits": -1}, "decision_log_permits"),
    ],
    ids=str,
)  # fmt: skip
def test_field_that_cannot_be_used_is_named(settings: dict[str, object], name: str) -> None:
    with pytest.raises(SettingError) as caught:
        GuardSettings.from_environment(GOOD, **settings)

    assert caught.value.name == name


def test_every_snippet_passes_a_strict_type_check(tmp_path: Path) -> None:
    shown = [block for block in blocks("python") if "scopeward_guard" in block.text]
    for number, block in enumerate(shown):
        (tmp_path / f"snippet_{number}.py").write_text(block.text, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nstrict = true\n[mypy-jsonschema.*]\nignore_missing_imports = true\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", tmp_path / "mypy.ini",
         *sorted(tmp_path.glob("*.py"))],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT), "MYPY_CACHE_DIR": str(tmp_path / "cache")},
    )  # fmt: skip

    assert len(shown) >= 8
    assert done.returncode == 0, done.stdout


def test_snippets_import_from_the_public_rooms_alone() -> None:
    for block in blocks("python"):
        for module in re.findall(r"from (scopeward_guard[\w.]*) import", block.text):
            assert module in PUBLIC or module.startswith("scopeward_guard.adapters."), str(block)


PUBLIC = {"scopeward_guard", "scopeward_guard.sql", "scopeward_guard.graphql"}


DOORS = {
    "scopeward_guard.vocabulary",
    "scopeward_guard.jose",
    "scopeward_guard.cedar",
    "scopeward_guard.cedar.authoring",
}
"""What the provider may know of the library."""
OUTSIDE = [*(set(PACKAGES) - {"scopeward_guard"}), "examples"]


@pytest.mark.parametrize("folder", sorted(OUTSIDE))
def test_nobody_goes_through_another_door(folder: str) -> None:
    open_to_it = PUBLIC | {"scopeward_guard.adapters.fastapi"} if folder == "examples" else DOORS
    found = {
        (path.relative_to(ROOT).as_posix(), node.module)
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("scopeward_guard")
    }

    assert {(path, module) for path, module in found if module not in open_to_it} == set()


@pytest.mark.parametrize("door", sorted(DOORS))
def test_what_a_door_shows_is_listed(door: str) -> None:
    module = import_module(door)

    rooms = {name for name in dir(module) if inspect.ismodule(getattr(module, name))}
    shown = {name for name in dir(module) if is_shown(name)} - rooms - {"missing_extra"}
    assert set(module.__all__) == shown


def is_shown(name: str) -> bool:
    return not name.startswith("_")


def test_second_door_is_about_words_and_not_about_requests() -> None:
    assert not {"Guard", "GuardSettings"} & set(vocabulary.__all__)


def test_no_class_has_the_name_of_another() -> None:
    found: dict[str, list[str]] = {}
    for path in GUARD.rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and is_shown(node.name):
                found.setdefault(node.name, []).append(path.relative_to(GUARD).as_posix())

    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_no_room_has_more_at_its_top_than_one_can_see() -> None:
    rooms = [GUARD, *(path.parent for path in GUARD.rglob("*/__init__.py"))]
    programs = {"__init__", "receipt"}  # `python -m scopeward_guard.receipt` is no room
    tops = {room: {p.stem for p in room.iterdir() if is_module(p)} - programs for room in rooms}

    assert len(rooms) > 15
    assert {room.name: sorted(top) for room, top in tops.items() if len(top) > 15} == {}


def is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()
