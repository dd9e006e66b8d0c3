"""The oldest Primo: pages alone, `search.do` as a reader's form sends it and `dlSearch.do` as deep links lead to it.

Source: public clients and templates of `/primo_library/libweb` (2012-2020): the parameters, the classes of a row
(EXL...), ten rows a page of `search.do`, as many as `bulkSize` says of `dlSearch.do`, the box of no hits. Inferred: the
most rows of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlencode

from demo import isbd, pnx
from demo.cql import Tree
from demo.entries import Entry, State
from demo.holdings import Holdings, joined, places_of, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.xml_text import escaped

_ROOT: Final = "/primo_library/libweb/action/"
_HTML: Final = "text/html;charset=UTF-8"
_FIELDS: Final = {
    "any": "any", "title": "title", "creator": "author", "sub": "subject", "isbn": "isbn", "issn": "issn", "rid": "id",
}  # fmt: skip
_ROWS: Final = 10
_MOST_ROWS: Final = 150
ENTRANCE: Final = f"{_ROOT}search.do?vid=NNU_V1"
"""Where this face of the demo begins."""


class PrimoPages:
    """One Primo without an interface for programs."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings
        self.view = f"{library.prefix}U_V1"

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address."""
        if request.path in {"", "/", "/primo_library/libweb", "/primo_library/libweb/"}:
            return Reply(b"", _HTML, 302, (("Location", f"{_ROOT}search.do?vid={self.view}"),))
        name = request.path.removeprefix(_ROOT)
        if name == request.path:
            return None
        asked = dict(parse_qsl(request.text, keep_blank_values=True))
        if fails:
            return self._page(
                "Error", '<div id="exlidErrorTile" class="EXLSystemFeedback"><span>Error</span></div>', 500
            )
        return self._of(name, asked, parse_qsl(request.text, keep_blank_values=True))

    def _of(self, name: str, asked: dict[str, str], pairs: list[tuple[str, str]]) -> Reply | None:
        match name:
            case "search.do" if asked.get("fn") == "search":
                return self._listed(self._of_form(asked), asked, _ROWS)
            case "search.do":
                return self._page("Tìm kiếm", "")
            case "dlSearch.do":
                tree = joined("and", [_of_query(value) for key, value in pairs if key == "query"])
                return self._listed(tree, asked, min(_number(asked, "bulkSize", _ROWS), _MOST_ROWS))
            case "display.do" | "dlDisplay.do":
                return self._record(asked.get("doc") or asked.get("docId", ""))
        return None

    def _of_form(self, asked: dict[str, str]) -> Tree | None:
        """Return what a form asks: each box of words with the list of fields that bears its number."""
        trees = []
        for number in range(4):
            chosen = next((asked[key] for key in asked if re.fullmatch(rf"vl\(\d*UI{number}\)", key)), "any")
            trees.append(worded(_FIELDS.get(chosen, "any"), asked.get(f"vl(freeText{number})", "")))
        return joined("and", trees)

    def _listed(self, tree: Tree | None, asked: dict[str, str], count: int) -> Reply:
        found = self._holdings.found(tree) if tree else []
        if not found:
            inner = (
                '<div id="exlidNoResultsTile" class="EXLNoResultsDiv"><div class="EXLNoResultsDivTitle">'
                "Không có kết quả</div><div>Hãy thử những từ khác.</div></div>"
            )
            return self._page("Tìm kiếm", inner)
        start = max(1, _number(asked, "indx", 1))
        if asked.get("pag") == "nxt":
            start += count
        rows = "".join(
            self._row(entry, number, start + number)
            for number, entry in enumerate(found[start - 1 : start - 1 + count])
        )
        inner = (
            '<div id="resultsHeaderNoId" class="EXLResultsHeader"><div id="resultsNumbersTile" '
            f'class="EXLResultsNumbers"><h1><em>{len(found):,}</em>&nbsp;<span>kết quả cho</span> '
            f"<strong>{escaped(self._library.vi)}</strong></h1>"
            f'</div></div><table id="exlidResultsTable" class="EXLResultsTable"><tbody>{rows}</tbody></table>'
            f'<div class="EXLResultsNavigation"><span>Kết quả <strong>{start} - '
            f"{min(start + count - 1, len(found))}</strong></span></div>"
        )
        return self._page("Kết quả", inner)

    def _number_of(self, entry: Entry) -> str:
        return f"84{self._library.prefix}U_ALEPH{entry.id}"

    def _row(self, entry: Entry, number: int, place: int) -> str:
        own = self._number_of(entry)
        address = urlencode([
            ("tabs", "detailsTab"), ("ct", "display"), ("fn", "search"), ("doc", own), ("indx", str(place)),
            ("recIds", own), ("recIdxs", str(number)), ("elementId", str(number)), ("vid", self.view),
        ])  # fmt: skip
        kind = pnx.TYPES.get(entry.edition.material, "other")
        people = "; ".join(name.text for name in entry.names)
        tabs = "".join(
            f'<li id="exlidResult{number}-{tab}" class="EXL{tab} EXLResultTab">'
            f'<a href="display.do?{escaped(address.replace("detailsTab", tab[0].lower() + tab[1:]))}">{label}</a></li>'
            for tab, label in (("LocationsTab", "Vị trí"), ("DetailsTab", "Chi tiết"))
        )
        return (
            f'<tr id="exlidResult{number}" class="EXLResult EXLResultMediaTYPE{kind}">'
            f'<td class="EXLMyShelfStar"><a href="basket.do?fn=create&amp;docs={own}"></a></td>'
            f'<td class="EXLResultNumber">{place}</td><td class="EXLThumbnail"><a name="{own}" id="{own}" '
            f'class="EXLResultRecordId"></a><span class="EXLThumbnailCaption">{kind}</span></td>'
            '<td class="EXLSummary"><div class="EXLSummaryContainer"><div class="EXLSummaryFields">'
            f'<h2 class="EXLResultTitle"><a href="display.do?{escaped(address)}">{escaped(_title(entry))}</a></h2>'
            f'<h3 class="EXLResultAuthor">{escaped(people)}</h3><span class="EXLResultDetails">'
            f'{escaped(entry.edition.series)}</span><h3 class="EXLResultFourthLine">{escaped(isbd.imprint(entry))}</h3>'
            f"{''.join(_availability(entry, number))}</div></div>"
            f'<div class="EXLTabsRibbon"><ul class="EXLResultTabs">{tabs}</ul></div></td></tr>'
        )

    def _record(self, own: str) -> Reply:
        entry = self._holdings.by_id.get(own.removeprefix(f"84{self._library.prefix}U_ALEPH"))
        if entry is None:
            return self._page("Error", '<div class="EXLSystemFeedback"><span>Không tìm thấy biểu ghi</span></div>')
        said = (
            ("Nhan đề", _title(entry)), ("Tác giả", "; ".join(name.text for name in entry.names)),
            ("Chủ đề", "; ".join(entry.subjects)), ("Xuất bản", isbd.imprint(entry)), ("Mã", "; ".join(entry.isbns)),
        )  # fmt: skip
        lines = "".join(
            f"<li><strong>{label}: </strong><span>{escaped(text)}</span></li>" for label, text in said if text
        )
        inner = (
            f'<div class="EXLFullView"><h1 class="EXLResultTitle">{escaped(_title(entry))}</h1>'
            f'<div class="EXLDetailsContent"><ul>{lines}</ul></div></div>'
        )
        return self._page(entry.title, inner)

    def _page(self, title: str, inner: str, status: int = 200) -> Reply:
        page = (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
            '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html lang="vi"><head>'
            f'<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" /><title>{escaped(title)} - '
            f'{escaped(self._library.vi)}</title><link rel="stylesheet" href="../css/all-4.9.1.css" />'
            '<script type="text/javascript" src="../javascript/jquery/jquery.js"></script></head>'
            '<body class="EXLCurrentLang_vi_VN"><div id="exlidHeaderContainer"><form name="searchForm" method="get" '
            'action="search.do" id="searchForm"><input type="hidden" name="fn" value="search" />'
            '<input type="hidden" name="ct" value="search" /><input type="hidden" name="initialSearch" value="true" />'
            f'<input type="hidden" name="mode" value="Basic" /><input type="hidden" name="vid" value="{self.view}" />'
            '<input type="hidden" name="tab" value="default_tab" />'
            '<select name="vl(1234567UI0)" id="exlidInput_scope_1"><option value="any">Tất cả'
            '</option><option value="title">Nhan đề</option><option value="creator">Tác giả'
            '</option></select><input type="text" name="vl(freeText0)" id="search_field" />'
            '<input id="goButton" type="submit" value="Tìm" /></form></div>'
            f'<div id="contentEXL" class="EXLContent">{inner}</div></body></html>\n'
        )
        return Reply(page.encode(), _HTML, status)


def _of_query(text: str) -> Tree | None:
    """Return what a deep link asks: `field,precision,words`."""
    field, _, rest = text.partition(",")
    precision, _, words = rest.partition(",")
    relation = "adj" if precision == "exact" else "all"
    return worded(_FIELDS.get(field, "any"), words, relation=relation)


def _title(entry: Entry) -> str:
    return f"{entry.title} : {entry.subtitle}" if entry.subtitle else entry.title


def _availability(entry: Entry, number: int) -> Iterator[str]:
    """Yield the line that says where a copy is, of the first place that has one in, else of the first."""
    places = list(places_of(entry).items())
    if not places:
        return
    inside = [place for place in places if any(copy.state in {State.IN, State.READING_ROOM} for copy in place[1])]
    (branch, shelf), copies = (inside or places)[0]
    state, word = ("Available", "Có tại") if inside else ("NotAvailable", "Đang được mượn")
    yield (
        f'<p class="EXLResultAvailability" id="RTADivTitle_{number}"><em class="EXLResultStatus{state}">{word} '
        f'<span class="EXLAvailabilityLibraryName">{escaped(branch)}</span> '
        f'<span class="EXLAvailabilityCollectionName">{escaped(shelf)}</span> '
        f'<span class="EXLAvailabilityCallNumber">({escaped(copies[0].call_number)})</span></em></p>'
    )


def _number(asked: dict[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    return int(text) if re.fullmatch(r"\d{1,6}", text) else default
