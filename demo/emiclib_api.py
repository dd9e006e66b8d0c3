"""The newer site of eMicLib with the interface of its mobile app: `/api/Item/…` in JSON, `/Item/…` pages for readers.

Source: the published code of the app (the newer of its two generations of addresses, their parameters, the keys of the
answers), the behaviour of ASP.NET Web API for addresses that lack a parameter, clients of one public site.
Inferred: how the pages for readers turn, their words for no hits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from demo import isbd
from demo.cql import Tree
from demo.entries import Entry, State
from demo.holdings import Holdings, joined, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.webforms import HTML
from demo.xml_text import escaped

_JSON: Final = "application/json; charset=utf-8"
_ROWS: Final = 10
_QUERY: Final = re.compile(r"(?P<field>[A-Z]+):%?(?P<words>.*?)%?:?", re.DOTALL)
_CODES: Final = {"FULLTEXT": "any", "TITLE": "title", "AUTHOR": "author"}
_TYPES: Final = {"book": 1, "thesis": 2, "journal": 3}
_PAGES: Final = ("pageIndex", "pageSize")
_SEARCHES: Final = {
    "searchbooth": ("searchText", "itemType", "booth"),
    "searchadvancebooth": ("keyWord", "title", "author", "booth"),
}
"""What an address must be asked with besides the page: Web API finds no action where one is missing."""


class EmiclibApi:
    """The site of one library."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the answer or the page at an address. `HttpError` is how Web API words a failure."""
        path = request.path.rstrip("/").lower()
        if fails:
            return _said({"Message": "An error has occurred."}, 500)
        if path.startswith("/api/"):
            return self._api(path, request)
        match path:
            case "":
                news = "".join(map(_card, self._holdings.entries[-5:]))
                return self._page(f'<a href="/Item/SearchAdvanced">Tra cứu nâng cao</a>{news}', self._library.vi)
            case "/item/searchadvanced":
                return self._page(self._results(request.parameters), "Kết quả tìm kiếm")
        entry = self._holdings.by_id.get(path.rpartition("/")[2]) if path.startswith("/item/itemdetail/") else None
        return self._page(f"<h1>{escaped(isbd.head(entry))}</h1>", entry.title) if entry else None

    def _api(self, path: str, request: Request) -> Reply:
        asked = {name.lower(): value for name, value in request.parameters.items()}
        controller, _, action = path.removeprefix("/api/").partition("/")
        if (controller, action) == ("booth", "getlistbooth"):
            return _said([{"Id": 1, "Name": self._library.vi, "Code": "1"}])
        if (controller, action) == ("item", "getitemcontents") and asked.get("itemid", "").isdecimal():
            entry = self._holdings.by_id.get(asked["itemid"])
            return _said(_contents(entry) if entry else None)
        if (controller, action) == ("item", "getlistnewitems"):
            return _said([_listed(entry) for entry in self._holdings.entries[-10:]])
        needed = (*_SEARCHES.get(action, ()), *_PAGES)
        if controller != "item" or action not in _SEARCHES or any(name.lower() not in asked for name in needed):
            message = f"No HTTP resource was found that matches the request URI 'http://localhost{request.path}'."
            detail = f"No action was found on the controller '{controller.title()}' that matches the request."
            return _said({"Message": message, "MessageDetail": detail}, 404)
        try:
            page, size = max(1, int(asked["pageindex"])), min(max(0, int(asked["pagesize"])), 100)
        except ValueError:
            return _said({"Message": "The request is invalid."}, 400)
        words = {
            "any": asked.get("searchtext", asked.get("keyword", "")),
            **{name: asked.get(name, "") for name in ("title", "author")},
        }
        found = self._found(words if action.startswith("searchadvance") else {"any": words["any"]})
        return _said([_listed(entry) for entry in found[(page - 1) * size : page * size]])

    def _found(self, asked: Mapping[str, str]) -> list[Entry]:
        trees: list[Tree | None] = [
            worded(field, words.replace("*", " ")) for field, words in asked.items() if words.strip()
        ]
        tree = joined("and", trees)
        return self._holdings.found(tree) if tree is not None and all(trees) else []

    def _results(self, asked: Mapping[str, str]) -> str:
        query = _QUERY.fullmatch(asked.get("SearchText", ""))
        found = self._found({_CODES.get(query["field"], "any"): query["words"]}) if query else []
        number = asked.get("page", "1")
        page = max(1, int(number)) if number.isascii() and number.isdecimal() else 1
        rows = found[(page - 1) * _ROWS : page * _ROWS]
        if not rows:
            return '<div class="result-empty">Không tìm thấy tài liệu nào</div>' if query else ""
        link = f"/Item/SearchAdvanced?SearchText={quote(asked['SearchText'])}"
        pages = "".join(f'<li><a href="{link}&amp;page={each}">{each}</a></li>' for each in _near(page, len(found)))
        return (
            f'<p class="result-total">Tìm thấy <b>{len(found)}</b> tài liệu</p>'
            f'<div class="list-item">{"".join(map(_card, rows))}'
            f'</div><ul class="pagination">{pages}</ul>'
        )

    def _page(self, inner: str, title: str) -> Reply:
        text = (
            f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8" /><title>{escaped(title)}</title>'
            f"</head><body>"
            '<form action="/Item/SearchAdvanced" method="get"><input type="text" name="SearchText" /></form>'
            f'<div class="body-content">{inner}</div><script src="/Scripts/emiclib.js"></script></body></html>\n'
        )
        return Reply(text.encode(), HTML)


def _near(page: int, total: int) -> range:
    return range(max(1, page - 3), min(-(-total // _ROWS), page + 3) + 1)


def _card(entry: Entry) -> str:
    text = escaped(isbd.head(entry))
    return (
        f'<div class="item"><a href="/Item/ItemDetail/{entry.id}" title="{text}">{text}</a>'
        f"<p>{escaped(isbd.imprint(entry))}</p></div>"
    )


def _listed(entry: Entry) -> dict[str, object]:
    """Return one of a list. What is not known is null, as the app's own models allow."""
    return {
        "Id": int(entry.id), "Title": isbd.head(entry), "Author": "; ".join(name.text for name in entry.names) or None,
        "Publisher": entry.publisher or None, "PublishedYear": entry.date or None, "Content": isbd.tail(entry),
        "CoverPicture": None, "DocType": _TYPES.get(entry.edition.material, 1), "Href": entry.edition.url or None,
    }  # fmt: skip


def _contents(entry: Entry) -> dict[str, object]:
    free = [copy.barcode for copy in entry.copies if copy.state is State.IN]
    return {
        "Title": isbd.head(entry), "Author": "; ".join(name.text for name in entry.names), "Publisher": entry.publisher,
        "PublishYear": entry.date, "ShortDescription": "", "ListPath": [], "ListCopyNumber": free,
    }  # fmt: skip


def _said(what: Sequence[object] | Mapping[str, object] | None, status: int = 200) -> Reply:
    return Reply(json.dumps(what, ensure_ascii=False).encode(), _JSON, status)
