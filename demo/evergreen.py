"""An Evergreen over a library's entries: OpenSearch with MARC or Atom, unAPI and SuperCat, copies among them.

Source: Evergreen's SuperCat and its unAPI functions of the database. A page is 25 records at most; `startPage` counts
from 1; words are folded; filters such as `between(2000,2010)` and `record_list(1,2)` stand among the words.
"""

from __future__ import annotations

import re
from typing import Final

from demo import lucene, marc21
from demo.entries import Copy, Entry, State
from demo.holdings import Holdings, is_in
from demo.libraries import Library
from demo.server import Reply, Request
from demo.xml_text import element, escaped

HOLDINGS: Final = "http://open-ils.org/spec/holdings/v1"
_HTML: Final = "text/html; charset=utf-8"
_MARC: Final = "application/marc+xml; charset=UTF-8"
_CLASSES: Final = {
    "keyword": "any", "kw": "any", "title": "title", "ti": "title", "author": "author", "au": "author",
    "subject": "subject", "su": "subject", "series": "series", "se": "series", "identifier": "isbn", "id": "isbn",
    "-": "any",
}  # fmt: skip
_MOST: Final = 25
_STATUSES: Final = {
    State.IN: (0, "Available"), State.ON_LOAN: (1, "Checked out"), State.LOST: (3, "Lost"),
    State.READING_ROOM: (12, "Reserves"),
}  # fmt: skip
_TOKEN: Final = re.compile(
    r'(?P<class>[a-z]+(?:\|\w+)*):\s*|(?P<phrase>-?"[^"]*")|(?P<mark>&&|\|\||[-!]?\(|\))|(?P<word>[^\s()"]+)'
)


