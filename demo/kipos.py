"""A catalogue of KIPOS: `keywordsearch.aspx` with its words in the address, titles and responsibility in one link.

Source: public clients of such catalogues (2024-2026) and the paths of their files. Inferred: further codes of fields
than `t`, the parameter of further pages, the words for no hits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from demo import isbd
from demo.entries import Entry
from demo.holdings import Holdings, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.webforms import HTML, WebForms, moved
from demo.xml_text import escaped

_FIELDS: Final = {"": "any", "all": "any", "t": "title", "a": "author", "s": "subject", "i": "isbn", "p": "publisher"}
_LABELS: Final = {"all": "Tất cả", "t": "Nhan đề", "a": "Tác giả", "s": "Từ khóa", "i": "ISBN"}
_ROWS: Final = 10


class Kipos:
    """The catalogue of one library."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings
        self._forms = WebForms("")

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address."""
        if fails:
            return self._forms.error()
        asked = request.parameters
        match request.path.rstrip("/").lower():
            case "" | "/default.aspx":
                return self._page('<a href="/opac/keywordsearch.aspx">Tra cứu</a>', self._library.vi)
            case "/opac" | "/opac/default.aspx":
                return moved("/opac/keywordsearch.aspx")
            case "/opac/keywordsearch.aspx":
                words = asked.get("s_searchvalue1", "")
                return self._page(self._results(words, asked) if words.strip() else "", "Tìm theo từ khóa")
            case "/opac/bibliographicdetail.aspx" if asked.get("id", "") in self._holdings.by_id:
                return self._page(_record(self._holdings.by_id[asked["id"]]), "Chi tiết")
        return None

    def _page(self, inner: str, title: str) -> Reply:
        options = "".join(f'<option value="{code}">{label}</option>' for code, label in _LABELS.items())
        page = (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8" /><title>{escaped(title)}</title>'
            '<link href="/App_Themes/demo/style.css" rel="stylesheet" /></head><body>'
            '<img src="/App_Themes/demo/images/demo-logo.png" alt="" />'
            '<img src="/KIPOSDATA0/KIPOSSysWebFiles/images/banner.png" alt="" />'
            '<div id="opacsearch"><input type="text" name="s_searchvalue1" id="s_searchvalue1" />'
            f'<select name="search_field1" id="search_field1">{options}</select><a id="btnSearch">Tìm</a></div>'
            + self._forms.form("keywordsearch.aspx", f'<div id="maincontent">{inner}</div>', names=())
            + "</body></html>\n"
        )
        return Reply(page.encode(), HTML)

    def _results(self, words: str, asked: dict[str, str]) -> str:
        tree = worded(_FIELDS.get(asked.get("search_field1", ""), "any"), words)
        found = self._holdings.found(tree) if tree else []
        if not found:
            return '<div class="searchresultinfo">Không tìm thấy tài liệu nào.</div>'
        number = asked.get("page", "1")
        page = max(1, int(number)) if number.isascii() and number.isdecimal() else 1
        field = {"s_searchvalue1": words, "search_field1": asked.get("search_field1", "")}
        return (
            f'<div class="searchresultinfo">Tìm thấy <b>{len(found)}</b> tài liệu</div>{_rows(found, page)}'
            f'<div class="pager">{_pager(field, page, -(-len(found) // _ROWS))}</div>'
        )


def _pager(field: dict[str, str], page: int, pages: int) -> str:
    last = min(pages, page + 5)
    return " ".join(
        f"<b>{each}</b>" if each == page
        else f'<a href="/opac/keywordsearch.aspx?{escaped(urlencode({**field, "page": str(each)}))}">{each}</a>'
        for each in range(max(1, page - 4), last + 1)
    )  # fmt: skip


def _rows(found: Sequence[Entry], page: int) -> str:
    rows = "".join(
        f'<tr><td class="stt">{number}</td><td><a class="title" href="/opac/bibliographicdetail.aspx?id={entry.id}">'
        f'{escaped(isbd.head(entry))}</a><div class="publish">{escaped(isbd.imprint(entry))}</div>'
        f'<div class="physical">{escaped(isbd.extent(entry))}</div></td></tr>'
        for number, entry in enumerate(found[(page - 1) * _ROWS : page * _ROWS], (page - 1) * _ROWS + 1)
    )
    return f'<table class="searchresult">{rows}</table>'


def _record(entry: Entry) -> str:
    pairs = (
        ("Nhan đề", isbd.head(entry)), ("Xuất bản", isbd.imprint(entry)), ("Mô tả", isbd.extent(entry)),
        ("ISBN", "; ".join(entry.isbns)), ("Phân loại", entry.edition.ddc), ("Từ khóa", "; ".join(entry.subjects)),
    )  # fmt: skip
    rows = "".join(f"<tr><td>{label}</td><td>{escaped(value)}</td></tr>" for label, value in pairs if value)
    return f'<table class="bibdetail">{rows}</table>'
