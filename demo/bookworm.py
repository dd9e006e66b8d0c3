"""A shelf of e-books like Bookworm: one box, `Results.aspx?pIdx=…&vt=list&qr=…`, pages of books by number.

Source: public clients and links to such a shelf (2023-2026): the address of results, `FDetail.aspx` and `EDetail.aspx`,
the address of covers. Inferred: everything about the look of a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from demo import isbd
from demo.entries import Entry
from demo.holdings import Holdings, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.webforms import HTML, WebForms
from demo.xml_text import escaped

_ROWS: Final = 12


class Bookworm:
    """The e-books of one library."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings
        self._forms = WebForms("")

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address."""
        if fails:
            return self._forms.error()
        asked = {name.lower(): value for name, value in request.parameters.items()}
        match request.path.rstrip("/").lower():
            case "" | "/default.aspx":
                books = "".join(map(_book, self._holdings.entries[-6:]))
                return self._page(f'<h3>Sách mới</h3><div class="home-books">{books}</div>', self._library.vi)
            case "/results.aspx":
                return self._page(self._results(asked), "Kết quả tìm kiếm")
            case "/edetail.aspx" | "/fdetail.aspx" if asked.get("id", "") in self._holdings.by_id:
                return self._page(_record(self._holdings.by_id[asked["id"]]), "Chi tiết sách")
        return None

    def _page(self, inner: str, title: str) -> Reply:
        box = (
            '<input name="ctl00$txtSearch" type="text" id="txtSearch" />'
            '<input type="submit" name="ctl00$btnSearch" value="Tìm" />'
        )
        page = (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8" /><title>{escaped(title)} - Bookworm</title>'
            f"</head><body>"
            + self._forms.form("Results.aspx", f'{box}<div class="content">{inner}</div>', names=())
            + '<a href="/Results.aspx?pIdx=1&amp;vt=list&amp;qr=">Tất cả sách</a></body></html>\n'
        )
        return Reply(page.encode(), HTML)

    def _results(self, asked: dict[str, str]) -> str:
        words = asked.get("qr", "")
        tree = worded("any", words)
        found: Sequence[Entry] = self._holdings.found(tree) if tree else () if words.strip() else self._holdings.entries
        if not found:
            return '<div class="result-info">Không tìm thấy cuốn sách nào phù hợp.</div>'
        number = asked.get("pidx", "1")
        page = max(1, int(number)) if number.isascii() and number.isdecimal() else 1
        pages = -(-len(found) // _ROWS)
        links = " ".join(
            f'<a href="Results.aspx?pIdx={each}&amp;vt=list&amp;qr={quote(words)}">{each}</a>'
            for each in range(max(1, page - 3), min(pages, page + 3) + 1)
        )
        books = "".join(map(_book, found[(page - 1) * _ROWS : page * _ROWS]))
        return (
            f'<div class="result-info">Tìm thấy <b>{len(found)}</b> kết quả</div><div class="list-view">{books}</div>'
            f'<div class="paging">{links}</div>'
        )


def _book(entry: Entry) -> str:
    link = f"{'FDetail' if entry.edition.url else 'EDetail'}.aspx?id={entry.id}"
    authors = "; ".join(name.text for name in entry.names)
    return (
        f'<div class="book"><a href="{link}"><img src="ViewEImage.ashx?id={entry.id}" alt="" /></a>'
        f'<h4><a href="{link}">{escaped(entry.title)}</a></h4>'
        + (f'<p class="author">Tác giả: {escaped(authors)}</p>' if authors else "")
        + f'<p class="publish">{escaped(isbd.imprint(entry))}</p></div>'
    )


def _record(entry: Entry) -> str:
    return (
        f"<h2>{escaped(entry.title)}</h2><p>{escaped(entry.statement)}</p><p>{escaped(isbd.imprint(entry))}</p>"
        f'<p>ISBN: {escaped("; ".join(entry.isbns))}</p><a href="/Login.aspx">Đăng nhập để đọc</a>'
    )
