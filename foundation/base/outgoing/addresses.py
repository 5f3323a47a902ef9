"""Which IP addresses belong to the public internet, in every form that can hold another address.

Only what is allocated to the public is let through, so a range that nobody here has heard of is
refused. An IPv6 address that carries an IPv4 address leads to that one (RFC 4291 §2.5.5, RFC 6052,
RFC 3056, RFC 4380, RFC 5214): the translation prefix of the whole internet is judged by what it
carries, everything else that embeds is refused, as nobody needs it to reach a public receiver.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that is allocated to the public (RFC 4291 §2.4): mapped, compatible, translated, link-local,
site-local, unique local and multicast addresses lie outside."""
TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64 with the well-known prefix (RFC 6052 §2.1); local-use NAT64 (RFC 8215) is not public."""
NOT_PUBLIC = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments (RFC 2928), Teredo and ORCHID among them
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056): leads to the IPv4 address inside
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
ALSO_NOT_PUBLIC = tuple(
    map(
        IPv4Network,
        (
            "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
            "192.31.196.0/24",  # AS112 (RFC 7535)
            "192.52.193.0/24",  # AMT (RFC 7450)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "192.175.48.0/24",  # AS112 (RFC 7534)
        ),
    )
)
ISATAP = (0x00005EFE, 0x02005EFE)
"""How an interface identifier begins that carries an IPv4 address (RFC 5214 §6.1)."""


def is_public(text: str, allowed: Iterable[Network] = ()) -> bool:
    """Say whether an address, as the resolver gave it, is public or in a network that is allowed.

    Text that is no address, or names an interface, is not.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if any(address in network for network in allowed):
        return True
    return _is_public_4(address) if isinstance(address, IPv4Address) else _is_public_6(address)


def _is_public_4(address: IPv4Address) -> bool:
    if any(address in network for network in ALSO_NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address in TRANSLATED:
        return _is_public_4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in GLOBAL_UNICAST or any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and (int(address) >> 32) & 0xFFFFFFFF not in ISATAP
