"""DSpace 7 and later: its REST search, and one item with its files. Requests and readers, both pure.

Source: recorded answers of DSpace 7.6.7 and 9.2; the REST contract (which writes `searchResults` where servers send
`searchResult`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from connectors.dspace.access import Access, access, holdings
from connectors.dspace.listed import Listing, Row
from connectors.dspace.metadata import page_of, record_of
from connectors.dspace.question import year_span
from connectors.reading.json import Table, at, count_of, first_text, table_of, tables_of, texts_of
from engine.errors import UnreadableError
from engine.model import Availability, Filters, Holding, Service

SEARCH: Final = "/api/discover/search/objects"
MOST_ITEMS: Final = 100
"""A size above this is cut to it without a word."""

MOST_ITEMS_AT_ONCE: Final = 50
"""So many uuids make an address of about 2,500 letters."""

_ORIGINAL: Final = "ORIGINAL"
_ITEM_KINDS: Final = frozenset({"", "item"})
_NO_DOCUMENTS: Final = frozenset(
    {"person", "orgunit", "project", "funding", "equipment", "event", "journalvolume", "journalissue"}
)
"""Kinds of items that describe no document, where a repository keeps such. Source: DSpace's configurable entities."""


def search_url(
    server: str,
    text: str,
    *,
    page: int,
    size: int,
    scope: str = "",
    filters: Filters | None = None,
    is_sorted: bool = True,
    embeds_access: bool = True,
) -> str:
    """Return the address of one page of a search; `page` counts from 0.

    Embeds beside the access status cost the server seconds. Without `dsoType` collections are among the hits.
    """
    asked = [("dsoType", "item"), ("page", str(page)), ("size", str(min(size, MOST_ITEMS)))]
    if embeds_access:
        asked.append(("embed", "accessStatus"))
    if text:
        asked.insert(0, ("query", text))
    if is_sorted and text:
        asked.append(("sort", "score,DESC"))
    if scope:
        asked.append(("scope", scope))
    if filters is not None:
        if span := year_span(filters):
            asked.append(("f.dateIssued", f"{span},equals"))
        if filters.online_only:
            asked.append(("f.has_content_in_original_bundle", "true,equals"))
    return f"{server}{SEARCH}?{urlencode(asked)}"


def has_server_filters(filters: Filters) -> bool:
    """Whether `search_url` sends any filter as a parameter."""
    return bool(year_span(filters)) or filters.online_only


def item_url(server: str, uuid: str) -> str:
    """Return the address of one item with its access status and its files."""
    asked = urlencode([("embed", "accessStatus"), ("embed", "bundles/bitstreams/accessStatus")])
    return f"{server}/api/core/items/{uuid}?{asked}"


def several_url(server: str, uuids: Sequence[str], handles: Sequence[str]) -> str:
    """Return the address that tells the access of several items at once."""
    groups = []
    if uuids:
        groups.append(f"search.resourceid:({' OR '.join(uuids)})")
    if handles:
        said = " OR ".join(f'"{handle}"' for handle in handles)
        groups.append(f"handle:({said})")
    size = min(MOST_ITEMS, len(uuids) + len(handles))
    return search_url(server, " OR ".join(groups), page=0, size=size, is_sorted=False)


def listing(answer: Table, *, member: str, pages: str) -> Listing:
    """Return a page of hits; UnreadableError for JSON that is no answer to a search."""
    found = table_of(answer.get("_embedded"))
    result = table_of(found.get("searchResult")) or table_of(found.get("searchResults"))
    counts = table_of(result.get("page"))
    total, number = count_of(counts.get("totalElements")), count_of(counts.get("number"))
    inner = table_of(result.get("_embedded"))
    objects = inner.get("objects") if "objects" in inner else result.get("objects")
    if total is None or (not isinstance(objects, list) and total):
        raise UnreadableError("JSON without the hits of a search")
    hits = tables_of(objects) if isinstance(objects, list) else []
    size = count_of(counts.get("size")) or len(hits) or 1
    rows = tuple(_row(hit, member=member, pages=pages) for hit in hits)
    return Listing((number or 0) * size + 1, rows, total, page_size=size)


