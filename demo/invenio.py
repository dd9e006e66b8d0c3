"""An InvenioRDM over a library's entries: its REST interface of records, and the pages that links lead to.

Source: the REST API reference of InvenioRDM 12 and its metadata reference (`metadata`, `custom_fields`, `pids`,
`access`), as its public clients send and read them. A query is Lucene's syntax with AND between words; one that cannot
be parsed is asked as plain words, any of which will do. Places behind 10,000 are refused. Marks and đ are folded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from demo import lucene
from demo.cql import Boolean, Tree
from demo.entries import Entry, Name
from demo.holdings import Holdings, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.xml_text import escaped

_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json"
_DEEPEST: Final = 10_000
_MOST: Final = 100
_SIZE: Final = 25
_FIELDS: Final = {
    "metadata.title": "title", "metadata.creators.person_or_org.name": "author",
    "metadata.contributors.person_or_org.name": "author", "metadata.publisher": "publisher",
    "metadata.subjects.subject": "subject", "metadata.identifiers.identifier": "isbn",
    "custom_fields.imprint:imprint.isbn": "isbn", "custom_fields.imprint\\:imprint.isbn": "isbn", "id": "id",
    "metadata.publication_date": "year", "metadata.publication_date_range": "year",
    "metadata.languages.id": "language", "pids.doi.identifier": "id",
}  # fmt: skip
_TYPES: Final = {
    "book": ("publication-book", "Book"), "thesis": ("publication-dissertation", "Thesis"),
    "journal": ("publication-other", "Other"), "map": ("image-other", "Other"),
    "article": ("publication-article", "Journal article"),
}  # fmt: skip
_LANGUAGES: Final = {"vie": "Vietnamese", "eng": "English", "fre": "French", "rus": "Russian", "chi": "Chinese"}
_CODES: Final = {"fre": "fra", "chi": "zho", "ger": "deu"}
"""Where InvenioRDM's vocabulary has the terminological code of a language."""

_DOI: Final = re.compile(r"10\\?\.99999\\?/demo\\?\.([0-9a-z]{5})\\?-([0-9a-z]{5})")
_DIGITS: Final = "0123456789abcdefghjkmnpqrstvwxyz"


