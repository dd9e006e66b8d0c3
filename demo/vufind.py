"""A VuFind over a library's entries: the REST interface, what its pages ask for by themselves, and the pages.

Source: VuFind 9 and 10, its SearchApi, RecordFormatter and GetItemStatuses; the REST interface comes switched off, with
403, and an answer without records has no `records`. The pages are in `demo.vufind_pages`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from demo import lucene, marc21
from demo.entries import Entry, State
from demo.holdings import Holdings, is_in
from demo.libraries import Library
from demo.server import Reply, Request
from demo.vufind_pages import BASE, HTML, Pages, Results

_JSON: Final = "application/json"
_TYPES: Final = {
    "AllFields": "any", "Title": "title", "Author": "author", "Subject": "subject", "CallNumber": "call",
    "ISN": "isbn", "ISSN": "issn", "Publisher": "publisher", "Series": "series", "Year": "year", "tag": "subject",
}  # fmt: skip
_FILTERS: Final = {
    "publishDate": "year", "language": "language", "format": "material", "author_facet": "author", "topic_facet":
    "subject", "id": "id",
}  # fmt: skip
_LANGUAGES: Final = {
    "vie": "Vietnamese", "eng": "English", "fre": "French", "rus": "Russian", "ger": "German", "chi": "Chinese",
}  # fmt: skip
_FORMATS: Final = {"book": "Book", "thesis": "Thesis", "journal": "Journal", "map": "Map", "article": "Article"}
_DEFAULT: Final = ("authors", "formats", "id", "languages", "series", "subjects", "title", "urls")
_MOST: Final = 100


class RefusedError(Exception):
    """A search that cannot be read: the words of the refusal."""


def described(entry: Entry) -> dict[str, object]:
    """Return every field of a record that the interface can give; empty ones are absent."""
    edition = entry.edition
    first = [name for name in entry.names if not name.is_body][:1] if entry.heads_name else []
    others = [name for name in entry.names if not name.is_body and name not in first]
    bodies = [name for name in entry.names if name.is_body]
    authors: dict[str, object] = {
        kind: {name.text: {"role": [marc21.RELATORS.get(name.role, "oth")]} for name in names} or []
        for kind, names in (("primary", first), ("secondary", others), ("corporate", bodies))
    }
    title = entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")
    said: dict[str, object] = {
        "id": entry.id,
        "title": title,
        "shortTitle": entry.title,
        "subTitle": entry.subtitle,
        "authors": authors if entry.names else {},
        "formats": [_FORMATS.get(edition.material, "Unknown")],
        "languages": [_LANGUAGES.get(entry.language, entry.language)],
        "series": [{"name": edition.series}] if edition.series else [],
        "subjects": [[subject] for subject in entry.subjects],
        "urls": [{"url": edition.url, "desc": "Toàn văn"}] if edition.url else [],
        "isbns": list(entry.isbns),
        "issns": [edition.issn] if edition.issn else [],
        "publishers": [entry.publisher] if entry.publisher else [],
        "publicationDates": [entry.date] if entry.date else [],
        "placesOfPublication": [entry.place] if entry.place else [],
        "edition": entry.edition_statement,
        "physicalDescriptions": [f"{edition.pages} tr. ; 24 cm"] if edition.pages else [],
        "callNumbers": [entry.copies[0].call_number] if entry.copies else [],
        "recordPage": f"{BASE}/Record/{entry.id}",
        "fullRecord": f'<?xml version="1.0"?>\n<collection xmlns="{marc21.NAMESPACE}">'
        f"{marc21.marcxml(entry, iter(()))}</collection>\n",
        "rawData": {"id": entry.id, "record_format": "marc"},
    }
    return {name: value for name, value in said.items() if value not in ("", [], {})}


class VuFind:
    """One VuFind. `has_rest`: the library has granted the REST interface to everybody."""

    def __init__(self, library: Library, holdings: Holdings, *, has_rest: bool = True) -> None:
        self._holdings = holdings
        self._has_rest = has_rest
        self._pages = Pages(library.vi, is_new=has_rest)

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path
        if path in {"/", ""}:
            return Reply(b"", HTML, 302, (("Location", f"{BASE}/"),))
        pairs = parse_qsl(request.text, keep_blank_values=True) or list(request.parameters.items())
        if path.startswith(f"{BASE}/api/v1/"):
            return self._rest(path.removeprefix(f"{BASE}/api/v1/"), pairs, fails=fails)
        if path == f"{BASE}/AJAX/JSON":
            return self._ajax(pairs, fails=fails)
        if not path.startswith(BASE):
            return None
        if fails:
            return Reply(self._pages.failure().encode(), HTML, 500)
        return self._page(path.removeprefix(BASE), pairs)

    def _page(self, path: str, pairs: Sequence[tuple[str, str]]) -> Reply | None:
        asked = dict(pairs)
        record = re.fullmatch(r"/Record/([^/]+)(?:/(\w+))?", path)
        if record:
            return self._record(record[1], record[2] or "Holdings", asked.get("style", ""))
        if path in {"", "/", "/Search/Home"}:
            return Reply(self._pages.home().encode(), HTML)
        if path != "/Search/Results":
            return Reply(self._pages.page("Error", "<p>Not Found</p>", "error").encode(), HTML, 404)
        try:
            found = self._found(pairs)
        except RefusedError:
            return Reply(self._pages.none(asked.get("lookfor", ""), is_unreadable=True).encode(), HTML)
        limit = int(asked.get("limit", "20")) if asked.get("limit") in {"10", "20", "40", "60", "80", "100"} else 20
        page = int(asked["page"]) if asked.get("page", "").isdecimal() and asked["page"] != "0" else 1
        if not found:
            return Reply(self._pages.none(asked.get("lookfor", "")).encode(), HTML)
        shown = found[(page - 1) * limit : page * limit]
        results = Results(pairs, shown, len(found), (page - 1) * limit, limit)
        return Reply(self._pages.results(results).encode(), HTML)

    def _record(self, number: str, tab: str, style: str) -> Reply:
        entry = self._holdings.by_id.get(number)
        if entry is None:
            return Reply(self._pages.page("Error", "<p>Record not found</p>", "error").encode(), HTML, 404)
        if tab == "Export" and style == "MARCXML":
            return Reply(str(described(entry)["fullRecord"]).encode(), "text/xml")
        return Reply(self._pages.record(entry).encode(), HTML)

    def _rest(self, what: str, pairs: Sequence[tuple[str, str]], *, fails: bool) -> Reply | None:
        if fails or not self._has_rest:
            status, message = (500, "Error occurred.") if self._has_rest else (403, "Permission denied")
            return _said({"status": "ERROR", "statusMessage": message}, status)
        fields = [value for name, value in pairs if name in {"field[]", "field"}] or list(_DEFAULT)
        if what == "record":
            ids = [value for name, value in pairs if name in {"id", "id[]"}]
            found = [self._holdings.by_id[each] for each in ids if each in self._holdings.by_id]
            if len(found) < len(ids) or not ids:
                message = "Error loading record" if ids else "Missing id"
                return _said({"status": "ERROR", "statusMessage": message}, 400)
            return _said(_counted(len(found), found, fields) | {"status": "OK"})
        return self._searched(pairs, fields) if what == "search" else None

    def _searched(self, pairs: Sequence[tuple[str, str]], fields: Sequence[str]) -> Reply:
        asked = dict(pairs)
        limit = asked.get("limit", "20")
        if not limit.isdecimal() or int(limit) > _MOST:
            return _said({"status": "ERROR", "statusMessage": "Invalid limit"}, 400)
        page = int(asked["page"]) if asked.get("page", "").isdecimal() and asked["page"] != "0" else 1
        try:
            found = self._found(pairs)
        except RefusedError as refusal:
            return _said({"status": "ERROR", "statusMessage": str(refusal)}, 400)
        start = (page - 1) * int(limit)
        return _said(_counted(len(found), found[start : start + int(limit)], fields) | {"status": "OK"})

    def _found(self, pairs: Sequence[tuple[str, str]]) -> list[Entry]:
        asked = dict(pairs)
        try:
            node = _advanced(pairs) or lucene.parse(_within(_repaired(asked.get("lookfor", "")), asked.get("type", "")))
        except lucene.QuerySyntaxError as error:
            raise RefusedError("Invalid search") from error
        found = self._holdings.found_by_lucene(node, _named)
        for name, value in pairs:
            if name in {"filter[]", "filter"}:
                found = [entry for entry in found if _passes(entry, value)]
        if asked.get("sort", "relevance").startswith("year"):
            found.sort(key=lambda entry: -(entry.edition.year or 0))
        return found

    def _ajax(self, pairs: Sequence[tuple[str, str]], *, fails: bool) -> Reply:
        if dict(pairs).get("method") != "getItemStatuses":
            return _said({"data": "Invalid method", "status": "ERROR"}, 500)
        if fails:
            return _said({"data": "An error has occurred", "status": "ERROR"}, 500)
        ids = [value for name, value in pairs if name in {"id[]", "id"}]
        statuses = [self._status(self._holdings.by_id[each]) for each in ids if each in self._holdings.by_id]
        statuses += [_unknown(each) for each in ids if each not in self._holdings.by_id]
        return _said({"data": {"statuses": statuses}})

    def _status(self, entry: Entry) -> dict[str, object]:
        """Return the summary that stands beside a row; the words of availability changed with version 10."""
        is_new = self._has_rest
        places = {f"{copy.branch_name} - {copy.shelf}" for copy in entry.copies}
        numbers = {copy.call_number for copy in entry.copies}
        has = is_in(entry) or any(copy.state is State.READING_ROOM for copy in entry.copies)
        word = ("available" if has else "unavailable") if is_new else str(has).lower()
        label = "success" if has else "danger"
        number = next(iter(numbers)) if len(numbers) == 1 else "Multiple Call Numbers"
        return {
            "id": entry.id,
            "availability": word,
            "availability_message": f'<span class="label label-{label}">{"Available" if has else "Checked Out"}</span>',
            "location": next(iter(places)) if len(places) == 1 else "Multiple Locations",
            "locationList": False,
            "reserve": "false",
            "reserve_message": "Not On Reserve",
            ("callnumberHtml" if is_new else "callnumber"): number,
        }


def closed(library: Library, holdings: Holdings) -> VuFind:
    """Return an older VuFind whose REST interface is switched off, as it comes."""
    return VuFind(library, holdings, has_rest=False)


def _advanced(pairs: Sequence[tuple[str, str]]) -> lucene.Node | None:
    """Return an advanced search: groups `lookfor0[]` of one operator each, `NOT` for a group that is left out."""
    wanted: list[lucene.Node] = []
    unwanted: list[lucene.Node] = []
    for group in dict.fromkeys(re.findall(r"lookfor(\d+)\[\]", " ".join(name for name, _ in pairs))):
        words = [value for name, value in pairs if name == f"lookfor{group}[]"]
        kinds = [value for name, value in pairs if name == f"type{group}[]"] + ["AllFields"] * len(words)
        operator = next((value.upper() for name, value in pairs if name == f"bool{group}[]"), "AND")
        said = zip(words, kinds, strict=False)
        nodes = tuple(lucene.parse(_within(_repaired(text), kind)) for text, kind in said if text.strip())
        if nodes:
            node = lucene.Both(nodes) if operator == "AND" else lucene.Either(nodes)
            (unwanted if operator == "NOT" else wanted).append(node)
    if not wanted and not unwanted:
        return None
    is_any = dict(pairs).get("join", "AND").upper() == "OR"
    return lucene.Both((lucene.Either(tuple(wanted)),) if is_any and wanted else tuple(wanted), tuple(unwanted))


def _repaired(text: str) -> str:
    """Return a question without what VuFind takes out before it asks: brackets and quotes that do not pair."""
    for pair in ("()", "[]", "{}"):
        if text.count(pair[0]) != text.count(pair[1]):
            text = text.replace(pair[0], " ").replace(pair[1], " ")
    text = re.sub(r"\b(and|or|not)\b", lambda found: found[1].upper(), text)
    return text if text.count('"') % 2 == 0 else text.replace('"', " ")


def _within(text: str, kind: str) -> str:
    """Return the question in the field of its search type; an unknown type is all fields."""
    return f"{kind}:({text})" if kind in _TYPES and kind != "AllFields" else text


def _named(field: str) -> str:
    return "any" if not field else _TYPES.get(field) or _FILTERS.get(field, "")


def _passes(entry: Entry, text: str) -> bool:
    """Whether an entry is within a filter such as `publishDate:"[2000 TO 2010]"`, `-` before it for not."""
    field, _, wanted = text.lstrip("-~").partition(":")
    wanted = wanted.strip('"')
    span = re.fullmatch(r"\[(\*|\d+) TO (\*|\d+)\]", wanted)
    if span and _FILTERS.get(field) == "year":
        low, high = (
            int(end) if end.isdecimal() else other for end, other in zip(span.groups(), (0, 9999), strict=True)
        )
        return (low <= entry.edition.year <= high) is not text.startswith("-")
    values = {
        "language": [_LANGUAGES.get(entry.language, entry.language)],
        "format": [_FORMATS.get(entry.edition.material, "Unknown")],
        "year": [str(entry.edition.year)],
        "id": [entry.id],
    }.get("year" if field == "publishDate" else field, [])
    return (wanted in values) is not text.startswith("-")


def _counted(total: int, entries: Sequence[Entry], fields: Sequence[str]) -> dict[str, object]:
    records = [{name: value for name, value in described(entry).items() if name in fields} for entry in entries]
    return {"resultCount": total} | ({"records": records} if records else {})


def _unknown(number: str) -> dict[str, object]:
    return {
        "id": number, "availability": "unknown", "availability_message": "", "location": "Unknown",
        "locationList": False, "reserve": "false", "reserve_message": "Not On Reserve", "callnumberHtml": "",
    }  # fmt: skip


def _said(said: Mapping[str, object], status: int = 200) -> Reply:
    return Reply(json.dumps(said).encode(), _JSON, status, (("Access-Control-Allow-Origin", "*"),))
