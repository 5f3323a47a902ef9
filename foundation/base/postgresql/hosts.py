"""Several servers under one address: who took a connection last is tried first.

After a fail-over the first name of `DATABASE_URL` may be of a machine that is gone without a word.
Whoever connects would wait for it each time before the next one is tried.
"""

from collections.abc import Mapping
from typing import Any


class Hosts:
    """What this process knows of them."""

    def __init__(self) -> None:
        self._last: tuple[str, str] | None = None

    def in_order(self, address: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a connection, with the host first that took the last one."""
        names = str(address.get("host") or "").split(",")
        if len(names) == 1:
            return dict(address)
        ports = str(address.get("port") or "5432").split(",")
        if len(ports) == 1:
            ports *= len(names)
        places = list(zip(names, ports, strict=True))
        if self._last in places:
            places.remove(self._last)
            places.insert(0, self._last)
        host, port = (",".join(column) for column in zip(*places, strict=True))
        return {**address, "host": host, "port": port}

    def note(self, host: str, port: int) -> None:
        """Remember who took a connection."""
        self._last = host, str(port)
