"""The web catalogue of eMicLib: what is found is kept in the session, pages turn by post-back.

Source: the published code of such a catalogue: `OShow.aspx` and its parameters, its form and hidden fields, rows, pager
and count, the words for no hits (which stand hidden in every page), `ODetail.aspx`, its words for the state of copies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from demo import isbd
from demo.entries import Entry, State
from demo.holdings import Holdings, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_all
from demo.vietnamese import unmarked
from demo.webforms import HTML, WebForms, moved
from demo.xml_text import escaped, joined

_FIELDS: Final = {"13": "title", "1": "author", "9": "year", "2": "publisher", "3": "subject", "10": "material"}
_ROWS: Final = 10
_LINKS: Final = 5
_NONE: Final = "Không tìm thấy kết quả tìm kiếm của bạn. Bạn vui lòng thử lại."
_KINDS: Final = {"book": "Sách", "thesis": "Luận án, luận văn", "journal": "Ấn phẩm định kỳ"}
_STATES: Final = {State.IN: "Rỗi", State.READING_ROOM: "Rỗi", State.ON_LOAN: "Bận", State.LOST: "Bận"}


class Emiclib:
    """The catalogue of one library. Words are looked for as one phrase, without their marks."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings
        self._forms = WebForms("")

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address."""
        if fails:
            return self._forms.error()
        session, begun = self._forms.session(request)
        match request.path.rstrip("/").lower():
            case "" | "/default.aspx":
                return moved("/OIndex.aspx", *begun)
            case "/oindex.aspx":
                return self._page("OIndex.aspx", '<div id="divMain"><h3>Tài liệu mới</h3></div>', begun)
            case "/oshow.aspx":
                return self._show(request, session, begun)
            case "/odetail.aspx":
                asked = {name.lower(): value for name, value in request.parameters.items()}
                entry = self._holdings.by_id.get(asked.get("intitemid", ""))
                return self._page("ODetail.aspx", _record(entry) if entry else "", begun)
        return None

    def _show(self, request: Request, session: dict[str, str], begun: tuple[tuple[str, str], ...]) -> Reply:
        page, asked = 1, request.parameters
        if request.method == "POST":
            if refusal := self._forms.refusal(request, "OShow.aspx"):
                return refusal
            number = asked.get("hidCurrentPage", "1")
            page = int(number) if "raiseShowRecord" in asked and number.isascii() and number.isdecimal() else 1
        elif "txtSearch" in asked:
            session.clear()
            session.update(words=asked["txtSearch"].strip(), kind=asked.get("TypeSearch", asked.get("DicID", "0")))
        found = self._found(session)
        page = min(max(page, 1), max(1, -(-len(found) // _ROWS)))
        rows = found[(page - 1) * _ROWS : page * _ROWS]
        books = "".join(
            _row(entry, number, session.get("words", "")) for number, entry in enumerate(rows, (page - 1) * _ROWS + 1)
        )
        paging = f'<div class="divPage"><ul class="ClearFix">{_pager(len(found), page) if found else ""}</ul></div>'
        inner = (
            '<div id="divMain"><div class="web-size ClearFix"><div class="col-right-7 item-list">'
            f'{paging}<ul class="ClearFix">{books or _NONE}</ul>{paging}</div></div></div>'
        )
        return self._page("OShow.aspx", inner, begun, page=page)

    def _found(self, session: Mapping[str, str]) -> list[Entry]:
        field = _FIELDS.get(session.get("kind", "0"), "any")
        tree = worded(field, re.sub(r"[*?%\"]", " ", session.get("words", "")), relation="adj")
        return self._holdings.found(tree, fold_all) if tree else []

    def _page(self, name: str, inner: str, headers: tuple[tuple[str, str], ...], *, page: int = 1) -> Reply:
        hidden = "".join(
            f'<input name="{field}" type="hidden" id="{field}" value="{value}" />'
            for field, value in (
                ("hidSearch", ""),
                ("hidCurrentPage", str(page)),
                ("hidOrderBy", ""),
                ("hidSearchType", "0"),
            )
        )
        header = (
            '<div id="divSearch"><select name="UHeader1$rdSearchOption">'
            '<option value="1">Tài liệu in (Biên mục)</option>'
            '<option value="2">Tài liệu số (Toàn văn)</option></select>'
            '<input class="InputSearch" type="text" id="txtSearch" />'
            '<input type="button" id="btSearch" onclick="clickSearch()" />'
            '<a class="search-link" href="OSearchAdvanced.aspx">Tìm kiếm nâng cao</a></div>'
            '<ul><li><a href="OIndex.aspx">Trang Chủ</a></li><li><a href="OBrowse.aspx?DicID=13">Nhan đề</a></li></ul>'
        )
        footer = (
            f'<div style="display:none"><span id="spInfoNotFound">{_NONE}</span>{hidden}'
            '<input type="submit" name="raiseShowRecord" value="raiseShowRecord" id="raiseShowRecord" />'
            '<input type="submit" name="raiseOrderBy" value="raiseOrderBy" id="raiseOrderBy" /></div>'
        )
        text = (
            f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">\n<html lang="en"><head><title>'
            f'{escaped(self._library.vi)}</title><script type="text/javascript" src="js/{name[:-5]}.js">'
            f"</script></head><body>"
            + self._forms.form(name, f"{header}{inner}{footer}", names=("raiseShowRecord", "raiseOrderBy"))
            + "</body></html>\n"
        )
        return Reply(text.encode(), HTML, headers=headers)


def _pager(total: int, page: int) -> str:
    pages = -(-total // _ROWS)
    first = (page - 1) // _LINKS * _LINKS + 1
    links = "".join(
        f"<li>"
        f"<a onclick='showRecord({each})'{' class=PageSeleted' if each == page else ''} style='cursor:pointer;'>"
        f"{each}</a></li>"
        for each in range(first, min(first + _LINKS, pages + 1))
    )
    start, end = (page - 1) * _ROWS + 1, min(page * _ROWS, total)
    return (
        f"{links}<div style='vertical-align:middle;'>"
        f"<span class='tertiary-text-secondary'>&nbsp;Mục&nbsp;{start:,}&nbsp;đến"
        f"&nbsp;{end:,}&nbsp;của&nbsp;{total:,}</span></div>"
    )


def _row(entry: Entry, number: int, words: str) -> str:
    classes = " ".join(f"<U>{escaped(copy.call_number)}</U>" for copy in entry.copies[:1])
    pairs = (
        ("Tác giả", escaped("; ".join(name.text for name in entry.names))),
        ("Chỉ số Phân loại thập phân Dewey", escaped(entry.edition.ddc)),
        ("Thông tin xuất bản", escaped(isbd.imprint(entry))),
        ("Dạng tài liệu", _KINDS.get(entry.edition.material, "Khác")), ("Ký hiệu", classes),
    )  # fmt: skip
    said = "".join(f"<p><span><b>{label}:&nbsp;</b>{value}</span></p>" for label, value in pairs if value)
    second = ' class="item-second"' if number % 2 == 0 else ""
    return (
        f'<li{second}><div class="item-box box-raised"><h2 class="clr-cyan">'
        f'<a onclick="parent.showPopupDetail({entry.id})" style="cursor:pointer;">'
        f"{number:,}. {_marked(isbd.head(entry), words)}</a>"
        f'</h2><div class="item-info ClearFix"><div class="item-img col-left-3"><img src=\'Images/Imgviet/Books.png\' '
        f"id='{entry.id}'></div><div class=\"item-intro col-right-7\">{said}</div></div></div></li>"
    )


def _marked(text: str, words: str) -> str:
    """Return a text with the words that were found set off, as the catalogue does, whatever their marks."""
    plain, wanted = unmarked(text).lower(), unmarked(words).lower().strip()
    at = plain.find(wanted) if wanted and len(plain) == len(text) else -1
    if at < 0:
        return escaped(text)
    before, found, after = text[:at], text[at : at + len(wanted)], text[at + len(wanted) :]
    return f'{escaped(before)}<span class="hightlight-text">{escaped(found)}</span>{escaped(after)}'


def _record(entry: Entry) -> str:
    copies: Sequence[str] = [
        f"<tr><td>{escaped(copy.branch_name)}</td><td>{escaped(copy.shelf)}</td><td>{escaped(copy.barcode)}</td>"
        f"<td>{_STATES[copy.state]}</td></tr>"
        for copy in entry.copies
    ]
    free = sum(copy.state in {State.IN, State.READING_ROOM} for copy in entry.copies)
    count = (
        "<h3 class='HeadStyles'>Thông tin xếp giá</h3><div class='ClearFix'><div class='col-left-2'>"
        f"<div class='txt-center'><p>Số bản tài liệu rỗi:</p><span> {free} / {len(entry.copies)}</span>"
        "<div class='div-blank'></div><p>Số bản được giữ chỗ:</p><span> 0</span></div></div>"
    )
    full = joined((isbd.head(entry), isbd.tail(entry)), ". - ")
    return (
        '<div id="divMain"><div class="web-size ClearFix book-detail"><div class="detail-info"><div id="TabbedPanels1" '
        f'class="TabbedPanels"><div class="TabbedPanelsContentGroup"><div class="TabbedPanelsContent">'
        f'<div class="popup-modul">'
        f"{escaped(full)}<br />Chỉ số ISBN: {escaped('; '.join(entry.isbns))}{count}"
        f"<div class='col-right-8'><table>{''.join(copies)}</table></div></div>"
        "</div></div></div></div></div></div></div>"
    )
