"""What a broken exchange is called: aiohttp's and httpx's exceptions as failures named by who must act.

No detail holds a path or a query: the reader's words stand in them.
"""

from __future__ import annotations

import ssl

import aiohttp
import httpx
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from connectors.http.wire import CONNECT_S
from engine.errors import LienThuError, OversizeError, TimedOutError, UnreachableError, UnreadableError

EXCHANGE_ERRORS = (httpx.TransportError, aiohttp.ClientError, OSError)
"""What a transport raises when an exchange does not come about or breaks off."""


def failure_of(error: Exception, *, bytes_read: int | None) -> LienThuError:
    """Return the failure that an exchange broke off with.

    `bytes_read` is None before the headers of an answer were there: then the member was not reached. After that it gave
    an answer, but not one that can be read.
    """
    cause = error.__cause__
    if isinstance(error, httpx.TransportError) and isinstance(cause, EXCHANGE_ERRORS):
        error = cause
    if isinstance(error, (httpx.TimeoutException, aiohttp.SocketTimeoutError)) and not isinstance(
        error, (httpx.ConnectTimeout, httpx.PoolTimeout)
    ):
        return TimedOutError("no complete answer in time")
    if bytes_read is not None:
        return UnreadableError(f"the answer broke off after {bytes_read} bytes")
    return _before_an_answer(error)


def _before_an_answer(error: Exception) -> LienThuError:
    failure: LienThuError
    match error:
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as doubt):
            failure = UnreachableError(f"its certificate is not trusted: {doubt.verify_message}")
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            failure = UnreachableError(f"TLS failed: {_tls_reason(error)}")
        case aiohttp.ClientConnectorDNSError():
            failure = UnreachableError(f"no such host: {error.host}")
        case aiohttp.ConnectionTimeoutError() | httpx.ConnectTimeout():
            failure = UnreachableError(f"no connection within {CONNECT_S:g} s")
        case aiohttp.ClientConnectorError():
            failure = UnreachableError(f"no connection: {error.strerror or 'refused'}")
        case aiohttp.ServerDisconnectedError():
            failure = UnreachableError("the connection was closed without an answer")
        case aiohttp.ClientResponseError() if _is_too_much(error):
            failure = OversizeError("more headers than a search may cost")
        case aiohttp.ClientResponseError() | httpx.RemoteProtocolError():
            failure = UnreadableError("what came is not HTTP")
        case _:
            failure = UnreachableError("the connection broke off without an answer")
    return failure


def _is_too_much(error: BaseException) -> bool:
    """Whether aiohttp gave up at a header that is too long, or at too many."""
    cause = error.__cause__.__cause__ if error.__cause__ else None
    return isinstance(cause, LineTooLong) or (isinstance(cause, BadHttpMessage) and "Too many" in str(cause))


def _tls_reason(error: BaseException | None) -> str:
    """Return OpenSSL's word for what went wrong ("WRONG_VERSION_NUMBER")."""
    while error is not None:
        # aiohttp's own exception is an ssl.SSLError too, but was never given a reason.
        if isinstance(error, ssl.SSLError) and (reason := getattr(error, "reason", None)):
            return str(reason)
        error = error.__cause__ or getattr(error, "os_error", None)
    return "no reason was given"


def is_passing(failure: BaseException) -> bool:
    """Whether a connection failed before a byte came, in a way that may be gone in the next moment.

    A wrong certificate, a name that does not exist and an address that may not be asked are not of that kind.
    """
    error = failure.__cause__
    if not isinstance(failure, UnreachableError) or error is None:
        return False
    cause = error.__cause__
    if isinstance(error, httpx.TransportError) and isinstance(cause, EXCHANGE_ERRORS):
        error = cause
    if isinstance(
        error,
        (aiohttp.ClientSSLError, aiohttp.ClientConnectorDNSError, aiohttp.ServerTimeoutError, httpx.TimeoutException),
    ):
        return False
    return isinstance(error, (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError, httpx.NetworkError))
