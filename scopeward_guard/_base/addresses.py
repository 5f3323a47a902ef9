"""The address of a peer, one way to write each."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def parse_address(text: str) -> IPv4Address | IPv6Address:
    """Return an address; raises ValueError for what is none.

    A socket that speaks both protocols writes IPv4 as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2), which
    lies in no network of IPv4: neither a forbidden nor a permitted one. So it is IPv4 here.
    """
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
