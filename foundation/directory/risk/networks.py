"""The network of an address: enough to recognise a place, too little to find a person."""

from functools import lru_cache
from ipaddress import ip_network

from scopeward_guard.vocabulary import parse_address

PREFIX_LENGTH = {4: 24, 6: 48}
"""About what one customer or one site is given."""


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) of an address as text, empty for what is no address."""
    try:
        parsed = parse_address(address)
    except ValueError:
        return ""
    # By its bytes, for a zone is no network.
    return str(ip_network((parsed.packed, PREFIX_LENGTH[parsed.version]), strict=False))
