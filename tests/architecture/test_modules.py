"""The shape of the code: short files, rules that cite their source, one direction of imports."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("console", "idp", "consent", "policy", "claims", "foundation", "scopeward_guard")
SOFT_LIMIT, HARD_LIMIT, TEST_LIMIT = 200, 350, 450
MOST_PARAMETERS = 6
LONG: dict[str, str] = {
    "foundation/directory/models/client.py": "one table: every column of an application",
    "foundation/journal/chain/verification.py": "one pass over all the history rests on, in order",
    "idp/settings.py": "one setting after the other, in Django's own order",
    "scopeward_guard/__init__.py": "one list: every public name, and where it is from",
    "scopeward_guard/sql/_resolving/expressions.py": "every kind of expression",
    "scopeward_guard/sql/_resolving/sources.py": "every kind of source",
}
"""Files between the two limits, with the reason."""

MAY_IMPORT = {"query_desk": set[str](), "warehouse": {"scopeward_guard"}}
"""Of ours: a resource server takes the library that is there for it, an application nothing."""

CITATION = re.compile(
    r"(?:RFC \d{4}|OIDC \w+(?:-\w+)?|Multiple Response Types|Form Post Response Mode|"
    r"RP-Initiated Logout|Unmet Authentication Requirements|"
    r"CIBA Core|Grant Management(?: for OAuth 2\.0)?|appendix)[^.\n]*(?:§\s?\d|appendix|§)"
)
RULES = sorted(
    path
    for folder in ("idp/authorize/checks", "idp/token_endpoint/checks", "idp/grants")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
)


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_the_limit() -> None:
    long = {relative(path): lines(path) for path in modules() if lines(path) > SOFT_LIMIT}

    assert {path: n for path, n in long.items() if n > HARD_LIMIT} == {}
    assert long.keys() <= LONG.keys(), long


def test_no_test_file_is_endless() -> None:
    tests = (ROOT / "tests").rglob("*.py")

    assert [relative(path) for path in tests if lines(path) > TEST_LIMIT] == []


@pytest.mark.parametrize("path", RULES, ids=relative)
def test_every_rule_cites_the_section_that_it_enforces(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    assert CITATION.search(docstring), f"{relative(path)}: {docstring!r}"


def test_every_check_has_its_line_in_the_pipeline() -> None:
    for path in [path for path in RULES if "checks" in path.parts]:
        room = path.relative_to(ROOT).parts[1]
        pipeline = (ROOT / "idp" / room / "pipeline.py").read_text(encoding="utf-8")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("check_"):
                assert f"{node.name}," in pipeline or f"{node.name}(request" in pipeline, node.name


def imported(path: Path) -> set[str]:
    """Return the packages of ours that a module imports, at the top or late."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
    return found & {*PACKAGES, "tests", "examples"}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_upwards(package: str) -> None:
    above = {*PACKAGES[: PACKAGES.index(package)], "tests", "examples"}
    found = {path: imported(path) for path in modules() if path.is_relative_to(ROOT / package)}

    assert found
    assert {relative(path): used & above for path, used in found.items() if used & above} == {}


def test_only_console_has_pages_of_the_administration() -> None:
    """import-linter sees other people's packages as a whole, and `django` everybody needs."""
    found = {
        relative(path)
        for path in modules()
        if not path.is_relative_to(ROOT / "console")
        and imports_the_admin(ast.parse(path.read_text("utf-8")))
    }

    assert found == {"idp/urls.py"}, "besides the one that puts the site at /admin/"


def imports_the_admin(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        origin = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        names = [f"{origin}{alias.name}" for alias in node.names]
        if any(name.startswith(("django.contrib.admin", "unfold")) for name in names):
            return True
    return False


@pytest.mark.parametrize("example", MAY_IMPORT)
def test_examples_know_the_provider_only_by_http(example: str) -> None:
    found = {path: imported(path) for path in (ROOT / "examples" / example).rglob("*.py")}

    assert found
    too_much = {relative(path): used - MAY_IMPORT[example] for path, used in found.items()}
    assert {path: used for path, used in too_much.items() if used} == {}


@pytest.mark.parametrize("example", ["query_desk", "warehouse"])
def test_no_example_imports_the_other(example: str) -> None:
    other = ({"query_desk", "warehouse"} - {example}).pop()
    for path in (ROOT / "examples" / example).rglob("*.py"):
        assert not re.search(rf"^(?:from|import) {other}\b", path.read_text("utf-8"), re.MULTILINE)


def test_no_rule_knows_another() -> None:
    shared = {"idp.authorize.checks.scope", "idp.authorize.checks.openid.prompt"}
    for path in RULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                other = node.module.startswith(("idp.authorize.checks.", "idp.grants."))
                assert not other or node.module in shared, (relative(path), node.module)


def test_people_and_applications_are_classes_and_not_looked_up_by_name() -> None:
    """What is looked up by a setting's name, no type checker looks into."""
    by_name = re.compile(r"get_user_model\(|get_model\(settings\.|import_string\(settings\.")

    found = {relative(p) for p in modules() if by_name.search(p.read_text(encoding="utf-8"))}
    assert found == {"foundation/base/configuration/deciding.py"}  # lies below people themselves


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield relative(path), node


def test_no_function_takes_more_than_six_things() -> None:
    """What belongs together is a value; a parameter given by its name counts like any other."""
    too_many = {}
    for path, function in functions():
        given = function.args
        names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        if len(names) - (names[:1] in (["self"], ["cls"])) > MOST_PARAMETERS:
            too_many[f"{path} {function.name}"] = len(names)

    assert too_many == {}


def test_no_call_passes_more_than_six_things_by_their_place() -> None:
    """Members of a value are named where it is made: nobody counts to the seventh."""
    calls = (
        (relative(path), node)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )

    assert [(path, c.lineno) for path, c in calls if len(c.args) > MOST_PARAMETERS] == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")

    assert [relative(p) for p in modules() if marks.search(p.read_text(encoding="utf-8"))] == []
