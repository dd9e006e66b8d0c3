"""Reads what a server says about itself (ZeeRex), and writes the beginning of a member file from it. Pure.

Explain records are often written by hand once and never again: what stands here fills in a member file, and only a
search tells whether it is true. Source: ZeeRex 2.0 and 2.1, explain.z3950.org.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from connectors.reading.xml import parse_xml
from connectors.sru.diagnostics import Diagnostic
from connectors.sru.response import Element, child, local, text_of, unpacked
from engine.errors import UnreadableError


class ExplainedIndex(msgspec.Struct, frozen=True):
    """An index as explain tells of it: its name with its context set (`dc.title`), and its relations if told."""

    name: str
    title: str | None = None
    is_searchable: bool = True
    relations: tuple[str, ...] = ()


class ExplainedSchema(msgspec.Struct, frozen=True):
    """A record schema as explain tells of it."""

    name: str
    identifier: str = ""
    is_retrievable: bool = True


class Explained(msgspec.Struct, frozen=True):
    """What a server says about itself. `version` is that of the answer or of `serverInfo`; None where untold."""

    version: str | None = None
    title: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    context_sets: dict[str, str] = {}
    indexes: tuple[ExplainedIndex, ...] = ()
    schemas: tuple[ExplainedSchema, ...] = ()
    default_records: int | None = None
    max_records: int | None = None
    relations: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def index_names(self) -> tuple[str, ...]:
        """Return the names of all indexes that can be searched."""
        return tuple(index.name for index in self.indexes if index.is_searchable)


def explained(body: bytes) -> Explained:
    """Return what an explain answer says. Raises UnreadableError where it is none."""
    return read_explain(parse_xml(body))


def read_explain(root: Element) -> Explained:
    """Return what an explain record says: an `explainResponse` of any version, or a bare `explain`."""
    version = text_of(root, "version")
    record = _explain_record(root)
    server = child(record, "serverInfo")
    about = child(record, "databaseInfo")
    settings = child(record, "configInfo")
    index_info = child(record, "indexInfo")
    schema_info = child(record, "schemaInfo")
    sets = [found for found in index_info if local(found) == "set"] if index_info is not None else []
    indexes = [found for found in index_info if local(found) == "index"] if index_info is not None else []
    schemas = [found for found in schema_info if local(found) == "schema"] if schema_info is not None else []
    return Explained(
        version=(server.get("version") if server is not None else None) or version,
        title=text_of(about, "title") if about is not None else None,
        host=text_of(server, "host") if server is not None else None,
        port=_number(text_of(server, "port")) if server is not None else None,
        database=text_of(server, "database") if server is not None else None,
        context_sets={found.get("name", ""): found.get("identifier", "") for found in sets},
        indexes=tuple(index for found in indexes for index in _indexes(found)),
        schemas=tuple(
            ExplainedSchema(found.get("name", ""), found.get("identifier", ""), found.get("retrieve") != "false")
            for found in schemas
            if found.get("name") or found.get("identifier")
        ),
        default_records=_number(_configured(settings, "default", "numberOfRecords")),
        max_records=_number(_configured(settings, "setting", "maximumRecords")),
        relations=_supported(settings, "relation"),
        masks=_supported(settings, "maskingCharacter"),
        diagnostics=_diagnostics(root),
    )


def _explain_record(root: Element) -> Element:
    if local(root) == "explain":
        return root
    if local(root) != "explainResponse":
        raise UnreadableError(f"the answer's root is <{local(root)}>, expected <explainResponse>")
    record = child(root, "record")
    packed = child(record, "recordData") if record is not None else None
    if packed is None:
        raise UnreadableError("an explain answer without a record")
    inner = next(iter(packed), None)
    if inner is None and (packed.text or "").strip():
        inner = unpacked((packed.text or "").strip())
    if inner is None or local(inner) != "explain":
        raise UnreadableError("an explain answer whose record is no <explain>")
    return inner


def _indexes(element: Element) -> tuple[ExplainedIndex, ...]:
    names = [found for mapped in element if local(mapped) == "map" for found in mapped if local(found) == "name"]
    relations = _supported(child(element, "configInfo"), "relation")
    told = [(found.get("set"), (found.text or "").strip()) for found in names]
    return tuple(
        ExplainedIndex(
            f"{prefix}.{name}" if prefix else name, text_of(element, "title"), _can_search(element), relations
        )
        for prefix, name in told
        if name
    )


def _can_search(element: Element) -> bool:
    return element.get("search") != "false"


def _supported(settings: Element | None, kind: str) -> tuple[str, ...]:
    if settings is None:
        return ()
    return tuple(
        found.text.strip()
        for found in settings
        if local(found) == "supports" and found.get("type") == kind and found.text and found.text.strip()
    )


def _configured(settings: Element | None, tag: str, kind: str) -> str | None:
    if settings is None:
        return None
    return next((found.text for found in settings if local(found) == tag and found.get("type") == kind), None)


def _diagnostics(root: Element) -> tuple[Diagnostic, ...]:
    found = child(root, "diagnostics")
    if found is None:
        return ()
    return tuple(
        Diagnostic.of(text_of(one, "uri") or "", text_of(one, "message"), text_of(one, "details"))
        for one in found
        if local(one) == "diagnostic"
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None


@cache
def known_indexes() -> dict[str, list[str]]:
    """Return the index names by which servers are known to offer a field, best first."""
    return msgspec.convert(
        tomllib.loads(files("connectors.sru").joinpath("known_indexes.toml").read_text("utf-8")), dict[str, list[str]]
    )
