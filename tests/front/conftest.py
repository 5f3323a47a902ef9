"""A provider as a program of its own, behind its front."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.processes import run, running


@pytest.fixture(scope="module")
def port(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]
) -> Iterator[int]:
    """The port of a provider that nobody has asked yet."""
    folder = tmp_path_factory.mktemp("front")
    migrated(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    environment = {
        "PORT": str(number),
        "DATA_DIR": str(folder),
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "ERROR",
    }
    assert run(["python", "manage.py", "rotate_keys"], environment).returncode == 0
    with running(["python", "-m", "idp.front", "--port", str(number)], environment) as program:
        program.wait_until_it_listens(number)
        yield number
