"""How an SRU server is told from an address: it says what it is in its explain record. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from connectors.reading.xml import parse_xml
from connectors.sru.draft import table_from_explain
from connectors.sru.explain import Explained, explained
from connectors.sru.response import Element, local
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_PARAMETERS: Final = frozenset(
    {"operation", "version", "query", "startrecord", "maximumrecords", "recordschema", "recordpacking", "sortkeys"}
)
"""What a search says itself; an address that was copied from a browser holds one."""

_ROOTS: Final = frozenset({"explainResponse", "searchRetrieveResponse", "scanResponse", "explain"})
_NAMESPACES: Final = (
    "http://www.loc.gov/zing/srw/",
    "http://docs.oasis-open.org/ns/search-ws/",
    "http://explain.z3950.org/dtd/2",
    "info:srw/",
)


def recognise(page: Page) -> Found | None:
    """Return what an answer of an SRU server gives away, None for any other page.

    An explain record fills in the table. An answer without one (a diagnostic, a search) shows only that SRU is spoken.
    """
    head = page.body[:2000]
    if b"explain" not in head and b"searchRetrieveResponse" not in head and b"scanResponse" not in head:
        return None
    try:
        root = parse_xml(page.body)
    except LienThuError:
        return None
    if local(root) not in _ROOTS or not _namespace(root).startswith(_NAMESPACES):
        return None
    url = base_address(page.url)
    try:
        told = explained(page.body)
    except LienThuError:
        return Found(
            url=url,
            evidence=Reason("sign.sru.speaks"),
            settings={"profile": "generic"},
            unsure={"url": "it speaks SRU but tells nothing about itself; is the database's name missing?"},
        )
    return _found(told, url)


def _found(told: Explained, url: str) -> Found:
    table, unsure = table_from_explain(told)
    parts = urlsplit(url)
    if parts.path in {"", "/"} and told.database:
        # A server's root speaks for its first database; searches want it named.
        url = urlunsplit(parts._replace(path="/" + quote(told.database)))
        unsure = unsure | {"url": "the database is the one that the server names; it may have others"}
    if not told.indexes and told.diagnostics:
        unsure = unsure | {"url": f"the server says: {told.diagnostics[0].message}"}
    version = told.version or "?"
    count = len(told.index_names())
    reason = Reason("sign.sru.explain", {"version": version, "indexes": count}) if count else Reason("sign.sru.speaks")
    return Found(url=url, evidence=reason, settings=table, name=told.title, unsure=unsure)


def base_address(url: str) -> str:
    """Return an address without the parameters of a search; those of the server itself stay.

    >>> base_address("http://127.0.0.1/sru?x-collection=GGC&operation=explain&version=1.1")
    'http://127.0.0.1/sru?x-collection=GGC'
    """
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _PARAMETERS]
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, text, ""))


def _namespace(root: Element) -> str:
    return root.tag.partition("}")[0].removeprefix("{")


SIGNS: Final = (
    Sign("", recognise, step=10),
    # Servers of 1.1 that want a version before they say anything.
    Sign(
        "?operation=explain&version=1.1",
        recognise,
        step=45,
        hint=r"(?i)searchRetrieve|unsupported operation|srw/diagnostic",
    ),
    Sign("/sru?operation=explain&version=1.1", recognise, step=75, hint=r"(?i)[\"']/sru[\"'?]"),
    Sign("/biblios?operation=explain&version=1.1", recognise, step=85, hint=r"(?i)[\"']/biblios[\"'?]"),
)
