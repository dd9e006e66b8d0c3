"""A SLiMS over a library's entries: its list as a page and as MODS, the record's page with its copies, MODS of it.

Source: SLiMS 9 Bulian, `biblio_list_model`, `SearchBiblio` and `detail`. Ten records a page; the list calls all of them
"mixed material"; marks are folded as MySQL's collation does, which leaves đ alone; every word must occur.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote_plus, urlencode

from demo.entries import Copy, Entry, State
from demo.holdings import Holdings, joined, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_marks
from demo.xml_text import element, escaped

_HTML: Final = "text/html; charset=UTF-8"
_XML: Final = "text/xml; charset=UTF-8"
_COOKIES: Final = (("Set-Cookie", "SenayanMember=6f1d2c3b4a; path=/slims/; HttpOnly"),)
_BASE: Final = "/slims/"
_FIELDS: Final = {
    "title": "title", "author": "author", "subject": "subject", "isbn": "isbn", "publisher": "publisher",
    "callnumber": "call",
}  # fmt: skip
_PAGE: Final = 10
_MODS: Final = (
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns="http://www.loc.gov/mods/v3" xmlns:slims="http://slims.web.id" '
    'xsi:schemaLocation="http://www.loc.gov/mods/v3 http://www.loc.gov/standards/mods/v3/mods-3-3.xsd"'
)


class Slims:
    """One SLiMS."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        asked = request.parameters
        if request.path in {"", "/", _BASE.rstrip("/")}:
            # As Apache does for a folder that is asked for without its slash.
            where = _BASE + (f"?{request.text}" if request.text else "")
            return Reply(b"", _HTML, 301, (("Location", where),))
        if request.path not in {_BASE, f"{_BASE}index.php"}:
            return None
        if fails:
            return Reply(b"Error Connecting to Database with message: Connection refused", _HTML)
        if asked.get("p") == "show_detail":
            return self._record(asked)
        if "search" in asked or "keywords" in asked:
            return self._list(asked)
        return self._page("", "")

    def _list(self, asked: dict[str, str]) -> Reply:
        found = self._found(asked)
        page = int(asked["page"]) if re.fullmatch(r"[1-9]\d{0,5}", asked.get("page", "")) else 1
        shown = found[(page - 1) * _PAGE : page * _PAGE]
        if asked.get("resultXML"):
            counts = (
                f"<slims:resultInfo><slims:modsResultNum>{len(found)}</slims:modsResultNum><slims:modsResultPage>{page}"
                f"</slims:modsResultPage><slims:modsResultShowed>{_PAGE}</slims:modsResultShowed></slims:resultInfo>"
            )
            records = "\n".join(map(_brief, shown))
            return _xml(f"{counts}\n{records}")
        words = asked.get("keywords", "")
        told = (
            f'<div class="search-found-info">Tìm thấy <strong>{len(found)}</strong> từ từ khoá của bạn: '
            f'<strong class="search-found-info-keywords"><span class="search-keyword-info" title="{escaped(words)}">'
            f"{escaped(words)}</span></strong></div>"
        )
        rows = "".join(_row(entry, words) for entry in shown)
        return self._page(words, f'{told}<div class="biblioResult">{rows}</div>{_pager(asked, page, len(found))}')

    def _found(self, asked: dict[str, str]) -> list[Entry]:
        """Return what the simple box finds, or else the fields of the advanced search together."""
        words = asked.get("keywords", "").replace('"', " ")
        if words.strip():
            prefix = re.match(r"(title|author|subject|isbn)=(.*)", words)
            tree = worded(prefix[1], prefix[2]) if prefix else worded("any", re.sub(r"[*?]", " ", words))
            return self._holdings.found(tree, fold_marks) if tree is not None else []
        terms = [worded(name, re.sub(r"[*?]", " ", asked.get(field, ""))) for field, name in _FIELDS.items()]
        tree = joined("and", terms)
        is_unreadable = tree is None and any(asked.get(field, "").strip() for field in _FIELDS)
        return [] if is_unreadable else self._holdings.found(tree, fold_marks)

    def _record(self, asked: dict[str, str]) -> Reply:
        entry = self._holdings.by_id.get(asked.get("id", ""))
        if entry is None:
            return self._page("", '<div class="alert alert-warning">Không có biểu ghi này.</div>')
        if asked.get("inXML"):
            return _xml(_full(entry))
        names = "".join(f'<a href="?author={quote_plus(name.text)}&search=Search">{escaped(name.text)}</a> - '
                        for name in entry.names)  # fmt: skip
        rows = "".join(map(_item, entry.copies))
        copies = f'<table class="table table-bordered table-small itemList">{rows}</table>' if rows else (
            '<div class="alert alert-error no-copies">Chưa có bản nào.</div>'
        )  # fmt: skip
        body = f"""<div class="container result-search" itemscope itemtype="http://schema.org/Book">
<h4 class="mb-2" itemprop="name" property="name">{escaped(_title(entry))}</h4><div class="mb-3">{names}</div>
<h5 class="mt-4 mb-1">Hiện trạng</h5>{copies}
<dl class="row"><dt>Ký hiệu</dt><dd class="col-sm-9"><div>{escaped(_call(entry))}</div></dd>
<dt>Xuất bản</dt><dd class="col-sm-9"><span itemprop="publisher">{escaped(entry.place)} : {escaped(entry.publisher)}.,
 <span itemprop="datePublished">{escaped(entry.date)}</span></span></dd>
<dt>ISBN/ISSN</dt><dd><div itemprop="isbn" property="isbn">{escaped(_number(entry))}</div></dd></dl>
<a target="_blank" class="btn btn-mods" href="index.php?p=show_detail&amp;inXML=true&amp;id={entry.id}">XML</a></div>"""
        return self._page(entry.title, body)

    def _page(self, title: str, body: str) -> Reply:
        page = f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="UTF-8"><title>{escaped(title or self._library.vi)}</title>
