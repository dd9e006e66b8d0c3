"""A repository like DSpace 7, over the same entries as the SRU face: REST search, items with their files, OpenSearch.

Source: DSpace 7.6.7 as tried. Pages count from 0, a size above 100 is cut without a word, a wrong scope and unknown
parameters are ignored in silence, without `dsoType` collections are among the hits, an unknown filter is 400, a query
that cannot be read is 422, and files of closed items are listed to everybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, uuid5

from demo import feeds
from demo.discovery import DEPOSITED, Deposit, Discovery
from demo.entries import Entry
from demo.libraries import Library
from demo.lucene import QuerySyntaxError
from demo.server import Reply, Request
from demo.shelf import Shelf, fold_all

ROOT: Final = "/server/api"
PREFIX: Final = "TVSSC"
"""Of the handles: a word, as Vietnamese repositories have it."""

_HAL: Final = "application/hal+json;charset=UTF-8"
_KINDS: Final = frozenset({"item", "collection", "community"})
_FILTERS: Final = {
    "title": "dc.title", "author": "dc.contributor.author", "subject": "dc.subject", "dateIssued": "",
    "has_content_in_original_bundle": "has_content_in_original_bundle", "entityType": "dspace.entity.type",
}  # fmt: skip
_OPERATORS: Final = frozenset({"equals", "contains", "notequals", "notcontains", "authority", "query"})
_SORTS: Final = frozenset({"score", "dc.title", "dc.date.issued", "dc.date.accessioned"})
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RefusalError(Exception):
    """A request that the interface does not take: the status it gives."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Repository:
    """The REST interface of one library."""

    def __init__(self, library: Library, shelf: Shelf) -> None:
        self._library = library
        self._discovery = Discovery(shelf.entries, PREFIX)
        self._collection = str(uuid5(NAMESPACE_URL, library.id))

    def answer(self, request: Request) -> Reply | None:
        """Return the resource at an address, or None where there is none of this interface."""
        if request.path == "/server/opensearch/search":
            return self._feed(request)
        if not request.path.startswith(ROOT):
            return None
        if "origin" in request.headers:
            return Reply(b"Invalid CORS request", "text/plain", 403)
        path = request.path.removeprefix(ROOT)
        try:
            return self._resource(request, path)
        except RefusalError as refusal:
            return _error(refusal.status, request.path)

    def _resource(self, request: Request, path: str) -> Reply:
        match path:
            case "" | "/":
                return _json(
                    {
                        "dspaceUI": f"http://{request.headers.get('host', 'localhost')}",
                        "dspaceName": self._library.vi,
                        "dspaceServer": f"http://{request.headers.get('host', 'localhost')}/server",
                        "dspaceVersion": "DSpace 7.6.7",
                        "type": "root",
                    }
                )
            case "/discover/search":
                return _json({"filters": [{"filter": name} for name in _FILTERS], "type": "discover"})
            case "/discover/search/objects":
                return self._search(request)
            case "/pid/find":
                return self._find(request.parameters.get("id", ""))
            case "/dso/find":
                return self._find_object(request.parameters.get("uuid", ""))
        item = re.fullmatch(r"/core/items/([^/]+)(/accessStatus)?", path)
        if item is None:
            raise RefusalError(404)
        return self._one(item[1], request, is_access=bool(item[2]))

    def _one(self, uuid: str, request: Request, *, is_access: bool) -> Reply:
        if not _UUID.fullmatch(uuid):
            raise RefusalError(401)  # as tried: not 404
        deposit = self._discovery.by_uuid.get(uuid)
        if deposit is None:
            raise RefusalError(404)
        if is_access:
            if deposit.is_withdrawn:
                raise RefusalError(401)
            return _json(_access(deposit))
        return _json(_item(deposit, _embeds(request)))

    def _search(self, request: Request) -> Reply:
        asked = request.parameters
        pairs = parse_qsl(request.text, keep_blank_values=True)
        kinds = {value.lower() for name, value in pairs if name == "dsoType"}
        if not kinds <= _KINDS:
            raise RefusalError(400)
        found = self._found(pairs)
        objects: list[Deposit | None] = []
        if not kinds or kinds & {"collection", "community"}:
            objects.append(None)
        if not kinds or "item" in kinds:
            objects += found
        size = int(asked["size"]) if re.fullmatch(r"[1-9]\d{0,8}", asked.get("size", "")) else 20
        size = min(size, 100)
        page = int(asked["page"]) if re.fullmatch(r"\d{1,8}", asked.get("page", "")) else 0
        shown = [self._hit(each, request, asked.get("query", "")) for each in objects[page * size : (page + 1) * size]]
        counts = {"number": page, "size": size, "totalPages": -(-len(objects) // size), "totalElements": len(objects)}
        links = {"next": {"href": f"http://localhost{request.path}"}} if (page + 1) * size < len(objects) else {}
        return _json(
            {
                "id": None, "scope": asked.get("scope"), "query": asked.get("query"), "appliedFilters": None,
                "sort": None, "configuration": None, "type": "discover",
                "_embedded": {
                    "searchResult": {"_embedded": {"objects": shown}, "_links": links, "page": counts},
                    "facets": [{"name": "author", "facetType": "text", "_embedded": {"values": []}}],
                },
            }
        )  # fmt: skip

    def _found(self, pairs: Sequence[tuple[str, str]]) -> list[Deposit]:
        asked = dict(pairs)
        sort = asked.get("sort", "").partition(",")[0]
        if sort and sort not in _SORTS:
            raise RefusalError(422)
        try:
            found = self._discovery.found(asked.get("query", ""))
        except QuerySyntaxError as error:
            raise RefusalError(422) from error
        for name, value in pairs:
            if name.startswith("f."):
                found = [each for each in found if _passes(each, name[2:], value)]
        if sort == "dc.date.issued":
            found.sort(key=lambda each: each.year or 0, reverse=asked["sort"].upper().endswith("DESC"))
        elif sort == "dc.title":
            found.sort(key=lambda each: fold_all(each.entry.title), reverse=asked["sort"].upper().endswith("DESC"))
        return found

    def _hit(self, deposit: Deposit | None, request: Request, query: str) -> dict[str, object]:
        if deposit is None:
            shown: dict[str, object] = {
                "uuid": self._collection, "name": self._library.vi, "handle": "TVSSC/1", "metadata": {},
                "type": "collection",
            }  # fmt: skip
        else:
            shown = _item(deposit, _embeds(request))
        highlights = {"dc.title": [f"<em>{query}</em>"]} if deposit and query and query in deposit.entry.title else None
        return {"hitHighlights": highlights, "type": "discover", "_embedded": {"indexableObject": shown}}

    def _find(self, identifier: str) -> Reply:
        handle = re.search(r"TVSSC/\d+$", identifier)
        deposit = self._discovery.by_handle.get(handle[0]) if handle else None
        if deposit is None:
            return Reply(b"", _HAL, 404)
        return Reply(b"", _HAL, 302, (("Location", f"{ROOT}/core/items/{deposit.uuid}"),))

    def _find_object(self, uuid: str) -> Reply:
        if uuid == self._collection:
            return _json({"uuid": uuid, "name": self._library.vi, "type": "collection"})
        if uuid in self._discovery.by_uuid:
            return Reply(b"", _HAL, 302, (("Location", f"{ROOT}/core/items/{uuid}"),))
        raise RefusalError(404)

    def _feed(self, request: Request) -> Reply:
        asked = request.parameters
        try:
            found = self._discovery.found(asked["query"]) if asked.get("query", "*").strip() else []
        except QuerySyntaxError:
            return _error(500, request.path)
        if asked.get("sort", "") != "score":
            found.reverse()  # newest deposits first
        count = min(int(asked["rpp"]), 100) if asked.get("rpp", "").isdecimal() and asked["rpp"] != "0" else 10
        start = int(asked["start"]) if asked.get("start", "").isdecimal() else 0
        host = f"http://{request.headers.get('host', 'localhost')}"
        body = feeds.atom(
            found[start : start + count], title=self._library.vi, base=host, total=len(found), start=start, count=count,
            labels=("dc.title: ", "dc.contributor.author: "),
        )  # fmt: skip
        return Reply(body, "application/atom+xml;charset=UTF-8")


def _passes(deposit: Deposit, name: str, value: str) -> bool:
    """Whether an item passes a filter; RefusalError for one that the interface does not take."""
    text, comma, operator = value.rpartition(",")
    if not comma or operator not in _OPERATORS or name.endswith((".min", ".max")):
        raise RefusalError(422)
    if name not in _FILTERS:
        raise RefusalError(400)
    if name == "dateIssued":
        span = re.fullmatch(r"\[(\d+|\*) TO (\d+|\*)\]", text)
        low, high = (span[1], span[2]) if span else (text, text)
        year = deposit.year
        return year is not None and (low == "*" or int(low) <= year) and (high == "*" or year <= int(high))
    if name.startswith("has_"):
        return (text == "true") == bool(deposit.file_name)
    values = deposit.fields.get(_FILTERS[name], ())
    is_found = text in values if operator.endswith("equals") else any(_holds(each, text) for each in values)
    return is_found != operator.startswith("not")


def _holds(value: str, phrase: str) -> bool:
    return f" {' '.join(fold_all(phrase))} " in f" {' '.join(fold_all(value))} "


def _embeds(request: Request) -> frozenset[str]:
    pairs = parse_qsl(request.text)
    return frozenset(path for name, value in pairs if name == "embed" for path in value.split(","))


def _item(deposit: Deposit, embeds: frozenset[str]) -> dict[str, object]:
    is_gone = deposit.is_withdrawn
    found: dict[str, object] = {
        "id": deposit.uuid, "uuid": deposit.uuid, "name": deposit.fields["dc.title"][0], "handle": deposit.handle,
        "metadata": {} if is_gone else _metadata(deposit), "inArchive": not is_gone, "discoverable": True,
        "withdrawn": is_gone, "lastModified": "2026-03-15T08:15:00.000+00:00", "entityType": None, "type": "item",
    }  # fmt: skip
    embedded: dict[str, object] = {}
    if "accessStatus" in embeds and not is_gone:
        embedded["accessStatus"] = _access(deposit)
    if any(path.startswith("bundles") for path in embeds) and not is_gone:
        is_deep = any(path.startswith("bundles/bitstreams") for path in embeds)
        embedded["bundles"] = {"_embedded": {"bundles": _bundles(deposit, is_deep=is_deep)}}
    if embedded:
        found["_embedded"] = embedded
    return found


def _bundles(deposit: Deposit, *, is_deep: bool) -> list[dict[str, object]]:
    """Return the bundles: the file itself, and the text that was taken out of it; closed ones like open ones."""
    if not deposit.file_name:
        return []
    names = {"ORIGINAL": deposit.file_name, "TEXT": f"{deposit.file_name}.txt"}
    found: list[dict[str, object]] = []
    for bundle, name in names.items():
        uuid = str(uuid5(NAMESPACE_URL, f"{deposit.uuid}/{name}"))
        file = {"uuid": uuid, "name": name, "bundleName": bundle, "sizeBytes": 20_000, "type": "bitstream"}
        one: dict[str, object] = {"uuid": str(uuid5(NAMESPACE_URL, uuid)), "name": bundle, "type": "bundle"}
        if is_deep:
            one["_embedded"] = {"bitstreams": {"_embedded": {"bitstreams": [file]}}}
        found.append(one)
    return found


def _access(deposit: Deposit) -> dict[str, str]:
    return {"status": deposit.status, "type": "accessStatus"}


def access(entry: Entry) -> dict[str, str]:
    """Return whether an entry's files are open, for the other faces of the same library."""
    return _access(Deposit(entry, f"{PREFIX}/{entry.id}", ""))


def metadata(entry: Entry) -> dict[str, list[dict[str, object]]]:
    """Return an entry's fields by qualified name, for the other faces of the same library."""
    return _metadata(Deposit(entry, f"{PREFIX}/{entry.id}", ""))


def _metadata(deposit: Deposit) -> dict[str, list[dict[str, object]]]:
    return {
        name: [
            {"value": value, "language": None, "authority": None, "confidence": -1, "place": place}
            for place, value in enumerate(values)
        ]
        for name, values in deposit.fields.items()
    }


def _json(body: object) -> Reply:
    return Reply(json.dumps(body, ensure_ascii=False).encode(), _HAL)


def _error(status: int, path: str) -> Reply:
    words = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 422: "Unprocessable Entity"}
    body = {"timestamp": DEPOSITED, "status": status, "error": words.get(status, "Internal Server Error"), "path": path}
    return Reply(json.dumps(body).encode(), "application/json;charset=UTF-8", status)
