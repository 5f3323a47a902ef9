"""Nothing inside is called, whatever form its address comes in."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

import pytest

from foundation.base.outgoing import addresses
from foundation.base.outgoing.addresses import is_public
from foundation.base.outgoing.network import _look_up

# Every /12 there is, and the single addresses that are known for what is behind them.
EVERYWHERE = [IPv4Address(block << 20 | 0x00010101) for block in range(2**12)]
KNOWN = map(
    IPv4Address,
    (
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "100.64.0.1",  # carriers' NAT (RFC 6598)
        "127.0.0.1",
        "169.254.169.254",  # metadata of clouds
        "172.16.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ),
)
INSIDE = [*KNOWN, *(each for each in EVERYWHERE if not each.is_global or each.is_multicast)]
OUTSIDE = [IPv4Address("8.8.8.8"), IPv4Address("93.184.216.34"), IPv4Address("1.1.1.1")]

EMBEDDINGS: dict[str, Callable[[int], int]] = {
    "mapped (RFC 4291 §2.5.5.2)": lambda v4: 0xFFFF << 32 | v4,
    "compatible (RFC 4291 §2.5.5.1)": lambda v4: v4,
    "translated (RFC 2765 §2.1)": lambda v4: 0xFFFF << 48 | v4,
    "NAT64, local use (RFC 8215)": lambda v4: int(IPv6Address("64:ff9b:1::")) | v4,
    "NAT64, local use, /48 (RFC 6052 §2.2)": lambda v4: (
        int(IPv6Address("64:ff9b:1::")) | (v4 >> 16) << 64 | (v4 & 0xFFFF) << 40
    ),
    "6to4 (RFC 3056)": lambda v4: 0x2002 << 112 | v4 << 80 | 1,
    "Teredo, client (RFC 4380 §4)": lambda v4: 0x20010000 << 96 | (v4 ^ 0xFFFFFFFF),
    "Teredo, server": lambda v4: 0x20010000 << 96 | v4 << 64,
    "ISATAP (RFC 5214 §6.1)": lambda v4: int(IPv6Address("2a00:1450::")) | 0x5EFE << 32 | v4,
    "ISATAP, unique": lambda v4: int(IPv6Address("2a00:1450::")) | 0x02005EFE << 32 | v4,
}
TRANSLATED = int(IPv6Address("64:ff9b::"))


def test_no_ipv4_address_inside_is_public() -> None:
    assert [str(each) for each in INSIDE if is_public(str(each))] == []
    assert all(is_public(str(each)) for each in OUTSIDE)


@pytest.mark.parametrize("embedding", EMBEDDINGS)
def test_nothing_is_reached_by_embedding_it(embedding: str) -> None:
    embed = EMBEDDINGS[embedding]

    found = [each for each in (*INSIDE, *OUTSIDE) if is_public(str(IPv6Address(embed(int(each)))))]

    assert found == []


def test_what_the_internet_translates_is_judged_by_what_it_carries() -> None:
    assert [each for each in INSIDE if is_public(str(IPv6Address(TRANSLATED | int(each))))] == []
    assert all(is_public(str(IPv6Address(TRANSLATED | int(each)))) for each in OUTSIDE)


def test_only_what_is_allocated_to_the_public_is_public() -> None:
    allocated = IPv6Network("2000::/3")
    found = [
        address
        for top in range(2**16)
        if is_public(str(address := IPv6Address(top << 112 | 0x42 << 64 | 1)))
        and address not in allocated
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "2a00:1450::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "ff02::1",
        "100::1",
        "5f00::1",
        "2001:db8::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "3fff::1",
        "",
        "localhost",
        "8.8.8",
    ],
)
def test_special_addresses_and_what_is_none_are_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize("text", ["2a00:1450:4001:830::200e", "2606:4700:4700::1111"])
def test_public_addresses_are(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize(
    "notation",
    [
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "2130706433",
        "0x7f000001",
        "0",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "0:0:0:0:0:ffff:127.0.0.1",
        "169.254.43518",
        "0xa9fea9fe",
        "localhost",
    ],
)
def test_notations_are_judged_by_what_they_are_resolved_to(notation: str) -> None:
    found = _look_up(notation, 443, seconds=30)

    assert found
    assert not any(map(is_public, found))


def test_networks_of_the_operator_are_allowed_and_only_those() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"))

    assert is_public("10.1.2.3", allowed)
    assert is_public("fd00:1::5", allowed)
    assert not is_public("10.2.0.1", allowed)
    assert not is_public("::ffff:10.1.2.3", allowed)


def test_every_refused_range_is_needed() -> None:
    for network in addresses.NOT_PUBLIC:
        assert network.subnet_of(addresses.GLOBAL_UNICAST)
