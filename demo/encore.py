"""An Encore over a library's entries: hits with their copies, records, MARC views. Questions stand in the path.

Source: what public clients of Encore read: `searchResult`, `dpBibTitle`, `recordDisplayLink2Component`, `itemTable`,
`noResultsHideMessage`, `tryAgainMessage`; `marcData=Y` behind the question mark gives the record as text.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from demo.entries import Entry, State
from demo.holdings import Holdings
from demo.innovative import entry_of, items, keyword_found, marc_view, number
from demo.libraries import Library
from demo.server import Reply, Request
from demo.xml_text import escaped

_HTML: Final = "text/html; charset=UTF-8"
_PAGE: Final = 25
_COOKIES: Final = (("Set-Cookie", "JSESSIONID=9F2C41D0B7A4; Path=/iii/encore"),)
_TYPES: Final = {"book": "SÁCH", "thesis": "LUẬN VĂN", "journal": "TẠP CHÍ", "map": "BẢN ĐỒ"}


class Encore:
    """One Encore."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path
        if path in {"", "/", "/iii/encore", "/iii/encore/"}:
            return (
                Reply(b"", _HTML, 302, (("Location", "/iii/encore/?lang=vie"), *_COOKIES))
                if path != ("/iii/encore/")
                else self._page("", "<h1>Encore</h1>")
            )
        if fails and path.startswith("/iii/encore/"):
            return Reply(b"<html><body><h1>An error has occurred.</h1></body></html>", _HTML, 500)
        record = re.fullmatch(r"/iii/encore/record/C__R(b\d+x?)(?:__.*)?", path)
        if record:
            return self._record(entry_of(self._holdings, record[1]), with_marc="marcData" in request.parameters)
        search = re.fullmatch(r"/iii/encore/search/C__S(.*?)(?:__P0,(\d+))?(?:__O\w+)?(?:__U.*)?", path)
        if search:
            return self._search(search[1], int(search[2] or 0))
        if path == "/iii/encore/search" and request.parameters.get("target"):
            where = f"/iii/encore/search/C__S{quote(request.parameters['target'])}__Orightresult__U?lang=vie"
            return Reply(b"", _HTML, 302, (("Location", where), *_COOKIES))
        return None

    def _search(self, words: str, page: int) -> Reply:
        found = keyword_found(self._holdings, words)
        shown = found[page * _PAGE : (page + 1) * _PAGE]
        if not shown:
            return self._page(words, '<div class="tryAgainMessage">Không tìm thấy kết quả nào.</div>')
        rows = "".join(self._row(entry, words, page * _PAGE + at, at) for at, entry in enumerate(shown))
        head = f"/iii/encore/search/C__S{quote(words)}__P0%2C"
        links = " ".join(
            f'<a href="{head}{each}__Orightresult__U?lang=vie&amp;suite=def">{each + 1}</a>'
            for each in range(-(-len(found) // _PAGE))
            if each != page
        )
        counted = f"{page * _PAGE + 1} - {page * _PAGE + len(shown)} trên tổng số {len(found)}"
        body = (
            f'<div class="searchResultsHeader"><span class="noResultsHideMessage">{counted}</span></div>'
            f'<table class="browseResult">{rows}</table><div class="searchPager" id="pagination">{links}</div>'
        )
        return self._page(words, body)

    def _row(self, entry: Entry, words: str, place: int, at: int) -> str:
        mark = "" if at == 0 else f"_{at - 1}"
        address = (
            f"/iii/encore/record/C__R{number(entry)}__S{quote(words)}__Orightresult__U__X{place % 7}?lang=vie&suite=def"
        )
        title = entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")
        author = escaped(entry.names[0].text) if entry.names else ""
        rows = ""
        for copy in entry.copies:
            word = {State.IN: "CÓ SẴN", State.READING_ROOM: "ĐỌC TẠI CHỖ", State.LOST: "MẤT"}.get(copy.state, "")
            word = word or (f"DUE {copy.due:%d-%m-%y}" if copy.due else "ĐANG MƯỢN")
            kind = "itemsAvailable" if copy.state is State.IN else "itemsNotAvailable"
            rows += (
                f"<tr><td>{escaped(copy.branch_name)} - {escaped(copy.shelf)}</td><td>{escaped(copy.call_number)}</td>"
                f'<td><span class="{kind}">{word}</span></td></tr>'
            )
        return f"""<tr><td><div class="searchResult gridBrowseCol2" id="resultRecord-{number(entry)}">
<div class="dpBibTitle"><span class="title"><a id="recordDisplayLink2Component{mark}" href="{escaped(address)}">
{escaped(title)}</a></span></div>
<div class="dpBibAuthor"><a id="authorDisplayLinkComponent{mark}" href="#">{author}</a></div>
<div class="recordDetailValue"><span class="itemMediaDescription" id="mediaTypeInsertComponent{mark}">
{_TYPES.get(entry.edition.material, "KHÁC")}</span>
<span class="itemMediaYear" id="mediaYearInsertComponent{mark}">{entry.edition.year or ""}</span></div>
<div class="availability"><table class="itemTable">
<tr><th>Kho</th><th>Ký hiệu</th><th>Tình trạng</th></tr>{rows}</table>
</div></div></td></tr>
"""

    def _record(self, entry: Entry | None, *, with_marc: bool) -> Reply:
        if entry is None:
            return self._page("", '<div class="tryAgainMessage">Biểu ghi không còn.</div>')
        if with_marc:
            return self._page(entry.title, f'<div id="marcData" class="marcRecord">{marc_view(entry)}</div>')
        rows = [("Nhan đề", entry.title), ("Tác giả", "; ".join(name.text for name in entry.names))]
        rows += [("Xuất bản", ", ".join(filter(None, (entry.place, entry.publisher, entry.date))))]
        shown = "".join(
            f'<tr><td class="bibInfoLabel">{a}</td><td class="bibInfoData">{escaped(b)}</td></tr>' for a, b in rows
        )
        title = f'<div id="bibTitle">{escaped(entry.title)}</div>'
        return self._page(entry.title, f'{title}<table class="bibDetail">{shown}</table>{items(entry)}')

    def _page(self, title: str, body: str) -> Reply:
        page = f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="UTF-8"><title>{escaped(title)} | {escaped(self._library.vi)}</title>
<link rel="stylesheet" href="/iii/encore/css/encore.css"><script src="/iii/encore/js/encore.js"></script></head>
<body id="encore"><form method="get" action="/iii/encore/search" id="searchForm">
<input type="text" id="searchString" name="target" value=""><input type="hidden" name="lang" value="vie">
<input type="hidden" name="suite" value="def"></form>
{body}
<div class="footer">Powered by Encore, © Innovative Interfaces, Inc.</div></body></html>
"""
        return Reply(page.encode(), _HTML, 200, _COOKIES)
