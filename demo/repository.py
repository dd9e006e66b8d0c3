"""A repository like DSpace 7, over the same entries as the SRU face: its REST search and items.

Source: DSpace 7.6 as tried. Pages count from 0, a size above 100 is cut without a word, two words mean AND, a field
that does not exist finds nothing, and a query that cannot be read is 422.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from demo.cql import Boolean, Diagnostic, Term, Tree
from demo.entries import Entry
from demo.libraries import Library
from demo.other_formats import DEGREES, link
from demo.server import Reply, Request
from demo.shelf import Shelf

ROOT: Final = "/server/api"
_HAL: Final = "application/hal+json;charset=UTF-8"
_FIELDS: Final = {
    "title": "dc.title", "dc.title": "dc.title", "author": "dc.creator", "dc.contributor.author": "dc.creator",
    "subject": "dc.subject", "dc.subject": "dc.subject", "dc.publisher": "dc.publisher",
    "dc.identifier.isbn": "dc.identifier", "dateIssued.year": "dc.date",
}  # fmt: skip
_TOKEN: Final = re.compile(r'\s*(?:(?P<field>[A-Za-z][\w.]*):)?(?:"(?P<phrase>[^"]*)"|(?P<word>(?:\\.|[^\s"])+))')


class Repository:
    """The REST interface of one library."""

    def __init__(self, library: Library, shelf: Shelf) -> None:
        self._library = library
        self._shelf = shelf
        self._by_uuid = {uuid(entry): entry for entry in shelf.entries}

    def answer(self, request: Request) -> Reply | None:
        """Return the resource at an address, or None where there is none of this interface."""
        if not request.path.startswith(ROOT):
            return None
        if "origin" in request.headers:
            return Reply(b"Invalid CORS request", "text/plain", 403)
        path = request.path.removeprefix(ROOT)
        match path:
            case "" | "/":
                return _json({"dspaceName": self._library.vi, "dspaceVersion": "DSpace 7.6.7", "type": "root"})
            case "/discover/search/objects":
                return self._search(request)
            case "/pid/find":
                return self._find(request.parameters.get("id", ""))
        return self._one(request, path)

    def _one(self, request: Request, path: str) -> Reply:
        item = re.fullmatch(r"/core/items/([0-9a-f-]{36})(/accessStatus)?", path)
        entry = self._by_uuid.get(item[1]) if item else None
        if item is None or entry is None:
            return _error(404, "Not Found", path)
        return _json(access(entry) if item[2] else self._item(entry, request.text))

    def _search(self, request: Request) -> Reply:
        asked = request.parameters
        try:
            places = self._found(asked)
        except Diagnostic:
            return _error(422, "Unprocessable Entity", request.path)
        size = int(asked["size"]) if re.fullmatch(r"[1-9]\d{0,8}", asked.get("size", "")) else 20
        size = min(size, 100)
        page = int(asked["page"]) if re.fullmatch(r"\d{1,8}", asked.get("page", "")) else 0
        shown = [self._shelf.entries[place] for place in places[page * size : (page + 1) * size]]
        objects = [
            {
                "hitHighlights": None,
                "type": "discover",
                "_embedded": {"indexableObject": self._item(entry, request.text)},
            }
            for entry in shown
        ]
        counts = {"number": page, "size": size, "totalPages": -(-len(places) // size), "totalElements": len(places)}
        result = {"page": counts, "_embedded": {"objects": objects}}
        return _json(
            {
                "query": asked.get("query"),
                "scope": asked.get("scope"),
                "sort": None,
                "type": "discover",
                "_embedded": {"searchResult": result, "facets": []},
            }
        )

    def _found(self, asked: Mapping[str, str]) -> list[int]:
        tree = lucene(asked.get("query", ""))
        for name, value in asked.items():
            if not name.startswith("f."):
                continue
            text, comma, operator = value.rpartition(",")
            if not comma or operator not in {"contains", "equals"}:
                raise Diagnostic(10)
            span = re.fullmatch(r"\[(\d+|\*) TO (\d+|\*)\]", text)
            if name == "f.dateIssued":
                low, high = (span[1], span[2]) if span else (text, text)
                years = f"{low if low != '*' else 1} {high if high != '*' else 9999}"
                tree = _both(tree, Term("dc.date", "within", years))
            else:
                tree = _both(tree, Term(_FIELDS.get(name[2:], "dc.title"), "adj", text))
        try:
            return self._shelf.found(tree or Term("cql.allRecords", "=", "1"))
        except Diagnostic as error:
            if error.number == 16:
                return []
            raise

    def _find(self, identifier: str) -> Reply:
        handle = re.search(r"TVSSC/(\d+)$", identifier)
        entry = next((each for each in self._shelf.entries if handle and each.id == handle[1]), None)
        if entry is None:
            return Reply(b"", _HAL, 404)
        return Reply(b"", _HAL, 302, (("Location", f"{ROOT}/core/items/{uuid(entry)}"),))

    def _item(self, entry: Entry, text: str) -> dict[str, object]:
        found: dict[str, object] = {
            "id": uuid(entry), "uuid": uuid(entry), "name": entry.title, "handle": f"TVSSC/{entry.id}",
            "metadata": metadata(entry), "inArchive": True, "discoverable": True, "withdrawn": False,
            "lastModified": "2026-03-15T08:15:00.000+00:00", "entityType": None, "type": "item",
        }  # fmt: skip
        if "accessStatus" in text:
            found["_embedded"] = {"accessStatus": access(entry)}
        return found


def uuid(entry: Entry) -> str:
    """Return the item's uuid: the same at each start."""
    return str(uuid5(NAMESPACE_URL, link(entry)))


