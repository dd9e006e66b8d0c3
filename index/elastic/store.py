"""The way to Elasticsearch: one client, and a breaker that keeps a store in trouble from holding anybody up."""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, AsyncElasticsearch, UnsupportedProductError

from engine.errors import SettingsError
from engine.model import Reason
from index.elastic.hearing import IMPATIENT, ForeignError, HeardNode
from index.elastic.settings import PLACE, ElasticSettings, secret

log = logging.getLogger(__name__)

Found = TypeVar("Found")

FAILURES: Final = 3
"""After so many failures in a row nobody asks any more until a probe has found the store well."""

PROBE_S: Final = 2.0
PROBE_WAIT_S: Final = 5.0
PATIENT_S: Final = 30.0
"""How long writing and housekeeping wait: nobody waits for them."""

LONGEST_S: Final = 120.0
"""How long an operator's own work waits for one answer."""

BREATH_S: Final = 0.25
"""A look-up by id takes 2 ms. Where one was waited for in vain nobody waits for the next ones of this time: a reader's
search makes several, and is held up once."""

SHORT_BREATH_S: Final = 0.05
"""The same where there are several nodes: what one that is silent keeps, another may have. Just long enough for the
next look-ups of the same search."""

JUST_S: Final = 1.0
"""A store that answered others so shortly before is well: it was the question that was hard, or one node silent."""

_PARTIAL: Final = frozenset(
    {"index.elastic-read-only", "index.elastic-busy", "index.elastic-red", "index.elastic-forbidden"}
)
"""What keeps us from writing, or from a part, and is told at once: the rest goes on."""


class TroubleError(Exception):
    """The store could not be asked, or could not answer; `reason` tells the operator why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


class Store:
    """Elasticsearch as the index uses it. Every call goes through `ask` or `work`.

    `bring_up` is called before the store is used and again before it is used after trouble; it raises TroubleError
    where the store must be left alone.
    """

    def __init__(self, settings: ElasticSettings, bring_up: Callable[[AsyncElasticsearch], Awaitable[None]]) -> None:
        self.settings = settings
        self._client = _client(settings)
        self._has_others = len(settings.urls) > 1
        self._bring_up = bring_up
        self._trouble: Reason | None = None
        self._blocked: Reason | None = None
        self._failures = 0
        self._resting_until = 0.0
        self._answered_at = 0.0
        self._is_open = False  # the breaker's own word: open is when nothing passes
        self._probing: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def is_ready(self) -> bool:
        """Whether the store may be asked."""
        return not self._is_open and not self._is_closed

    @property
    def problem(self) -> Reason | None:
        """What is wrong; None if nothing is."""
        return self._trouble or self._blocked

    async def open(self) -> None:
        """Begin. A store that is away, or hangs, holds no start up."""
        try:
            await self._well()
        except TroubleError as error:
            self.give_up(error.reason)

    async def ask(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]], *, is_by_id: bool = False) -> Found:
        """Return what a look-up finds, within a reader's patience.

        Raises TroubleError, at once while the breaker is open.
        """
        loop = asyncio.get_running_loop()
        if loop.time() < self._resting_until:
            raise TroubleError(self.problem or Reason("index.elastic-slow"))
        patience_s = self.settings.patience_ms / 1000
        try:
            return await self._tried(lambda: self._within(call, patience_s), is_search=not is_by_id)
        except TroubleError as error:
            if is_by_id and isinstance(error.__cause__, TimeoutError):
                self._resting_until = loop.time() + (SHORT_BREATH_S if self._has_others else BREATH_S)
            raise

    async def _within(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]], patience_s: float) -> Found:
        """Return what comes of a call in time. Raises TimeoutError; the node that was silent is left out a while."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        task = asyncio.ensure_future(call(self._client))
        told = None
        try:
            await asyncio.wait({task}, timeout=patience_s)
            if not task.done() and loop.time() - began > 1.5 * patience_s:
                # It was this process that had no time to look: the answer may well be here.
                await asyncio.wait({task}, timeout=patience_s)
            if not task.done():
                told = IMPATIENT
                raise TimeoutError
            return task.result()
        except UnicodeError:
            raise  # what was asked cannot be written down
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # Something between answers in Elasticsearch's place; or it is a bug, which costs a reader nothing either.
            log.exception("index_misread")
            raise TroubleError(Reason("index.elastic-foreign")) from error
        finally:
            if not task.done():
                task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
                task.cancel(told)

    async def work(self, call: Callable[[AsyncElasticsearch], Awaitable[Found]], wait_s: float = PATIENT_S) -> Found:
        """Return what comes of a call for which nobody waits. Raises TroubleError."""
        return await self._tried(lambda: self._within(call, wait_s))

    def directly(self) -> AsyncElasticsearch:
        """Return the client for an operator's work, which is done or fails whatever the breaker says."""
        return self._client.options(request_timeout=LONGEST_S)

    async def _tried(self, call: Callable[[], Awaitable[Found]], *, is_search: bool = False) -> Found:
        if not self.is_ready:
            raise TroubleError(self.problem or Reason("index.elastic-gone", {"detail": "closed"}))
        began = asyncio.get_running_loop().time()
        try:
            found = await call()
        except (TimeoutError, TransportError, ApiError, UnsupportedProductError) as error:
            if isinstance(error, ApiError) and is_ours(error):
                raise  # a request of ours that is wrong says nothing of the store
            reason = reason_of(error)
            is_other = is_search or self._has_others
            if not (isinstance(error, TimeoutError) and is_other and self._answered_at > began - JUST_S):
                self._note(reason)
            raise TroubleError(reason) from error
        except TroubleError as error:
            self._note(error.reason)
            raise
        self._failures = 0
        self._trouble = None
        self._answered_at = asyncio.get_running_loop().time()
        return found

    def _note(self, reason: Reason) -> None:
        if reason.code in _PARTIAL:
            self._blocked = reason
            return
        self._trouble = reason
        self._failures += 1
        if self._failures >= FAILURES or reason.code == "index.elastic-missing":
            self.give_up(reason)

    def written(self) -> None:
        """Note that something could be written."""
        self._blocked = None

    def seen_whole(self) -> None:
        """Note that no part is away any more."""
        if self._blocked is not None and self._blocked.code == "index.elastic-red":
            self._blocked = None

    def give_up(self, reason: Reason) -> None:
        """Ask no more until a probe finds the store well."""
        self._trouble = reason
        if not self._is_open and not self._is_closed:
            self._is_open = True
            log.warning("index_lost", extra={"reason": reason.code})
            self._probing = asyncio.create_task(self._probe(), name="index probe")

    async def _probe(self) -> None:
        """Find out, now and then, whether the store is back."""
        while self._is_open and not self._is_closed:
            await asyncio.sleep(PROBE_S)
            try:
                await self._well()
            except TroubleError as error:
                self._trouble = error.reason
                continue
            self._is_open, self._failures, self._trouble = False, 0, None
            log.info("index_back")

    async def _well(self) -> None:
        """Make sure that the store may be used. Raises TroubleError."""
        try:
            await self._within(self._bring_up, PROBE_WAIT_S)
        except (TimeoutError, TransportError, ApiError, UnsupportedProductError) as error:
            raise TroubleError(reason_of(error)) from error

    async def close(self) -> None:
        """Let go of the connections."""
        self._is_closed = True
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        await self._client.close()


