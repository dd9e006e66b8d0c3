"""A Primo over a library's entries: Primo VE as it stands on Alma, and classic Primo behind a guest's token.

Source: what public clients of `/primaws/rest/pub` and `/primo_library/libweb/webservices/rest` send and read. A search
tells no copies with `skipDelivery=Y`; `POST delivery` runs the search again and tells of the ids on that page alone.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from demo import lucene, pnx
from demo.entries import Entry, State
from demo.holdings import Holdings, is_in, places_of
from demo.libraries import Library
from demo.server import Reply, Request
from demo.xml_text import escaped

_JSON: Final = "application/json;charset=UTF-8"
_HTML: Final = "text/html;charset=UTF-8"
_FIELDS: Final = {
    "any": "any", "title": "title", "creator": "author", "sub": "subject", "isbn": "isbn", "issn": "issn",
    "publisher": "publisher", "rid": "id", "lsr01": "call",
}  # fmt: skip
_PRECISIONS: Final = frozenset({"contains", "exact", "begins_with", "equals"})
VE_ENTRANCE: Final = "/discovery/search?vid=84HPU_INST:HPU"
CLASSIC_ENTRANCE: Final = "/primo-explore/search?vid=84SLU_V1"
"""Where the two faces of the demo begin."""

_MOST: Final = 50
_DEEPEST: Final = 5000


class RefusedError(Exception):
    """A request that cannot be read."""


class Primo:
    """One Primo. `is_classic`: with the paths of classic Primo, and nothing without a guest's token."""

    def __init__(self, library: Library, holdings: Holdings, *, is_classic: bool = False) -> None:
        self._library, self._holdings = library, holdings
        self._is_classic = is_classic
        self.institution = f"84{library.prefix}U_INST" if not is_classic else f"84{library.prefix}U"
        self.view = f"{self.institution}:{library.prefix}U" if not is_classic else f"84{library.prefix}U_V1"
        head = "/primo_library/libweb/webservices/rest/"
        self._pnxs = f"{head}primo-explore/v1/pnxs" if is_classic else "/primaws/rest/pub/pnxs"
        self._delivery = f"{self._pnxs}/delivery" if is_classic else "/primaws/rest/pub/delivery"
        self._token = f"{head}v1/guestJwt/{self.institution}"
        if not is_classic:
            self._token = f"/primaws/rest/pub/institution/{self.institution}/guestJwt"

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        front = "/primo-explore/search" if self._is_classic else "/discovery/search"
        path = request.path
        if path in {"", "/", "/primo_library/libweb", "/primo_library/libweb/"}:
            return Reply(b"", _HTML, 302, (("Location", f"{front}?vid={self.view}"),))
        if path.startswith(front.rpartition("/")[0] + "/"):
            return Reply(self._application().encode(), _HTML)
        return _error(500, "Internal Server Error") if fails else self._served(path, request)

    def _served(self, path: str, request: Request) -> Reply | None:
        if path == self._token:
            return _said(_jwt(self.institution, self.view))
        if not path.startswith((self._pnxs, self._delivery)):
            return self._configured(path)
        if self._is_classic and not request.headers.get("authorization", "").startswith("Bearer ey"):
            return Reply(b"", _JSON, 401)
        try:
            return self._asked(path, request)
        except RefusedError as refusal:
            return _error(400, str(refusal))

    def _asked(self, path: str, request: Request) -> Reply | None:
        asked = request.parameters
        if asked.get("vid") != self.view:
            raise RefusedError("Invalid view")
        if path == self._pnxs:
            return _said(self._search(request))
        if path == self._delivery:
            return _said(self._told(request))
        record = re.fullmatch(re.escape(self._pnxs) + r"/L/([^/]+)", path)
        entry = self._entry(record[1]) if record else None
        return _said(self._document(entry, request, with_delivery=True)) if entry else _error(404, "Record not found")

    def _search(self, request: Request) -> dict[str, object]:
        asked = request.parameters
        found = self._found(asked)
        start, count = _number(asked, "offset", 0), min(_number(asked, "limit", 10), _MOST)
        if start + count > _DEEPEST:
            raise RefusedError("Offset and limit are too large")
        with_delivery = asked.get("skipDelivery") != "Y"
        shown = found[start : start + count]
        counts = {
            "totalResultsLocal": len(found), "totalResultsPC": -1, "total": len(found),
            "first": start + 1 if shown else 0, "last": start + len(shown),
        }  # fmt: skip
        return {
            "beaconO22": "112",
            "info": counts,
            "highlights": {"termsUnion": []},
            "docs": [self._document(entry, request, with_delivery=with_delivery) for entry in shown],
            "timelog": {"BriefSearchDeltaTime": 88},
            "facets": [{"name": "lang", "values": [{"value": "vie", "count": 1}]}],
        }

    def _found(self, asked: Mapping[str, str]) -> list[Entry]:
        """Return what `q` finds, `field,precision,value,operator` joined by `;` from the left."""
        found: dict[str, Entry] | None = None
        operator = "AND"
        for part in filter(None, asked.get("q", "").split(";")):
            field, precision, value, *rest = [*part.split(","), "", ""]
            if field not in _FIELDS or precision not in _PRECISIONS:
                raise RefusedError(f"Invalid query: {part}")
            here = {entry.id: entry for entry in self._by(_FIELDS[field], precision, value)}
            match operator if found is not None else "":
                case "OR":
                    found = (found or {}) | here
                case "NOT":
                    found = {number: entry for number, entry in (found or {}).items() if number not in here}
                case "AND":
                    found = {number: entry for number, entry in (found or {}).items() if number in here}
                case _:
                    found = here
            operator = rest[0] or "AND"
        if found is None:
            raise RefusedError("Query is empty")
        kept = list(found.values())
        for name, value in (("qInclude", ""), ("multiFacets", "")):
            for facet in filter(None, asked.get(name, value).split("|,|")):
                kept = [entry for entry in kept if _is_within(entry, facet)]
        return sorted(kept, key=lambda entry: -entry.edition.year) if asked.get("sort") == "date_d" else kept

    def _by(self, field: str, precision: str, value: str) -> list[Entry]:
        numbers = [re.fullmatch(r"(?:alma|84\w+_ALEPH)?(\d+)", part.strip()) for part in value.split(" OR ")]
        if field in {"any", "id"} and all(number and number[1] in self._holdings.by_id for number in numbers):
            return [self._holdings.by_id[number[1]] for number in numbers if number]
        if precision != "contains":
            value = '"' + value.replace('"', " ") + '"'
        try:
            node = lucene.parse(re.sub(r"[\[\]{}:^~!+]", " ", value).strip() or '""')
        except lucene.QuerySyntaxError:
            node = lucene.parse(" ".join(re.findall(r"\w+", value)) or '""')
        return self._holdings.found_by_lucene(node, lambda inner: "" if inner else field)

    def _told(self, request: Request) -> list[dict[str, object]]:
        """Return the delivery of the ids in the body that stand on the page of the search in the address."""
        try:
            wanted = json.loads(request.body or b"[]")
        except ValueError as error:
            raise RefusedError("Body cannot be read") from error
        if isinstance(wanted, dict):
            wanted = [_identifier(each) for each in wanted.get("records", [])]
        asked = request.parameters
        start, count = _number(asked, "offset", 0), min(_number(asked, "limit", 10), _MOST)
        page = self._found(asked)[start : start + count] if asked.get("q") else []
        chosen = [entry for entry in page if self._number(entry) in wanted]
        return [self._document(entry, request, with_delivery=True) for entry in chosen]

    def _number(self, entry: Entry) -> str:
        return f"84{self._library.prefix}U_ALEPH{entry.id}" if self._is_classic else f"alma{entry.id}"

    def _entry(self, number: str) -> Entry | None:
        return self._holdings.by_id.get(re.sub(r"^(?:alma|84\w+_ALEPH)", "", number))

    def _document(self, entry: Entry, request: Request, *, with_delivery: bool) -> dict[str, object]:
        number = self._number(entry)
        host = request.headers.get("host", "localhost")
        said: dict[str, object] = {
            "context": "L",
            "adaptor": "Local Search Engine",
            "@id": f"http://{host}{self._pnxs}/L/{number}",
            "pnx": {
                "display": pnx.display(entry),
                "control": {
                    "sourcerecordid": [entry.id],
                    "recordid": [number],
                    "sourceid": ["alma" if not self._is_classic else f"84{self._library.prefix}U_ALEPH"],
                    "sourcesystem": ["ILS"],
                    "sourceformat": ["MARC21"],
                    "isDedup": [False],
                },
                "addata": pnx.addata(entry),
                "sort": {"title": [entry.title], "creationdate": [str(entry.edition.year or "")]},
                "facets": {"frbrtype": ["6"], "frbrgroupid": [f"90{entry.id}"]},
            },
            "enrichment": {"virtualBrowseObject": {"isVirtualBrowseEnabled": True}},
        }
        return said | ({"delivery": self._delivered(entry)} if with_delivery else {})

    def _delivered(self, entry: Entry) -> dict[str, object]:
        holdings = []
        for number, ((branch, shelf), copies) in enumerate(places_of(entry).items(), 1):
            has = any(copy.state in {State.IN, State.READING_ROOM} for copy in copies)
            hold = f"22{entry.id}{number:04}"
            holdings.append({
                "isValidUser": True, "organization": self.institution, "libraryCode": copies[0].branch,
                "availabilityStatus": "available" if has else "unavailable", "subLocation": shelf,
                "subLocationCode": f"S{number}", "mainLocation": branch, "callNumber": f"({copies[0].call_number})",
                "callNumberType": "1", "holdingURL": "OVP", "adaptorid": "ALMA_01", "ilsApiId": entry.id,
                "holdId": hold, "stackMapUrl": "", "relatedTitle": None,
                "holKey": f"HoldingResultKey [mid={hold}, libraryId=1, locationCode=S{number}, callNumber=null]",
            })  # fmt: skip
        word = "available_in_library" if is_in(entry) or has_any(holdings) else "unavailable"
        return {
            "bestlocation": holdings[0] if holdings else None,
            "holding": holdings,
            "deliveryCategory": ["Alma-P"],
            "availability": [word],
            "displayedAvailability": word,
            "link": [],
            "serviceMode": ["ovp"],
        }

    def _configured(self, path: str) -> Reply | None:
        """Return how the view is set up, which the application reads first."""
        if path not in {
            f"/primaws/rest/pub/configuration/vid/{self.view}",
            f"/primo_library/libweb/webservices/rest/v1/configuration/{self.view}",
        }:
            return None
        scope = {"scope-id": "MyInstitution", "tab": "LibraryCatalog", "display-name": "MyInstitution"}
        view = {"available-tabs": ["LibraryCatalog"], "scopes": [scope], "vid": self.view}
        institution = {"institution-code": self.institution, "institution-name": self._library.vi}
        return _said({"primo-view": view | {"institution": institution}, "vid": self.view})

    def _application(self) -> str:
        """Return the page of the application, which holds nothing but scripts."""
        base = "/primo-explore" if self._is_classic else "/discovery"
        return f"""<!DOCTYPE html>
<html lang="vi"><head><base href="{base}/"><meta charset="utf-8"><title>{escaped(self._library.vi)}</title>
<link rel="stylesheet" href="lib/app.css"></head><body ng-app="primo-explore" class="primo-explore">
<primo-explore><prm-loading-app></prm-loading-app></primo-explore>
<script src="lib/vendor.js"></script><script src="lib/bundle.js"></script></body></html>
"""


