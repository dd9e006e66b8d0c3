"""XML written as text: what the demo's servers send is small and made often, so it is joined, not built."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

Subfields = Sequence[tuple[str, str]]

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def escaped(text: str) -> str:
    """Return the text as it stands in an element or a quoted attribute.

    >>> escaped('a < "b" & c')
    'a &lt; &quot;b&quot; &amp; c'
    """
    plain = _NOT_IN_XML.sub("", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def element(name: str, text: str, **attributes: str) -> str:
    """Return an element, or nothing where there is no text. An underscore at an attribute's end goes.

    >>> element("dc:type", "Luận văn", lang="vi")
    '<dc:type lang="vi">Luận văn</dc:type>'
    """
    if not text:
        return ""
    head = "".join(f' {key.rstrip("_")}="{escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{head}>{escaped(text)}</{name}>"


def subfields(pairs: Subfields, tag: str = "subfield") -> str:
    """Return the subfields of a MARC or PICA field; those without text are left out."""
    return "".join(f'<{tag} code="{code}">{escaped(text)}</{tag}>' for code, text in pairs if text)


def composed(text: str, *, is_decomposed: bool) -> str:
    """Return a whole record's text in NFD where the library keeps it so."""
    return unicodedata.normalize("NFD", text) if is_decomposed else text


def joined(parts: Iterable[str], divider: str = " ") -> str:
    """Return the parts that have text, joined."""
    return divider.join(part for part in parts if part)
