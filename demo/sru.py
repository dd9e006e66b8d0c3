"""An SRU server over one shelf, in one dialect: parameters in, XML out. No sockets here.

Source: SRU 1.1 and 1.2 (Library of Congress), searchRetrieve 2.0 (OASIS).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from demo import cql
from demo.cql import Diagnostic
from demo.dialects import OASIS, OASIS_DIAGNOSTIC, ZING, ZING_DIAGNOSTIC, Dialect, Schema
from demo.explain import explain_response
from demo.libraries import Library
from demo.shelf import Shelf
from demo.xml_text import element, escaped

MESSAGES: Final = {
    1: "General system error", 2: "System temporarily unavailable", 4: "Unsupported operation",
    5: "Unsupported version",
    6: "Unsupported parameter value", 7: "Mandatory parameter not supplied", 10: "Query syntax error",
    15: "Unsupported context set", 16: "Unsupported index", 19: "Unsupported relation", 27: "Empty term unsupported",
    28: "Masking character not supported", 39: "Proximity not supported", 61: "First record position out of range",
    66: "Unknown schema for retrieval", 71: "Unsupported record packing",
}  # fmt: skip
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ECHOED: Final = ("query", "startRecord", "maximumRecords", "recordPacking", "recordXMLEscaping", "recordSchema")


class Asked(msgspec.Struct):
    """One request as the server understood it."""

    parameters: Mapping[str, str]
    version: str

    @property
    def is_new(self) -> bool:
        """Whether the answer is in SRU 2.0."""
        return self.version == "2.0"


def diagnostic(error: Diagnostic, *, is_new: bool) -> str:
    """Return a diagnostic as XML."""
    return (
        f'<diagnostic xmlns="{OASIS_DIAGNOSTIC if is_new else ZING_DIAGNOSTIC}">'
        f"<uri>info:srw/diagnostic/1/{error.number}</uri>{element('details', error.details)}"
        f"{element('message', MESSAGES.get(error.number, 'Error'))}</diagnostic>"
    )


class SruServer:
    """One library's SRU face."""

    def __init__(self, library: Library, dialect: Dialect, shelf: Shelf) -> None:
        self.library = library
        self.dialect = dialect
        self.shelf = shelf

    def answer(self, parameters: Mapping[str, str], *, fault: int = 0) -> str:
        """Return the XML of an answer. `fault` is the number of a diagnostic to give instead of a result."""
        dialect = self.dialect
        version = parameters.get("version") or dialect.default_version
        asked = Asked(parameters, version if version in dialect.versions else max(dialect.versions, key=float))
        if fault:
            return self._response(asked, None, "", Diagnostic(fault, "the demo was told to fail"))
        if version not in dialect.versions:
            return self._response(asked, None, "", Diagnostic(5, max(dialect.versions, key=float)))
        operation = parameters.get("operation") or ("searchRetrieve" if "query" in parameters else "explain")
        if operation == "explain":
            return explain_response(self.library, dialect, asked.version)
        if operation != "searchRetrieve":
            return self._response(asked, None, "", Diagnostic(4, operation))
        try:
            return self._search(asked)
        except Diagnostic as error:
            return self._response(asked, None, "", error)

    def _search(self, asked: Asked) -> str:
        dialect, parameters = self.dialect, asked.parameters
        start = _number(parameters, "startRecord", 1, 1)
        count = _number(parameters, "maximumRecords", dialect.default_count, 0)
        if "query" not in parameters:
            raise Diagnostic(7, "query")
        tree, sorts = cql.parse(parameters["query"], closes_quotes=dialect.closes_quotes)
        places = self.shelf.found(tree, sorts)
        if dialect.newest_first and not sorts:
            places.sort(key=lambda place: -self.shelf.entries[place].edition.year)
        total = len(places)
        if dialect.deepest and start > dialect.deepest:
            return self._response(asked, total, "", Diagnostic(61))
        if start > max(total, 1) and count:
            return self._response(asked, total, "", Diagnostic(61) if dialect.past_end == "diagnostic" else None)
        name = parameters.get("recordSchema", "")
        schema = self._schema(name)
        if schema is None and dialect.unknown_schema == "diagnostic":
            return self._response(asked, total, "", Diagnostic(66, name))
        window = places[start - 1 : start - 1 + min(count, dialect.cap)]
        records = "".join(
            self._record(asked, schema, name, place, start + offset) for offset, place in enumerate(window)
        )
        following = start + len(window)
        has_next = dialect.says_next and following <= total
        tail = element(f"{dialect.prefix}nextRecordPosition", str(following) if has_next else "")
        return self._response(asked, total, records, None, tail)

    def _schema(self, name: str) -> Schema | None:
        dialect = self.dialect
        if not name:
            return dialect.schemas[dialect.default_schema]
        if name in dialect.schemas or dialect.unknown_schema == "surrogate":
            return dialect.schemas.get(name)
        return next((schema for schema in dialect.schemas.values() if schema.identifier == name), None)

    def _record(self, asked: Asked, schema: Schema | None, name: str, place: int, position: int) -> str:
        dialect = self.dialect
        entry = self.shelf.entries[place]
        if schema is None:
            reported, xml = "info:srw/schema/1/diagnostics-v1.1", diagnostic(Diagnostic(66, name), is_new=asked.is_new)
        else:
            reported, xml = schema.reported if name or dialect.names_schema else "", schema.render(entry)
        key = "recordXMLEscaping" if asked.is_new else "recordPacking"
        packing = "string" if dialect.always_packs_string or asked.parameters.get(key) == "string" else "xml"
        p = dialect.prefix
        return (
            f"<{p}record><{p}recordSchema>{escaped(reported)}</{p}recordSchema><{p}{key}>{packing}</{p}{key}>"
            f"<{p}recordData>{escaped(_DECLARATION + xml) if packing == 'string' else xml}</{p}recordData>"
            f"{self._identifier(entry.id)}<{p}recordPosition>{position}</{p}recordPosition></{p}record>"
        )

    def _identifier(self, entry_id: str) -> str:
        return element("recordIdentifier", entry_id) if not self.dialect.prefix and self.dialect.extra else ""

    def _response(self, asked: Asked, total: int | None, records: str, error: Diagnostic | None, tail: str = "") -> str:
        p = self.dialect.prefix
        colon = f":{p[:-1]}" if p else ""
        parts = [
            _DECLARATION,
            f'<{p}searchRetrieveResponse xmlns{colon}="{OASIS if asked.is_new else ZING}">',
            "" if asked.is_new else element(f"{p}version", asked.version),
            "" if total is None else element(f"{p}numberOfRecords", str(total)),
            f"<{p}records>{records}</{p}records>"
            if records or (self.dialect.past_end == "empty" and total is not None)
            else "",
            tail,
            self._echo(asked),
            f"<{p}diagnostics>{diagnostic(error, is_new=asked.is_new)}</{p}diagnostics>" if error else "",
            self.dialect.extra,
            element(f"{p}resultCountPrecision", "exact") if asked.is_new and not error else "",
            f"</{p}searchRetrieveResponse>",
        ]
        return "".join(parts)

    def _echo(self, asked: Asked) -> str:
        if not self.dialect.echoes:
            return ""
        p = self.dialect.prefix
        said = {"version": asked.version} | {key: asked.parameters.get(key, "") for key in _ECHOED}
        inner = "".join(element(p + key, text) for key, text in said.items())
        return f"<{p}echoedSearchRetrieveRequest>{inner}</{p}echoedSearchRetrieveRequest>"


def _number(parameters: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = parameters.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < least:
        raise Diagnostic(6, name)
    return int(text)
