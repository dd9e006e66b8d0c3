"""Looks at a server's certificate: whether it is trusted, how long it holds, what is wrong with its chain."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import Final

import httpx

from engine.checkup.findings import Line, unknown, wanting, well
from engine.ports import Clock, Member

_TIMEOUT_S: Final = 8.0
_SOON_DAYS: Final = 21
_DAY_S: Final = 86_400


async def look_at_tls(member: Member, clock: Clock, *, context: ssl.SSLContext | None = None) -> tuple[Line, ...]:
    """Return lines about the connection to a member: in the open, or with which certificate.

    One connection is opened, and nothing asked. `context` is what is trusted, None for the usual authorities and the
    member's own `ca_file`.
    """
    url = httpx.URL(member.url)
    if url.scheme == "http":
        return (unknown("tls", "tls.private"),) if member.manners.private_network else (wanting("tls", "tls.none"),)
    if url.scheme != "https":
        return (unknown("tls", "tls.not-http"),)
    trusted = context or _usual(member)
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            _, writer = await asyncio.open_connection(url.host, url.port or 443, ssl=trusted, server_hostname=url.host)
    except ssl.SSLCertVerificationError as error:
        return (_doubt(error),)
    except ssl.SSLError as error:
        return (wanting("tls.handshake", "tls.handshake", detail=error.reason or "?"),)
    except (OSError, TimeoutError):
        return (unknown("tls", "tls.unreachable"),)
    try:
        return _trusted(writer, clock)
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(_TIMEOUT_S):
                await writer.wait_closed()


def _usual(member: Member) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if member.manners.ca_file is not None:
        context.load_verify_locations(cafile=member.manners.ca_file)
    return context


def _trusted(writer: asyncio.StreamWriter, clock: Clock) -> tuple[Line, ...]:
    certificate = writer.get_extra_info("peercert") or {}
    version = str(writer.get_extra_info("ssl_object").version())
    ends = certificate.get("notAfter")
    if not isinstance(ends, str):
        return (well("tls", "tls.trusted-endless", version=version),)
    days = int((ssl.cert_time_to_seconds(ends) - clock()) // _DAY_S)
    if days < _SOON_DAYS:
        return (wanting("tls.days", "tls.soon", days=days, version=version),)
    return (well("tls", "tls.trusted", days=days, version=version),)


def _doubt(error: ssl.SSLCertVerificationError) -> Line:
    match error.verify_code:
        case 10:  # certificate has expired
            return wanting("tls.days", "tls.expired")
        case 18 | 19:  # self-signed, itself or in its chain
            return wanting("tls.chain", "tls.self-signed")
        case 20 | 21:  # its issuer is not there: the intermediate certificate is not sent
            return wanting("tls.chain", "tls.chain")
        case 62:  # made out to another host
            return wanting("tls.name", "tls.name")
    return wanting("tls.chain", "tls.untrusted", detail=error.verify_message)
