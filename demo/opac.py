"""A public catalogue like Koha's, over the same entries as the SRU face: results, record page, feed, export, services.

Source: Koha 19.06 as tried, its addresses, classes and quirks, and what is documented of 24.05; the pages are written
anew. One hit is a redirect, a feed is not well-formed XML, and a question that cannot be read is answered like one
without hits. Each service can be switched, as libraries do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from demo import marc21
from demo.entries import Copy, Entry, State
from demo.libraries import Library
from demo.opac_pages import ROOT, Pages, Results
from demo.opac_search import INDEXES, asked_pairs, found, has_words
from demo.server import Reply, Request
from demo.shelf import Shelf
from demo.xml_text import element, escaped

_HTML: Final = "text/html; charset=UTF-8"
_XML: Final = "text/xml; charset=utf-8"
_JSON: Final = "application/json"
_FILE: Final = "application/octet-stream; charset=utf-8"
_REST: Final = re.compile(r"/api/v1/public/(?:biblios/(?P<number>\d+)(?P<items>/items)?|(?P<libraries>libraries))")
_BROKEN: Final = Reply(b"<!DOCTYPE html>\n<title>Internal Server Error</title>\n", _HTML, 500)
_CHALLENGED: Final = frozenset({"opac-search.pl", "opac-detail.pl", "opac-export.pl"})
_CLOSED: Final = frozenset({"opac-search.pl", "opac-detail.pl", "opac-downloadcart.pl", "opac-main.pl"})
_MESSAGES: Final = {
    "checkedout": "Checked out", "lost": "Item lost", "notforloan": "Not for loan",
}  # fmt: skip
_BORROWER: Final = "<borrowernumber>{0}</borrowernumber><surname>Nguyễn</surname><firstname>Mượn {0}</firstname>"


class Services(msgspec.Struct, frozen=True):
    """What a library has switched on. The defaults are those that Koha 19.06 comes with.

    `broken`: numbers of stored records that break every page and every download they stand in. `hidden`: numbers that
    the public does not see. `most_rows`: the longest page, 0 for no bound. `robots_wait`: Koha's challenge is on.
    """

    version: str = "19.06"
    is_public: bool = True
    has_cart: bool = True
    has_export: bool = True
    has_unapi: bool = True
    has_ils_di: bool = False
    has_rest: bool = False
    redirects_sole: bool = True
    robots_wait: bool = False
    most_rows: int = 0
    broken: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


class Opac:
    """The catalogue of one library."""

    def __init__(self, library: Library, shelf: Shelf, services: Services | None = None) -> None:
        self._shelf = shelf.also_named(INDEXES)
        self.services = services or Services()
        branches = [(branch.code, branch.name) for branch in library.branches]
        self._branches = branches
        self._pages = Pages(library.vi, branches, is_modern=self.services.version >= "20")
        self._by_number = {entry.id: entry for entry in shelf.entries}

    def answer(self, request: Request) -> Reply | None:
        """Return the page at an address, or None where there is none of this catalogue."""
        if rest := _REST.fullmatch(request.path):
            return self._rest(rest, request.headers)
        if request.path != "/" and not request.path.startswith(ROOT):
            return None
        script = request.path.removeprefix(ROOT).strip("/") or "opac-main.pl"
        page = self._scripts().get(script)
        if page is None:
            return Reply(b"<!DOCTYPE html>\n<title>404</title>\n", _HTML, 404)
        return self._entrance(script) or page(request)

    def _scripts(self) -> dict[str, Callable[[Request], Reply]]:
        """Return what answers at each address that this library has switched on."""
        services = self.services
        return {
            "opac-search.pl": self._search,
            "opac-main.pl": lambda _: Reply(self._pages.page("", "opac-main", title="Home"), _HTML),
            "opac-detail.pl": self._record,
            "ilsdi.pl": self._ils_di,
            **({"opac-export.pl": self._export} if services.has_export else {}),
            **({"opac-downloadcart.pl": self._cart} if services.has_cart else {}),
            **({"unapi": self._unapi} if services.has_unapi else {}),
        }

    def _entrance(self, script: str) -> Reply | None:
        """Return what stands before a page: Koha's challenge, or the form to log in of a closed catalogue."""
        if self.services.robots_wait and script in _CHALLENGED:
            return Reply(_CHALLENGE, _HTML)
        if not self.services.is_public and script in _CLOSED:
            login = '<form id="auth"><input type="password" name="password"></form>'
            return Reply(self._pages.page(login, "opac-auth", title="Đăng nhập"), _HTML)
        return None

    def _record(self, request: Request) -> Reply:
        asked = request.parameters
        entry = self._by_number.get(asked.get("biblionumber") or asked.get("bib", ""))
        return Reply(self._pages.record(entry), _HTML) if entry is not None else _missing()

    def _search(self, request: Request) -> Reply:
        asked = request.parameters
        if asked.get("format") == "opensearchdescription":
            return Reply(self._pages.description(), _XML)
        pairs = asked_pairs(request.text) if request.text else list(asked.items())
        if not has_words(pairs):
            return Reply(self._pages.page("", "opac-advsearch", title="Tìm nâng cao"), _HTML)
        places = found(self._shelf, pairs)
        start = _number(asked.get("offset", ""), 0)
        count = _number(asked.get("count", ""), 20) or 20
        count = min(count, self.services.most_rows) if self.services.most_rows else count
        entries = [self._shelf.entries[place] for place in places[start : start + count]]
        if any(entry.id in self.services.broken for entry in entries):
            return _BROKEN
        shown = tuple(entry for entry in entries if entry.id not in self.services.hidden)
        results = Results(asked.get("q", ""), shown, len(places) if shown else 0, start, count)
        sole = self._shelf.entries[places[0]].id if len(places) == 1 and self.services.redirects_sole else ""
        return self._shown(results, asked.get("format", ""), sole)

    def _shown(self, results: Results, form: str, sole: str) -> Reply:
        """Return results in the form asked for; `sole` is the number of the only hit, where Koha goes to its page."""
        if form == self._pages.feed_format:
            return Reply(self._pages.feed(results), _HTML)
        if sole and (form != "rss" or self.services.version < "20"):
            return Reply(b"", _HTML, 302, (("Location", f"{ROOT}opac-detail.pl?biblionumber={sole}"),))
        if form in {"rss", "rss2", "atom"}:
            return Reply(b"<?xml version='1.0' encoding='utf-8'  ?>\n\n\n", _XML)
        return Reply(self._pages.results(results) if results.shown else self._pages.none(), _HTML)

    def _export(self, request: Request) -> Reply:
        asked = request.parameters
        entry = self._by_number.get(asked.get("bib", "").partition(",")[0])
        if entry is None:
            return _missing()
        form = asked.get("format") or "utf8"
        if form == "marcxml":
            return Reply(marc21.marcxml(entry, marc21.holdings_952(entry)).encode(), _FILE)
        if form == "utf8":
            return Reply(marc21.iso2709(entry, marc21.holdings_952(entry)), _FILE)
        return Reply(f"<p>Format {escaped(form)} is not supported.</p>".encode(), _HTML)

    def _cart(self, request: Request) -> Reply:
        """Return many records at once. Since 20 one that is missing or broken breaks the download."""
        asked = request.parameters
        wished = [each for each in asked.get("bib_list", "").split("/") if each]
        is_broken = any(each in self.services.broken for each in wished)
        is_missing = any(each not in self._by_number for each in wished)
        if is_broken or (is_missing and self.services.version >= "20"):
            return _BROKEN
        chosen = [self._by_number[each] for each in wished if each in self._by_number]
        is_marc = asked.get("format") == "iso2709"
        body = b"".join(marc21.iso2709(entry, marc21.holdings_952(entry)) for entry in chosen) if is_marc else b""
        return Reply(body, "application/octet-stream; charset=ISO-8859-1")

    def _unapi(self, request: Request) -> Reply:
        asked = request.parameters
        entry = self._by_number.get(asked.get("id", "").removeprefix("koha:biblionumber:"))
        if entry is None:
            return Reply(b"", _HTML, 404)
        form = asked.get("format", "")
        if form != "marcxml":
            formats = '<formats><format name="marcxml" type="application/xml" /></formats>'
            return Reply(formats.encode(), "application/xml", 406 if form else 300)
        return Reply(marc21.marcxml(entry, iter(())).encode(), "application/xml")

    def _ils_di(self, request: Request) -> Reply:
        """Return what ILS-DI says: errors too come with 200, and GetRecords gives borrowers away."""
        asked = request.parameters
        service = asked.get("service", "")
        numbers = asked.get("id", "").split()
        if not self.services.has_ils_di:
            return _error(service, "NotAllowed", "ILS-DI is disabled.")
        if service not in {"GetRecords", "GetAvailability"}:
            return Reply(b"<ILS-DI><message>NotSupported</message></ILS-DI>", _XML)
        if not numbers or (service == "GetAvailability" and "id_type" not in asked):
            return _error(service, "MissingParameter", "A required parameter is missing")
        if service == "GetRecords":
            inner = "".join(self._ils_di_record(number) for number in numbers)
            return Reply(f'<?xml version="1.0" encoding="UTF-8" ?>\n<GetRecords>{inner}</GetRecords>\n'.encode(), _XML)
        inner = "".join(_ils_di_items(number, self._by_number.get(number)) for number in numbers)
        return Reply(
            '<?xml version="1.0" encoding="UTF-8" ?>\n<dlf:collection xmlns:dlf="http://diglib.org/ilsdi/1.1">'
            f"{inner}</dlf:collection>\n".encode(),
            _XML,
        )

    def _ils_di_record(self, number: str) -> str:
        entry = self._by_number.get(number)
        if entry is None:
            return "<record><code>RecordNotFound</code></record>"
        items = "".join(
            f"<item><holdingbranch>{copy.branch}</holdingbranch>{element('holdingbranchname', copy.branch_name)}"
            f"{element('barcode', copy.barcode)}{element('itemcallnumber', copy.call_number)}</item>"
            for copy in entry.copies
        )
        away = [copy for copy in entry.copies if copy.state is State.ON_LOAN]
        issues = "".join(f"<issue>{_BORROWER.format(at)}</issue>" for at, _ in enumerate(away, 101))
        marc = escaped(marc21.marcxml(entry, marc21.holdings_952(entry)))
        return (
            f"<record><issues>{issues}</issues><biblionumber>{number}</biblionumber><marcxml>{marc}</marcxml>"
            f"<items>{items}</items><reserves></reserves></record>"
        )

    def _rest(self, asked: re.Match[str], headers: Mapping[str, str]) -> Reply:
        if not self.services.has_rest:
            return Reply(b'{"error":"Configuration prevents the usage of this endpoint"}', _JSON, 403)
        if asked["libraries"]:
            libraries = [{"library_id": code, "name": name} for code, name in self._branches]
            return Reply(json.dumps(libraries).encode(), _JSON)
        entry = self._by_number.get(asked["number"])
        if entry is None:
            return Reply(b'{"error":"Bibliographic record not found"}', _JSON, 404)
        if asked["items"]:
            return Reply(json.dumps([_rest_item(copy) for copy in entry.copies]).encode(), _JSON)
        accept = next((value for name, value in headers.items() if name.lower() == "accept"), "")
        if "application/marcxml+xml" not in accept:
            return Reply(b'["application/marcxml+xml","application/marc-in-json","application/marc"]', _JSON, 406)
        return Reply(marc21.marcxml(entry, iter(())).encode(), "application/marcxml+xml")


