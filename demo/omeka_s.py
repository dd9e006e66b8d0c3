"""An Omeka S over a library's entries: its REST interface of JSON-LD, its sites, and the pages that links lead to.

Source: Omeka S 4, `api/items` and the full-text search of MySQL in natural language: any word of three letters counts,
what has more of them comes first; marks are folded, đ is not. The headers tell the total.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote

from demo.entries import Entry
from demo.holdings import Holdings
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_marks
from demo.xml_text import escaped

_HTML: Final = "text/html; charset=UTF-8"
_JSON: Final = "application/ld+json"
_VERSION: Final = ("Omeka-S-Version", "4.1.1")
_SITE: Final = "tu-lieu"
_PER_PAGE: Final = 25
_IDS: Final = {
    "dcterms:title": 1, "dcterms:creator": 2, "dcterms:subject": 3, "dcterms:publisher": 5, "dcterms:contributor": 6,
    "dcterms:date": 7, "dcterms:type": 8, "dcterms:identifier": 10, "dcterms:language": 12, "dcterms:extent": 25,
    "dcterms:isPartOf": 33, "bibo:isbn": 96,
}  # fmt: skip
_CLASSES: Final = {"book": ("bibo:Book", 40), "thesis": ("bibo:Thesis", 96), "journal": ("bibo:Journal", 66)}
_ROW: Final = re.compile(r"property\[(\d+)\]\[(joiner|property|type|text)\](?:\[\])?")


class OmekaS:
    """One Omeka S with one site."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path.rstrip("/")
        host = f"http://{request.headers.get('host', 'localhost')}"
        if path == "":
            return Reply(b"", _HTML, 302, (("Location", f"/s/{_SITE}"),))
        if path.startswith(f"/s/{_SITE}"):
            return self._page(path)
        if not path.startswith("/api"):
            return None
        if fails:
            return _said({"errors": {"error": "An exception occurred while executing a query"}}, 500)
        item = re.fullmatch(r"/api/items/(\d+)", path)
        if item:
            entry = self._holdings.by_id.get(item[1])
            missing = {"errors": {"error": f"Omeka\\Entity\\Item entity with criteria {{'id':{item[1]}}} not found."}}
            return _said(_item(entry, host)) if entry else _said(missing, 404)
        answers: dict[str, Callable[[], Reply]] = {
            "/api": lambda: _said({"errors": {"error": "Page not found."}}, 404),
            "/api/items": lambda: self._items(request, host),
            "/api/sites": lambda: _said([self._site(host)], total=1),
            "/api-context": lambda: _said({"@context": {"o": "http://omeka.org/s/vocabs/o#"}}),
            "/api/properties": lambda: _said([{"o:id": number, "o:term": term} for term, number in _IDS.items()]),
        }
        known = answers.get(path)
        unknown = {"errors": {"error": f'The API does not support the "{path.rpartition("/")[2]}" resource.'}}
        return known() if known else _said(unknown, 400)

    def _site(self, host: str) -> dict[str, object]:
        return {
            "@context": f"{host}/api-context", "@id": f"{host}/api/sites/1", "@type": "o:Site", "o:id": 1,
            "o:slug": _SITE, "o:title": self._library.vi, "o:theme": "default", "o:is_public": True,
        }  # fmt: skip

    def _items(self, request: Request, host: str) -> Reply:
        pairs = parse_qsl(request.text, keep_blank_values=True)
        asked = dict(pairs)
        found = self._found(pairs)
        page = int(asked["page"]) if asked.get("page", "").isdecimal() and asked["page"] != "0" else 1
        count = int(asked["per_page"]) if re.fullmatch(r"[1-9]\d{0,4}", asked.get("per_page", "")) else _PER_PAGE
        shown = [_item(entry, host) for entry in found[(page - 1) * count : page * count]]
        return _said(shown, total=len(found))

    def _found(self, pairs: Sequence[tuple[str, str]]) -> list[Entry]:
        asked = dict(pairs)
        words = asked.get("fulltext_search") or asked.get("search", "")
        found = list(self._holdings.entries)
        if words.strip():
            wanted = {word for word in fold_marks(words) if len(word) >= 3}
            scores = {entry.id: len(wanted.intersection(_words(entry))) for entry in found}
            found = sorted((entry for entry in found if scores[entry.id]), key=lambda entry: -scores[entry.id])
        if asked.get("site_id", "1") != "1":
            return []
        rows: dict[str, dict[str, str]] = {}
        for name, value in pairs:
            row = _ROW.fullmatch(name)
            if row:
                rows.setdefault(row[1], {})[row[2]] = value
        if not any(row.get("text") or row.get("type") in {"ex", "nex"} for row in rows.values()):
            return found
        return [entry for entry in found if _passes(entry, list(rows.values()))]

    def _page(self, path: str) -> Reply:
        number = path.rpartition("/")[2]
        entry = self._holdings.by_id.get(number)
        values = "".join(
            f'<div class="property"><dt>{term}</dt>'
            + "".join(f'<dd class="value">{escaped(text)}</dd>' for text in texts)
            for term, texts in (_values(entry) if entry else {}).items()
        )
        title = escaped(entry.title if entry else self._library.vi)
        page = f"""<!DOCTYPE html>
<html class="" lang="vi"><head><meta charset="utf-8"><title>{title} · {escaped(self._library.vi)}</title>
<link href="/application/asset/css/iconfonts.css?v=4.1.1" media="all" rel="stylesheet" type="text/css">
<script type="text/javascript" src="/application/asset/js/global.js?v=4.1.1"></script></head>
<body class="{"item resource show" if entry else "page site-page"}"><header><a href="/s/{_SITE}">
<span class="site-title">{escaped(self._library.vi)}</span></a><div id="search"><form action="/s/{_SITE}/index/search"
 id="search-form"><input type="text" name="fulltext_search" value=""></form></div></header>
<div id="content" role="main"><h1><span class="title">{title}</span></h1><dl>{values}</dl></div>
<footer>Powered by Omeka S</footer></body></html>
"""
        return Reply(page.encode(), _HTML, 200 if entry or not number.isdecimal() else 404)


