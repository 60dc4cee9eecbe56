"""Addresses: which texts are some, and why the others are not."""

from __future__ import annotations

import pytest

from app.placing.addresses import BadAddressText, read_address, read_addresses


@pytest.mark.parametrize(
    "text",
    [
        "localhost:1",
        "cart:9500",
        "cart.internal:65535",
        "10.0.0.1:80",
        "[::1]:80",
        "dns:///cart.internal:9500",
        "ipv4:10.0.0.1:80",
        "ipv6:[2001:db8::1]:80",
        "unix:/run/cart.sock",
        "unix:run/cart.sock",
    ],
)
def test_an_address_is_read_and_written_back(text: str) -> None:
    assert str(read_address(text)) == text


def test_an_address_may_be_written_in_other_ways() -> None:
    assert str(read_address("unix:///run/cart.sock")) == "unix:/run/cart.sock"
    assert str(read_address("dns:cart:80")) == "dns:///cart:80"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("cart", "has no port"),
        ("cart:", "has no port from 1 to 65535"),
        ("cart:0", "has no port from 1 to 65535"),
        ("cart:65536", "has no port from 1 to 65535"),
        ("cart:http", "has no port from 1 to 65535"),
        ("::1:80", "has no port"),
        (":80", "has no host"),
        ("ca rt:80", "has no host"),
        ("-cart:80", "has no host"),
        ("10.0.0.300:80", "has no IPv4 address"),
        ("ipv4:cart:80", "has no IPv4 address"),
        ("ipv6:cart:80", "has no host"),
        ("http://cart:80", "is a URL"),
        ("xds://cart:80", "has an unknown scheme"),
        ("dns://8.8.8.8/cart:80", "names a DNS server"),
        ("unix:", "names no socket"),
        (f"unix:/{'x' * 120}", "longer than"),
    ],
)
def test_what_is_no_address_says_why(text: str, why: str) -> None:
    with pytest.raises(BadAddressText, match=why):
        read_address(text)


def test_a_list_of_addresses_keeps_its_scheme() -> None:
    assert [str(a) for a in read_addresses("ipv4:1.2.3.4:1,1.2.3.5:2")] == [
        "ipv4:1.2.3.4:1",
        "ipv4:1.2.3.5:2",
    ]
    assert [str(a) for a in read_addresses("a:1, b:2")] == ["a:1", "b:2"]
