"""The way to Elasticsearch: one client, and a breaker that keeps a store in trouble from holding anybody up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, AsyncElasticsearch, UnsupportedProductError

from engine.errors import LienThuError
from engine.model import Reason
from index.elastic.settings import ElasticSettings, secret

log = logging.getLogger(__name__)

Found = TypeVar("Found")

FAILURES: Final = 3
"""After so many failures in a row nobody asks any more until a probe has found the store well."""

PROBE_S: Final = 2.0
PATIENT_S: Final = 30.0
"""How long writing and housekeeping wait: nobody waits for them."""


class TroubleError(Exception):
    """The store could not be asked, or could not answer; `reason` tells the operator why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


class Store:
    """Elasticsearch as the index uses it. Every call goes through `ask` or `work`."""

    def __init__(self, settings: ElasticSettings) -> None:
        self.settings = settings
        self.client = _client(settings)
        self.problem: Reason | None = None
        self._failures = 0
        self._is_open = False  # the breaker's own word: open is when nothing passes
        self._probing: asyncio.Task[None] | None = None
        self._is_closed = False
        self.on_return: Callable[[], Awaitable[None]] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the store may be asked."""
        return not self._is_open and not self._is_closed

    async def ask(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]]) -> Found:
        """Return what a look-up finds, within a reader's patience.

        Raises TroubleError, at once while the breaker is open.
        """
        return await self._tried(call, self.settings.patience_ms / 1000)

    async def work(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]], wait_s: float = PATIENT_S) -> Found:
        """Return what comes of a call for which nobody waits. Raises TroubleError."""
        return await self._tried(call, wait_s)

    async def _tried(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]], wait_s: float) -> Found:
        if not self.is_ready:
            raise TroubleError(self.problem or Reason("index.elastic-gone", {"detail": "closed"}))
        try:
            async with asyncio.timeout(wait_s):
                found = await call(self.client)
        except (TimeoutError, TransportError, ApiError, UnsupportedProductError) as error:
            if isinstance(error, ApiError) and is_ours(error):
                raise  # a request of ours that is wrong says nothing of the store
            reason = reason_of(error)
            self._failed(reason)
            raise TroubleError(reason) from error
        self._failures = 0
        self.problem = None
        return found

    def _failed(self, reason: Reason) -> None:
        self.problem = reason
        self._failures += 1
        if self._failures >= FAILURES and not self._is_open:
            self.give_up(reason)

    def give_up(self, reason: Reason) -> None:
        """Ask no more until a probe finds the store well."""
        self.problem = reason
        if not self._is_open and not self._is_closed:
            self._is_open = True
            log.warning("index_lost", extra={"reason": reason.code})
            self._probing = asyncio.create_task(self._probe(), name="index probe")

    async def _probe(self) -> None:
        """Find out, now and then, whether the store is back."""
        while self._is_open and not self._is_closed:
            await asyncio.sleep(PROBE_S)
            try:
                async with asyncio.timeout(PATIENT_S):
                    health = await self.client.cluster.health(timeout="1s")
                if health["status"] == "red":
                    self.problem = Reason("index.elastic-red")
                    continue
                self._is_open, self._failures, self.problem = False, 0, None
                if self.on_return is not None:
                    await self.on_return()
            except (TimeoutError, TransportError, ApiError, UnsupportedProductError) as error:
                self.problem = reason_of(error)
            except (TroubleError, LienThuError):
                continue
            else:
                log.info("index_back")

    async def close(self) -> None:
        """Let go of the connections."""
        self._is_closed = True
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        await self.client.close()


def _client(settings: ElasticSettings) -> AsyncElasticsearch:
    """Return the client. Raises SettingsError for a secret that cannot be read."""
    password = secret(settings.password_file, settings.password_env, "password")
    api_key = secret(settings.api_key_file, settings.api_key_env, "api_key")
    is_tls = any(url.startswith("https:") for url in settings.urls)
    tls: dict[str, Any] = {"verify_certs": True} if is_tls else {}
    if is_tls and settings.ca_file:
        tls["ca_certs"] = str(Path(settings.ca_file).expanduser())
    return AsyncElasticsearch(
        list(settings.urls),
        basic_auth=(settings.username, password or "") if settings.username else None,
        api_key=api_key,
        **tls,
        request_timeout=PATIENT_S,
        max_retries=1,
        retry_on_timeout=False,
        connections_per_node=16,
        http_compress=False,  # the nodes are near: letters cost less than packing them
    )


def is_ours(error: ApiError) -> bool:
    """Whether a refusal is about the request, not about the store."""
    return error.status_code in {400, 404, 409}


def reason_of(error: Exception) -> Reason:
    """Return what is wrong with the store, in a sentence for its operator; no address with a secret, no question."""
    if isinstance(error, ApiError):
        return _reason_of_status(error)
    if isinstance(error, TimeoutError | ConnectionTimeout):
        return Reason("index.elastic-slow")
    if isinstance(error, TlsError):
        return Reason("index.elastic-tls", {"detail": _short(error)})
    if isinstance(error, UnsupportedProductError):
        return Reason("index.elastic-foreign")
    return Reason("index.elastic-gone", {"detail": _short(error)})


def _reason_of_status(error: ApiError) -> Reason:
    if error.status_code in {401, 403, 429} and any(sign in str(error) for sign in _BLOCKED):
        return Reason("index.elastic-read-only")
    known = {401: "credentials", 403: "credentials", 429: "busy", 503: "red"}.get(error.status_code)
    if known is not None:
        return Reason(f"index.elastic-{known}")
    return Reason("index.elastic-gone", {"detail": f"HTTP {error.status_code}"})


_BLOCKED = ("read-only", "cluster_block", "flood")


def _short(error: Exception) -> str:
    return type(error).__name__