class Invenio:
    """One repository."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings
        self._ids = {own_id(entry): entry for entry in holdings.entries}

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path.rstrip("/")
        if not path.startswith("/api"):
            return self._page(path)
        if fails:
            return _failure(500, "The server encountered an internal error and was unable to complete your request.")
        host = f"http://{request.headers.get('host', 'localhost')}"
        if path == "/api/records":
            return self._records(request, host)
        record = re.fullmatch(r"/api/records/([0-9a-z-]+)", path)
        if record and record[1] in self._ids:
            return _said(self._record(self._ids[record[1]], host))
        if record:
            return _failure(404, "The persistent identifier does not exist.")
        return _failure(404, "The requested URL was not found on the server.")

    def _records(self, request: Request, host: str) -> Reply:
        asked = request.parameters
        page, size = _number(asked, "page", 1), _number(asked, "size", _SIZE)
        if page < 1 or size < 1:
            return _invalid("page" if page < 1 else "size", "Must be greater than or equal to 1.")
        if page * size > _DEEPEST:
            return _invalid("_schema", f"Maximum {_DEEPEST} results have been reached.")
        size = min(size, _MOST)
        found = self._found(asked.get("q", ""))
        if asked.get("sort") in {"newest", "oldest"}:
            found = sorted(found, key=lambda entry: entry.edition.year, reverse=asked["sort"] == "newest")
        shown = found[(page - 1) * size : page * size]
        links = {"self": _address(host, asked, page)}
        if page * size < len(found):
            links["next"] = _address(host, asked, page + 1)
        if page > 1:
            links["prev"] = _address(host, asked, page - 1)
        counts = {"buckets": [{"key": "open", "doc_count": len(found), "label": "Open", "is_selected": False}]}
        return _said({
            "hits": {"hits": [self._record(entry, host) for entry in shown], "total": len(found)},
            "aggregations": {"access_status": counts | {"label": "Access status"}},
            "sortBy": asked.get("sort", "bestmatch" if asked.get("q") else "newest"),
            "links": links,
        })  # fmt: skip

    def _found(self, text: str) -> list[Entry]:
        text = _DOI.sub(self._number_of, text)
        try:
            node = lucene.parse(text)
        except lucene.QuerySyntaxError:
            return self._holdings.found(_any_of(text)) if re.search(r"\w", text) else []
        return self._holdings.found_by_lucene(node, lambda field: _FIELDS.get(field, "any" if not field else ""))

    def _number_of(self, doi: re.Match[str]) -> str:
        entry = self._ids.get(f"{doi[1]}-{doi[2]}")
        return entry.id if entry else "0"

    def _record(self, entry: Entry, host: str) -> dict[str, object]:
        own = own_id(entry)
        is_thesis = entry.edition.material == "thesis"
        status = {0: "restricted", 1: "embargoed"}.get(int(entry.id) % 6, "open") if is_thesis else "metadata-only"
        files = {
            "toan_van.pdf": {"key": "toan_van.pdf", "ext": "pdf", "size": 1_482_113, "mimetype": "application/pdf"}
        }
        return {
            "created": "2026-03-15T08:15:00.000000+00:00",
            "updated": "2026-03-15T08:20:00.000000+00:00",
            "id": own,
            "revision_id": 4,
            "is_published": True,
            "is_draft": False,
            "status": "published",
            "links": {
                "self": f"{host}/api/records/{own}", "self_html": f"{host}/records/{own}",
                "files": f"{host}/api/records/{own}/files", "latest_html": f"{host}/records/{own}/latest",
                "doi": f"https://doi.org/10.99999/demo.{own}",
            },
            "parent": {"id": own_id(entry, of_parent=True), "communities": {}, "access": {"owned_by": {"user": "1"}}},
            "versions": {"is_latest": True, "is_latest_draft": True, "index": 1},
            "pids": {
                "doi": {"identifier": f"10.99999/demo.{own}", "provider": "datacite", "client": "datacite"},
                "oai": {"identifier": f"oai:thuvien.example:{own}", "provider": "oai"},
            },
            "metadata": _metadata(entry),
            "custom_fields": _custom(entry),
            "access": {
                "record": "public", "files": "public" if status == "open" else "restricted", "status": status,
                "embargo": {"active": status == "embargoed", "reason": None}
                | ({"until": "2030-01-01"} if status == "embargoed" else {}),
            },
            "files": {
                "enabled": is_thesis, "order": [], "count": int(is_thesis),
                "entries": files if status == "open" else {},
            },
            "media_files": {"enabled": False, "order": [], "count": 0, "entries": {}},
            "tombstone": None, "stats": {"this_version": {"views": 3, "downloads": 1}},
        }  # fmt: skip

    def _page(self, path: str) -> Reply | None:
        entry = self._ids.get(path.removeprefix("/records/"))
        if path not in {"", "/search", "/communities"} and entry is None:
            return None
        title = entry.title if entry else self._library.vi
        search = json.dumps({
            "appId": "InvenioAppRdm.Search", "layoutOptions": {"listView": True, "gridView": False},
            "searchApi": {
                "axios": {"headers": {"Accept": "application/vnd.inveniordm.v1+json"}, "url": "/api/records"},
                "invenio": {"requestSerializer": "InvenioRecordsResourcesRequestSerializer"},
            },
        })  # fmt: skip
        inner = (
            f'<div id="rdm-search" data-invenio-search-config="{escaped(search)}"></div>' if path == "/search" else ""
        )
        page = (
            f'<!DOCTYPE html>\n<html lang="vi" dir="ltr"><head><meta charset="utf-8"><title>{escaped(title)}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="stylesheet" href="/static/dist/css/theme.6f1c2a.css"></head><body data-spy="scroll">'
            '<header class="theme header"><nav id="invenio-nav" class="ui menu invenio-header">'
            '<form action="/search" class="ui form"><input type="search" name="q" placeholder="Tìm biểu ghi..." />'
            f'</form><a href="/communities">Cộng đồng</a></nav></header><main id="main"><h1>{escaped(title)}</h1>'
            f'{inner}</main><footer id="rdm-footer-element"><p>Powered by '
            '<a href="https://inveniordm.docs.cern.ch/">InvenioRDM</a></p>'
            '</footer><script src="/static/dist/js/manifest.3ab2.js"></script></body></html>\n'
        )
        return Reply(page.encode(), _HTML)


def own_id(entry: Entry, *, of_parent: bool = False) -> str:
    """Return the ten signs by which a record is known."""
    number = int(entry.id) * 1_000_003 + (7 if of_parent else 0)
    signs = ""
    for _ in range(10):
        number, sign = divmod(number, 32)
        signs = _DIGITS[sign] + signs
    return f"{signs[:5]}-{signs[5:]}"


def _any_of(text: str) -> Tree | None:
    found: Tree | None = None
    for word in re.findall(r"\w+", text):
        tree = worded("any", word)
        found = tree if found is None else Boolean("or", found, tree) if tree else found
    return found


def _metadata(entry: Entry) -> dict[str, object]:
    kind, label = _TYPES.get(entry.edition.material, ("other", "Other"))
    language = _CODES.get(entry.language, entry.language)
    makers = [name for name in entry.names if name.role == "author"] or list(entry.names[:1])
    said: dict[str, object] = {
        "resource_type": {"id": kind, "title": {"en": label, "de": label}},
        "creators": [_person(name) for name in makers],
        "contributors": [_person(name, with_role=True) for name in entry.names if name not in makers],
        "title": entry.title,
        "additional_titles": [
            {"title": entry.subtitle, "type": {"id": "subtitle", "title": {"en": "Subtitle"}}}
        ] if entry.subtitle else [],
        "publisher": entry.publisher,
        "publication_date": str(entry.edition.year or ""),
        "languages": [{"id": language, "title": {"en": _LANGUAGES.get(entry.language, language)}}] if language else [],
        "identifiers": [{"identifier": number, "scheme": "isbn"} for number in _bare(entry)],
        "subjects": [{"subject": subject} for subject in entry.subjects],
        "sizes": [f"{entry.edition.pages} pages"] if entry.edition.pages else [],
        "description": f"<p>{escaped(entry.statement)}</p>" if entry.statement else "",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _custom(entry: Entry) -> dict[str, object]:
    numbers = _bare(entry)
    imprint = {"place": entry.place, "isbn": numbers[0] if numbers else "", "pages": str(entry.edition.pages or "")}
    kept = {name: value for name, value in imprint.items() if value}
    said: dict[str, object] = {"imprint:imprint": kept} if kept else {}
    if entry.edition.material == "thesis" and entry.publisher:
        said["thesis:university"] = entry.publisher
    return said


def _bare(entry: Entry) -> list[str]:
    return [number.partition(" ")[0] for number in entry.isbns]


def _person(name: Name, *, with_role: bool = False) -> dict[str, object]:
    """Return a creator or contributor: `name` is made of family and given name, which Vietnamese names are cut into."""
    if name.is_body:
        said: dict[str, object] = {"person_or_org": {"type": "organizational", "name": name.text}}
    else:
        family, comma, given = name.text.partition(", ")
        if not comma:
            family, _, given = name.text.partition(" ")
        whole = f"{family}, {given}" if given else family
        person = {"type": "personal", "name": whole, "family_name": family, "given_name": given, "identifiers": []}
        said = {"person_or_org": {key: value for key, value in person.items() if value != ""}, "affiliations": []}
    if with_role:
        role = {"advisor": "supervisor", "editor": "editor"}.get(name.role, "other")
        said["role"] = {"id": role, "title": {"en": role.capitalize()}}
    return said


def _address(host: str, asked: Mapping[str, str], page: int) -> str:
    return f"{host}/api/records?{urlencode({**asked, 'page': str(page)}, quote_via=quote)}"


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def _said(said: object, status: int = 200) -> Reply:
    return Reply(json.dumps(said, ensure_ascii=False).encode(), _JSON, status, (("X-RateLimit-Limit", "60"),))


def _failure(status: int, message: str) -> Reply:
    return _said({"status": status, "message": message}, status)


def _invalid(field: str, message: str) -> Reply:
    said = {
        "status": 400,
        "message": "A validation error occurred.",
        "errors": [{"field": field, "messages": [message]}],
    }
    return _said(said, 400)
