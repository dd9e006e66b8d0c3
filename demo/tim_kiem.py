"""The catalogue that several Vietnamese libraries have at `/tim-kiem`: a shell, a token, rows as a fragment of HTML.

Source: five public clients of such catalogues (2024-2026): the addresses, the JSON that is sent, the classes and labels
of rows, the table of MARC and its download. Inferred: the words for no hits, the look of the pager.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from demo import isbd, marc21
from demo.entries import Entry
from demo.holdings import Holdings, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_nothing
from demo.xml_text import escaped, joined

_HTML: Final = "text/html; charset=utf-8"
_COOKIE: Final = ".AspNetCore.Antiforgery.Demo"
_FIELDS: Final = {"ti": "title", "au": "author", "kw": "subject", "qs": "any"}
_MOST_ROWS: Final = 50
_CALLS_OF_A_TOKEN: Final = 60
_MOST_TOKENS: Final = 2_000


class TimKiem:
    """The catalogue of one library. It folds nothing: words without marks find nothing."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library = library
        self._holdings = holdings
        self._calls: dict[tuple[str, str], int] = {}

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the page at an address."""
        if fails:
            return _error()
        path = request.path.rstrip("/") or "/"
        if path in {"/", "/tim-kiem"} and request.method in {"GET", "HEAD"}:
            # The rows of an address with words come by script, as those of a search do.
            return self._page(request, _SHELL, self._library.vi)
        if path == "/Search":
            return self._refusal(request) or self._search(request)
        if path == "/download-marc":
            return self._refusal(request) or self._download(request)
        if path.startswith("/chi-tiet-tai-lieu/"):
            return self._record(request, path.rpartition("/")[2])
        return None

    def _page(self, request: Request, inner: str, title: str, head: str = "") -> Reply:
        """Return a whole page, minified as ASP.NET Core's pages are, with a new token for the reader's cookie."""
        if len(self._calls) > _MOST_TOKENS:
            self._calls.clear()
        number = len(self._calls) + 1
        known = _cookie(request)
        is_known = any(cookie == known for _, cookie in self._calls)
        token, cookie = _secret(f"form {number}"), known if is_known else _secret(f"cookie {number}")
        self._calls[token, cookie] = 0
        page = (
            f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{escaped(title)}</title>{head}<body>"
            f"<input type=hidden id=requestVerificationToken value={token}>{inner}</html>"
        )
        set_cookie = f"{_COOKIE}={cookie}; path=/; samesite=strict; httponly"
        return Reply(
            page.encode(), _HTML, headers=(("Set-Cookie", set_cookie), ("Cache-Control", "no-cache, no-store"))
        )

    def _refusal(self, request: Request) -> Reply | None:
        """Return what answers without a token that belongs to the cookie: status 400 and nothing else."""
        if request.method != "POST":
            return Reply(b"", "text/plain", 405)
        key = request.headers.get("requestverificationtoken", ""), _cookie(request)
        if self._calls.get(key, _CALLS_OF_A_TOKEN) >= _CALLS_OF_A_TOKEN:
            return Reply(b"", "text/plain", 400)
        self._calls[key] += 1
        return None

    def _search(self, request: Request) -> Reply:
        try:
            asked = json.loads(request.body)
            pairs = {str(name): str(value) for name, value in asked["request"]["searchBy"]}
            page, size = max(1, int(asked["page"])), min(int(asked["pageSize"]), _MOST_ROWS)
            is_quick = asked["type"] == "quick" and size > 0
            sorts = [(str(name), str(order)) for name, order in asked["request"].get("sortBy", [])]
        except (ValueError, KeyError, TypeError):
            return Reply(b"", "text/plain", 400)
        if not is_quick or not request.headers.get("content-type", "").startswith("application/json"):
            return Reply(b"", "text/plain", 415 if is_quick else 400)
        found = self._found(pairs.get("option", "qs"), pairs.get("keyword", ""))
        for name, order in reversed(sorts):
            if name == "year_pub":
                found = sorted(found, key=lambda entry: entry.edition.year, reverse=order == "desc")
        return Reply(_fragment(found, page, size).encode(), _HTML)

    def _found(self, option: str, keyword: str) -> Sequence[Entry]:
        if option == "bn":
            # A number is found as it was typed into the record, hyphens and all.
            return [entry for entry in self._holdings.entries if keyword.strip() and keyword.strip() in entry.isbns]
        tree = worded(_FIELDS.get(option, "any"), keyword.replace("*", " ").replace("?", " "))
        return self._holdings.found(tree, fold_nothing) if tree else []

    def _entry(self, slug: str) -> Entry | None:
        return self._holdings.by_id.get(isbd.number_in(slug))

    def _record(self, request: Request, slug: str) -> Reply:
        entry = self._entry(slug)
        if entry is None:
            return Reply(b"", "text/html", 404)
        authors = "; ".join(name.text for name in entry.names)
        inner = (
            f"<div class=top-block><p class=top-block__infoBlock__title>{escaped(entry.title)}<div class=detail-block>"
            f"<p>Tác giả: <span>{escaped(authors)}</span></div></div><div class=tab-content>"
            "<table class=marc21><thead><tr><th>Trường<th>CT1<th>CT2<th>Con<th>Giá trị<tbody>"
            f"{_marc_rows(entry)}</table></div>"
        )
        return self._page(request, inner, entry.title, f'<meta property=og:title content="{escaped(entry.title)}">')

    def _download(self, request: Request) -> Reply:
        entry = self._entry(request.parameters.get("slug", ""))
        if entry is None:
            return self._page(request, "<h1>404</h1>", "404")
        return Reply(
            marc21.iso2709(entry, marc21.holdings_852(entry)), "application/octet-stream",
            headers=(("Content-Disposition", f"attachment; filename={entry.id}.mrc"),),
        )  # fmt: skip


def _fragment(found: Sequence[Entry], page: int, size: int) -> str:
    """Return the rows of a page as they are put into the shell."""
    rows = found[(page - 1) * size : page * size]
    if not rows:
        return '<div class="result-block__main"><p class="no-result">Không tìm thấy kết quả phù hợp.</p></div>'
    first = (page - 1) * size + 1
    total = f"{len(found):,}".replace(",", ".")
    pages = -(-len(found) // size)
    links = "".join(
        f'<li class="page-item"><a class="page-link" data-page="{each}">{each}</a></li>'
        for each in range(1, min(pages, 5) + 1)
    )
    return (
        '<div class="result-block__main"><p class="result-count">'
        f"Kết quả {first} - {first + len(rows) - 1} trong {total}</p>"
        f'{"".join(map(_row, rows))}<nav><ul class="pagination">{links}</ul></nav></div>'
    )


def _row(entry: Entry) -> str:
    link = f"/chi-tiet-tai-lieu/{isbd.slug(entry)}"
    title = joined((entry.title, entry.subtitle), " : ")
    authors = "; ".join(
        f'<a href="/tim-kiem?type=quick&amp;option=au&amp;keyword={escaped(name.text)}">{escaped(name.text)}</a>'
        for name in entry.names
    )
    words = "; ".join(
        f'<a href="/tim-kiem?type=quick&amp;option=kw">{escaped(subject)}</a>' for subject in entry.subjects
    )
    classes = "/ ".join(
        each for each in (entry.edition.ddc, entry.copies[0].call_number if entry.copies else "") if each
    )
    return (
        f'<div data-id="{entry.id}" class="result-block__main__bookContainer">'
        '<div class="result-block__main__bookContainer__info">'
        f"<a class='result-block__main__bookContainer__info_title' href='{escaped(link)}'>{escaped(title)}</a>"
        + (f'<p class="authors">Tác giả: {authors}</p>' if authors else "")
        + f"<p>Thông tin xuất bản: <span>{escaped(isbd.imprint(entry))}</span></p>"
        f"<p>Thông tin vật lý: <span>{escaped(isbd.extent(entry))}</span></p>"
        f"<p>Phân loại: <span>{escaped(classes)}</span></p>"
        + (f"<p>Từ khóa: {words}</p>" if words else "")
        + f'<a href="{escaped(link)}?focusRegCir=true" class="btn">Đăng ký mượn</a></div></div>'
    )


def _marc_rows(entry: Entry) -> str:
    """Return the rows of the table: tag, indicators (`#` for a blank), code, value; a further subfield has no tag."""
    rows = [f"<tr><td>{tag}<td><td><td><td>{escaped(text)}" for tag, text in marc21.control_fields(entry)]
    for tag, ends, pairs in (*marc21.fields(entry), *marc21.holdings_852(entry)):
        head = (tag, *(end.replace(" ", "#") for end in ends))
        for code, text in pairs:
            if text:
                rows.append("<tr>" + "".join(f"<td>{each}" for each in head) + f"<td>{code}<td>{escaped(text)}")
                head = ("", "", "")
    return "".join(rows)


def _cookie(request: Request) -> str:
    """Return the reader's half of the token."""
    return dict(part.strip().partition("=")[::2] for part in request.headers.get("cookie", "").split(";")).get(
        _COOKIE, ""
    )


def _secret(text: str) -> str:
    return "CfDJ8" + hashlib.sha256(text.encode()).hexdigest()


def _error() -> Reply:
    """Return ASP.NET Core's page of an error."""
    page = (
        "<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>Error</title><body>"
        "<h1 class=text-danger>Error.</h1>"
        "<h2 class=text-danger>An error occurred while processing your request.</h2>"
        "<p><strong>Request ID:</strong> <code>00-9d1c-7f-00</code></html>"
    )
    return Reply(page.encode(), _HTML, 500)


_SHELL: Final = (
    "<div id=search-block><select id=option><option value=qs>Tất cả<option value=ti>Nhan đề<option value=au>Tác giả"
    "<option value=kw>Từ khóa<option value=bn>ISBN</select><input id=keyword type=text><button id=btn-search>Tìm kiếm"
    "</button></div><div id=result-block></div><footer><a href=/tim-kiem>Tìm kiếm</a></footer>"
    "<script src=/js/search.js></script>"
)
