"""An OAI-PMH 2.0 repository like DSpace's, over the same entries as the SRU face.

Pages of 100, plain tokens that need no memory, sets, deletions, five formats. As in DSpace a `from` that is no date is
passed over, withdrawn items keep a header that says so, and what was removed for good is not told at all.

Source: the protocol (openarchives.org), and DSpace 6.4 and 7.6 as tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from demo.entries import Entry
from demo.libraries import Library
from demo.oai_formats import FIRST, FORMATS, said, stamp
from demo.server import Reply, Request
from demo.shelf import Shelf
from demo.xml_text import element, escaped

PATH: Final = "/server/oai/request"
PAGE: Final = 100
NOW: Final = datetime(2026, 3, 15, 8, 15, tzinfo=UTC)
"""When the repository believes it is, until somebody changes something in it."""

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
    "<responseDate>{now}</responseDate><request>{base}</request>"
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")


class OaiError(Exception):
    """A fault as the protocol names it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class Kept(msgspec.Struct, frozen=True):
    """An entry as the repository has it: when it was changed last, and whether it was withdrawn then."""

    entry: Entry
    changed_at: str
    is_withdrawn: bool = False


def identifier(entry: Entry) -> str:
    """Return the entry's OAI identifier."""
    return f"oai:thuvienso.song-cau.example:TVSSC/{entry.id}"


