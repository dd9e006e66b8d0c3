"""What WebPAC and Encore of Innovative have in common: record numbers, the MARC view as text, the table of copies.

Source: what public clients of both read. The MARC view wraps lines, and continues them behind seven blanks; a first
subfield a has no mark; numbers of records begin with b.
"""

from __future__ import annotations

import re
import textwrap
from typing import Final

from demo import lucene, marc21
from demo.entries import Entry, State
from demo.holdings import Holdings
from demo.xml_text import escaped

_LETTERS: Final = {"t": "title", "a": "author", "d": "subject", "i": "isbn", "c": "call", "p": "publisher"}


def number(entry: Entry) -> str:
    """Return a record's number, without its check digit."""
    return f"b1{int(entry.id):06}"


def entry_of(holdings: Holdings, text: str) -> Entry | None:
    """Return the entry of a number such as `b1001234`, with or without check digit."""
    found = re.fullmatch(r"\.?b1(\d{6})[\dx]?", text)
    return holdings.by_id.get(str(int(found[1]))) if found else None


def keyword_found(holdings: Holdings, text: str) -> list[Entry]:
    """Return what the keyword search finds, newest first. An unreadable question finds nothing."""
    said = re.sub(r"\band\s+not\b", " NOT ", text, flags=re.IGNORECASE)
    said = re.sub(r"\b(and|or|not)\b", lambda word: word[1].upper(), said, flags=re.IGNORECASE).replace("|", " OR ")
    said = re.sub(r"[\[\]{}^~!+&]", " ", said)
    try:
        node = lucene.parse(said.strip() or '""')
    except lucene.QuerySyntaxError:
        return []
    found = holdings.found_by_lucene(node, lambda field: _LETTERS.get(field, "") if field else "any")
    return sorted(found, key=lambda entry: -entry.edition.year)


def marc_view(entry: Entry) -> str:
    """Return the record as the MARC view shows it, in a `pre`."""
    lines = [f"LEADER 00000{marc21.leader(entry)[5:8]}  2200000 a 4500"]
    lines += [f"{tag}    {text}" for tag, text in marc21.control_fields(entry) if tag != "001"]
    for tag, ends, pairs in marc21.fields(entry):
        text = "".join(f"|{code}{value}" for code, value in pairs if value).removeprefix("|a")
        if text:
            lines.append(f"{tag} {ends} {text}")
    lines.append(f"907    .{number(entry)}|b15-03-24|c15-03-24")
    wrapped = (textwrap.wrap(line, 76, subsequent_indent=" " * 7, break_on_hyphens=False) for line in lines)
    return f"<pre>\n{escaped(chr(10).join(line for each in wrapped for line in each))}\n</pre>"


def items(entry: Entry) -> str:
    """Return the table of copies; the comments name the fields of Innovative's records."""
    words = {State.IN: "AVAILABLE", State.READING_ROOM: "LIB USE ONLY", State.LOST: "MISSING"}
    rows = ""
    for copy in entry.copies:
        status = words.get(copy.state) or (f"DUE {copy.due:%d-%m-%y}" if copy.due else "CHECKED OUT")
        rows += (
            f'<tr  class="bibItemsEntry">\n<td width="38%" ><!-- field 1 -->&nbsp;{escaped(copy.branch_name)} - '
            f'{escaped(copy.shelf)} \n</td>\n<td width="33%" ><!-- field C -->&nbsp;<a href="/search/c?SEARCH='
            f'{escaped(copy.call_number.replace(" ", "+"))}">{escaped(copy.call_number)}</a> <!-- field v -->'
            f'<!-- field # -->&nbsp;</td>\n<td width="24%" ><!-- field % -->&nbsp;{status} </td></tr>\n'
        )
    heads = "".join(f'<th class="bibItemsHeader">{head}</th>' for head in ("Kho", "Ký hiệu xếp giá", "Tình trạng"))
    return (
        '<table width="100%" border="0" cellspacing="1" cellpadding="2" class="bibItems">\n'
        f'<tr  class="bibItemsHeader">{heads}</tr>\n{rows}</table>'
    )
