"""Reads what Evergreen's OpenSearch and unAPI answer: MARCXML with copies inside. Pure.

Sources: Evergreen, OpenILS::WWW::SuperCat::Feed (the count and the records stand side by side in a collection; the
record number is in an `abbr` of class unapi-id); unapi.holdings_xml, unapi.acn, unapi.acp in the database's schema. Who
has a copy on loan is in no part that is asked for, and would not be read.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from lxml import etree

from connectors.evergreen.request import record_url
from connectors.formats import record_from_xml
from connectors.formats.fields import inner_text, local_name
from connectors.lists.by_page import Batch
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Record, Service

Element = etree._Element  # noqa: SLF001 -- lxml names its element class so

_TAG_ID: Final = re.compile(r"(?:biblio-record_entry|bre)/(\d+)")
_AVAILABLE: Final = frozenset({"0", "7"})
"""Numbers of the statuses Available and Reshelving, the same in every Evergreen."""

_NO: Final = frozenset({"f", "false", "0"})


def batch_of(root: Element, *, member: str, base: str, page: int, page_size: int) -> Batch:
    """Return a page of hits. Raises UnreadableError for XML that is none of an Evergreen's lists."""
    if local_name(root) not in {"collection", "record"}:
        raise UnreadableError(f"the answer's root is <{local_name(root)}>, expected <collection>")
    told = {local_name(child): inner_text(child).strip() for child in root if local_name(child) in _COUNTS}
    total, start = _count(told.get("totalResults")), _count(told.get("startIndex"))
    records = [child for child in root if local_name(child) == "record"]
    if total is None and not records:
        raise UnreadableError("a collection without a count and without a record")
    rows = tuple(_row(element, member, base) for element in records)
    return Batch(start or (page - 1) * page_size + 1, rows, total, len(rows) >= page_size)


_COUNTS: Final = frozenset({"totalResults", "startIndex", "itemsPerPage"})


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _row(element: Element, member: str, base: str) -> Record | None:
    number = record_number(element)
    holdings = holdings_of(element)
    try:
        record = record_from_xml(element, member=member)
    except UnreadableError:
        return None
    own = number or record.id
    return msgspec.structs.replace(
        record,
        id=own,
        url=record_url(base, own) if own.isdigit() else record.url,
        holdings=holdings if holdings is not None else record.holdings,
    )


def record_number(element: Element) -> str | None:
    """Return Evergreen's own number of a record: of its unAPI tag, else of 901 $c."""
    for child in element:
        if local_name(child) == "abbr" and (found := _TAG_ID.search(child.get("title") or "")):
            return found[1]
    for child in element:
        if child.get("tag") == "901":
            texts = [inner_text(sub).strip() for sub in child if sub.get("code") == "c"]
            return next((text for text in texts if text.isdigit()), None)
    return None


def holdings_of(element: Element) -> tuple[Holding, ...] | None:
    """Return the copies that an element holds, and links of licences; None where it does not tell of copies."""
    root = next((one for one in element.iter() if local_name(one) == "holdings"), None)
    if root is None:
        return None
    found: list[Holding] = []
    for volume in _below(root, "volume"):
        if _is(volume, "deleted") or _is_not(volume, "opac_visible"):
            continue
        found += [_copy(copy, volume) for copy in _below(volume, "copy") if _is_shown(copy)]
    return tuple(found)


def _below(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if local_name(one) == name]


def _is(element: Element, name: str) -> bool:
    return (element.get(name) or "f").lower() not in _NO


def _is_not(element: Element, name: str) -> bool:
    return (element.get(name) or "t").lower() in _NO


def _is_shown(copy: Element) -> bool:
    """Whether readers may know of a copy: neither it nor its status nor its place is hidden."""
    parts = [copy, *(child for child in copy if local_name(child) in {"status", "location"})]
    return not _is(copy, "deleted") and not any(_is_not(part, "opac_visible") for part in parts)


def _copy(copy: Element, volume: Element) -> Holding:
    parts = {local_name(child): child for child in reversed(copy)}
    status, place, branch = parts.get("status"), parts.get("location"), parts.get("circ_lib")
    owner = next(iter(_below(volume, "owning_lib")), None)
    return Holding(
        branch=_name(branch) or _name(owner) or volume.get("lib") or None,
        location=_text(place),
        call_number=_label(volume),
        item=copy.get("barcode") or None,
        availability=_availability(copy, status),
    )


def _label(volume: Element) -> str | None:
    words = [
        _affix(volume, "call_number_prefix"),
        (volume.get("label") or "").strip(),
        _affix(volume, "call_number_suffix"),
    ]
    label = " ".join(word for word in words if word)
    return None if label in {"", "##URI##"} else label


def _affix(volume: Element, name: str) -> str:
    found = next((child for child in volume if local_name(child) == name), None)
    return (found.get("label") or "").strip() if found is not None else ""


def _name(element: Element | None) -> str | None:
    return (element.get("name") or element.get("shortname") or _text(element)) if element is not None else None


def _text(element: Element | None) -> str | None:
    return (inner_text(element).strip() or None) if element is not None else None


def _availability(copy: Element, status: Element | None) -> tuple[Availability, ...] | None:
    """Return what can be done with a copy: from the status's own mark, else from its number."""
    if status is None:
        return None
    mark, number = status.get("is_available"), status.get("ident")
    if mark is None and number is None:
        return None
    is_there = mark.lower() not in _NO if mark is not None else number in _AVAILABLE
    if is_there and _is_not(copy, "circulate"):
        return (Availability(Service.LOAN, available=False), Availability(Service.PRESENTATION, available=True))
    if is_there:
        return (Availability(Service.LOAN, available=True),)
    return (Availability(Service.LOAN, available=False, expected="unknown", limitation=_text(status)),)