def classic(library: Library, holdings: Holdings) -> Primo:
    """Return a classic Primo."""
    return Primo(library, holdings, is_classic=True)


def has_any(holdings: Sequence[Mapping[str, object]]) -> bool:
    """Whether a place has something to read."""
    return any(each["availabilityStatus"] == "available" for each in holdings)


def _is_within(entry: Entry, facet: str) -> bool:
    """Whether an entry is within `facet_name,include,value`."""
    name, how, value = [*facet.removeprefix("facet_").split(",", 2), "", ""][:3]
    span = re.fullmatch(r"\[(\d+) TO (\d+)\]", value)
    match name:
        case "lang":
            is_in_it = entry.edition.language == value
        case "rtype" | "pfilter":
            is_in_it = pnx.TYPES.get(entry.edition.material, "other").rstrip("s") == value.rstrip("s")
        case "searchcreationdate" | "creationdate" if span:
            is_in_it = int(span[1]) <= entry.edition.year <= int(span[2])
        case _:
            is_in_it = True
    return is_in_it is not (how == "exclude")


def _identifier(record: object) -> str:
    match record:
        case {"pnx": {"control": {"recordid": [str(number), *_]}}}:
            return number
    return ""


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not re.fullmatch(r"\d{1,6}", text):
        raise RefusedError(f"Invalid {name}")
    return int(text)


def _jwt(institution: str, view: str) -> str:
    parts: list[Mapping[str, object]] = [
        {"kid": "primaPrivateKey-X", "alg": "ES256"},
        {"iss": "Prima", "institution": institution, "viewId": view, "user": "anonymous-1122", "exp": 4102444800},
    ]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return f"{'.'.join(coded)}.c2lnbmVk"


def _said(said: object, status: int = 200) -> Reply:
    return Reply(json.dumps(said, ensure_ascii=False).encode(), _JSON, status)


def _error(status: int, message: str) -> Reply:
    error = {"errorCode": str(status), "errorMessage": message, "trackingId": "E01-2211081500-XXXXX-AWAE"}
    return _said({"errorsExist": True, "errorList": {"error": [error]}}, status)
