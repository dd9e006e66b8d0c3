"""The older web catalogue of iLib: a search is an address, `wpid-search-…-keyword-….html`; pages turn by script.

Source: public clients of two such catalogues and a saved page of results (2023-2025): the addresses, the identifiers of
the list, its rows and its pager. Inferred: the address of a record's page, the words for no hits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from demo import isbd
from demo.entries import Entry
from demo.holdings import Holdings, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.webforms import HTML, WebForms, is_dangerous, moved
from demo.xml_text import escaped

_ROOT: Final = "/pages/opac/"
_SEARCH: Final = re.compile(
    r"wpid-search-stype-form-quick-sfield-(?P<field>[a-z]+)-keyword-(?P<words>.*)\.html", re.DOTALL
)
_RECORD: Final = re.compile(r"wpid-detailbib-id-(?P<id>\d+)\.html")
_FIELDS: Final = {"all": "any", "title": "title", "isbn": "isbn", "author": "author"}
_ROWS: Final = 10


class Ilib:
    """The catalogue of one library. Only the first page of a list has an address."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings
        self._forms = WebForms("")

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address."""
        if fails:
            return self._forms.error()
        if is_dangerous(request.path):
            return self._forms.error("A potentially dangerous Request.Path value was detected from the client.", 400)
        if request.path in {"", "/", _ROOT, "/pages/opac"}:
            return moved(f"{_ROOT}wpid-home.html")
        return self._of(request.path.removeprefix(_ROOT))

    def _of(self, name: str) -> Reply | None:
        if name == "wpid-home.html":
            return self._page("", "Trang chủ")
        if found := _SEARCH.fullmatch(name):
            return self._page(self._results(found["field"], found["words"]), "Kết quả tìm kiếm")
        if (asked := _RECORD.fullmatch(name)) and (entry := self._holdings.by_id.get(asked["id"])):
            return self._page(_record(entry), entry.title)
        return None

    def _page(self, inner: str, title: str) -> Reply:
        box = (
            '<div id="divQuickSearch"><select id="cbQuickField"><option value="all">Tất cả</option>'
            '<option value="title">Nhan đề</option><option value="author">Tác giả</option><option value="isbn">ISBN'
            '</option></select><input type="text" id="txtKeyword" />'
            "<a href=\"javascript:ClientQuickSearch('opac');\">Tìm kiếm</a></div>"
        )
        page = (
            f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8" /><title>{escaped(title)}</title>'
            '<link href="/pages/opac/css/ilib.css" rel="stylesheet" /><script src="/pages/opac/js/opac.js">'
            "</script></head>"
            f"<body><h1>{escaped(self._library.vi)}</h1>"
            + self._forms.form("wpid-home.html", f'{box}<div id="divContent">{inner}</div>', names=())
            + "</body></html>\n"
        )
        return Reply(page.encode(), HTML)

    def _results(self, field: str, words: str) -> str:
        tree = worded(_FIELDS.get(field, "any"), words.replace("*", " "))
        found = self._holdings.found(tree) if tree else []
        if not found:
            return (
                '<div id="divSearchInfo" class="search-result alert alert-info"><p>Tìm thấy <ins>0</ins> '
                "<span>Kết quả</span>"
                '</p></div><ul id="ulSearchResult" class="media-list result-list"></ul>'
            )
        state = f"unsigned$0$0$1$|{field}${words}$0$0$and||sortfield$newbib_dsc$0$1|"
        rows = "".join(_row(entry, number) for number, entry in enumerate(found[:_ROWS], 1))
        return (
            f'<div id="divSearchInfo" class="search-result alert alert-info"><p>Tìm thấy <ins>{len(found)}'
            f"</ins> <span>Kết quả"
            f'</span></p></div><div id="divPagination" class="tool-bar">{_pager(state, len(found))}</div>'
            f'<ul id="ulSearchResult" class="media-list result-list">{rows}</ul>'
        )


def _pager(state: str, total: int) -> str:
    """Return the pages of a list: each is a call of a script with the whole question in it, counted from 0."""
    links = []
    for page in range(min(10, -(-total // _ROWS))):
        call = f"ClientPagingOnChange('opac','','','{state}','{total}','10','10','{page}','10','ClientPagingOnChange');"
        active = ' class="active"' if not page else ""
        links.append(f'<li{active}><a href="javascript:{escaped(call)}">{page + 1}</a></li>')
    return f'<ul class="pagination pagination-sm cusPagination">{"".join(links)}</ul>'


def _row(entry: Entry, number: int) -> str:
    said = "".join(f"<dd><strong>{label}</strong> {value}</dd>" for label, value in _said(entry))
    return (
        '<li class="media"><div class="divDetailBibiSearch"><div class="radio-checkbox pull-left">'
        f'<input type="checkbox" class="checkbox" name="checkbox-bib" /><span>{number}.</span></div>'
        f'<div class="media-body">'
        f'<h4 class="media-heading"><a href="../opac/wpid-detailbib-id-{entry.id}.html" target="_blank">'
        f'{escaped(_title(entry))}</a><input type="hidden" id="hdBibId" value="{entry.id}" />'
        '<input type="hidden" id="hdDbSource" value="ILIB" /></h4></div>'
        f'<div class="tab-pane active" id="panel-intro{entry.id}">'
        f'<dl id="divBibInfo{entry.id}" class="doc-dl">{said}</dl>'
        f'<div id="divBibDetail{entry.id}" class="media doc-details" style="display:none"></div>'
        f'<img alt="" src="/pages/opac/TempDir/qrcode/ILIB/1/{entry.id}.jpg" class="qr" />'
        f'<a id="aBibDetail{entry.id}" class="btn btn-default btn-xs"'
        f" href=\"javascript:ClientViewBibDetailV2('opac', '{entry.id}', '0');\">Xem chi tiết</a></div></div></li>"
    )


def _title(entry: Entry) -> str:
    return f"{entry.title}: {entry.subtitle}" if entry.subtitle else entry.title


def _said(entry: Entry) -> Sequence[tuple[str, str]]:
    """Return the labels of a card and what stands behind each, as HTML."""
    link = '<a class="text-info" href="../opac/wpid-search-stype-form-quick-sfield-{0}-keyword-{1}.html">{1}</a>'
    names = ";&nbsp;".join(link.format("author", escaped(name.text)) for name in entry.names)
    words = ";&nbsp;".join(link.format("all", escaped(subject)) for subject in entry.subjects)
    classes = "/ ".join(
        each for each in (entry.edition.ddc, entry.copies[0].call_number if entry.copies else "") if each
    )
    pairs = (
        ("Tác giả:", names), ("Thông tin xb:", escaped(isbd.imprint(entry))),
        ("Mô tả vật lý:", escaped(isbd.extent(entry))), ("Phân loại:", escaped(classes)), ("Từ khóa:", words),
    )  # fmt: skip
    return [(label, value) for label, value in pairs if value]


def _record(entry: Entry) -> str:
    said = [*_said(entry), ("ISBN:", escaped("; ".join(entry.isbns)))]
    rows = "".join(
        f'<dd><dl><dd style="width:30%;float:left;"><strong>{label}</strong></dd>'
        f'<dd style="width:70%;float:left;">{value}</dd>'
        "</dl></dd>"
        for label, value in said if value
    )  # fmt: skip
    return (
        f'<h4 class="media-heading">{escaped(_title(entry))}</h4>'
        f'<div id="divBibDetail{entry.id}" class="media doc-details">'
        f'<div class="media-body"><dl>{rows}</dl></div></div>'
    )
