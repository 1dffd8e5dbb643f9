"""Which addresses of vendors are called: public ones, by HTTPS. Whoever sets one must not reach what is inside.

Looked at twice: here when it is typed, and where it is called, with the numbers that its name has then.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

LONGEST = 500
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""RFC 6052, RFC 8215: an address of IPv4 in the last 32 bits, or a local one."""
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.ASCII)
"""Of any other sign clients make what they like, such as a number of one with wide dots: 127.0.0。1."""


class NoVendorAddress(ValueError):
    """The message is a sentence for whoever typed it."""


def read_vendor_address(typed: str) -> str:
    """`https://vendor.example/orders`. Raises NoVendorAddress."""
    address = typed.strip()
    if len(address) > LONGEST or any(one.isspace() or not one.isprintable() for one in address):
        raise NoVendorAddress("That is no address of a vendor.")
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError as error:
        raise NoVendorAddress("That is no address of a vendor.") from error
    if parts.scheme != "https" or not host:
        raise NoVendorAddress("The address of a vendor begins with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NoVendorAddress("It has a name, a password or a # in it.")
    if not is_plain(host):
        raise NoVendorAddress("Its name has other signs than letters a to z, digits and hyphens: write it as xn--.")
    if is_inside(host):
        raise NoVendorAddress("That address is inside a network, and not on the public internet.")
    return address


def is_plain(host: str) -> bool:
    """Whether everybody reads the same host in it."""
    return _HOST.fullmatch(host.lower()) is not None


def is_inside(host: str) -> bool:
    """Whether a host's name or number is one that nobody outside reaches. Any other name may still lead inside."""
    host = host.rstrip(".").lower()
    try:
        return not is_public(ip_address(host.strip("[]")))
    except ValueError:
        # One word is a machine of one's own network, or a number in another way of writing: 2130706433, 0x7f.1.
        last = host.rpartition(".")[2]
        return "." not in host or host.endswith(_INSIDE) or last.isdecimal() or last.startswith("0x")


def is_public(number: IPv4Address | IPv6Address) -> bool:
    """Whether a number is on the public internet, also where one of IPv4 hides in one of IPv6."""
    if isinstance(number, IPv6Address):
        if any(number in network for network in _NAT64):
            return is_public(IPv4Address(int(number) & 0xFFFF_FFFF)) and number in _NAT64[0]
        hidden = number.ipv4_mapped or number.sixtofour
        if hidden is not None:
            return is_public(hidden)
    return number.is_global and not number.is_multicast and not number.is_reserved
