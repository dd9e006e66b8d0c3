"""An OAI-PMH 2.0 repository like DSpace's, over the same entries as the SRU face: oai_dc, pages of 100, plain tokens.

Source: the protocol (openarchives.org), and DSpace 7.6 as tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from demo.entries import Entry
from demo.libraries import Library
from demo.other_formats import dublin_core
from demo.server import Reply, Request
from demo.shelf import Shelf
from demo.xml_text import element

PATH: Final = "/server/oai/request"
PAGE: Final = 100
_SETS: Final = {
    "col_TVSSC_1": ("Luận văn, luận án", ("thesis",)),
    "col_TVSSC_2": ("Sách, tạp chí", ("book", "journal")),
}
_VERBS: Final = {
    "Identify": set[str](), "ListMetadataFormats": {"identifier"}, "ListSets": {"resumptionToken"},
    "GetRecord": {"identifier", "metadataPrefix"},
    "ListIdentifiers": {"from", "until", "set", "metadataPrefix", "resumptionToken"},
    "ListRecords": {"from", "until", "set", "metadataPrefix", "resumptionToken"},
}  # fmt: skip
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-03-15T08:15:00Z</responseDate><request>{base}</request>"
)


class OaiError(Exception):
    """A fault as the protocol names it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


def stamp(entry: Entry) -> str:
    """Return the day an entry was last changed: made up from its number."""
    return (date(2024, 1, 1) + timedelta(days=int(entry.id) % 700)).isoformat()


def identifier(entry: Entry) -> str:
    """Return the entry's OAI identifier."""
    return f"oai:thuvienso.song-cau.example:TVSSC/{entry.id}"


class OaiRepository:
    """The harvesting interface of one library."""

    def __init__(self, library: Library, shelf: Shelf) -> None:
        self._library = library
        self._entries = shelf.entries

    def answer(self, request: Request) -> Reply | None:
        """Return the answer to a verb, or None at another address."""
        if request.path != PATH:
            return None
        try:
            body = self._verb(request.parameters)
        except OaiError as error:
            body = element("error", str(error), code=error.code)
        return Reply(f"{_HEAD.format(base=PATH)}{body}</OAI-PMH>".encode(), "text/xml;charset=UTF-8")

    def _verb(self, asked: Mapping[str, str]) -> str:
        verb = asked.get("verb", "")
        if verb not in _VERBS:
            raise OaiError("badVerb", "Illegal verb")
        if set(asked) - _VERBS[verb] - {"verb"} or ("resumptionToken" in asked and len(asked) > 2):
            raise OaiError("badArgument")
        match verb:
            case "Identify":
                body = self._identify()
            case "ListMetadataFormats":
                body = "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>"
            case "ListSets":
                sets = (element("setSpec", spec) + element("setName", name) for spec, (name, _) in _SETS.items())
                body = "".join(f"<set>{each}</set>" for each in sets)
            case "GetRecord":
                _check_prefix(asked.get("metadataPrefix"))
                body = _record(self._one(asked.get("identifier", "")), "GetRecord")
            case _:
                body = self._list(verb, asked)
        return f"<{verb}>{body}</{verb}>"

    def _identify(self) -> str:
        facts = {
            "repositoryName": self._library.vi, "baseURL": f"http://localhost{PATH}", "protocolVersion": "2.0",
            "adminEmail": "thuvien@song-cau.example", "earliestDatestamp": "2024-01-01",
            "deletedRecord": "transient", "granularity": "YYYY-MM-DD",
        }  # fmt: skip
        return "".join(element(name, text) for name, text in facts.items())

    def _one(self, wanted: str) -> Entry:
        found = next((entry for entry in self._entries if identifier(entry) == wanted), None)
        if found is None:
            raise OaiError("idDoesNotExist")
        return found

    def _list(self, verb: str, asked: Mapping[str, str]) -> str:
        parts = [asked.get(name, "") for name in ("metadataPrefix", "from", "until", "set")] + ["0"]
        if "resumptionToken" in asked:
            parts = asked["resumptionToken"].split("/")
            if len(parts) != 5 or not parts[4].isdecimal():
                raise OaiError("badResumptionToken")
        prefix, begin, end, spec, offset_text = parts
        _check_prefix(prefix or None)
        kinds = _SETS[spec][1] if spec in _SETS else () if spec else None
        chosen = [
            entry
            for entry in self._entries
            if (not begin or stamp(entry) >= begin[:10])
            and (not end or stamp(entry) <= end[:10])
            and (kinds is None or entry.edition.material in kinds)
        ]
        offset = int(offset_text)
        page = chosen[offset : offset + PAGE]
        if not page:
            raise OaiError("noRecordsMatch")
        return "".join(_record(entry, verb) for entry in page) + _token(chosen, offset, parts[:4])


def _token(chosen: Sequence[Entry], offset: int, asked: Sequence[str]) -> str:
    following = "/".join((*asked, str(offset + PAGE))) if offset + PAGE < len(chosen) else ""
    if not following and not offset:
        return ""
    return f'<resumptionToken completeListSize="{len(chosen)}" cursor="{offset // PAGE}">{following}</resumptionToken>'


def _check_prefix(prefix: str | None) -> None:
    if prefix is None:
        raise OaiError("badArgument")
    if prefix != "oai_dc":
        raise OaiError("cannotDisseminateFormat")


def _record(entry: Entry, verb: str) -> str:
    spec = "col_TVSSC_1" if entry.edition.material == "thesis" else "col_TVSSC_2"
    facts = element("identifier", identifier(entry)) + element("datestamp", stamp(entry)) + element("setSpec", spec)
    header = f"<header>{facts}</header>"
    return (
        header if verb == "ListIdentifiers" else f"<record>{header}<metadata>{dublin_core(entry)}</metadata></record>"
    )
