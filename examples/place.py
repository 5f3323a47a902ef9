"""Where a demo lives: its ports and its data folder, from the environment."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# The demo has a database and an issuer of its own, whatever the shell has been set up for.
NOT_INHERITED = {"DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"}


class PlaceError(Exception):
    """The demo cannot be where it was told to be; the text says why."""


@dataclass(frozen=True)
class Place:
    """Where this demo lives."""

    port: int
    query_desk_port: int
    warehouse_port: int
    data_dir: Path

    @property
    def issuer(self) -> str:
        """The provider's address."""
        return f"http://localhost:{self.port}"

    @property
    def query_desk(self) -> str:
        """The origin of Query Desk."""
        return f"http://localhost:{self.query_desk_port}"

    @property
    def warehouse(self) -> str:
        """The audience of Query Desk's access tokens."""
        return f"http://localhost:{self.warehouse_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of everything that is started."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "localhost"]))
        return inherited | {
            "PORT": str(self.port),
            "ISSUER": self.issuer,
            "DATA_DIR": str(self.data_dir),
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
            "PYTHONUNBUFFERED": "1",
        }


def find_place(default_data_dir: Path) -> Place:
    """Read the place from the environment; raises `PlaceError` on nonsense or a taken port."""
    place = Place(
        port=read_port("PORT", 8000),
        query_desk_port=read_port("QUERY_DESK_PORT", 8001),
        warehouse_port=read_port("WAREHOUSE_PORT", 8002),
        data_dir=Path(os.environ.get("DATA_DIR") or default_data_dir).absolute(),
    )
    if len({place.port, place.query_desk_port, place.warehouse_port}) < 3:
        raise PlaceError("PORT, QUERY_DESK_PORT and WAREHOUSE_PORT must differ.")
    check_free("PORT", place.port)
    check_free("QUERY_DESK_PORT", place.query_desk_port)
    check_free("WAREHOUSE_PORT", place.warehouse_port)
    return place


def read_port(name: str, default: int) -> int:
    """Return a port number from the environment."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise PlaceError(f"{name} must be a port number, not {value!r}.")
    return int(value)


def check_free(name: str, port: int) -> None:
    """Raise `PlaceError` when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PlaceError(
                f"Port {port} cannot be used: {error.strerror}. Set {name} to another one."
            ) from error


@contextmanager
def claimed(data_dir: Path) -> Iterator[None]:
    """Keep the data folder to ourselves for as long as we run."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PlaceError(f"Another demo runs in {data_dir}. Set DATA_DIR elsewhere.") from error
        yield
