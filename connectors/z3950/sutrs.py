"""Records as plain text (SUTRS): lines of labels and values, as far as their labels are known.

The labels stand in `sutrs.toml`. What they say becomes Dublin Core, which `connectors.formats` reads.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from lxml import etree

from engine.text import folded_key

_DC: Final = "http://purl.org/dc/elements/1.1/"
_LINE: Final = re.compile(r"\s{0,8}([^:=]{2,40}?)\s*[:=]\s+(\S.*)")


def dublin_core(text: str) -> etree._Element:
    r"""Return a record as Dublin Core. Without any known label its first line is the title, the others describe it.

    >>> [(part.tag[len(_DC) + 2:], part.text) for part in dublin_core("Title: Clean code\nAuthor: Martin, R.")]
    [('title', 'Clean code'), ('creator', 'Martin, R.')]
    """
    record = etree.Element(f"{{{_DC}}}dc")
    names = labels()
    last: etree._Element | None = None
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    for line in lines:
        match = _LINE.fullmatch(line)
        name = names.get(folded_key(match[1])) if match else None
        if match and name:
            last = etree.SubElement(record, f"{{{_DC}}}{name}")
            last.text = match[2]
        elif match or not line[0].isspace():
            last = None
        elif last is not None:
            last.text = f"{last.text} {line.strip()}"
    if not any(part.tag.endswith("}title") for part in record) and lines:
        etree.SubElement(record, f"{{{_DC}}}title").text = lines[0].strip()
        for line in lines[1:]:
            etree.SubElement(record, f"{{{_DC}}}description").text = line.strip()
    return record


@cache
def labels() -> dict[str, str]:
    """Return the element of Dublin Core of each known label, folded."""
    table = tomllib.loads(files("connectors.z3950").joinpath("sutrs.toml").read_text("utf-8"))
    return {folded_key(label): name for name, known in table.items() for label in known}