class OaiRepository:
    """The harvesting interface of one library. `now` is its own time, `page` how many records it gives at once."""

    def __init__(self, library: Library, shelf: Shelf | Sequence[Entry]) -> None:
        self._library = library
        entries = shelf.entries if isinstance(shelf, Shelf) else shelf
        # Every ninety-seventh item was withdrawn at some time.
        self._kept = {entry.id: Kept(entry, stamp(entry), int(entry.id) % 97 == 0) for entry in entries}
        self.now = NOW
        self.page = PAGE

    # What a keeper does -------------------------------------------------------------------

    def change(self, entry_id: str, **changes: object) -> None:
        """Change an entry, a minute after the last change."""
        self._keep(msgspec.structs.replace(self._kept[entry_id].entry, **changes))

    def withdraw(self, entry_id: str) -> None:
        """Take an item out of sight; its header stays."""
        self._keep(self._kept[entry_id].entry, is_withdrawn=True)

    def remove(self, entry_id: str) -> None:
        """Remove an item for good, without a word."""
        self.now += timedelta(minutes=1)
        del self._kept[entry_id]

    def _keep(self, entry: Entry, *, is_withdrawn: bool = False) -> None:
        self.now += timedelta(minutes=1)
        self._kept[entry.id] = Kept(entry, said(self.now), is_withdrawn)

    @property
    def items(self) -> tuple[Kept, ...]:
        """Everything in the order of the list."""
        return tuple(self._kept.values())

    # What a harvester is told -------------------------------------------------------------

    def answer(self, request: Request) -> Reply | None:
        """Return the answer to a verb, or None at another address."""
        if request.path != PATH:
            return None
        try:
            body = self._verb(request.parameters)
        except OaiError as error:
            body = f'<error code="{error.code}">{escaped(str(error))}</error>'
        head = _HEAD.format(now=said(self.now), base=f"http://localhost:8080{PATH}")
        return Reply(f"{head}{body}</OAI-PMH>".encode(), "text/xml;charset=UTF-8")

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
                body = "".join(
                    f"<metadataFormat>{element('metadataPrefix', prefix)}{element('metadataNamespace', namespace)}"
                    "</metadataFormat>"
                    for prefix, (namespace, _) in FORMATS.items()
                )
            case "ListSets":
                sets = (element("setSpec", spec) + element("setName", name) for spec, (name, _) in _SETS.items())
                body = "".join(f"<set>{each}</set>" for each in sets)
            case "GetRecord":
                prefix = _checked_prefix(asked.get("metadataPrefix"))
                body = _record(self._one(asked.get("identifier", "")), "GetRecord", prefix)
            case _:
                body = self._list(verb, asked)
        return f"<{verb}>{body}</{verb}>"

    def _identify(self) -> str:
        facts = {
            # As some write it: letters beyond ASCII as references, and those escaped once more.
            "repositoryName": "".join(c if c.isascii() else f"&#{ord(c)};" for c in self._library.vi),
            "baseURL": f"http://localhost:8080{PATH}", "protocolVersion": "2.0",
            "adminEmail": "thuvien@song-cau.example", "earliestDatestamp": said(FIRST),
            "deletedRecord": "transient", "granularity": "YYYY-MM-DDThh:mm:ssZ",
        }  # fmt: skip
        return "".join(element(name, text) for name, text in facts.items())

    def _one(self, wanted: str) -> Kept:
        kept = self._kept.get(wanted.rpartition("/")[2])
        if kept is None or identifier(kept.entry) != wanted:
            raise OaiError("idDoesNotExist", "The given id does not exist")
        return kept

    def _list(self, verb: str, asked: Mapping[str, str]) -> str:
        parts = [asked.get(name, "") for name in ("metadataPrefix", "from", "until", "set")] + ["0"]
        if "resumptionToken" in asked:
            parts = asked["resumptionToken"].split("/")
            if len(parts) != 5 or not parts[4].isdecimal():
                raise OaiError("badResumptionToken", "The resumption token is invalid")
        told_prefix, begin, end, spec, offset_text = parts
        prefix = _checked_prefix(told_prefix or None)
        begin, end = _checked_dates(begin, end)
        kinds = _SETS[spec][1] if spec in _SETS else () if spec else None
        chosen = [
            kept
            for kept in self._kept.values()
            if (not begin or kept.changed_at >= begin)
            and (not end or kept.changed_at[: len(end)] <= end)
            and (kinds is None or kept.entry.edition.material in kinds)
        ]
        offset = int(offset_text)
        shown = chosen[offset : offset + self.page]
        if not shown:
            raise OaiError("noRecordsMatch", "No matches for the query")
        return "".join(_record(kept, verb, prefix) for kept in shown) + self._token(chosen, offset, parts[:4])

    def _token(self, chosen: Sequence[Kept], offset: int, asked: Sequence[str]) -> str:
        following = "/".join((*asked, str(offset + self.page))) if offset + self.page < len(chosen) else ""
        if not following and not offset:
            return ""
        # The cursor counts pages there, not records.
        cursor = offset // self.page
        return f'<resumptionToken completeListSize="{len(chosen)}" cursor="{cursor}">{following}</resumptionToken>'


def _checked_dates(begin: str, end: str) -> tuple[str, str]:
    """Return the dates that are dates; raise for dates that contradict each other."""
    begin, end = (date if _DATE.fullmatch(date) else "" for date in (begin, end))
    if begin and end and len(begin) != len(end):
        raise OaiError("badArgument", "'from' and 'until' must have the same granularity")
    if begin and end and begin > end:
        raise OaiError("badArgument", "The 'from' date must be less then the 'until' one")
    return begin, end


def _checked_prefix(prefix: str | None) -> str:
    if prefix is None:
        raise OaiError("badArgument")
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat")
    return prefix


def _record(kept: Kept, verb: str, prefix: str) -> str:
    entry = kept.entry
    spec = "col_TVSSC_1" if entry.edition.material == "thesis" else "col_TVSSC_2"
    facts = element("identifier", identifier(entry)) + element("datestamp", kept.changed_at) + element("setSpec", spec)
    header = f'<header status="deleted">{facts}</header>' if kept.is_withdrawn else f"<header>{facts}</header>"
    if verb == "ListIdentifiers":
        return header
    body = "" if kept.is_withdrawn else f"<metadata>{FORMATS[prefix][1](entry)}</metadata>"
    return f"<record>{header}{body}</record>"
