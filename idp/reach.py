"""How far away another service is: what leaves the machine or its network has to be encrypted."""

from enum import IntEnum
from ipaddress import ip_address

LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".svc")
"""Ends of names that no server of the internet has (RFC 6761, RFC 6762, RFC 8375; Kubernetes)."""


class Reach(IntEnum):
    """Where a service is, the nearest first."""

    MACHINE = 0
    NETWORK = 1
    """A private address, or a name without a dot: the network of containers, or of a house."""
    BEYOND = 2


def reach(host: str) -> Reach:
    """Return how far a host is; empty, or a path, is a socket of this machine.

    Of several, separated by commas, the furthest counts.
    """
    return max(map(_reach, host.lower().split(",")))


def _reach(host: str) -> Reach:
    if not host or host.startswith("/") or host in {"localhost", "localhost."}:
        return Reach.MACHINE
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        is_near = "." not in host.rstrip(".") or host.rstrip(".").endswith(LOCAL_NAMES)
        return Reach.NETWORK if is_near else Reach.BEYOND
    if address.is_loopback:
        return Reach.MACHINE
    return Reach.NETWORK if address.is_private else Reach.BEYOND
