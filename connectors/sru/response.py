"""Reads an answer of any version of SRU, by local names, whatever was asked for. Pure.

Source: SRU 1.1 and 1.2, Library of Congress; OASIS searchRetrieve 1.0 part 3 (SRU 2.0).
"""

from __future__ import annotations

import asyncio
import re

import httpx
import msgspec
from lxml import etree

from connectors.reading.xml import parse_xml
from connectors.sru.diagnostics import Diagnostic
from engine.errors import RefusedError, UnreadableError

Element = etree._Element  # noqa: SLF001 -- lxml names its element class so


BYTES_PARSED_AT_ONCE = 300_000
"""A larger body is parsed in a thread: lxml lets others run meanwhile. This many take about 3 ms."""


_PASSWORD = re.compile(rb"""(?i)<input[^>]{0,300}type\s*=\s*["']?password""")


class Row(msgspec.Struct, frozen=True):
    """One record of an answer as it was packed.

    `element` is the record where it came as XML, `text` where it came as a string; `diagnostic` stands where the
    server could not give it. `position` is the server's own count, None if it did not say.
    """

    position: int | None
    schema: str
    identifier: str | None = None
    element: Element | None = None
    text: str | None = None
    diagnostic: Diagnostic | None = None


class Response(msgspec.Struct, frozen=True):
    """What a server answered: `total` is None where it did not say; `version` is what it says it speaks."""

    version: str | None
    total: int | None
    rows: tuple[Row, ...]
    diagnostics: tuple[Diagnostic, ...]


def local(element: Element) -> str:
    """Return the name of an element without its namespace. Comments and instructions are gone: `parse_xml`."""
    return element.tag.rpartition("}")[2]


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a local name."""
    return next((found for found in element if local(found) == name), None)


def text_of(element: Element, name: str) -> str | None:
    """Return the stripped text of the first child of a local name; None where it is missing or empty."""
    return _text(child(element, name))


def _text(element: Element | None) -> str | None:
    return ((element.text or "").strip() or None) if element is not None else None


def response(body: bytes, charset: str | None = None, *, lenient: bool = False) -> Response:
    """Return an answer to a search.

    `charset` is what the HTTP header says; it counts only where the body neither says its encoding nor is UTF-8.
    `lenient` mends what is no XML, as `parse_xml` does.
    Raises RefusedError for a log-in page, and UnreadableError for anything else that is no answer of an SRU server.
    """
    root = _root(body, charset, lenient=lenient)
    name = local(root)
    if name == "Envelope":  # SOAP, where a gateway answers so whatever was asked
        inner = next((found for found in root.iter() if local(found).endswith("Response")), None)
        if inner is None:
            raise UnreadableError("a SOAP envelope without an answer of SRU")
        root, name = inner, local(inner)
    if name == "diagnostics":
        return Response(None, None, (), _diagnostics(root))
    if name == "explainResponse":
        found = child(root, "diagnostics")
        if found is None:
            raise UnreadableError("an explain record came in answer to a search: the server saw no query")
        return Response(text_of(root, "version"), None, (), _diagnostics(found))
    if name != "searchRetrieveResponse":
        raise UnreadableError(f"the answer's root is <{name}>, expected <searchRetrieveResponse>")
    records = child(root, "records")
    found = child(root, "diagnostics")
    return Response(
        version=text_of(root, "version"),
        total=_count(text_of(root, "numberOfRecords")),
        rows=tuple(_row(record) for record in records if local(record) == "record") if records is not None else (),
        diagnostics=_diagnostics(found) if found is not None else (),
    )


def _row(record: Element) -> Row:
    parts: dict[str, Element] = {}
    for part in record:
        parts.setdefault(local(part), part)
    packed = parts.get("recordData")
    position = _count(_text(parts.get("recordPosition")))
    schema = _text(parts.get("recordSchema")) or ""
    identifier = _text(parts.get("recordIdentifier"))
    if packed is None:
        return Row(position, schema, identifier)
    # The content tells how it is packed; servers mislabel it.
    inner = next((found for found in packed if local(found)), None)
    if inner is None:
        return Row(position, schema, identifier, text=(packed.text or "").strip() or None)
    if local(inner) == "diagnostic":
        return Row(position, schema, identifier, diagnostic=_diagnostic(inner))
    if local(inner) == "diagnostics":
        inside = _diagnostics(inner)
        return Row(position, schema, identifier, diagnostic=inside[0] if inside else None)
    return Row(position, schema, identifier, element=inner)


async def response_beside(reply: httpx.Response, *, lenient: bool = False) -> Response:
    """Return the answer in a reply as `response` does, letting others run while a large one is parsed."""
    body, charset = reply.content, reply.charset_encoding
    if len(body) > BYTES_PARSED_AT_ONCE:
        return await asyncio.to_thread(response, body, charset, lenient=lenient)
    return response(body, charset, lenient=lenient)


def unpacked(text: str) -> Element:
    """Return the record of an escaped string, which may begin with an XML declaration of any encoding.

    Raises UnreadableError where it is no XML.
    """
    if text.startswith("<?xml"):
        text = text.partition("?>")[2].lstrip()
    return parse_xml(text.encode())


def surrogate(element: Element) -> Diagnostic | None:
    """Return the diagnostic that stands in a record's place, None where the element is a record."""
    return _diagnostic(element) if local(element) == "diagnostic" else None


def _diagnostics(element: Element) -> tuple[Diagnostic, ...]:
    return tuple(_diagnostic(found) for found in element if local(found) == "diagnostic")


def _diagnostic(element: Element) -> Diagnostic:
    return Diagnostic.of(text_of(element, "uri") or "", text_of(element, "message"), text_of(element, "details"))


def _count(text: str | None) -> int | None:
    try:
        number = int(text) if text else None
    except ValueError:
        return None
    return number if number is not None and number >= 0 else None


def _root(body: bytes, charset: str | None, *, lenient: bool) -> Element:
    """Return the root of an XML answer, or raise what a web page in its place means."""
    try:
        return parse_xml(body, charset=charset if charset and not _is_utf8(body) else None, lenient=lenient)
    except UnreadableError as error:
        if _PASSWORD.search(body):
            raise RefusedError("a log-in page came in place of an answer") from error
        raise


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
