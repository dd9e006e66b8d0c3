"""A repository like DSpace 6, over the same entries as the SRU face: JSPUI below /jspui, XMLUI below /xmlui, feeds.

Source: DSpace 6.4 as tried; the pages are written anew. JSPUI counts its list and its feed from 0, XMLUI its pages and
its feed from 1; both put a collection among the hits unless the query asks for items; a bad query is a page with status
200. A colon before a blank is escaped by the pages themselves, and by XMLUI's feed not. JSPUI's feed is off as
installed, and `is_feed_on` turns it on; XMLUI's answers in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from demo import feeds
from demo.discovery import EMBARGO_END, Deposit, Discovery
from demo.libraries import Library
from demo.lucene import QuerySyntaxError
from demo.server import Reply, Request
from demo.shelf import Shelf
from demo.xml_text import escaped

_HTML: Final = "text/html;charset=UTF-8"
_ATOM: Final = "application/atom+xml;charset=UTF-8"
_COCOON: Final = (("X-Cocoon-Version", "2.2.0"),)
_ITEMS_ONLY: Final = re.compile(r"search\.resourcetype:2\b")
_METAS: Final = {
    "dc.title": "DC.title", "dc.contributor.author": "DC.creator", "dc.contributor.advisor": "DC.contributor",
    "dc.date.issued": "DCTERMS.issued", "dc.date.accessioned": "DCTERMS.dateAccepted", "dc.publisher": "DC.publisher",
    "dc.type": "DC.type", "dc.language.iso": "DC.language", "dc.subject": "DC.subject",
    "dc.identifier.uri": "DC.identifier", "dc.identifier.isbn": "DC.identifier",
}  # fmt: skip


class Repository6:
    """The two interfaces of one library."""

    def __init__(self, library: Library, shelf: Shelf) -> None:
        self._library = library
        self._discovery = Discovery(shelf.entries, "CHEXANH")
        self.is_feed_on = False

    def answer(self, request: Request) -> Reply | None:
        """Return the page at an address, or None where there is none of these interfaces."""
        context, _, rest = request.path[1:].partition("/")
        if context not in {"jspui", "xmlui"}:
            return None
        pages: dict[tuple[str, str], Callable[[Request], Reply]] = {
            ("jspui", "open-search/discover"): self._jspui_feed,
            ("jspui", "open-search"): self._jspui_feed,
            ("xmlui", "open-search/discover"): self._xmlui_feed,
            ("xmlui", "open-search"): self._xmlui_feed,
            ("jspui", "simple-search"): self._simple_search,
            ("xmlui", "discover"): self._discover,
        }
        page = pages.get((context, rest.rstrip("/")))
        return page(request) if page else self._other_page(context, rest, is_full="full" in request.text)

    def _other_page(self, context: str, rest: str, *, is_full: bool) -> Reply:
        if not rest:
            return _page(f"/{context}", self._library.vi, "<p>Chào mừng bạn đọc.</p>")
        if rest == "open-search/description.xml":
            return self._description(context)
        found = re.fullmatch(r"(metadata/)?handle/([^/]+/[^/]+)(/mets\.xml)?", rest)
        if found is None:
            return _page(f"/{context}", "Error", "<h1>404</h1>", status=404)
        if found[1] and found[3] and context == "xmlui":
            return self._mets(found[2])
        return self._item(context, found[2], is_full=is_full)

    # Searching ------------------------------------------------------------------------------

    def _hits(self, query: str, *, is_colon_escaped_here: bool) -> list[Deposit | None]:
        """Return what a query finds, None for a collection."""
        if is_colon_escaped_here:
            query = query.replace(": ", "\\: ")
        found: list[Deposit | None] = [*self._discovery.found(query)]
        if found and not _ITEMS_ONLY.search(query):
            found.insert(min(3, len(found)), None)
        return found

    def _simple_search(self, request: Request) -> Reply:
        asked = request.parameters
        count = _number(asked.get("rpp"), 10, 100)
        start = _number(asked.get("start"), 0, 10**9)
        try:
            hits = self._hits(asked.get("query", ""), is_colon_escaped_here=True)
        except QuerySyntaxError:
            warning = '<p align="center" class="submitFormWarn">Câu hỏi không hợp lệ hoặc máy tìm kiếm ngừng chạy.</p>'
            return _page("/jspui", "Tìm kiếm", _search_form(asked) + warning)
        if not hits:
            none = '<p align="center">Không tìm thấy tài liệu nào.</p>'
            return _page("/jspui", "Tìm kiếm", _search_form(asked) + none)
        shown = hits[start : start + count]
        numbers = f"Kết quả {start + 1}-{start + len(shown)} của {len(hits)} (Thời gian: 0.004 giây)."
        pagination = f'<div class="discovery-result-pagination row"><div class="alert alert-info">{numbers}</div></div>'
        collections = "".join(
            '<div class="panel"><table class="table" title="Collection List"><tr><th id="t4">Bộ sưu tập</th></tr><tr>'
            f'<td headers="t4"><a href="/jspui/handle/CHEXANH/2">{escaped(self._library.vi)}</a></td></tr>'
            "</table></div>"
            for each in shown
            if each is None
        )
        rows = "".join(_jspui_row(each) for each in shown if each is not None)
        items = (
            '<div class="panel"><table class="table" summary="This table browses all dspace content"><tr>'
            '<th id="t1">Năm</th><th id="t2">Nhan đề</th><th id="t3">Tác giả</th></tr>'
            f"{rows}</table></div>"
        )
        results = f'<div class="discovery-result-results row">{collections}{items}</div>'
        return _page("/jspui", "Tìm kiếm", _search_form(asked) + pagination + results)

    def _discover(self, request: Request) -> Reply:
        asked = request.parameters
        if not all(re.fullmatch(r"-?\d+", asked.get(name, "1")) for name in ("page", "rpp")):
            return _page("/xmlui", "Error", "<h1>500</h1>", status=500)
        count, page = _number(asked.get("rpp"), 10, 10**6), max(1, _number(asked.get("page"), 1, 10**6))
        try:
            hits = self._hits(asked.get("query", ""), is_colon_escaped_here=True)
        except QuerySyntaxError:
            hits = []  # looks like nothing found
        shown = hits[(page - 1) * count : page * count]
        numbers = ""
        if shown:
            first = (page - 1) * count + 1
            numbers = f'<p class="pagination-info">Đang hiện {first}-{first + len(shown) - 1} trên {len(hits)}</p>'
        rows = "".join(self._xmlui_row(each) for each in shown) or '<p class="ds-paragraph">Không có kết quả.</p>'
        body = (
            f'{numbers}<div id="aspect_discovery_SimpleSearch_div_search-results" class="ds-static-div primary">'
            f'<ul class="ds-artifact-list">{rows}</ul></div>'
        )
        return _page("/xmlui", "Tìm kiếm", body)

    def _xmlui_row(self, deposit: Deposit | None) -> str:
        if deposit is None:
            link = f'<a href="/xmlui/handle/CHEXANH/2">{escaped(self._library.vi)}</a>'
            return f'<li class="ds-artifact-item"><div class="artifact-title">{link}</div></li>'
        fields = deposit.fields
        authors = "; ".join(f"<span>{escaped(name)}</span>" for name in fields.get("dc.contributor.author", ()))
        publisher = "".join(
            f'<span class="publisher">{escaped(name)}</span>, ' for name in fields.get("dc.publisher", ())
        )
        date = "".join(f'<span class="date">{year}</span>' for year in fields.get("dc.date.issued", ()))
        return (
            '<li class="ds-artifact-item clearfix"><div class="artifact-description"><div class="artifact-title">'
            f'<a href="/xmlui/handle/{deposit.handle}">{escaped(fields["dc.title"][0])}</a>'
            '<span class="Z3988" title="ctx_ver=Z39.88-2004"> </span></div><div class="artifact-info">'
            f'<span class="author">{authors}</span> <span class="publisher-date">({publisher}{date})</span></div>'
            "</div></li>"
        )

    def _jspui_feed(self, request: Request) -> Reply:
        asked = request.parameters
        if not self.is_feed_on or asked.get("format", "atom") not in {"atom", "rss"}:
            return _page("/jspui", "HTTP Status 400", "<h1>Bad Request</h1>", status=400)
        try:
            hits = self._hits(asked["query"], is_colon_escaped_here=True)
        except (QuerySyntaxError, KeyError):
            return _page("/jspui", "Internal Error", "<h1>500</h1>", status=500)
        count, start = _number(asked.get("rpp"), 10, 100), _number(asked.get("start"), 0, 10**9)
        return self._feed(hits, hits[start : start + count], start, count, ("Nhan đề: ", "Tác giả: "))

    def _xmlui_feed(self, request: Request) -> Reply:
        asked = request.parameters
        try:
            hits = self._hits(asked.get("query", ""), is_colon_escaped_here=False) if asked.get("query") else []
        except QuerySyntaxError:
            return _page("/xmlui", "Internal Error", "<h1>500</h1>", status=500)
        items: list[Deposit | None] = [each for each in hits if each is not None]
        count = _number(asked.get("rpp"), 20, 10**6)
        count = 20 if count > 100 else count
        start = max(1, _number(asked.get("start"), 1, 10**9))
        return self._feed(items, items[start - 1 : start - 1 + count], start, count, ("", ""))

    def _feed(
        self, hits: list[Deposit | None], shown: list[Deposit | None], start: int, count: int, labels: tuple[str, str]
    ) -> Reply:
        deposits = [each for each in shown if each is not None]
        # Addresses come from the configuration, not from the request.
        base = "http://localhost:8080/jspui"
        body = feeds.atom(
            deposits, title=self._library.vi, base=base, total=len(hits), start=start, count=count, labels=labels
        )
        return Reply(body, _ATOM, headers=() if labels[0] else _COCOON)

    def _description(self, context: str) -> Reply:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
            f"<ShortName>DSpace</ShortName><LongName>{escaped(self._library.vi)}</LongName><Tags>IR DSpace</Tags>"
            "</OpenSearchDescription>"
        )
        headers = _COCOON if context == "xmlui" else ()
        return Reply(body.encode(), "application/opensearchdescription+xml;charset=UTF-8", headers=headers)

    # Items ----------------------------------------------------------------------------------

    def _item(self, context: str, handle: str, *, is_full: bool) -> Reply:
        deposit = self._discovery.by_handle.get(handle)
        if handle == "CHEXANH/2":
            return _page(f"/{context}", self._library.vi, "<h2>Bộ sưu tập</h2>")
        if deposit is None:
            return _page(f"/{context}", "Invalid Identifier", "<p>?</p>", status=404)
        if deposit.is_withdrawn:
            return _page(f"/{context}", "Item Withdrawn", "<h1>…</h1>", status=200 if context == "jspui" else 404)
        head = "".join(
            f'<meta name="{_METAS[name]}" content="{escaped(value)}" />\n'
            for name, values in deposit.fields.items()
            if name in _METAS
            for value in values
        )
        if deposit.status == "open.access":
            file = quote(deposit.file_name)
            head += f'<meta name="citation_pdf_url" content="http://localhost:8080/bitstream/{handle}/1/{file}" />'
        rows = "".join(
            f'<tr><td class="metadataFieldLabel">{name if is_full else "…"}</td>'
            f'<td class="metadataFieldValue">{escaped(value)}</td>'
            f"{'<td class=metadataFieldValue>-</td>' if is_full else ''}</tr>"
            for name, values in deposit.fields.items()
            for value in values
        )
        table = f'<table class="panel-body table itemDisplayTable">{rows}</table>'
        return _page(f"/{context}", deposit.entry.title, table + _files_table(deposit), head=head)

    def _mets(self, handle: str) -> Reply:
        deposit = self._discovery.by_handle.get(handle)
        if deposit is None:
            return _page("/xmlui", "Error", "<h1>404</h1>", status=404)
        if deposit.is_withdrawn:
            return Reply(b"", "text/xml", 403)
        fields = "".join(
            f'<dim:field mdschema="dc" {_dim_name(name)}>{escaped(value)}</dim:field>'
            for name, values in deposit.fields.items()
            for value in values
        )
        files = ""
        if deposit.file_name:
            is_open = "y" if deposit.status == "open.access" else "n"
            address = f"/xmlui/bitstream/handle/{handle}/{quote(deposit.file_name)}?sequence=1&amp;isAllowed={is_open}"
            link = f'<mets:FLocat LOCTYPE="URL" xlink:href="{address}" xlink:title="{deposit.file_name}"/>'
            files = f'<mets:fileGrp USE="CONTENT"><mets:file ID="f1">{link}</mets:file></mets:fileGrp>'
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><mets:METS xmlns:mets="http://www.loc.gov/METS/" '
            'xmlns:xlink="http://www.w3.org/TR/xlink/" xmlns:dim="http://www.dspace.org/xmlns/dspace/dim" '
            f'ID="hdl:{handle}"><mets:dmdSec><mets:mdWrap OTHERMDTYPE="DIM"><mets:xmlData><dim:dim>{fields}</dim:dim>'
            f"</mets:xmlData></mets:mdWrap></mets:dmdSec><mets:fileSec>{files}</mets:fileSec></mets:METS>"
        )
        return Reply(body.encode(), "text/xml;charset=utf-8", headers=_COCOON)


def _dim_name(name: str) -> str:
    _, own, *qualifier = name.split(".")
    return f'element="{own}"' + (f' qualifier="{qualifier[0]}"' if qualifier else "")


def _jspui_row(deposit: Deposit) -> str:
    fields = deposit.fields
    # The column of authors is of all who contributed, advisors among them.
    names = (*fields.get("dc.contributor.advisor", ()), *fields.get("dc.contributor.author", ()))
    links = "; ".join(
        f'<a href="/jspui/browse?type=author&amp;value={quote(name)}">{escaped(name)}</a>' for name in names
    )
    title = escaped(fields["dc.title"][0]).replace(" ", "&#x20;")
    return (
        f'<tr><td headers="t1"><em>{deposit.year or "-"}</em></td>'
        f'<td headers="t2"><a href="/jspui/handle/{deposit.handle}">{title}</a></td>'
        f'<td headers="t3"><em>{links or "-"}</em></td></tr>'
    )


def _files_table(deposit: Deposit) -> str:
    if not deposit.file_name:
        return "<p>Không có tệp.</p>"
    words = {"restricted": "Hạn chế truy cập", "embargo": f"Đến {EMBARGO_END}"}.get(deposit.status, "")
    lock = f'<br /><i class="label"><span class="glyphicon glyphicon-lock"> </span> {words}</i>' if words else ""
    address = f"/jspui/bitstream/{deposit.handle}/1/{quote(deposit.file_name)}"
    return (
        f'<table class="table"><tr><td headers="t1"><a href="{address}">{deposit.file_name}</a>{lock}</td></tr></table>'
    )


def _search_form(asked: dict[str, str]) -> str:
    inner = '<select name="location"><option value="/">…</option></select>'
    value = escaped(asked.get("query", ""))
    return (
        '<div class="discovery-search-form panel"><form action="simple-search" method="get">'
        f'{inner}<input type="text" name="query" value="{value}"><input type="hidden" name="rpp" value="10">'
        "</form></div>"
    )


def _number(text: str | None, default: int, most: int) -> int:
    return min(int(text), most) if text and text.isdecimal() and text != "0" else default


def _page(context: str, title: str, body: str, *, head: str = "", status: int = 200) -> Reply:
    action = f"{context}/{'simple-search' if context == '/jspui' else 'discover'}"
    form = f'<form method="get" action="{action}"><input type="text" name="query"></form>'
    text = (
        f"<!DOCTYPE html>\n<html><head><title>{escaped(title)}</title>"
        f'<meta name="Generator" content="DSpace 6.4" />\n{head}</head><body>{form}{body}</body></html>\n'
    )
    return Reply(text.encode(), _HTML, status, _COCOON if context == "/xmlui" else ())