def _client(settings: ElasticSettings) -> AsyncElasticsearch:
    """Return the client. Raises SettingsError for a secret that cannot be read."""
    password = secret(settings.password_file, settings.password_env, "password")
    api_key = secret(settings.api_key_file, settings.api_key_env, "api_key")
    is_tls = any(url.startswith("https:") for url in settings.urls)
    tls: dict[str, Any] = {"verify_certs": True} if is_tls else {}
    if is_tls and settings.ca_file:
        tls["ca_certs"] = str(Path(settings.ca_file).expanduser())
    _hush_transport()
    try:
        return AsyncElasticsearch(
            list(settings.urls),
            basic_auth=_basic(settings.username, password or "") if settings.username else None,
            api_key=api_key,
            **tls,
            node_class=HeardNode,
            request_timeout=PATIENT_S,
            max_retries=1,
            retry_on_timeout=False,
            connections_per_node=16,
            http_compress=False,  # the nodes are near: letters cost less than packing them
        )
    except ssl.SSLError as error:
        raise SettingsError(PLACE, None, f"`ca_file` is {settings.ca_file!r}: there is no certificate in it") from error


def _hush_transport() -> None:
    """Keep the client from a line for each request, and a traceback for each that fails: what is lost we say once."""
    transport = logging.getLogger("elastic_transport")
    if transport.level == logging.NOTSET:
        transport.setLevel(logging.ERROR)


def _basic(username: str, password: str) -> str:
    """Return a name and a password for the header: in UTF-8, where the client would take Latin-1."""
    return base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def is_ours(error: ApiError) -> bool:
    """Whether a refusal is about the request, not about the store."""
    return error.status_code in {400, 409} or (error.status_code == 404 and error.error != MISSING)


def reason_of(error: Exception) -> Reason:
    """Return what is wrong with the store, in a sentence for its operator; no address with a secret, no question."""
    if isinstance(error, TroubleError):
        return error.reason
    if isinstance(error, ForeignError | UnsupportedProductError):
        return Reason("index.elastic-foreign")
    if isinstance(error, ApiError):
        return _reason_of_status(error)
    if isinstance(error, TimeoutError | ConnectionTimeout):
        return Reason("index.elastic-slow")
    if isinstance(error, TlsError):
        return Reason("index.elastic-tls", {"detail": _short(error)})
    return Reason("index.elastic-gone", {"detail": _short(error)})


def _reason_of_status(error: ApiError) -> Reason:
    if error.status_code in {401, 403, 429} and any(sign in str(error) for sign in _BLOCKED):
        return Reason("index.elastic-read-only")
    if error.error == MISSING:
        return Reason("index.elastic-missing")
    if error.status_code == 400:
        return Reason("index.elastic-refused", {"detail": error.message})
    known = {401: "credentials", 403: "forbidden", 429: "busy", 503: "red"}.get(error.status_code)
    if known is not None:
        return Reason(f"index.elastic-{known}")
    return Reason("index.elastic-gone", {"detail": f"HTTP {error.status_code}"})


MISSING: Final = "index_not_found_exception"
_BLOCKED: Final = ("read-only", "cluster_block", "flood")


def _short(error: Exception) -> str:
    return type(error).__name__
