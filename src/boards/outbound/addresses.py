"""Which hosts and addresses the outside world may be reached at: pure rules, no network.

The address is judged after name resolution, so every spelling of a private address that a resolver
understands is caught there; odd spellings of hosts are refused before, because two parsers that
read them differently are how such guards are walked around.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

__all__ = ["Address", "host_fault", "is_public", "read_address"]

Address = IPv4Address | IPv6Address

# Sources: IANA's special-purpose address registries; 168.63.129.16 is Azure's host channel, a
# public address that every Azure machine reaches privately.
_CLOSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

# Only 2000::/3 is global unicast. All the rest is closed with it: unspecified, loopback,
# v4-compatible, v4-mapped, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), discard, unique local,
# link-local, site-local, multicast.
_GLOBAL_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo and benchmarking among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# ISATAP carries an IPv4 address in the lower half, marked by these 32 bits above it.
_ISATAP_MARKS = frozenset({0x0000_5EFE, 0x0200_5EFE})

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


def read_address(text: str) -> Address | None:
    """Read an IP address in its usual spelling; anything else gives None."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address is an ordinary one on the public internet."""
    if isinstance(address, IPv4Address):
        listed = any(address in network for network in _CLOSED_V4)
    else:
        listed = (
            address.scope_id is not None
            or address not in _GLOBAL_V6
            or any(address in network for network in _CLOSED_V6)
            or (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP_MARKS
        )
    return not listed and address.is_global and not address.is_multicast


def host_fault(host: str) -> str | None:
    """Say what is wrong with how a host is spelled, or None.

    `host` comes without brackets. Refused are the old number forms of IPv4 (`127.1`, `0x7f.1`,
    `017700000001`, `2130706433`), percent signs, IPv6 zones and everything that is no host name.
    """
    if not host:
        return "names no host"
    if ":" in host:
        address = read_address(host)
        if address is None or "%" in host:
            return "has an IPv6 address that is not in its usual form"
        return None
    if len(host) > 253 or not _NAME.fullmatch(host):
        return "has characters in its host that host names do not have"
    last_label = host.removesuffix(".").rpartition(".")[2]
    if _NUMERIC_LABEL.fullmatch(last_label) and str(read_address(host)) != host:
        return "has an IPv4 address that is not in its usual form (four decimal numbers)"
    return None
