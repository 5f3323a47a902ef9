"""The rules, by their own tests and by OPA's own checks."""

import subprocess

import pytest

from tests.opa.conftest import RULES

pytestmark = pytest.mark.opa


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_rules_pass_their_tests(opa_program: str) -> None:
    done = run(opa_program, "test", str(RULES))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS:" in done.stdout


def test_rules_are_strict(opa_program: str) -> None:
    done = run(opa_program, "check", "--strict", str(RULES))

    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_are_formatted(opa_program: str) -> None:
    assert run(opa_program, "fmt", "--list", str(RULES)).stdout == ""


def test_every_line_of_the_rules_is_reached_by_a_test(opa_program: str) -> None:
    done = run(opa_program, "test", "--threshold", "100", str(RULES))

    assert done.returncode == 0, done.stdout + done.stderr