def access(entry: Entry) -> dict[str, str]:
    """Return whether the item's files are open, as the Dublin Core of the same entry says it."""
    if entry.edition.material != "thesis":
        return {"status": "metadata.only", "type": "accessStatus"}
    return {"status": "open.access" if int(entry.id) % 3 else "restricted", "type": "accessStatus"}


def metadata(entry: Entry) -> dict[str, list[dict[str, object]]]:
    """Return the item's fields by qualified name."""
    edition = entry.edition
    said: dict[str, tuple[str, ...]] = {
        "dc.title": (entry.title + (f": {entry.subtitle}" if entry.subtitle else ""),),
        "dc.contributor.author": tuple(name.text for name in entry.names if name.role != "advisor"),
        "dc.contributor.advisor": tuple(name.text for name in entry.names if name.role == "advisor"),
        "dc.date.issued": (str(edition.year or ""),),
        "dc.publisher": (entry.publisher,),
        "dc.type": (DEGREES.get(edition.degree) or "Sách",),
        "dc.language.iso": (entry.language,),
        "dc.subject": entry.subjects,
        "dc.identifier.isbn": entry.isbns,
        "dc.identifier.uri": (link(entry),),
        "dc.format.extent": (f"{edition.pages} tr." if edition.pages else "",),
    }
    return {
        name: [
            {"value": value, "language": None, "authority": None, "confidence": -1, "place": place}
            for place, value in enumerate(values)
        ]
        for name, values in said.items()
        if any(values)
    }


def lucene(text: str) -> Tree | None:
    """Return the tree of a query in Lucene's syntax, None for everything; raise Diagnostic where it can't be read.

    >>> lucene('title:"vi mo" hoa')
    Boolean(operator='and', left=Term(index='dc.title', relation='adj', term='vi mo', modifiers=()), \
right=Term(index='', relation='', term='hoa', modifiers=()))
    """
    bare = re.sub(r"\\.", " ", text)
    if bare.count('"') % 2 or bare.count("(") != bare.count(")") or re.search(r"[\[\]{}!]|[:^]\s*$", bare):
        raise Diagnostic(10)
    tree: Tree | None = None
    operator = "and"
    for token in _TOKEN.finditer(text.replace("(", " ").replace(")", " ")):
        word = token["phrase"] if token["phrase"] is not None else re.sub(r"\\(.)", r"\1", token["word"])
        if word in {"AND", "OR", "NOT"}:
            operator = word.lower()
            continue
        # A field that does not exist is no error there: it finds nothing.
        index = _FIELDS.get(token["field"], f"dc.no-{token['field']}") if token["field"] else ""
        term = Term(index, "adj" if token["phrase"] is not None else "all" if index else "", word)
        tree, operator = (Boolean(operator, tree, term) if tree else term), "and"
    return None if text.strip() in {"", "*", "*:*"} else tree


def _both(left: Tree | None, right: Tree) -> Tree:
    return Boolean("and", left, right) if left else right


def _json(body: object) -> Reply:
    return Reply(json.dumps(body, ensure_ascii=False).encode(), _HAL)


def _error(status: int, error: str, path: str) -> Reply:
    return Reply(json.dumps({"status": status, "error": error, "path": path}).encode(), "application/json", status)
