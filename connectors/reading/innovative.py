"""What WebPAC and Encore share, Innovative's catalogues: copies as a table of place, call number, status; MARC views.

The columns are told by comments (`<!-- field C -->`: 1 place, C call number, v volume, % status, b barcode), else by
their order. A status is the library's own word, in its own language; what is not known here is told as it stands.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from bs4 import Comment, Tag

from connectors.reading.html import text_of
from engine.model import Answer, Availability, Holding, Reason, Service
from engine.ports import Finding
from engine.text import folded_key

DateOrder = Literal["mdy", "dmy", "ymd", ""]

_LOST: Final = "notice.full-records-unreadable"
_FIELD: Final = re.compile(r"^\s*field\s+(\S)\s*$")
_DATE: Final = re.compile(r"\b(\d{1,4})[-/.](\d{1,2})[-/.](\d{2,4})\b")
_THERE: Final = re.compile(
    r"\b(?:available|check ?shel(?:f|ves)|on shelf|in library|recently returned|co san|san sang|san co|tren gia"
    r"|chua (?:cho )?muon|con|disponible|verfugbar)\b"
)
_NOT_OUT: Final = re.compile(r"\bnot ch?e?cke?d out\b")
_READING: Final = re.compile(r"\b(?:lib(?:rary)? use only|in library use|reference|ref only|doc tai cho|non circ\w*)\b")
_GONE: Final = re.compile(
    r"\b(?:due|on hold ?shelf|holdshelf|missing|lost|billed|in transit|on order|in process|withdrawn|unavailable"
    r"|checked out|dang muon|da muon|han tra|mat|dang xu ly|dat muon|not available|on search|repair|bindery)\b"
)


def copies_in(table: Tag, *, date_order: DateOrder = "") -> tuple[Holding, ...]:
    """Return the copies of a table, or of whatever holds rows of class `bibItemsEntry`."""
    rows = table.select("tr.bibItemsEntry, .bibItemsEntry") or table.select("tr:has(td)")
    found = [copy for row in rows if (copy := _copy(row, date_order)) != Holding()]
    return tuple(found)


def _copy(row: Tag, date_order: DateOrder) -> Holding:
    cells = row.select("td")
    told = _by_comments(row)
    texts = [text_of(cell).strip("\u00a0 ") for cell in cells]
    if told:
        place, mark, status = told.get("1", ""), told.get("C", ""), told.get("%", "")
        if volume := told.get("v", ""):
            mark = f"{mark} {volume}".strip()
    else:
        place, mark, status = (*texts, "", "", "")[:3]
    availability = availability_of(status, date_order=date_order)
    return Holding(
        location=place or None,
        call_number=mark or None,
        item=told.get("b") or None,
        availability=availability,
        note=status if availability is None and status else None,
    )


def _by_comments(row: Tag) -> dict[str, str]:
    """Return the texts of a row by the letters of the comments before them."""
    found: dict[str, list[str]] = {}
    letter = ""
    for part in row.descendants:
        if isinstance(part, Comment):
            match = _FIELD.match(part)
            letter = match[1] if match else letter
        elif letter and isinstance(part, str):
            found.setdefault(letter, []).append(part)
    return {key: text for key, parts in found.items() if (text := " ".join(" ".join(parts).split()))}


def availability_of(status: str, *, date_order: DateOrder = "") -> tuple[Availability, ...] | None:
    """Return what a status means, None where its words are not known.

    >>> availability_of("DUE 25-12-26")[0].expected, availability_of("Có sẵn")[0].available
    ('2026-12-25', True)
    """
    words = folded_key(status)
    if not words:
        return None
    if _NOT_OUT.search(words):
        return (Availability(Service.LOAN, available=True),)
    day = _DATE.search(status)
    if day is not None or _GONE.search(words):
        expected = _iso(day, date_order) if day is not None else None
        limitation = None if day is not None else status
        return (Availability(Service.LOAN, available=False, expected=expected or "unknown", limitation=limitation),)
    if _READING.search(words):
        return (Availability(Service.LOAN, available=False), Availability(Service.PRESENTATION, available=True))
    return (Availability(Service.LOAN, available=True),) if _THERE.search(words) else None


def _iso(found: re.Match[str], date_order: DateOrder) -> str | None:
    """Return a date due as ISO 8601; None where it can be read in two ways and nobody said which."""
    one, two, three = (int(part) for part in found.groups())
    if one > 31 or date_order == "ymd":
        year, month, day = one, two, three
    elif date_order == "mdy" or (not date_order and two > 12):
        month, day, year = one, two, three
    elif date_order == "dmy" or one > 12 or one == two:
        day, month, year = one, two, three
    else:
        return None
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year + 2000 if year < 100 else year}-{month:02}-{day:02}"


def told_of_views(*, lost: int, brief: int) -> tuple[Reason, ...]:
    """Return what is told of a page of hits: how many MARC views could not be read, how many were not asked for."""
    notices = [Reason(_LOST, {"count": lost})] if lost else []
    if brief:
        notices.append(Reason("notice.brief-records", {"count": brief}))
    return tuple(notices)


def views_told(answer: Answer) -> Finding:
    """Return whether MARC views are open, by an answer to which they were asked for."""
    is_open = all(notice.code != _LOST for notice in answer.notices)
    code = "finding.innovative.marc" if is_open else "finding.innovative.no-marc"
    return Finding("format", is_well=is_open, reason=Reason(code))
