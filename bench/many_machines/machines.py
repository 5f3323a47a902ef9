"""Machines of a drill: network namespaces of this one, joined by a bridge. Root makes them.

Without root they are this machine itself, told apart by their ports, and cannot be unplugged.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

BRIDGE = "scopeward0"
NETWORK = "10.77.12"
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Machine:
    """Where programs run."""

    name: str
    address: str
    namespace: str = ""

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Start programs there: what this thread starts meanwhile runs on that machine."""
        if not self.namespace:
            yield
            return
        with open("/proc/thread-self/ns/net", "rb") as own:  # noqa: PTH123 - a file descriptor
            _enter(Path(f"/run/netns/{self.namespace}"))
            try:
                yield
            finally:
                if libc.setns(own.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")

    def unplug(self) -> None:
        """Cut it off: what is sent to it is lost, and nobody is told."""
        ip("link", "set", f"{self.namespace}-0", "down")


@contextmanager
def machines(*names: str) -> Iterator[list[Machine]]:
    """Yield machines that reach each other and the address of this one (the first of `NETWORK`)."""
    if os.geteuid() != 0:
        print("no root: all machines are this one")
        yield [Machine(name, "127.0.0.1") for name in names]
        return
    with ExitStack() as stack:
        ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(ip, "link", "del", BRIDGE)
        ip("address", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        yield [_machine(stack, name, number) for number, name in enumerate(names, start=2)]


def here() -> str:
    """Return the address of this machine for the others."""
    return f"{NETWORK}.1" if os.geteuid() == 0 else "127.0.0.1"


def ip(*arguments: str) -> None:
    """Run `ip`."""
    subprocess.run(["ip", *arguments], check=True)


def _machine(stack: ExitStack, name: str, number: int) -> Machine:
    namespace, address = f"scope-{name}", f"{NETWORK}.{number}"
    outside, inner = f"{namespace}-0", f"{namespace}-1"
    ip("netns", "add", namespace)
    stack.callback(ip, "netns", "del", namespace)
    ip("link", "add", outside, "type", "veth", "peer", "name", inner)
    # The namespace itself goes only with the last of its programs, and its end of the link too.
    stack.callback(subprocess.run, ["ip", "link", "del", outside], stderr=subprocess.DEVNULL)
    ip("link", "set", outside, "master", BRIDGE, "up")
    ip("link", "set", inner, "netns", namespace)
    for words in (
        ("address", "add", f"{address}/24", "dev", inner),
        ("link", "set", inner, "up"),
        ("link", "set", "lo", "up"),
    ):
        ip("-n", namespace, *words)
    return Machine(name, address, namespace)


def _enter(namespace: Path) -> None:
    with namespace.open("rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
