"""How far away another service is: what leaves the machine or its network has to be encrypted."""

from enum import IntEnum

from scopeward_guard.vocabulary import parse_address

LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".svc")
"""Ends of names that no server of the internet has (RFC 6761, RFC 6762, RFC 8375; Kubernetes)."""


class Distance(IntEnum):
    """Where a service is, the nearest first."""

    MACHINE = 0
    NETWORK = 1
    """A private address, or a name without a dot: the network of containers, or of a house."""
    BEYOND = 2


def distance(host: str) -> Distance:
    """Return how far a host is; empty, or a path, is a socket of this machine.

    Of several, separated by commas, the furthest counts.
    """
    return max(map(_distance, host.lower().split(",")))


def _distance(host: str) -> Distance:
    if not host or host.startswith("/") or host in {"localhost", "localhost."}:
        return Distance.MACHINE
    try:
        address = parse_address(host.strip("[]"))
    except ValueError:
        is_near = "." not in host.rstrip(".") or host.rstrip(".").endswith(LOCAL_NAMES)
        return Distance.NETWORK if is_near else Distance.BEYOND
    if address.is_loopback:
        return Distance.MACHINE
    return Distance.NETWORK if address.is_private else Distance.BEYOND
