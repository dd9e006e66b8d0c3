"""The web catalogue of Libol: WebForms whose pages begin with `W`, in the manner of 6 (`/opac60`) and of 8 (`/opac80`).

Source: public pages and clients of Libol catalogues (the grids of the start page, `WShowDetail.aspx`, its words for the
state of copies, `WHoldingCollection.aspx`), and the published code of a system of the same descent (the page of
results, `intPg`, its labels, the alert that tells of no hits). Inferred: the names of the boxes, the look of the
copies' table.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Final

from demo import isbd
from demo.cql import Tree
from demo.entries import Entry, State
from demo.holdings import Holdings, joined, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_nothing
from demo.webforms import HTML, WebForms, moved
from demo.xml_text import composed, escaped

_ROWS: Final = 10
_BOXES: Final = {
    "txtTitle": "title", "txtAuthor": "author", "txtPublisher": "publisher", "txtISBN": "isbn", "txtKeyWord": "any",
}  # fmt: skip
_CHOICES: Final = {"0": "any", "1": "title", "2": "author", "3": "isbn", "4": "subject"}
_STATES: Final = {State.IN: "Rỗi", State.ON_LOAN: "Bận", State.READING_ROOM: "Rỗi", State.LOST: "Khóa"}
_CONTENT: Final = "ctl00$ContentPlaceHolder1$"
_PAGER: Final = f"{_CONTENT}dgrResult$ctl14$ctl"


class Libol(ABC):
    """What both versions share: the page of a record, that of its copies, and how a question is looked for."""

    root = ""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings
        self._forms = WebForms(self.root)

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address; Windows knows no capitals in it."""
        if fails:
            return self._forms.error()
        if request.path in {"", "/"}:
            return self._page('<p><a href="' + self.root + '/">Tra cứu tài liệu (OPAC)</a></p>', "Thư viện")
        if not request.path.lower().startswith(self.root):
            return None
        name = request.path[len(self.root) :].strip("/").lower()
        if name in {"wshowdetail.aspx", "wholdingcollection.aspx"}:
            return self._of_one(name, request)
        if name == "wpersonalpagelogin.aspx":
            login = '<input name="txtCode" type="text" /><input name="txtPassWord" type="password" />'
            return self._page(self._forms.form("WPersonalPageLogin.aspx", login, names=()), "Bạn đọc")
        return self._own(name, request)

    def _of_one(self, name: str, request: Request) -> Reply:
        asked = {key.lower(): value for key, value in request.parameters.items()}
        entry = self._holdings.by_id.get(asked.get("intitemid", ""))
        if entry is None:
            return moved(f"{self.root}/Error.aspx?aspxerrorpath={request.path}")
        if name == "wshowdetail.aspx":
            return self._page(_record(entry), "WShowDetail")
        return self._page(_copies(entry), "WHoldingCollection")

    @abstractmethod
    def _own(self, name: str, request: Request) -> Reply | None:
        """Return a page that only this version has."""

    def _page(self, inner: str, title: str, *headers: tuple[str, str]) -> Reply:
        page = (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">\n'
            f'<HTML><HEAD><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title>'
            '<link href="Resources/StyleSheet/Default.css" rel="stylesheet"></HEAD><body>'
            f'<table width="100%"><tr><td class="lbPageTitle">{escaped(self._library.vi)}</td><td>'
            f'<a href="{self.root}/WPersonalPageLogin.aspx" class="lbLinkFunction">Bạn đọc</a></td></tr>'
            f"</table>{inner}</body></HTML>\n"
        )
        return Reply(page.encode(), HTML, headers=headers)

    def _found(self, asked: Mapping[str, str]) -> list[Entry]:
        """Return what a question finds: words with their marks; every box that is filled counts."""
        trees: list[Tree | None] = [
            worded(field, re.sub(r"[*?%]", " ", words)) for field, words in asked.items() if words.strip()
        ]
        if not trees or any(tree is None for tree in trees):
            return []
        tree = joined("and", trees)
        return self._holdings.found(tree, fold_nothing) if tree else []