<meta name="generator" content="SLiMS 9 (Bulian)"><meta property="og:site_name" content="{escaped(self._library.vi)}"/>
<link rel="stylesheet" href="{_BASE}template/default/assets/css/style.css?v=20211120"></head>
<body class="bg-grey-lightest"><form class="search" action="index.php" method="get">
<input type="hidden" name="search" value="search"><input type="text" name="keywords" id="search-input"></form>
{body}
<footer class="py-4 bg-grey-darkest"><p>Powered by <code>SLiMS</code></p></footer></body></html>
"""
        return Reply(page.encode(), _HTML, 200, _COOKIES)


def _xml(inner: str) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8" ?>\n<modsCollection {_MODS}>\n{inner}</modsCollection>'
    return Reply(body.encode(), _XML, 200, _COOKIES)


def _title(entry: Entry) -> str:
    return entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")


def _call(entry: Entry) -> str:
    return entry.copies[0].call_number if entry.copies else ""


def _number(entry: Entry) -> str:
    """Return what stands in the one column for ISBN and ISSN."""
    return entry.isbns[0] if entry.isbns else entry.edition.issn


def _brief(entry: Entry) -> str:
    """Return a record of the list. The list knows neither subjects nor copies."""
    main, _, rest = _title(entry).partition(":")
    names = "".join(
        f'<name type="{"corporate" if name.is_body else "personal"}" authority="">\n'
        f"<namePart>{escaped(name.text)}</namePart>"
        f'<role><roleTerm type="text">{"Primary Author" if name is entry.names[0] else "Additional Author"}</roleTerm>'
        "</role></name>\n"
        for name in entry.names
    )
    return (
        f'<mods version="3.3" ID="{entry.id}">\n<titleInfo>\n{element("title", main.strip())}'
        f"{element('subTitle', rest.strip())}</titleInfo>\n{names}"
        '<typeOfResource manuscript="yes" collection="yes">mixed material</typeOfResource>\n'
        f'<identifier type="isbn">{escaped(re.sub("[- ]", "", _number(entry)))}</identifier>\n'
        f'<originInfo>\n<place><placeTerm type="text">{escaped(entry.place)}</placeTerm></place>\n'
        f"<publisher>{escaped(entry.publisher)}</publisher>\n<dateIssued>{escaped(entry.date)}</dateIssued>\n</originInfo>\n"
        "</mods>\n"
    )


def _full(entry: Entry) -> str:
    subjects = "".join(
        f"<subject authority=''><topic>{escaped(subject)}</topic></subject>" for subject in entry.subjects
    )
    copies = "".join(
        f'<copyInformation><numerationAndChronology type="1">{copy.barcode}</numerationAndChronology>'
        f"<sublocation>{escaped(copy.branch_name)} ({escaped(copy.shelf)})</sublocation>"
        f"<shelfLocator>{escaped(copy.call_number)}</shelfLocator></copyInformation>"
        for copy in entry.copies
    )
    location = f"<location><physicalLocation>Demo</physicalLocation><holdingSimple>{copies}</holdingSimple></location>"
    language = f'<language><languageTerm type="code">{escaped(entry.language[:2])}</languageTerm></language>'
    return _brief(entry).replace("</mods>", f"{language}{subjects}{location}</mods>")


def _row(entry: Entry, words: str) -> str:
    link = f"{_BASE}index.php?p=show_detail&amp;id={entry.id}&amp;keywords={quote_plus(words)}"
    names = " - ".join(name.text for name in entry.names)
    return (
        '<div class="item biblioRecord" itemscope itemtype="http://schema.org/DataCatalog">'
        f'<div class="detail-list"><h4><a href="{link}" class="titleField" itemprop="name" property="name">'
        f"{escaped(_title(entry))}</a></h4>"
        f'<div class="author" itemprop="author"><b>Tác giả</b> : {escaped(names)}</div>'
        f'<div class="customField isbnField" itemprop="isbn"><b>ISBN/ISSN</b> : {escaped(_number(entry))}</div>'
        f'<div class="customField callNumberField"><b>Ký hiệu</b> : {escaped(_call(entry))}</div>'
        f'<div class="subItem"><a href="{link}" class="detailLink">Chi tiết</a></div></div></div>\n'
    )


def _item(copy: Copy) -> str:
    match copy.state:
        case State.ON_LOAN:
            due = f"{copy.due:%Y-%m-%d}" if copy.due else ""
            status = f'<span class="label label-important status-on-loan">Đang cho mượn (Hạn trả {due})</span>'
        case State.IN:
            status = '<span class="label label-info status-available">Có sẵn</span>'
        case State.READING_ROOM:
            status = '<span class="label label-important status-not-loan">Có nhưng không cho mượn - Đọc tại chỗ</span>'
        case State.LOST:
            status = '<span class="label label-important status-not-loan">Có nhưng không cho mượn - Missing</span>'
    return (
        f'<tr><td class="biblio-item-code">{copy.barcode}</td>'
        f'<td class="biblio-call-number">{escaped(copy.call_number)}</td>'
        f'<td class="biblio-location">{escaped(copy.branch_name)} ({escaped(copy.shelf)})</td>'
        f'<td width="30%">{status}</td></tr>'
    )


def _pager(asked: dict[str, str], page: int, total: int) -> str:
    if total <= _PAGE:
        return ""
    kept = {name: value for name, value in asked.items() if name != "page"}
    links = ""
    for each in range(1, -(-total // _PAGE) + 1):
        address = escaped(f"{_BASE}index.php?{urlencode(kept | {'page': str(each)})}")
        links += f"<b>{each}</b>" if each == page else f'<a href="{address}">{each}</a>'
    return f'<div class="biblioPaging"><span class="pagingList">{links}</span></div>'
