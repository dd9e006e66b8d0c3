"""A WebPAC of Millennium or Sierra over a library's entries: keyword search, lists of headings, records, MARC views.

Source: what public clients of WebPAC send and read. Twelve hits a page; the way on stands in links alone; one hit is
shown as its record at once; a list of headings that has not the word shows its neighbours under "No matches found".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote_plus, unquote_plus

from demo.entries import Entry
from demo.holdings import Holdings, worded
from demo.innovative import entry_of, items, keyword_found, marc_view, number
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_all
from demo.xml_text import escaped

_HTML: Final = "text/html; charset=UTF-8"
_COOKIES: Final = (
    ("Set-Cookie", "III_EXPT_FILE=aa21071; path=/"),
    ("Set-Cookie", "III_SESSION_ID=4b1d5c7e9f; path=/"),
    ("Set-Cookie", "SESSION_SCOPE=18; path=/"),
)
_PAGE: Final = 12
_SEARCH: Final = re.compile(r"/search(?:~S(?P<scope>\d+))?(?:\*(?P<language>\w+))?/?(?P<index>[a-zA-Z])?/?")
_HOME: Final = re.compile(r"/?|/screens/mainmenu\.html|/search(~S\d+)?(\*\w+)?/?")
_VIEW: Final = re.compile(r"(?P<place>\d+),(?P<total>\d+),\d+,[A-Z]?/(?P<view>\w+)")
_HEADINGS: Final = {"t": "title", "a": "author", "d": "subject"}


class WebPac:
    """One WebPAC, scope 18."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path
        if not request.text and _HOME.fullmatch(path):
            return self._page("Mục lục", _FORM)
        if fails:
            return self._page("System unavailable", "<h2>Sorry, the system is temporarily unavailable.</h2>")
        record = re.fullmatch(r"/record=(b\d+x?)(?:~S\d+)?(?:\*\w+)?", path)
        if record:
            entry = entry_of(self._holdings, record[1])
            return self._record(entry, f".{record[1]}") if entry else self._none("KEYWORDS", [])
        search = _SEARCH.fullmatch(path)
        return self._searched(search["index"] or "", request) if search else None

    def _searched(self, index: str, request: Request) -> Reply:
        """Answer a question, or a link into the list that it gave: `?/Xkinh/Xkinh/13%2C40%2C40%2CB/browse`."""
        if request.text.startswith("/"):
            _, asked, *rest = unquote_plus(request.text).split("/", 2)
            index, words = asked[:1], re.split(r"&(?:searchscope|SORT|SUBKEY|FF)=", asked[1:])[0]
            view = _VIEW.search(rest[0]) if rest else None
            place, kind = (int(view["place"]), view["view"]) if view else (1, "browse")
        else:
            typed = request.parameters
            index = typed.get("searchtype", index) or "X"
            words = typed.get("SEARCH") or typed.get("searcharg") or unquote_plus(request.text.partition("&")[0])
            place, kind = 1, "browse"
        if words.startswith(".b") or (index == "." and words.startswith("b")):
            entry = entry_of(self._holdings, words)
            return self._view(entry, f".{words.lstrip('.')}", kind) if entry else self._none("KEYWORDS", [])
        return self._answered(index, words, place, kind)

    def _answered(self, index: str, words: str, place: int, kind: str) -> Reply:
        if index in {"X", "Y"}:
            found = keyword_found(self._holdings, words)
        elif index in _HEADINGS and kind != "exact":
            return self._headings(index, words)
        else:
            name = _HEADINGS.get(index) or {"i": "isbn", "c": "call"}.get(index, "any")
            found = self._holdings.found(worded(name, words, relation="adj")) if worded(name, words) else []
        if not found:
            return self._none("KEYWORDS" if index in {"X", "Y"} else "ISBN/ISSN", [])
        if kind not in {"browse", "exact"}:
            return self._view(found[min(place, len(found)) - 1], f"{index}{words}", kind)
        if len(found) == 1:
            return self._record(found[0], f"{index}{words}")
        return self._list(index, words, found, place)

    def _headings(self, index: str, words: str) -> Reply:
        """Return the list of headings that begin with the words; the only one leads on at once."""
        wanted = " ".join(fold_all(words))
        known: dict[str, str] = {}
        for entry in self._holdings.entries:
            texts = {"t": [entry.title], "a": [name.text for name in entry.names], "d": entry.subjects}[index]
            known |= {" ".join(fold_all(text)): text for text in texts}
        ordered = sorted(known)
        found = [known[key] for key in ordered if key.startswith(wanted)] if wanted else []
        if len(found) == 1:
            return self._answered(index, found[0], 1, "exact")
        if not found:
            near = [known[key] for key in ordered if key > wanted][:3] + [
                known[key] for key in ordered if key < wanted
            ][-3:]
            return self._none({"t": "TITLES", "a": "AUTHORS", "d": "SUBJECTS"}[index], near)
        rows = _heading_rows(index, found[:50])
        head = f'<td class="browseHeaderData" colspan="5">(1-{min(50, len(found))} of {len(found)})</td>'
        return self._page("Danh mục", f'<table class="browseScreen"><tr class="browseHeader">{head}</tr>{rows}</table>')

    def _list(self, index: str, words: str, found: Sequence[Entry], place: int) -> Reply:
        first = (place - 1) // _PAGE * _PAGE
        shown = found[first : first + _PAGE]
        key = f"{index}{quote_plus(words)}&searchscope=18&SORT=D"
        link = f"/search~S18*vie?/{key}/{key}&SUBKEY={quote_plus(words)}"
        rows = "".join(self._row(entry, first + at, len(found), link, key) for at, entry in enumerate(shown, 1))
        pages = []
        for page in range(-(-len(found) // _PAGE)):
            at = page * _PAGE + 1
            address = f"{link}/{at}%2C{len(found)}%2C{len(found)}%2CB/browse"
            pages.append(
                f'<a href="{escaped(address)}">{page + 1}</a>' if at != first + 1 else f"<strong>{page + 1}</strong>"
            )
        after = f"{link}/{first + _PAGE + 1}%2C{len(found)}%2C{len(found)}%2CB/browse"
        further = f' <a href="{escaped(after)}">Trang sau</a>' if first + _PAGE < len(found) else ""
        pager = f'<tr class="browsePager"><td align="center" colspan="5">Trang: {" ".join(pages)}{further}</td></tr>'
        counted = f"Từ khoá ({first + 1}-{first + len(shown)} / {len(found)})"
        head = f'<tr class="browseHeader"><td align="center" class="browseHeaderData" colspan="5">{counted}</td></tr>'
        table = '<table width="100%" border="0" cellspacing="0" cellpadding="2" class="browseScreen">'
        return self._page("Kết quả", f"{table}{head}{pager}{rows}{pager}</table>", words)

    def _row(self, entry: Entry, place: int, total: int, link: str, key: str) -> str:
        address = f"{link}/{place}%2C{total}%2C{total}%2CB/frameset&FF={key}&{place}%2C{place}%2C"
        title = entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")
        title += f" / {entry.statement}" if entry.statement else ""
        author = escaped(entry.names[0].text) if entry.names and entry.heads_name else ""
        imprint = ", ".join(filter(None, (" : ".join(filter(None, (entry.place, entry.publisher))), entry.date)))
        return f"""<tr class="briefCitRow"><td align="left" class="briefcitCell"><table width="100%"><tr>
<td class="briefcitEntryNum" valign="top"><a name='anchor_{place}'></a>{place}&nbsp;</td>
<td class="briefcitMark"><input type="checkbox" name="save" value="{number(entry)}" ></td>
<td align="left" class="briefcitDetailMain"><span class="briefcitTitle">
<a href="{escaped(address)}">{escaped(title)}</a></span><br />
{author}<br />
{escaped(imprint)}<br />
{items(entry)}</td></tr></table></td></tr>
"""

    def _view(self, entry: Entry, key: str, kind: str) -> Reply:
        if kind.startswith(("marc", "detlmarc")):
            return self._page("MARC", f'<div class="bibContent">{marc_view(entry)}{items(entry)}</div>')
        return self._record(entry, key)

    def _record(self, entry: Entry, key: str) -> Reply:
        """Return the page of a record."""
        rows = [("Tác giả", name.text) for name in entry.names[:1]]
        title = entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")
        rows += [("Nhan đề", title + (f" / {entry.statement}" if entry.statement else ""))]
        rows += [("Xuất bản", ", ".join(filter(None, (entry.place, entry.publisher, entry.date))))]
        rows += [("Chủ đề", subject) for subject in entry.subjects] + [("ISBN", each) for each in entry.isbns]
        shown = "".join(
            f'<tr><!-- next row for fieldtag={label[0].lower()} --><td valign="top" class="bibInfoLabel">{label}</td>'
            f'<td class="bibInfoData"><strong>{escaped(text)}</strong></td></tr>'
            for label, text in rows
            if text
        )
        quoted = quote_plus(key.lstrip("."))
        marc = f"/search~S18*vie?/.{number(entry)}/.{number(entry)}/1%2C1%2C1%2CB/marc~{number(entry)}&FF={quoted}"
        body = f"""<a id="recordnum" href="/record={number(entry)}~S18*vie"></a>
<div class="navigationRow"><a href="{escaped(marc)}">MARC</a></div>
<div class="bibContent"><table class="bibDetail" width="98%">{shown}</table>{items(entry)}</div>"""
        return self._page(title, body)

    def _none(self, headings: str, near: Sequence[str]) -> Reply:
        """Return the page of a search without hits, with the neighbours in the list of headings."""
        said = "NO ENTRIES FOUND" if headings == "KEYWORDS" else f"No matches found; nearby {headings} are:"
        rows = _heading_rows({"TITLES": "t", "AUTHORS": "a"}.get(headings, "d"), near)
        body = f'<table class="browseScreen"><tr class="msg"><td colspan="5">{said}</td></tr>{rows}</table>'
        return self._page("Không tìm thấy", body)

    def _page(self, title: str, body: str, words: str = "") -> Reply:
        form = _FORM.replace('value=""', f'value="{escaped(words)}"')
        page = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html><head><title>{escaped(self._library.vi)} / {escaped(title)}</title>
<base target="_self"/><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<link rel="stylesheet" type="text/css" href="/scripts/ProStyles.css" />
<script type="text/javascript" src="/scripts/common.js"></script></head>
<body id="iiiPage"><!-- Rel 2014 "Sierra" Example Set --><div class="toplogo"><a href="/search~S18*vie/">
<img src="/screens/logo.png" alt=""></a></div>
{form if body != _FORM else ""}
{body}
<div class="footer"><a href="/patroninfo~S18*vie">Bạn đọc</a></div></body></html>
"""
        return Reply(page.encode(), _HTML, 200, _COOKIES)


def _heading_rows(index: str, headings: Sequence[str]) -> str:
    rows = ""
    for place, heading in enumerate(headings, 1):
        key = f"{index}{quote_plus(heading)}"
        address = (
            f"/search~S18*vie?/{key}/{key}/{place}%2C{len(headings)}%2C{len(headings)}%2CB/exact&FF={key}&1%2C1%2C"
        )
        rows += (
            f'<tr class="browseEntry"><td class="browseEntryNum">{place}</td><td class="browseEntryData">'
            f'<a name="anchor_{place}"></a><a href="{escaped(address)}">{escaped(heading)}</a></td>'
            '<td class="browseEntryYear">&nbsp;</td><td class="browseEntryEntries">1</td></tr>'
        )
    return rows


_FORM: Final = """<form method="get" action="/search~S18*vie/" name="searchtool" id="searchtool">
<select name="searchtype" id="searchtype"><option value="X" selected="selected">Từ khoá</option>
<option value="t">Nhan đề</option><option value="a">Tác giả</option><option value="d">Chủ đề</option>
<option value="i">ISBN/ISSN</option></select><input type="text" name="searcharg" id="searcharg" size="50" value="">
<select name="searchscope" id="searchscope"><option value="18" selected>Toàn bộ</option></select>
<input type="hidden" name="SORT" value="D"><input type="submit" name="Search" value="Tìm"></form>"""
