"""Reads the X-server's answers to find and present. Pure.

Source: Aleph X-services. An error stands in `<error>` below the root, which is named like the operation, or `<login>`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
from lxml import etree

from connectors.formats import record_from_xml
from connectors.formats.fields import inner_text, local_name
from connectors.reading.html import parse_html, refuse_other_pages
from connectors.reading.xml import parse_xml
from engine.errors import BusyError, FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import Record

_EMPTY = re.compile(r"(?i)empty set|no (?:records|documents|hits)\b|không tìm thấy")
_NO_ENTRY = re.compile(r"(?i)no entry number|set number.*(?:not|does)|no such set|session")
_BUSY = re.compile(r"(?i)licen[cs]e|maximum number|too many|session limit")
_REFUSED = re.compile(
    r"(?i)not allowed|denied|permission|permitted|not authori[sz]ed|user name|password|login|ip address"
)
_CODE = re.compile(r"(?i)(?:find|search)?\s*code|illegal|unknown|invalid|not defined|index")
_HTML = re.compile(rb"(?i)\A\s*(?:<!doctype html|<html)")


class Found(NamedTuple):
    """A set of hits: `entries` of `records` can be presented. `number` is "" where nothing was found."""

    number: str
    records: int
    entries: int
    session: str = ""


class LostSetError(UnreadableError):
    """A set that the server no longer knows: it is to be found again."""


class UnknownCodeError(UnsupportedError):
    """A find code that this library does not have."""


def root_of(body: bytes) -> etree._Element:
    """Return the root of an answer; raise what a page of HTML in its place means."""
    if _HTML.match(body):
        refuse_other_pages(parse_html(body))
    return parse_xml(body, lenient=True)


def found(body: bytes) -> Found:
    """Return the set that a find request made."""
    root = root_of(body)
    message = _error(root)
    if message is not None:
        if _EMPTY.search(message):
            return Found("", 0, 0)
        raise _failure(root, message)
    number, records = _text(root, "set_number"), _count(_text(root, "no_records"))
    if records == 0:
        return Found("", 0, 0)
    if local_name(root) != "find" or not number or records is None:
        raise UnreadableError(
            f"the answer's root is <{local_name(root)}>, expected <find> with set_number and no_records"
        )
    entries = _count(_text(root, "no_entries"))
    return Found(number, records, records if entries is None else entries, _text(root, "session-id"))


def presented(body: bytes, member: str, record_url: str) -> tuple[Record | None, ...]:
    """Return the records of a present request in their order, None for one that cannot be read."""
    root = root_of(body)
    message = _error(root)
    rows = [child for child in root if local_name(child) == "record"]
    if message is not None and not rows:
        if _NO_ENTRY.search(message):
            raise LostSetError(f"Aleph says: {message}")
        raise _failure(root, message)
    if local_name(root) != "present":
        raise UnreadableError(f"the answer's root is <{local_name(root)}>, expected <present>")
    return tuple(_record(row, member, record_url) for row in rows)


def _record(row: etree._Element, member: str, record_url: str) -> Record | None:
    number = _text(row, "doc_number") or _text(row, "doc-number")
    marc = next((one for one in row.iter() if local_name(one) == "oai_marc"), None)
    try:
        record = record_from_xml(marc if marc is not None else row, member=member)
    except UnreadableError:
        return None
    own_id = number or record.id
    url = record_url.replace("{id}", own_id) if own_id.isalnum() else None
    return msgspec.structs.replace(record, id=own_id, url=url)


def _error(root: etree._Element) -> str | None:
    texts = [inner_text(child).strip() for child in root if local_name(child) == "error"]
    return "; ".join(filter(None, texts))[:160] or "?" if texts else None


def _failure(root: etree._Element, message: str) -> Exception:
    """Return the failure that an error of Aleph is, by who must act."""
    said = f"Aleph says: {message}"
    if _BUSY.search(message):
        return BusyError(said)
    if local_name(root) == "login" or _REFUSED.search(message):
        return RefusedError(said)
    if _CODE.search(message):
        return UnknownCodeError(said)
    return FaultError(said)


def refuse_errors(root: etree._Element) -> None:
    """Raise what an error below the root means."""
    if (message := _error(root)) is not None:
        raise _failure(root, message)


def _text(element: etree._Element, name: str) -> str:
    for child in element:
        if local_name(child) == name:
            return inner_text(child).strip()
    return ""


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
