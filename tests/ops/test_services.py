"""The throw-away servers and the rules of the suite itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import redis as redis_client
from django.conf import settings
from django.db import connection

from tests.services import plugin, programs

ROOT = Path(__file__).parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml"]
PLUGINS = ["-p", "tests.services.plugin", "-p", "tests.services.missing"]


def run_pytest(test: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one test file in a process of its own."""
    path = folder / "test_inner.py"
    path.write_text(test, encoding="utf-8")
    return subprocess.run(
        [*PYTEST, *PLUGINS, "--rootdir", folder, path],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
    )


MARKED = re.compile(r"\bmark\.(both_databases|postgresql)\b")
SKIPPING = "import pytest\n\n@pytest.mark.skip\ndef test_skipped() -> None: pass\n"
MISSING = (
    "\nfrom tests.services import programs\n\n"
    "def test_missing() -> None: programs.require('no-such-program', package='no-package')\n"
)
ANYTHING = "def test_one() -> None: pass\n\ndef test_two() -> None: pass\n"
POSTGRESQL = "\n@pytest.mark.postgresql\ndef test_postgresql() -> None: assert False\n"


def test_a_skipped_test_fails_the_suite_in_ci(tmp_path: Path) -> None:
    result = run_pytest(SKIPPING, tmp_path, CI="true")

    assert result.returncode == 1, result.stdout
    assert "1 skipped" in result.stdout


def test_a_missing_program_fails_the_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "CI", True)

    with pytest.raises(pytest.fail.Exception, match="no-package"):
        programs.require("no-such-program", package="no-package")


def test_elsewhere_what_cannot_run_is_skipped_and_what_is_for_postgresql_left_out(
    tmp_path: Path,
) -> None:
    result = run_pytest(SKIPPING + MISSING + POSTGRESQL, tmp_path, CI="", DATABASE_URL="")

    assert result.returncode == 0, result.stdout
    assert "2 skipped, 1 deselected" in result.stdout
    assert "\nno-such-program is missing, 1 test left out: install no-package\n" in result.stdout


def test_a_missing_program_names_the_package_to_install() -> None:
    with pytest.raises(programs.MissingProgramError, match="install no-package"):
        programs.find("no-such-program", package="no-package")


@pytest.mark.parametrize("expression", [plugin.ON_POSTGRESQL, ""])
def test_only_files_without_a_marked_test_are_left_out_on_postgresql(
    expression: str, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.setattr(settings, "SQLITE", False)
    monkeypatch.setattr(pytestconfig.option, "markexpr", expression)

    left_out = {
        path
        for path in (ROOT / "tests").rglob("*.py")
        if plugin.pytest_ignore_collect(path, pytestconfig)
    }

    assert bool(left_out) == bool(expression)
    assert not [path for path in left_out if MARKED.search(path.read_text(encoding="utf-8"))]


@pytest.mark.django_db
@pytest.mark.both_databases
def test_the_test_database_can_be_shared_by_threads() -> None:
    assert "memory" not in str(connection.settings_dict["NAME"])
    if settings.SQLITE:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)


@pytest.mark.django_db
@pytest.mark.postgresql
def test_the_postgresql_part_runs_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


@pytest.mark.redis
def test_the_throw_away_redis_answers(redis_url: str) -> None:
    assert redis_client.Redis.from_url(redis_url).ping() is True


def test_a_command_without_postgresql_is_left_out_visibly(tmp_path: Path) -> None:
    tests = tmp_path / "test_inner.py"
    tests.write_text(ANYTHING, encoding="utf-8")
    command = [*map(str, PYTEST), "-p", "no:django", "--rootdir", str(tmp_path), str(tests)]
    script = (
        "import sys; from tests.services import postgresql, programs;"
        "programs.DEBIAN_POSTGRESQL = programs.Path('nowhere');"
        f"sys.exit(postgresql.main({command}))"
    )
    environment = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}

    outside, in_ci = (
        subprocess.run(
            [sys.executable, "-c", script],
            check=False,
            capture_output=True,
            text=True,
            env=environment | {"CI": ci},
        )
        for ci in ("", "true")
    )

    assert outside.stderr == "PostgreSQL is missing, 2 tests left out: install postgresql\n"
    assert outside.returncode == 0
    assert in_ci.returncode == 1


@pytest.mark.parametrize("case", range(3))
def test_of_many_cases_the_first_and_the_last_stay(
    request: pytest.FixtureRequest, case: int
) -> None:
    test = request.node.originalname
    shuffled = [
        item for item in request.session.items if getattr(item, "originalname", "") == test
    ][::-1]

    left_out = plugin._between_first_and_last(shuffled)

    stay = {item.callspec.params["case"] for item in shuffled if item not in left_out}
    assert stay == {item.callspec.params["case"] for item in shuffled} - {1}
