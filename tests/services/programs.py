"""Find the programs that tests start; without one, its tests are skipped, in CI they fail."""

import os
import pwd
import shutil
from pathlib import Path
from typing import Any

import pytest

CI = os.environ.get("CI", "").lower() in {"1", "true"}
DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")


OPA = "Open Policy Agent (`.ci/run` builds it where Go is)"


MISSING = "{name} not found: install {package} to run these tests"
"""What is said of a program that is not there; the end of a run counts these."""


class MissingProgramError(Exception):
    """A program is not installed; the message says which, and what to install."""


def find(name: str, *, package: str) -> str:
    """Return the path of a program; raise `MissingProgramError` naming the package to install."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *_outside_path()]))
    if found is None:
        raise MissingProgramError(MISSING.format(name=name, package=package))
    return found


def require(name: str, *, package: str) -> str:
    """Return the path of a program a test needs, or skip the test (fail it in CI)."""
    try:
        return find(name, package=package)
    except MissingProgramError as error:
        if CI:
            pytest.fail(str(error))
        pytest.skip(str(error))


def can_have_opa() -> bool:
    """Say whether there is an Open Policy Agent, or a Go toolchain that could have built one."""
    try:
        find("opa", package=OPA)
    except MissingProgramError:
        return shutil.which("go") is not None
    return True


def _outside_path() -> list[str]:
    """Return where Debian keeps each PostgreSQL and servers, and what `.ci/run` has built."""
    versions = DEBIAN_POSTGRESQL.glob("*/bin")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    newest_first = sorted(versions, key=_version, reverse=True)
    return [*map(str, newest_first), str(cache / "scopeward" / "bin"), "/usr/sbin"]


def _version(path: Path) -> float:
    return float(path.parent.name)


def unprivileged() -> dict[str, Any]:
    """Return `Popen` arguments that give up root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
