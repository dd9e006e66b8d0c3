"""MARC records as Innovative's catalogues print them: a line for each field, subfields behind `|`.

    LEADER 00918cam a2200265 a 4500
    008    190301s2012    vm            000 0 vie d
    245 10 Kinh tế vi mô :|bgiáo trình /|cVũ Kim Dũng
           (chủ biên)

The first subfield of a field has no mark: it is $a. A line that begins with blanks goes on with the field before it.
Letters that the server cannot print stand as `{u1EBF}`.
Source: the MARC views of Millennium and Sierra WebPAC and of Encore.
"""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup

from connectors.formats.fields import MarcField, MarcRecord
from connectors.formats.marc21 import record_from_marc21
from connectors.formats.unimarc import record_from_unimarc
from engine.errors import UnreadableError
from engine.model import Record
from engine.text import clean

_LETTER: Final = re.compile(r"\{u([0-9A-Fa-f]{4})\}")
_MOST_LINES: Final = 2000
_MOST_LETTERS: Final = 200_000


def marc_of_text(text: str) -> MarcRecord:
    r"""Return the MARC record that a text prints. Raises UnreadableError where it prints none.

    >>> marc = marc_of_text("001    77\n245 10 Luật dân sự :|bgiáo trình|cLê Văn A\n       chủ biên")
    >>> marc.control["001"], marc.fields[0].subfields
    (['77'], [('a', 'Luật dân sự :'), ('b', 'giáo trình'), ('c', 'Lê Văn A chủ biên')])
    """
    leader = ""
    control: dict[str, list[str]] = {}
    fields: list[MarcField] = []
    for tag, indicators, content in _fields(text[:_MOST_LETTERS]):
        if tag == "LEADER":
            leader = content
        elif tag < "010":
            control.setdefault(tag, []).append(content)
        elif subfields := _subfields(content):
            fields.append(MarcField(tag, subfields, indicators))
    if not fields:
        raise UnreadableError("a text that prints no MARC record")
    return MarcRecord(leader, control, fields)


def _fields(text: str) -> list[tuple[str, str, str]]:
    """Return tag, indicators and content of each field, its lines joined."""
    found: list[tuple[str, str, str]] = []
    for line in text.replace("\u00a0", " ").replace("\r", "").split("\n")[:_MOST_LINES]:
        tag = line[:3]
        if line.startswith("LEADER"):
            found.append(("LEADER", "  ", line[6:].removeprefix(" ")))
        elif len(tag) == 3 and tag.isascii() and tag.isdigit() and line[3:4] in {"", " "}:
            is_control = tag < "010"
            indicators = line[4:6].replace("_", " ").replace("#", " ").ljust(2)
            found.append((tag, indicators, line[7:].rstrip() if is_control else line[7:]))
        elif found and line[:6] == "      " and line.strip():
            tag, indicators, before = found[-1]
            found[-1] = (tag, indicators, _joined(tag, before, line[7:]))
    return found


def _joined(tag: str, before: str, after: str) -> str:
    """Return two lines of a field as one. Addresses are cut anywhere, words only between them."""
    if not before or before[-1:] in {" ", "|"} or after.startswith(("|", " ")) or tag == "856" or tag < "010":
        return before + after
    return f"{before} {after}"


def _subfields(content: str) -> list[tuple[str, str]]:
    first, *others = content.split("|")
    parts = [("a", first), *((other[:1], other[1:]) for other in others)]
    named = [(code, clean(_LETTER.sub(_letter, text)).strip()) for code, text in parts if code.strip()]
    return [(code, text) for code, text in named if text]


def _letter(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return "" if 0xD800 <= number <= 0xDFFF else chr(number)


def record_from_marc_text(text: str, *, member: str) -> Record:
    """Return the record that a text prints in MARC 21, or in UNIMARC where it has a 200 and no 245."""
    marc = marc_of_text(text)
    tags = {field.tag for field in marc.fields}
    if "200" in tags and "245" not in tags:
        return record_from_unimarc(marc, member)
    return record_from_marc21(marc, member)


def marc_text_of(page: BeautifulSoup) -> str:
    """Return the text of a page that prints a MARC record: its `pre`, else all of it; "" for none."""
    for tag in page.select("pre"):
        text = tag.get_text()
        if _prints_fields(text):
            return text
    text = page.get_text("\n")
    return text if _prints_fields(text) and re.search(r"(?m)^LEADER ", text) else ""


def _prints_fields(text: str) -> bool:
    return re.search(r"(?m)^(?:245|200) [ \d_#]{2} ", text.replace("\u00a0", " ")) is not None
