"""MARC records that a page shows as a table, a subfield to a row: tag, two indicators, code, value.

A row without a tag goes on with the field before it; `#` and `_` print an empty indicator. Tables of three columns
(tag, indicators, all subfields behind `$` marks) are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bs4 import BeautifulSoup, Tag

from connectors.formats.fields import MarcField, MarcRecord
from connectors.formats.marc21 import record_from_marc21
from connectors.reading.html import text_of
from engine.errors import UnreadableError
from engine.model import Record

_TAG: Final = re.compile(r"\d{3}|LDR|Leader", re.IGNORECASE)
_EMPTY: Final = frozenset({"", "#", "_", "\\", "\u00a0", "|"})
_MARKED: Final = re.compile(r"[$‡|](?P<code>[0-9a-z])\s*")
_MOST_ROWS: Final = 2000


def marc_of_table(table: Tag) -> MarcRecord:
    """Return the MARC record that a table shows. Raises UnreadableError where no row is one of MARC."""
    return marc_of_rows([text_of(cell) for cell in row.find_all(["td", "th"])] for row in table.find_all("tr"))


def marc_of_rows(rows: Iterable[list[str]]) -> MarcRecord:
    """Return the MARC record that rows of cells make up.

    >>> rows = [["245", "1", "0", "a", "Luật dân sự"], ["", "", "", "c", "Lê Văn A"], ["001", "", "", "", "77"]]
    >>> marc = marc_of_rows(rows)
    >>> marc.fields[0].subfields, marc.control["001"]
    ([('a', 'Luật dân sự'), ('c', 'Lê Văn A')], ['77'])
    """
    leader = ""
    control: dict[str, list[str]] = {}
    fields: list[MarcField] = []
    current: MarcField | None = None
    for number, cells in enumerate(rows):
        if number >= _MOST_ROWS:
            break
        cells = [cell.strip() for cell in cells]  # noqa: PLW2901 - the cells without blanks around them
        if len(cells) < 2:
            continue
        tag, *middle, value = cells
        if tag and not _TAG.fullmatch(tag):
            continue  # the table's head
        if tag.isalpha():
            leader = value
        elif tag and tag < "010":
            control.setdefault(tag, []).append(value)
            current = None
        else:
            if tag:
                current = MarcField(tag, [], _indicators(middle))
                fields.append(current)
            if current is not None:
                current.subfields.extend(_subfields(middle, value))
    fields = [field for field in fields if field.subfields]
    if not fields:
        raise UnreadableError("a table without one field of MARC")
    return MarcRecord(leader, control, fields)


def record_of_page(page: BeautifulSoup | Tag, selector: str, member: str) -> Record | None:
    """Return the record of the first MARC table that a selector finds, None where there is none."""
    table = page.select_one(selector)
    return record_from_marc21(marc_of_table(table), member) if table is not None else None


def _indicators(middle: list[str]) -> str:
    text = middle[0] if len(middle) in {1, 2} and len(middle[0]) == 2 else "".join(
        " " if cell in _EMPTY else cell[0] for cell in middle[:2]
    )  # fmt: skip
    text = "".join(" " if sign in _EMPTY else sign for sign in text)
    return f"{text:<2}"[:2]


def _subfields(middle: list[str], value: str) -> list[tuple[str, str]]:
    code = middle[-1].strip("$‡| ") if len(middle) > 1 else ""
    if len(code) == 1 and len(middle) != 2:
        return [(code, value)] if value else []
    marks = list(_MARKED.finditer(value))
    if not marks:
        return [("a", value)] if value else []
    ends = [*(mark.start() for mark in marks[1:]), len(value)]
    pairs = [(mark["code"], value[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]
    return [(name, text) for name, text in pairs if text]
