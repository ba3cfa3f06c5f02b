import pytest

from boards.outbound.addresses import host_fault, is_public, read_address

CLOSED = {
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10": "10.1.2.3",
    "private 172": "172.16.0.1",
    "private 172 at the end": "172.31.255.255",
    "private 192": "192.168.1.1",
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.255.255.254",
    "link-local": "169.254.1.1",
    "cloud metadata": "169.254.169.254",
    "Alibaba metadata": "100.100.100.200",
    "Oracle metadata": "192.0.0.192",
    "Azure host channel": "168.63.129.16",
    "carrier NAT": "100.64.0.1",
    "carrier NAT at the end": "100.127.255.255",
    "protocol assignments": "192.0.0.8",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.1",
    "documentation 3": "203.0.113.1",
    "benchmark": "198.18.0.1",
    "benchmark at the end": "198.19.255.255",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.1",
    "multicast at the end": "239.255.255.255",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 unspecified": "::",
    "v6 loopback": "::1",
    "v4-mapped loopback": "::ffff:127.0.0.1",
    "v4-mapped in hex": "::ffff:7f00:1",
    "v4-mapped public": "::ffff:8.8.8.8",
    "v4-compatible": "::127.0.0.1",
    "v4-translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64 of a public address": "64:ff9b::808:808",
    "local NAT64": "64:ff9b:1::a00:1",
    "6to4 of loopback": "2002:7f00:1::",
    "6to4 of private": "2002:a00:1::1",
    "Teredo": "2001::1",
    "Teredo of a server": "2001:0:7f00:1::",
    "ISATAP": "2a00:1450:4001:830:0:5efe:7f00:1",
    "ISATAP, universal": "2a00:1450:4001:830:200:5efe:7f00:1",
    "unique local": "fc00::1",
    "AWS metadata": "fd00:ec2::254",
    "Google metadata": "fd20:ce::254",
    "v6 link-local": "fe80::1",
    "v6 link-local with zone": "fe80::1%eth0",
    "public with zone": "2a00:1450:4001:830::200e%1",
    "site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "discard": "100::1",
    "v6 documentation": "2001:db8::1",
    "v6 documentation, new": "3fff::1",
    "v6 benchmark": "2001:2::1",
    "ORCHID": "2001:20::1",
    "segment routing": "5f00::1",
    "outside global unicast": "4000::1",
}

OPEN = (
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:830::200e",
    "2400:cb00::1",
)


@pytest.mark.parametrize("text", CLOSED.values(), ids=CLOSED.keys())
def test_a_special_address_is_not_public(text: str) -> None:
    address = read_address(text)
    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("text", OPEN)
def test_an_ordinary_address_is_public(text: str) -> None:
    address = read_address(text)
    assert address is not None
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "0x7f.0.0.0x1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "1.2.3.4.5",
        "256.256.256.256",
        "8.8.8.8.",
        "0x08080808",
        "example.0x1",
        "example.12",
        "",
        ".",
        "a..b",
        "%31%32%37.0.0.1",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "example.com\x00",
        "exa mple.com",
        "example.com\\@127.0.0.1",
        "fe80::1%25eth0",
        "::1%lo",
        "1::2::3",
        "a" * 254,
    ],
)
def test_an_oddly_spelled_host_is_faulty(host: str) -> None:
    assert host_fault(host) is not None


@pytest.mark.parametrize(
    "host",
    ["example.com", "example.com.", "EXAMPLE.com", "a_b.example", "xn--bcher-kva.example",
     "1e100.net", "8.8.8.8", "2606:4700::1111", "localhost", "x-y-1"],
)  # fmt: skip
def test_an_ordinary_host_has_no_fault(host: str) -> None:
    assert host_fault(host) is None