class Libol6(Libol):
    """Libol 6: a form of several boxes; what was found is kept in the session and shown by `WShowResult.aspx`."""

    root = "/opac60"

    def _own(self, name: str, request: Request) -> Reply | None:
        session, begun = self._forms.session(request)
        if name in {"", "default.aspx"}:
            return moved(f"{self.root}/WIndex.aspx", *begun)
        if name == "windex.aspx" and request.method == "POST":
            return self._forms.refusal(request, "WIndex.aspx") or self._searched(request, session)
        if name == "windex.aspx":
            return self._start("", *begun)
        if name == "wshowresult.aspx":
            return self._results(request, session) if session else moved(f"{self.root}/WIndex.aspx", *begun)
        return None

    def _start(self, script: str, *begun: tuple[str, str]) -> Reply:
        boxes = "".join(
            f'<tr><td><span id="lbl{name[3:]}" class="lbLabel">{label}:</span></td>'
            f'<td><input name="{name}" type="text" id="{name}" class="lbTextBox" /></td></tr>'
            for name, label in zip(_BOXES, ("Nhan đề", "Tác giả", "Nhà xuất bản", "ISBN", "Từ khóa"), strict=True)
        )
        news = "".join(
            f'<tr class="lbGridCell"><td align="right">{number}</td>'
            f'<td><A Href="WShowDetail.aspx?intItemID={entry.id}">{escaped(isbd.head(entry))}</A></td></tr>'
            for number, entry in enumerate(self._holdings.entries[-5:], 1)
        )
        inner = (
            f'<table>{boxes}<tr><td></td><td><input type="submit" name="btnSearch" value="Tìm kiếm" id="btnSearch" />'
            '<input type="submit" name="btnReset" value="Đặt lại" id="btnReset" /></td></tr></table>'
            '<h2>Tài liệu mới</h2><table class="lbGrid" id="dgrNewItems"><tr class="lbGridHeader"><td>STT</td>'
            f"<td>Nhan đề</td></tr>{news}</table>"
        )
        return self._page(
            script + self._forms.form("WIndex.aspx", inner, names=("btnSearch",), form="Form1"), "OPAC", *begun
        )

    def _searched(self, request: Request, session: dict[str, str]) -> Reply:
        asked = {name: request.parameters.get(name, "") for name in _BOXES}
        if not self._found({_BOXES[name]: words for name, words in asked.items()}):
            return self._start(
                "<script language='javascript'>alert('Không tìm thấy ấn phẩm nào thoả mãn điều kiện.')</script>"
            )
        session.clear()
        session.update(asked)
        return moved(f"{self.root}/WShowResult.aspx")

    def _results(self, request: Request, session: Mapping[str, str]) -> Reply:
        found = self._found({_BOXES[name]: words for name, words in session.items()})
        pages = -(-len(found) // _ROWS)
        page = min(max(1, _number(request.parameters.get("intPg", "1"))), pages)
        said = "".join(f"{words} " for words in session.values() if words)
        inner = (
            f'<span id="lblTemp2">Tìm cụm từ</span> <span id="lblSearchData">{escaped(said)}</span><br>'
            f'<span id="lblTemp5">Tìm thấy</span>&nbsp;<span id="lblAmount">{len(found)}</span>&nbsp;'
            f'<span id="lblTemp6">ấn phẩm.</span><br>{_grid(found, page, "dtgResult")}<div>'
            f'<a href="javascript:PreRec({page})">&lt;&lt;</a> <input name="txtCurrent" value="{page}" /> / {pages} '
            f'<a href="javascript:NextRec({page},{pages})">&gt;&gt;</a></div>'
        )
        return self._page(self._forms.form("WShowResult.aspx", inner, names=(), form="Form1"), "WShowResult")


class Libol8(Libol):
    """Libol 8: one box and a list of fields; results and the numbers of their pages stand in the same page."""

    root = "/opac80"

    def _own(self, name: str, request: Request) -> Reply | None:
        session, begun = self._forms.session(request)
        if name in {"", "default.aspx"}:
            return moved(f"{self.root}/WSearch.aspx", *begun)
        if name == "wsearch.aspx" and request.method == "POST":
            return self._forms.refusal(request, "WSearch.aspx") or self._searched(request, session)
        return self._form("", {}, *begun) if name == "wsearch.aspx" else None

    def _form(self, results: str, question: Mapping[str, str], *begun: tuple[str, str], pages: int = 0) -> Reply:
        labels = ("Mọi trường", "Nhan đề", "Tác giả", "ISBN", "Từ khóa")
        options = "".join(
            f'<option{" selected" if value == question.get("field") else ""} value="{value}">{label}</option>'
            for value, label in zip(_CHOICES, labels, strict=True)
        )
        words = escaped(question.get("words", ""))
        inner = (
            f'<input name="{_CONTENT}txtSearch" type="text" value="{words}" id="ctl00_ContentPlaceHolder1_txtSearch" />'
            f'<select name="{_CONTENT}ddlField" id="ctl00_ContentPlaceHolder1_ddlField">{options}</select>'
            f'<input type="submit" name="{_CONTENT}btnSearch" value="Tìm kiếm" />{results}'
        )
        names = [f"{_PAGER}{each:02}" for each in range(pages)]
        return self._page(self._forms.form("WSearch.aspx", inner, names=names, form="aspnetForm"), "OPAC", *begun)

    def _searched(self, request: Request, session: dict[str, str]) -> Reply:
        """Return a page of results: of what was typed, or of the last question where a page was chosen."""
        asked, page = request.parameters, 1
        target = asked.get("__EVENTTARGET", "")
        if target.startswith(_PAGER):
            page = _number(target.removeprefix(_PAGER)) + 1
        else:
            session["words"] = asked.get(f"{_CONTENT}txtSearch", "")
            session["field"] = asked.get(f"{_CONTENT}ddlField", "0")
        found = self._found({_CHOICES.get(session.get("field", ""), "any"): session.get("words", "")})
        if not found:
            message = "Không tìm thấy tài liệu nào phù hợp với yêu cầu của bạn."
            return self._form(f'<span id="ctl00_ContentPlaceHolder1_lblMessage">{message}</span>', session)
        pages = -(-len(found) // _ROWS)
        links = "".join(
            f"<span>{each}</span>&nbsp;" if each == page
            else f"<a href=\"javascript:__doPostBack('{_PAGER}{each - 1:02}','')\">{each}</a>&nbsp;"
            for each in range(1, pages + 1)
        )  # fmt: skip
        results = (
            f'<span id="ctl00_ContentPlaceHolder1_lblCount">Tìm thấy <b>{len(found)}</b> tài liệu</span>'
            f'{_grid(found, page, "ctl00_ContentPlaceHolder1_dgrResult")}<div class="lbGridPager">{links}</div>'
        )
        return self._form(results, session, pages=pages)


def _grid(found: Sequence[Entry], page: int, identifier: str) -> str:
    rows = "".join(
        f'<tr class="{"lbGridAlterCell" if number % 2 == 0 else "lbGridCell"}"><td align="right">{number}</td>'
        f"<td>"
        f'<a href="WShowDetail.aspx?intItemID={entry.id}" class="lblinkfunction">{_text(entry, isbd.head(entry))}</a> '
        f"{_text(entry, isbd.tail(entry))}</td></tr>"
        for number, entry in enumerate(found[(page - 1) * _ROWS : page * _ROWS], (page - 1) * _ROWS + 1)
    )
    return (
        f'<table class="lbGrid" cellspacing="0" rules="all" border="1" id="{identifier}"><tr class="lbGridHeader">'
        f"<td>STT</td><td>Nội dung</td></tr>{rows}</table>"
    )


def _record(entry: Entry) -> str:
    free = sum(copy.state in {State.IN, State.READING_ROOM} for copy in entry.copies)
    rows = (
        ("Dạng tài liệu", entry.edition.material),
        ("Thông tin mô tả", _text(entry, f"{isbd.head(entry)}. - {isbd.tail(entry)}")),
        ("ISBN", escaped("; ".join(entry.isbns))), ("Ký hiệu phân loại", escaped(entry.edition.ddc)),
        ("Từ khóa", _text(entry, ", ".join(entry.subjects))), ("Tổng số bản", f"{len(entry.copies)}&nbsp;"),
        ("Số bản rỗi", f"{free}&nbsp;"), ("Trạng thái", "Rỗi" if free else "Bận"),
    )  # fmt: skip
    inner = "".join(f'<tr><td class="lbLabel">{label}:</td><td>{value}</td></tr>' for label, value in rows)
    return (
        f'<table id="tblDetail">{inner}</table>'
        f'<a href="WHoldingCollection.aspx?intItemID={entry.id}" class="lbLinkFunction">Thông tin xếp giá</a>'
    )


def _copies(entry: Entry) -> str:
    rows = "".join(
        f'<tr class="lbGridCell"><td>{number}</td><td>{escaped(f"{copy.branch_name}: {copy.shelf}")}</td>'
        f"<td>{escaped(copy.barcode)}</td><td>{escaped(copy.call_number)}</td><td>{_STATES[copy.state]}</td></tr>"
        for number, copy in enumerate(entry.copies, 1)
    )
    heads = "".join(f"<td>{head}</td>" for head in ("STT", "Kho", "Số ĐKCB", "Ký hiệu xếp giá", "Trạng thái"))
    return f'<table class="lbGrid" id="dtgHolding"><tr class="lbGridHeader">{heads}</tr>{rows}</table>'


def _text(entry: Entry, text: str) -> str:
    return escaped(composed(text, is_decomposed=entry.is_decomposed))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
