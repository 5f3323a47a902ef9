"""A demo of its own: free ports, an empty data folder."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.services.processes import Program, running

DEMO = ["python", "examples/demo.py"]
PASSWORD = "everybody-may-know-this"


def place_for_a_demo(data_dir: Path) -> dict[str, str]:
    """Return an environment with three ports that nobody uses."""
    names = ("PORT", "QUERY_DESK_PORT", "WAREHOUSE_PORT")
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _name in names]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        ports = [str(probe.getsockname()[1]) for probe in probes]
    return dict(zip(names, ports, strict=True)) | {"DATA_DIR": str(data_dir), "RATE_LIMITS": "off"}


def processes_of(place: dict[str, str]) -> dict[int, str]:
    """Return `{process id: command line}` of everything started for a data folder."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = (folder / "environ").read_bytes().split(b"\0")
            if f"DATA_DIR={place['DATA_DIR']}".encode() in environment:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = command.decode()
    return found


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """The environment of a demo that has never run."""
    return place_for_a_demo(tmp_path / "demo")


class Demo:
    """A running demo."""

    def __init__(self, place: dict[str, str], program: Program) -> None:
        self.environment = place
        self.program = program
        self.issuer = f"http://localhost:{place['PORT']}"
        self.query_desk = f"http://localhost:{place['QUERY_DESK_PORT']}"
        self.warehouse = f"http://localhost:{place['WAREHOUSE_PORT']}"
        self.ready_line = program.wait_for("ready ").strip()
        self.said = "".join(program.said)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all tests that only look at it; it starts on nothing, as the first one does."""
    place = place_for_a_demo(tmp_path_factory.mktemp("demo"))
    with running(DEMO, place) as program:
        yield Demo(place, program)
