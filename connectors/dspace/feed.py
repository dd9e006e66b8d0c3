"""OpenSearch of any DSpace as an Atom feed: JSPUI's and XMLUI's up to version 6, the server's from 7 on. Pure.

An entry says title, authors, the day of publication and a summary in which the abstract stands; nothing of type,
language, identifiers and access. Source: recorded answers of DSpace 6.4, 7.6.7 and 9.2.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from lxml import etree

from connectors.dspace.listed import Listing, Row
from connectors.dspace.metadata import handle_in, page_of, record_of
from connectors.formats.fields import inner_text, local_name
from engine.errors import UnreadableError

MOST_ENTRIES: Final = 100
"""JSPUI and version 7 cut more to this, XMLUI falls back to 20."""

_COCOON: Final = b"apache.org/cocoon"
_LABEL: Final = re.compile(r"^[\w .]{2,40}:\s+")
_SHORTEST_ABSTRACT: Final = 40
"""Letters. Shorter lines of a summary are names of editors and the like."""


def feed_url(base: str, text: str, *, start: int, count: int, scope: str = "", is_version_7: bool = False) -> str:
    """Return the address of a part of the feed; `start` as the server counts it."""
    asked = [("query", text), ("rpp", str(min(count, MOST_ENTRIES))), ("start", str(start)), ("format", "atom")]
    # Without it version 7 gives the newest first.
    asked += [("sort", "score")] if is_version_7 else [("sort_by", "score"), ("order", "desc")]
    if scope:
        asked.append(("scope", scope))
    path = "/opensearch/search" if is_version_7 else "/open-search/discover"
    return f"{base}{path}?{urlencode(asked)}"


def is_of_xmlui(body: bytes, *, cocoon_header: bool) -> bool:
    """Whether XMLUI made a feed: it is built on Apache Cocoon, and leaves its traces."""
    return cocoon_header or _COCOON in body[:4_000]


def feed_listing(root: etree._Element, *, member: str, pages: str, first_place: int, is_xmlui: bool | None) -> Listing:
    """Return the entries of a feed; UnreadableError for XML that is no answer to a search."""
    total = _number(root, "totalResults")
    if etree.QName(root).localname != "feed" or total is None:
        raise UnreadableError("XML that is no feed with a count of results")
    is_labelled = is_xmlui is not True
    rows = tuple(_row(entry, member, pages, is_labelled=is_labelled) for entry in _children(root, "entry"))
    return Listing(first_place, rows, total, is_xmlui=is_xmlui)


def _row(entry: etree._Element, member: str, pages: str, *, is_labelled: bool) -> Row:
    links = [link.get("href") or "" for link in _children(entry, "link")]
    handle = next(filter(None, map(handle_in, [*links, *_texts(entry, "id")])), "")
    if not handle:
        return Row(None)
    pairs = [("dc.title", text) for text in _texts(entry, "title")]
    for author in _children(entry, "author"):
        pairs += [("dc.contributor.author", text) for text in _texts(author, "name")]
    # `updated` is when the item was changed, and no date of the work.
    days = _texts(entry, "published") or _texts(entry, "date")
    pairs += [("dc.date.issued", day) for day in days[:1]]
    pairs += [("dc.description.abstract", text) for text in _abstracts(entry, pairs, is_labelled=is_labelled)]
    try:
        record = record_of(pairs, member=member, own_id=handle, handle=handle, url=page_of(handle, pages))
    except UnreadableError:
        return Row(None)
    return Row(record, tuple(pairs), handle=handle, is_brief=True)


def _abstracts(entry: etree._Element, pairs: list[tuple[str, str]], *, is_labelled: bool) -> list[str]:
    """Return the lines of the summary that are not the title and the authors again, without their labels."""
    authors = "; ".join(text for name, text in pairs if name == "dc.contributor.author")
    known = {authors, *(text for _, text in pairs)}
    found = []
    for summary in _texts(entry, "summary", keep_lines=True)[:1]:
        for line in (" ".join(each.split()) for each in summary.splitlines()):
            bare = _LABEL.sub("", line, count=1) if is_labelled else line
            if len(bare) >= _SHORTEST_ABSTRACT and known.isdisjoint((line, bare)):
                found.append(bare)
    return found


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local_name(child) == name]


def _texts(element: etree._Element, name: str, *, keep_lines: bool = False) -> list[str]:
    texts = map(inner_text, _children(element, name))
    return [text.strip() if keep_lines else " ".join(text.split()) for text in texts if text.strip()]


def _number(root: etree._Element, name: str) -> int | None:
    found = _texts(root, name)
    return int(found[0]) if found and found[0].isascii() and found[0].isdigit() else None