class Evergreen:
    """One Evergreen; its whole consortium is one library."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings
        self._org = f"{library.prefix}LIB"

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path
        if path in {"", "/"}:
            return Reply(b"", _HTML, 302, (("Location", "/eg/opac/home"),))
        if fails and path.startswith("/opac/extras/"):
            said = (
                "<html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1></body>"
            )
            return Reply(f"{said}</html>".encode(), "text/html; charset=iso-8859-1", 500)
        if path.startswith("/eg/opac/"):
            return self._page(path)
        if path.startswith("/opac/extras/opensearch/"):
            return self._search(path.removeprefix("/opac/extras/opensearch/"), request)
        if path == "/opac/extras/unapi":
            return self._unapi(request)
        record = re.fullmatch(r"/opac/extras/supercat/retrieve/marcxml(-full)?/record/(\d+)", path)
        entry = self._holdings.by_id.get(record[2]) if record else None
        return self._feed([entry], 1, 1, 1, is_full=bool(record and record[1])) if entry else None

    def _page(self, path: str) -> Reply:
        number = path.rpartition("/")[2]
        entry = self._holdings.by_id.get(number)
        shown = f'<h1 id="record_title" property="name">{escaped(entry.title)}</h1>' if entry else ""
        page = f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{escaped(self._library.vi)}</title>
<link rel="stylesheet" href="/eg/opac/css/style.css"><link rel="search" title="Evergreen OPAC"
 type="application/opensearchdescription+xml" href="/opac/extras/opensearch/1.1/{self._org}/-/osd.xml">
<link rel="unapi-server" type="application/xml" title="unAPI" href="/opac/extras/unapi"></head>
<body><div id="search-wrapper"><form action="/eg/opac/results" method="get">
<input type="text" id="search_box" name="query">
<select name="qtype"><option value="keyword">Mọi từ</option><option value="title">Nhan đề</option></select></form></div>
<div id="content-wrapper">{shown}</div>
<div id="footer">Powered by <a href="http://evergreen-ils.org">Evergreen</a></div></body></html>
"""
        return Reply(page.encode(), _HTML, 200 if entry or not number.isdecimal() else 404)

    def _search(self, path: str, request: Request) -> Reply:
        asked = request.parameters
        _, org, kind, searched, terms, *_ = [*path.split("/", 4), *[""] * 5]
        if path.endswith("/osd.xml"):
            return Reply(self._described().encode(), "application/opensearchdescription+xml; charset=utf-8")
        terms = " ".join(filter(None, (terms, asked.get("searchTerms", "")))).replace("'", " ")
        count = min(_number(asked.get("count", ""), 10), _MOST)
        page = _number(asked.get("startPage", ""), 1) or 1
        start = (page - 1) * count if page > 1 else max(0, _number(asked.get("startIndex", ""), 1) - 1)
        if org not in {"-", "", self._org}:
            return Reply(b"<html><body><h1>Internal Server Error</h1></body></html>", _HTML, 500)
        found = self._found(terms, asked.get("searchClass", searched) or "-")
        shown = found[start : start + count]
        form = (asked.get("responseType") or kind).partition("-")
        if form[0] == "marcxml":
            return self._feed(shown, len(found), start + 1, count, is_full=form[2] == "full")
        return self._atom(shown, len(found), start + 1, count, terms)

    def _found(self, terms: str, default: str) -> list[Entry]:
        """Return what a query finds: filters taken out, and each word in the class that stands before it."""
        filters = re.findall(r"\b([a-z_]+)\(([^()]*)\)", terms)
        bare = re.sub(r"#\w+|\b[a-z_]+\([^()]*\)", " ", terms)
        current = default
        parts = []
        for token in _TOKEN.finditer(bare):
            if token["class"]:
                current = token["class"].partition("|")[0]
            elif token["mark"]:
                parts.append({"&&": "AND", "||": "OR", "-(": "NOT (", "!(": "NOT ("}.get(token["mark"], token["mark"]))
            else:
                text = token.group()
                sign, text = ("NOT ", text[1:]) if text.startswith("-") and len(text) > 1 else ("", text)
                word = text if token["phrase"] else re.sub(r"[\[\]{}^~!+\\:?]", " ", text).strip()
                parts += [f"{sign}{current}:{each}" for each in ([word] if token["phrase"] else word.split())]
        said = " ".join(parts)
        try:
            node = lucene.parse(said) if said or filters else lucene.Either(())
        except lucene.QuerySyntaxError:
            return []
        found = self._holdings.found_by_lucene(node, lambda field: _CLASSES.get(field or default, ""))
        for name, value in filters:
            found = [entry for entry in found if _passes(entry, name, [each.strip() for each in value.split(",")])]
        return found

    def _feed(self, entries: list[Entry], total: int, start: int, count: int, *, is_full: bool) -> Reply:
        records = ""
        for entry in entries:
            inner = self.holdings(entry) if is_full else ""
            marc = marc21.marcxml(entry, marc21.holdings_852(entry)).removesuffix("</record>")
            tag = f"tag:open-ils.org:U2@bre/{entry.id}/{self._org}"
            marc += f'<datafield tag="901" ind1=" " ind2=" "><subfield code="c">{entry.id}</subfield></datafield>'
            records += (
                f'{marc}{inner}<abbr xmlns="http://www.w3.org/1999/xhtml" class="unapi-id" title="{tag}"/></record>\n'
            )
        names = f'xmlns="{marc21.NAMESPACE}" xmlns:os="http://a9.com/-/spec/opensearch/1.1/"'
        body = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<collection {names}>{records}'
            f"<os:totalResults>{total}</os:totalResults><os:startIndex>{start}</os:startIndex>"
            f"<os:itemsPerPage>{count}</os:itemsPerPage></collection>\n"
        )
        return Reply(body.encode(), _MARC)

    def _atom(self, entries: list[Entry], total: int, start: int, count: int, terms: str) -> Reply:
        rows = "".join(
            f"<entry><title>{escaped(entry.title)}</title><id>tag:open-ils.org:U2@bre/{entry.id}/{self._org}</id>"
            f'<link rel="opac" href="/eg/opac/record/{entry.id}"/></entry>'
            for entry in entries
        )
        body = (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xmlns:os="http://a9.com/-/spec/opensearch/1.1/"><title>Search results for [{escaped(terms)}]</title>'
            f"<os:totalResults>{total}</os:totalResults><os:startIndex>{start}</os:startIndex>"
            f"<os:itemsPerPage>{count}</os:itemsPerPage>{rows}</feed>\n"
        )
        return Reply(body.encode(), "application/atom+xml; charset=UTF-8")

    def _unapi(self, request: Request) -> Reply:
        asked = request.parameters
        record = re.match(r"tag:[^:]*:(?:U2@bre|biblio-record_entry)/(\d+)(?:\{([^}]*)\})?", asked.get("id", ""))
        entry = self._holdings.by_id.get(record[1]) if record else None
        form = asked.get("format", "")
        if record is None or entry is None:
            return Reply(b"<html><body>Record not found</body></html>", _HTML, 404)
        if not form:
            said = '<formats><format name="marcxml" type="application/xml"/></formats>'
            return Reply(said.encode(), "application/xml; charset=utf-8", 300)
        if form.startswith("holdings_xml"):
            return Reply(self.holdings(entry).encode(), "application/xml; charset=utf-8")
        inner = self.holdings(entry) if "holdings_xml" in (record[2] or "") or form.endswith("-full") else ""
        marc = marc21.marcxml(entry, marc21.holdings_852(entry)).removesuffix("</record>")
        return Reply(f"{marc}{inner}</record>".encode(), "application/xml; charset=utf-8")

    def holdings(self, entry: Entry) -> str:
        """Return the copies of a record: volumes by call number and library, copies within."""
        has = sum(copy.state is State.IN for copy in entry.copies)
        count = (
            f'<counts><count type="public" depth="0" org_unit="1" transcendant="0" available="{has}" '
            f'count="{len(entry.copies)}" unshadow="{len(entry.copies)}"/></counts>'
        )
        volumes = ""
        for label, branch in dict.fromkeys((copy.call_number, copy.branch) for copy in entry.copies):
            copies = [copy for copy in entry.copies if (copy.call_number, copy.branch) == (label, branch)]
            volumes += (
                f'<volume id="tag:open-ils.org:U2@acn/{entry.id}" lib="{branch}" opac_visible="true" deleted="false" '
                f'label="{escaped(label)}" record="{entry.id}">{_unit("owning_lib", copies[0])}'
                f"<copies>{''.join(map(_copy, copies))}</copies></volume>"
            )
        tag = f"tag:open-ils.org:U2@bre/{entry.id}/{self._org}"
        return f'<holdings xmlns="{HOLDINGS}" id="{tag}">{count}<volumes>{volumes}</volumes></holdings>'

    def _described(self) -> str:
        base = f"/opac/extras/opensearch/1.1/{self._org}"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
            f"{element('ShortName', self._org)}{element('Description', f'Search {self._org}')}"
            f'<Url type="application/x-marcxml+xml" template="{base}/marcxml/-/?searchTerms={{searchTerms}}&amp;'
            f'startPage={{startPage?}}&amp;count={{count?}}"/>{element("LongName", self._library.vi)}'
            "<Developer>Mike Rylander for GPLS/PINES</Developer></OpenSearchDescription>"
        )


