"""Reads what the X-server says of copies: `circ_status` of one record, `publish_avail` of up to ten. Pure.

Source: Aleph X-services. Neither tells of borrowers; nothing but the elements named here is read.
"""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from connectors.aleph.response import refuse_errors, root_of
from connectors.formats.fields import fields_from_xml, inner_text, local_name
from connectors.formats.holdings import alma_physical
from connectors.formats.oai_marc import fields_from_oai_marc
from connectors.formats.tidy import tidy
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Service

_GONE = re.compile(
    r"(?i)lost|missing|withdrawn|removed|discard|cancel|on order|in process|repair|bind|not available|unavailable"
    r"|claimed|mất|thanh lý|hỏng|đang xử lý|đang đóng|không có sẵn"
)
_HERE_ONLY = re.compile(
    r"(?i)reading room|on[- ]?site|in[- ]house|not for loan|no loan|non[- ]circ|reference|library use|tại chỗ"
    r"|không cho mượn|tham khảo"
)
_DAY_FIRST = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
_COMPACT = re.compile(r"\b((?:19|20)\d{2})-?(\d{2})-?(\d{2})\b")
_MONTH_NAME = re.compile(r"\b(\d{1,2})[/ -]([A-Za-z]{3})[a-z]*[/ -](\d{4}|\d{2})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def circ_status(body: bytes) -> tuple[Holding, ...]:
    """Return the copies of one record."""
    root = root_of(body)
    rows = [child for child in root if local_name(child) == "item-data"]
    if not rows:
        refuse_errors(root)
    if local_name(root) != "circ-status":
        raise UnreadableError(f"the answer's root is <{local_name(root)}>, expected <circ-status>")
    return tuple(_copy({local_name(part): tidy(inner_text(part)) for part in row}) for row in rows)


def _copy(told: dict[str, str]) -> Holding:
    status, due = told.get("loan-status", ""), told.get("due-date", "")
    return Holding(
        branch=told.get("sub-library") or None,
        location=told.get("collection") or None,
        call_number=told.get("location") or told.get("location-2") or None,
        item=told.get("barcode") or None,
        availability=_availability(status, due),
        note=" ".join(filter(None, (told.get("z30-description"), told.get("opac-note")))) or None,
    )


def _availability(status: str, due: str) -> tuple[Availability, ...] | None:
    """Return what a loan status and a due date mean: a date is a loan, no date or words ("On Shelf") none."""
    if any(letter.isdigit() for letter in due):
        return (Availability(Service.LOAN, available=False, expected=iso_date(due) or "unknown"),)
    if _GONE.search(f"{status} {due}"):
        return (Availability(Service.LOAN, available=False, limitation=status or due),)
    if _HERE_ONLY.search(status):
        here = Availability(Service.PRESENTATION, available=True)
        return (Availability(Service.LOAN, available=False, limitation=status), here)
    if not status and not due:
        return None
    return (Availability(Service.LOAN, available=True),)


def iso_date(text: str) -> str | None:
    """Return the day of a date as Aleph writes it, None for one that is none.

    >>> iso_date("24/12/2026"), iso_date("20261224"), iso_date("24/Dec/26"), iso_date("12/2026")
    ('2026-12-24', '2026-12-24', '2026-12-24', None)
    """
    if found := _COMPACT.search(text):
        parts = (found[1], found[2], found[3])
    elif found := _DAY_FIRST.search(text):
        parts = (found[3], found[2], found[1])
    elif (found := _MONTH_NAME.search(text)) and found[2].lower() in _MONTHS:
        parts = (found[3], str(_MONTHS.index(found[2].lower()) + 1), found[1])
    else:
        return None
    year = int(parts[0]) + (2000 if len(parts[0]) == 2 else 0)
    try:
        return date(year, int(parts[1]), int(parts[2])).isoformat()
    except ValueError:
        return None


def published(body: bytes) -> dict[str, tuple[Holding, ...]]:
    """Return the holdings of each record of which something is told, by its number without leading zeros."""
    root = root_of(body)
    refuse_errors(root)
    if local_name(root) != "publish-avail":
        raise UnreadableError(f"the answer's root is <{local_name(root)}>, expected <publish-avail>")
    found: dict[str, tuple[Holding, ...]] = {}
    for record in root.iter("{*}record"):
        identifier = next((inner_text(one) for one in record.iter("{*}identifier")), "")
        number = re.search(r"(\d+)\s*$", identifier)
        fields = _availability_fields(record)
        if number is not None and fields is not None:
            found[number[1].lstrip("0")] = fields
    return found


def _availability_fields(record: etree._Element) -> tuple[Holding, ...] | None:
    """Return the holdings in the AVA fields of a record, None where it came without any metadata."""
    wanted = {"AVA"}
    for inner in record.iter():
        if local_name(inner) == "oai_marc":
            marc = fields_from_oai_marc(inner, wanted)
        elif local_name(inner) == "record" and inner is not record:
            marc = fields_from_xml(inner, wanted)
        else:
            continue
        return tuple(holding for field in marc.fields for holding in alma_physical(field, ""))
    return None
