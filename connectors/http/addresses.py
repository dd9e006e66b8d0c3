"""Which addresses may be connected to, and the resolver that gives no others.

The check stands where the connection is made: a name that is public when it is checked and private when it is connected
to (DNS rebinding) gains nothing, since only addresses that this resolver let through are ever connected to.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult

from engine.errors import UnreachableError

Address = IPv4Address | IPv6Address
Found = Sequence[tuple[int, int, int, str, tuple[str | int | bytes, ...]]]
"""What `socket.getaddrinfo` answers: family, type, protocol, canonical name, (address, port, ...)."""

Lookup = Callable[..., Found]
"""`socket.getaddrinfo`, or something with its arguments and answer."""

_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
# What sites give to their own machines: RFC 1918, RFC 6598 and RFC 4193.
_OF_A_SITE = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
# As the WHATWG URL standard tells an IPv4 address in disguise: its last label is a number, be it decimal, octal or hex.
_NUMBER_AT_END = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)$")


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to: mapped, NAT64 or 6to4."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def why_refused(address: Address, *, private_network: bool) -> str | None:
    """Return in a word why this address may not be connected to, or None if it may.

    With `private_network`, private, shared (RFC 6598) and loopback addresses may; link-local ones (where clouds keep
    their secrets), multicast and reserved ones never may.

    >>> why_refused(ip_address("169.254.169.254"), private_network=True)
    'link-local'
    >>> why_refused(ip_address("64:ff9b::10.0.0.1"), private_network=False)
    'private'
    >>> why_refused(ip_address("203.162.4.190"), private_network=False)
    """
    if isinstance(address, IPv6Address):
        if (inner := _embedded(address)) is not None:
            return why_refused(inner, private_network=private_network)
        if address.is_site_local or address in _NAT64_LOCAL:
            return "reserved"
    word: str | None = None
    if address.is_unspecified:
        word = "unspecified"
    elif address.is_multicast:
        word = "multicast"
    elif address.is_link_local:
        word = "link-local"
    elif address.is_loopback:
        word = None if private_network else "loopback"
    elif address.is_reserved:
        word = "reserved"
    elif not address.is_global:
        is_of_a_site = any(address in network for network in _OF_A_SITE)
        word = None if private_network and is_of_a_site else "private"
    return word


def literal_address(host: str) -> Address | None:
    """Return the address that a host of a URL is, None for a name.

    A number that is no dotted quad (`2130706433`, `0177.0.0.1`, `0x7f.1`) raises UnreachableError: the system's
    resolver would take it for an address, and nobody names a library so.
    """
    bare = host.strip("[]").rstrip(".").partition("%")[0]
    try:
        return ip_address(bare)
    except ValueError:
        if _NUMBER_AT_END.search(bare):
            raise UnreachableError(f"{host[:80]} is neither a name nor a plain address") from None
        return None


def check_literal(host: str, *, private_network: bool) -> None:
    """Raise UnreachableError for a host that is written as an address and may not be connected to."""
    address = literal_address(host)
    if address is not None and (word := why_refused(address, private_network=private_network)):
        raise UnreachableError(f"{host} is a {word} address")


class GuardedResolver(AbstractResolver):
    """Looks names up and lets only such addresses through as may be connected to.

    Each lookup has a thread of its own, which is no daemon of any pool: a name server that does not answer holds up
    nobody but those who wait for this name. aiohttp asks once at a time for a name.
    """

    def __init__(self, *, private_network: bool, lookup: Lookup = socket.getaddrinfo) -> None:
        self._private_network = private_network
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name that may be connected to; raise UnreachableError when it has only others."""
        let_through: list[ResolveResult] = []
        words: list[str] = []
        for kind, _, protocol, _, place in await self._addresses(host, port, family):
            text = str(place[0])
            word = why_refused(ip_address(text.partition("%")[0]), private_network=self._private_network)
            if word is not None:
                words.append(word)
                continue
            let_through.append(
                ResolveResult(
                    hostname=host,
                    host=text,
                    port=port,
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        if not let_through:
            raise UnreachableError(f"{host} has only a {words[0]} address" if words else f"{host} has no address")
        return let_through

    async def _addresses(self, host: str, port: int, family: socket.AddressFamily) -> Found:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Found] = loop.create_future()

        def settle(result: Found | None, error: OSError | None) -> None:
            if found.done():
                return
            if error is not None:
                found.set_exception(error)
            elif result is not None:
                found.set_result(result)

        def look() -> None:
            result, error = None, None
            try:
                result = self._look(host, port, family)
            except OSError as failure:
                error = failure
            except UnicodeError:  # a label longer than 63 letters
                error = socket.gaierror(socket.EAI_NONAME, "not a name that can be looked up")
            try:
                loop.call_soon_threadsafe(settle, result, error)
            except RuntimeError:
                return  # the loop was closed meanwhile; nobody waits

        threading.Thread(target=look, name=f"lookup of {host}", daemon=True).start()
        return await found

    def _look(self, host: str, port: int, family: socket.AddressFamily) -> Found:
        try:
            return self._lookup(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
        except socket.gaierror:
            # A machine without any network has no configured address family, and still its own name.
            return self._lookup(host, port, type=socket.SOCK_STREAM, family=family)

    async def close(self) -> None:
        """Nothing is held."""