def _row(hit: Table, *, member: str, pages: str) -> Row:
    item = table_of(table_of(hit.get("_embedded")).get("indexableObject")) or table_of(hit.get("indexableObject"))
    kinds = first_text(item.get("type")).lower(), first_text(item.get("entityType")).lower()
    if kinds[0] not in _ITEM_KINDS or kinds[1] in _NO_DOCUMENTS:
        return Row(None, is_item=False)
    pairs = tuple(pairs_of(item))
    is_gone = item.get("withdrawn") is True or item.get("inArchive") is False or item.get("discoverable") is False
    if is_gone:
        return Row(None, is_gone=True)
    found = access_of(item)
    handle, uuid = first_text(item.get("handle")), first_text(item.get("uuid")) or first_text(item.get("id"))
    if not (handle or uuid):
        return Row(None)
    url = page_of(handle, pages) if handle else f"{pages.rstrip('/')}/items/{uuid}"
    try:
        record = record_of(pairs, member=member, own_id=uuid or handle, handle=handle, url=url, access=found)
    except UnreadableError:
        return Row(None)
    return Row(record, pairs, found, handle)


def pairs_of(item: Table) -> Iterator[tuple[str, str]]:
    """Return the fields of an item in the order of their places."""
    for name, held in table_of(item.get("metadata")).items():
        entries = tables_of(held)
        if len(entries) > 1 and all(isinstance(entry.get("place"), int) for entry in entries):
            entries = sorted(entries, key=lambda entry: count_of(entry.get("place")) or 0)
        for entry in entries:
            if value := first_text(entry.get("value")):
                yield name, value
        if not entries:  # a value that stands bare
            yield from ((name, text) for text in texts_of(held))


def access_of(item: Table) -> Access | None:
    """Return the access status embedded in an item, None where the server tells none."""
    told = table_of(at(item, "_embedded.accessStatus"))
    return access(told.get("status"), told.get("embargoDate"))


def file_holdings(item: Table, *, server: str, url: str | None) -> tuple[Holding, ...] | None:
    """Return what one item holds, a holding for each file that everybody may read; None where nothing is told.

    Files of closed items are listed to everybody with their names: nothing of them is taken.
    """
    found = access_of(item)
    if found is None:
        return None
    if found.is_closed or not found.has_files:
        return holdings(found, url)
    files = list(_open_files(item, server))
    return tuple(files) or holdings(found, url)


def _open_files(item: Table, server: str) -> Iterator[Holding]:
    originals = [bundle for bundle in _embedded(item, "bundles") if first_text(bundle.get("name")).upper() == _ORIGINAL]
    files = [file for bundle in originals for file in _embedded(bundle, "bitstreams")]
    for file in files:
        own = access_of(file)
        if own is None and len(files) > 1:
            return  # the item's status is that of its first file: whether the others are open is not told
        uuid = first_text(file.get("uuid")) or first_text(file.get("id"))
        if not uuid or (own is not None and own.is_closed):
            continue
        yield Holding(
            availability=(Availability(Service.OPEN_ACCESS, available=True),),
            note=first_text(file.get("name")) or None,
            url=f"{server}/api/core/bitstreams/{uuid}/content",
        )


def _embedded(value: Table, name: str) -> list[Table]:
    """Return the objects of an embedded list, which stands in a page of its own or bare."""
    held = at(value, f"_embedded.{name}")
    inner = at(held, f"_embedded.{name}") if isinstance(held, dict) else held
    return tables_of(inner) if inner is not None else []


def item_pages(root: Table, server: str) -> str:
    """Return the address of the pages for people that a server names, "" if it names none that a reader could open."""
    named = first_text(root.get("dspaceUI")).rstrip("/")
    if not named.startswith(("http://", "https://")) or named == server:
        return ""
    return named