_CHALLENGE: Final = (
    b'<!DOCTYPE html>\n<html><head><title>Loading</title><script src="/opac-tmpl/lib/koha_fast_challenge/main.js">'
    b'</script></head><body><div class="loading-overlay"></div></body></html>\n'
)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() else otherwise


def _missing() -> Reply:
    return Reply(b"", _HTML, 302, (("Location", f"{ROOT}errors/404.pl"),))


def _error(service: str, code: str, message: str) -> Reply:
    name = service if service.isalpha() else "ILS-DI"
    text = f"<{name}>\n  <message>{message}</message>\n  <code>{code}</code>\n</{name}>\n"
    return Reply(f'<?xml version="1.0" encoding="UTF-8" ?>\n{text}'.encode(), _XML)


def _ils_di_items(number: str, entry: Entry | None) -> str:
    """Return what GetAvailability says of a record: states and names of branches, and no due date."""
    if entry is None:
        return f'<dlf:record><dlf:bibliographic id="{escaped(number)}" /><code>RecordNotFound</code></dlf:record>'
    names = {State.ON_LOAN: "checkedout", State.LOST: "lost", State.READING_ROOM: "notforloan"}
    items = ""
    for copy in entry.copies:
        word = _MESSAGES.get(names.get(copy.state, ""), "")
        status = "not available" if word else "available"
        message = f"<dlf:availabilitymsg>{word}</dlf:availabilitymsg>" if word else ""
        items += (
            f'<dlf:item id="{copy.barcode}"><dlf:simpleavailability><dlf:identifier>{copy.barcode}</dlf:identifier>'
            f"<dlf:availabilitystatus>{status}</dlf:availabilitystatus>{message}"
            f"<dlf:location>{escaped(copy.branch_name)}</dlf:location></dlf:simpleavailability></dlf:item>"
        )
    return f'<dlf:record><dlf:bibliographic id="{entry.id}" /><dlf:items>{items}</dlf:items></dlf:record>'


def _rest_item(copy: Copy) -> dict[str, object]:
    return {
        "external_id": copy.barcode,
        "home_library_id": copy.branch,
        "holding_library_id": copy.branch,
        "location": copy.shelf,
        "callnumber": copy.call_number,
        "checked_out_date": f"{copy.due:%Y-%m-%d}" if copy.due else None,
        "lost_status": int(copy.state is State.LOST),
        "withdrawn": 0,
        "damaged_status": 0,
        "not_for_loan_status": int(copy.state is State.READING_ROOM),
    }