def _values(entry: Entry) -> dict[str, list[str]]:
    edition = entry.edition
    said = {
        "dcterms:title": [entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")],
        "dcterms:creator": [name.text for name in entry.names if name.role in {"author", "compiler", "editor"}],
        "dcterms:contributor": [name.text for name in entry.names if name.role not in {"author", "compiler", "editor"}],
        "dcterms:subject": list(entry.subjects),
        "dcterms:publisher": [entry.publisher],
        "dcterms:date": [entry.date],
        "dcterms:type": [{"thesis": "Luận văn", "journal": "Tạp chí"}.get(edition.material, "Sách")],
        "dcterms:identifier": [f"ISSN {edition.issn}"] if edition.issn else [],
        "dcterms:language": [entry.language],
        "dcterms:extent": [f"{edition.pages} tr."] if edition.pages else [],
        "dcterms:isPartOf": [edition.series],
        "bibo:isbn": list(entry.isbns),
    }
    return {term: kept for term, texts in said.items() if (kept := [text for text in texts if text])}


def _words(entry: Entry) -> frozenset[str]:
    return frozenset(word for texts in _values(entry).values() for text in texts for word in fold_marks(text))


def _item(entry: Entry, host: str) -> dict[str, object]:
    kind, number = _CLASSES.get(entry.edition.material, ("bibo:Document", 47))
    said: dict[str, object] = {
        "@context": f"{host}/api-context",
        "@id": f"{host}/api/items/{entry.id}",
        "@type": ["o:Item", kind],
        "o:id": int(entry.id),
        "o:is_public": True,
        "o:owner": {"@id": f"{host}/api/users/1", "o:id": 1},
        "o:resource_class": {"@id": f"{host}/api/resource_classes/{number}", "o:id": number},
        "o:resource_template": None,
        "o:thumbnail": None,
        "o:title": entry.title,
        "thumbnail_display_urls": {"large": None, "medium": None, "square": None},
        "o:created": {"@value": "2021-09-06T08:15:00+00:00", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "o:primary_media": None,
        "o:media": [],
        "o:item_set": [{"@id": f"{host}/api/item_sets/1", "o:id": 1}],
        "o:site": [{"@id": f"{host}/api/sites/1", "o:id": 1}],
    }
    for term, texts in _values(entry).items():
        label = term.partition(":")[2].capitalize()
        said[term] = [
            {"type": "literal", "property_id": _IDS[term], "property_label": label, "is_public": True, "@value": text}
            for text in texts
        ]
    if entry.edition.url:
        said["bibo:uri"] = [{"type": "uri", "property_id": 121, "property_label": "uri", "is_public": True,
                             "@id": entry.edition.url, "o:label": "Toàn văn"}]  # fmt: skip
    return said


def _passes(entry: Entry, rows: Sequence[dict[str, str]]) -> bool:
    """Whether rows of the advanced search, joined from the left, let an item through."""
    passes = True
    for at, row in enumerate(rows):
        here = _row_passes(entry, row)
        passes = here if at == 0 else (passes or here) if row.get("joiner") == "or" else (passes and here)
    return passes


def _row_passes(entry: Entry, row: dict[str, str]) -> bool:
    values = _values(entry)
    name = row.get("property", "")
    term = next((known for known, number in _IDS.items() if name in {known, str(number)}), "")
    if name and not term:
        return row.get("type", "in").startswith("n")
    texts = values.get(term, []) if term else [text for found in values.values() for text in found]
    wanted = _folded(row.get("text", ""))
    match row.get("type", "in"):
        case "eq" | "neq":
            holds = any(_folded(text) == wanted for text in texts)
        case "sw" | "nsw":
            holds = any(_folded(text).startswith(wanted) for text in texts)
        case "ex" | "nex":
            holds = bool(texts)
        case _:
            holds = any(wanted in _folded(text) for text in texts)
    return holds is not row.get("type", "in").startswith("n")


def _folded(text: str) -> str:
    return " ".join(fold_marks(text))


def _said(said: object, status: int = 200, *, total: int | None = None) -> Reply:
    headers = [_VERSION]
    if total is not None:
        headers += [("Omeka-S-Total-Results", str(total)), ("Link", f'<{quote("/api/items?page=1")}>; rel="first"')]
    return Reply(json.dumps(said).encode(), _JSON, status, tuple(headers))
