"""Reads the list of SLiMS as MODS (`resultXML=true`). Pure.

Source: SLiMS 9, lib/SearchEngine/DefaultEngine.php, toXML; SLiMS 7 and 8 write the same by hand. `slims:resultInfo`
tells the count, the page and its size. `typeOfResource` and `genre` are the same for every record and mean nothing;
publisher and date stand inside the place.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from lxml import etree

from connectors.formats.fields import inner_text, local_name
from connectors.formats.mods import record_from_mods
from connectors.reading.web_address import with_pairs
from connectors.slims.request import record_url
from engine.errors import UnreadableError
from engine.model import Link, LinkKind, Record

Element = etree._Element  # noqa: SLF001 -- lxml names its element class so

_ISSN: Final = re.compile(r"\d{4}-?\d{3}[\dXx]")
_CONSTANT: Final = frozenset({"mixed material", "bibliography"})
_KINDS: Final = {"p": "personal", "o": "corporate", "c": "conference"}
"""Beginnings of SLiMS's own words for kinds of names (Personal Name, Organizational Body, Conference), or its codes."""


class ListPage(msgspec.Struct, frozen=True):
    """A page of the list. A row that cannot be read is None; `total` 0 is the system's own word for no hits.

    `page_size` is how many records a full page has, None where this one does not tell. `is_whole`: nothing says that it
    was cut off.
    """

    rows: tuple[Record | None, ...]
    total: int | None = None
    page_size: int | None = None
    is_whole: bool = True
    goes_on: bool | None = None


def list_of_mods(root: Element, *, member: str, base: str) -> ListPage:
    """Return a page of the list. Raises UnreadableError for XML that is none of SLiMS."""
    if local_name(root) != "modsCollection":
        raise UnreadableError(f"the answer's root is <{local_name(root)}>, expected <modsCollection>")
    told = {local_name(element): inner_text(element).strip() for element in root.iter() if _is_info(element)}
    total, page, size = (_count(told.get(f"modsResult{name}")) for name in ("Num", "Page", "Showed"))
    records = [element for element in root if local_name(element) == "mods"]
    if total is None and not records:
        raise UnreadableError("MODS without a count and without a record")
    first = (page - 1) * size + 1 if page and size else None
    return ListPage(
        rows=tuple(_row(element, member, base) for element in records),
        total=total,
        page_size=size or None,
        is_whole=first is None or total is None or size is None or len(records) >= min(size, total - first + 1),
    )


def _is_info(element: Element) -> bool:
    return local_name(element).startswith("modsResult")


def _count(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _row(element: Element, member: str, base: str) -> Record | None:
    own = (element.get("ID") or element.get("id") or "").strip()
    links = _files(element, own, base)
    _mend(element)
    try:
        record = record_from_mods(element, member)
    except UnreadableError:
        return None
    own = own or record.id
    return msgspec.structs.replace(
        record, id=own, url=record_url(base, own), links=(*record.links, *links), is_online=True if links else None
    )


def _mend(element: Element) -> None:
    """Take away what is the same for all, and put what stands in a wrong place where MODS has it."""
    for child in list(element):
        name, text = local_name(child), inner_text(child).strip().lower()
        if name in {"typeOfResource", "genre"} and text in _CONSTANT:
            element.remove(child)
        elif name == "identifier" and _ISSN.fullmatch(text):
            child.set("type", "issn")
        elif name == "name":
            _mend_name(child)
        elif name == "originInfo":
            for place in [one for one in child if local_name(one) == "place"]:
                child.extend([one for one in place if local_name(one) != "placeTerm"])


def _mend_name(element: Element) -> None:
    """Say in the words of MODS what kind of name it is, and that a first or further author is one."""
    element.set("type", _KINDS.get((element.get("type") or "").strip().lower()[:1], ""))
    for role in element.iter():
        if local_name(role) == "roleTerm" and (role.text or "").strip().lower().endswith("author"):
            role.text = "author"


def _files(element: Element, own: str, base: str) -> tuple[Link, ...]:
    """Return links to the files that everybody may read: SLiMS leaves out all others. Its paths on disk are dropped."""
    found = []
    for file in element.iter():
        if local_name(file) != "digital_item":
            continue
        number, label = (file.get("id") or "").strip(), inner_text(file).strip() or None
        url = (file.get("url") or "").strip()
        if url.startswith(("http://", "https://")):
            found.append(Link(url, LinkKind.FULL_TEXT, label))
        elif number and own:
            address = with_pairs(base, [("p", "fstream"), ("fid", number), ("bid", own)])
            found.append(Link(address, LinkKind.FULL_TEXT, label))
    return tuple(found)
