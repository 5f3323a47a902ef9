"""The network of an address: enough to recognise a place, too little to find a person."""

from ipaddress import ip_address, ip_network

PREFIX_LENGTH = {4: 24, 6: 48}
"""About what one customer or one site is given."""


def network_of(address: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) of an address as text, empty for what is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    # A socket that speaks both protocols writes IPv4 as `::ffff:192.0.2.1`; a zone is no network.
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ip_network((parsed.packed, PREFIX_LENGTH[parsed.version]), strict=False))
