"""A client that reaches the public internet only, for addresses that people type in.

A name is looked up once, and what it leads to is looked at before anything is connected: whoever owns a name may let it
lead inside at the second look. Numbers in an address are never looked up, so they are refused before, and whatever is
connected in the end is looked at once more.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

from handlers.rules.vendor_address import is_inside, is_plain, is_public

MOST_CONNECTIONS = 16


class InsideError(Exception):
    """An address that is not on the public internet, or not by HTTPS. No OSError, which the client would wrap."""


def make_session(*, loopback: bool = False) -> aiohttp.ClientSession:
    """`loopback` lets addresses of this machine pass. No cookies, and no proxy of the environment."""
    connector = aiohttp.TCPConnector(
        limit=MOST_CONNECTIONS,
        resolver=_PublicResolver(loopback),
        use_dns_cache=False,
        force_close=True,
        socket_factory=_public_sockets(loopback),
    )
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


def refuse_inside(address: str, *, loopback: bool = False) -> None:
    """Before it is called. Raises `InsideError`."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if loopback and _is_loopback(host):
        return
    if parts.scheme != "https" or not is_plain(host) or is_inside(host):
        raise InsideError("it is not on the public internet")


async def beginning(content: aiohttp.StreamReader, most: int) -> bytes:
    """Of a body, so many bytes; what a stranger sends after them is not kept."""
    body = b""
    while len(body) < most and (chunk := await content.read(most - len(body))):
        body += chunk
    return body


class _PublicResolver(AbstractResolver):
    def __init__(self, loopback: bool) -> None:
        self._resolver = aiohttp.ThreadedResolver()
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """All that a name leads to is to be public: one that is not shows what the name is for."""
        found = await self._resolver.resolve(host, port, family)
        if not all(_passes(one["host"], self._loopback) for one in found):
            raise InsideError("its name leads inside")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _public_sockets(loopback: bool) -> Callable[[AddrInfoType], socket.socket]:
    def make(found: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = found
        if not _passes(str(where[0]), loopback):
            raise InsideError("it is a number inside")
        return socket.socket(family, kind, protocol)

    return make


def _passes(number: str, loopback: bool) -> bool:
    return is_public(ip_address(number)) or (loopback and _is_loopback(number))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
