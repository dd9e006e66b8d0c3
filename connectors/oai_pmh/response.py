"""What comes back: errors as the protocol names them, headers, tokens. Pure.

Elements are told by their local names. An HTML page under status 200 is never an empty list.
Source: OAI-PMH 2.0, section 3.6; what servers do besides was seen at DSpace 6.4, 7.6, 9.2 and Koha 19.
"""

from __future__ import annotations

import contextlib

import msgspec
from lxml import etree

from connectors.formats.fields import inner_text, local_name
from connectors.oai_pmh.request import seconds_of
from connectors.reading.html import parse_html, refuse_other_pages
from connectors.reading.json import count_of
from connectors.reading.xml import parse_xml
from engine.errors import FaultError, LienThuError, TokenLostError, UnreadableError, UnsupportedError

_HTML = (b"<html", b"<!doctype html", b"<body", b"<form")


class Row(msgspec.Struct, frozen=True):
    """One record of a list, or its header alone. `metadata` is the element inside, None where there is none."""

    identifier: str
    stamp: float | None
    is_deleted: bool
    metadata: etree._Element | None = None


class OaiAnswer(msgspec.Struct, frozen=True):
    """One answer. `errors` are (code, message) pairs, `element` is what stands under the verb."""

    errors: tuple[tuple[str, str], ...]
    element: etree._Element | None
    answered_at: float | None
    token: str | None = None
    total: int | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The records or headers of a list, without those that have no identifier."""
        found = (_row(child) for child in self.element if local_name(child)) if self.element is not None else ()
        return tuple(row for row in found if row is not None)

    @property
    def row_count(self) -> int:
        """How many records or headers there are, those without identifier among them."""
        element = self.element
        return sum(local_name(child) in {"record", "header"} for child in element) if element is not None else 0


def read(body: bytes, charset: str | None = None) -> OaiAnswer:
    """Return an answer, or raise for what is none: UnreadableError, or RefusedError for a login or challenge page.

    Bare ampersands and characters that XML does not allow are mended; what is cut off is never taken for whole.
    """
    try:
        root = parse_xml(body, charset=charset, lenient=True)
    except UnreadableError:
        _refuse_html(body, charset)
        raise
    if local_name(root) != "OAI-PMH":
        _refuse_html(body, charset)
        raise UnreadableError(f"XML, but <{local_name(root)}> instead of <OAI-PMH>")
    errors: list[tuple[str, str]] = []
    element: etree._Element | None = None
    answered: str | None = None
    for child in root:
        name = local_name(child)
        if name == "error":
            errors.append(((child.get("code") or "").strip(), " ".join(inner_text(child).split())[:200]))
        elif name == "responseDate":
            answered = child.text
        elif name not in {"request", ""}:
            element = child
    if element is None and not errors:
        raise UnreadableError("an OAI-PMH answer with neither a list nor an error")
    token, total = _token(element)
    return OaiAnswer(tuple(errors), element, seconds_of(answered), token, total)


def _refuse_html(body: bytes, charset: str | None) -> None:
    head = body[:4096].lower()
    if any(mark in head for mark in _HTML):
        # Not every page that is no OAI-PMH is one to refuse: the failure of the caller says what else it is.
        with contextlib.suppress(UnreadableError):
            refuse_other_pages(parse_html(body, charset=charset))


def _token(element: etree._Element | None) -> tuple[str | None, int | None]:
    """Return the token (None for an empty one: the list ends here) and the length of the whole list."""
    found = None
    for child in element if element is not None else ():
        if local_name(child) == "resumptionToken":
            found = child
    if found is None:
        return None, None
    return (inner_text(found).strip() or None), count_of(found.get("completeListSize"))


def _row(element: etree._Element) -> Row | None:
    name = local_name(element)
    if name == "header":
        return _read_header(element, None)
    if name != "record":
        return None
    header = next((child for child in element if local_name(child) == "header"), None)
    holder = next((child for child in element if local_name(child) == "metadata"), None)
    metadata = next((child for child in holder if local_name(child)), None) if holder is not None else None
    return _read_header(header, metadata) if header is not None else None


def _read_header(header: etree._Element, metadata: etree._Element | None) -> Row | None:
    texts = {local_name(child): inner_text(child).strip() for child in reversed(header)}
    identifier = texts.get("identifier", "")
    if not identifier:
        return None
    is_deleted = (header.get("status") or "").strip().lower() == "deleted"
    return Row(identifier, seconds_of(texts.get("datestamp")), is_deleted, metadata)


def failure_of(errors: tuple[tuple[str, str], ...], *, token: str | None) -> LienThuError | None:
    """Return what the errors of an answer mean; None for `noRecordsMatch`, which is an empty list.

    After a token `noRecordsMatch` says either that the list is at its end or, at Koha, that the token means nothing to
    it: the caller knows how much came.
    """
    codes = {code for code, _ in errors}
    said = "; ".join(f"{code}: {message}" if message else code for code, message in errors)
    if "badResumptionToken" in codes:
        return TokenLostError(said)
    if codes <= {"noRecordsMatch"}:
        return None
    if "badArgument" in codes and token is not None:
        return TokenLostError(said)  # some say so of a token that has expired
    if codes & {"badArgument", "badVerb", "cannotDisseminateFormat", "noSetHierarchy", "noMetadataFormats"}:
        return UnsupportedError(said)
    if "idDoesNotExist" in codes:
        return UnreadableError(said)
    return FaultError(said)