def _copy(copy: Copy) -> str:
    number, word = _STATUSES[copy.state]
    has = "true" if copy.state in {State.IN, State.READING_ROOM} else "false"
    return (
        f'<copy id="tag:open-ils.org:U2@acp/{copy.barcode}" copy_id="1" create_date="2021-09-06T00:00:00+07:00" '
        f'circulate="true" holdable="true" deleted="false" barcode="{copy.barcode}" opac_visible="true">'
        f'<status ident="{number}" holdable="true" opac_visible="true" copy_active="true" '
        f'is_available="{has}">{word}</status>'
        f'<location ident="101" holdable="true" opac_visible="true">{escaped(copy.shelf)}</location>'
        f"{_unit('circ_lib', copy)}{_unit('circlib', copy)}</copy>"
    )


def _unit(name: str, copy: Copy) -> str:
    return (
        f'<{name} xmlns="http://open-ils.org/spec/actors/v1" id="tag:open-ils.org:U2@aou/2" '
        f'shortname="{copy.branch}" name="{escaped(copy.branch_name)}" opac_visible="true"/>'
    )


def _passes(entry: Entry, name: str, values: list[str]) -> bool:
    match name:
        case "between":
            low, high = (int(each) if each.isdecimal() else 0 for each in (values[0], values[-1]))
            return low <= entry.edition.year <= high
        case "before" | "after":
            year = int(values[0]) if values[0].isdecimal() else 0
            return entry.edition.year <= year if name == "before" else entry.edition.year >= year
        case "item_lang" | "language":
            return entry.edition.language in values
        case "record_list":
            return entry.id in values
        case "available":
            return is_in(entry)
    return True


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else default
