"""Reads items of Omeka S's API, JSON-LD, as records. Pure.

Sources: Omeka S developer documentation, "API representation"; the vocabularies Dublin Core Terms and Bibliographic
Ontology, which Omeka S brings along. Owners, their addresses and what is not public are dropped unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from connectors.formats.named_texts import record_from_texts
from connectors.reading.json import Table, count_of, first_text, tables_of
from engine.errors import FaultError, UnreadableError
from engine.model import Host, Record

_ELEMENTS: Final = {
    "dcterms:title": "title", "dcterms:alternative": "alternative", "bibo:shortTitle": "alternative",
    "dcterms:creator": "creator", "bibo:authorList": "creator", "schema:author": "creator",
    "dcterms:contributor": "contributor", "bibo:editor": "editor", "bibo:translator": "translator",
    "dcterms:publisher": "publisher", "dcterms:issued": "issued", "dcterms:date": "date", "dcterms:created": "date",
    "dcterms:dateSubmitted": "date.submitted", "dcterms:language": "language", "dcterms:subject": "subject",
    "dcterms:spatial": "spatial", "dcterms:description": "description", "dcterms:abstract": "abstract",
    "bibo:abstract": "abstract", "dcterms:tableOfContents": "tableOfContents", "dcterms:type": "type",
    "dcterms:medium": "medium", "dcterms:format": "format", "dcterms:extent": "extent",
    "dcterms:isPartOf": "isPartOf", "dcterms:identifier": "identifier", "dcterms:bibliographicCitation": "source",
    "bibo:isbn": "isbn", "bibo:isbn10": "isbn", "bibo:isbn13": "isbn", "bibo:issn": "issn", "bibo:eissn": "issn",
    "bibo:doi": "doi", "bibo:oclcnum": "oclc", "bibo:lccn": "lccn", "bibo:edition": "description.edition",
    "bibo:volume": "volume", "dcterms:references": "references", "dcterms:relation": "relation",
    "foaf:name": "creator",
}  # fmt: skip
"""Properties -> the elements that `formats.named_texts` reads."""

_ARTICLES: Final = frozenset({"Article", "AcademicArticle", "Chapter", "BookSection"})
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TAGS: Final = re.compile(r"<[^<>]{1,200}>")


def items_of(found: object) -> list[Table]:
    """Return the items of an answer. FaultError where the API speaks of trouble, UnreadableError for anything else."""
    if isinstance(found, list):
        if any(not isinstance(item, dict) for item in found):
            raise UnreadableError("a list of something else than items")
        return tables_of(found)
    if isinstance(found, dict) and "errors" in found:
        raise FaultError(f"the API says: {_complaint(found['errors'])}")
    raise UnreadableError("JSON that is no list of items")


def _complaint(errors: object) -> str:
    if isinstance(errors, dict):
        return next((text for value in errors.values() if (text := _complaint(value))), "")
    return first_text(errors)[:200]


class Item(msgspec.Struct, frozen=True):
    """An item as a record, and the sites that show it. `record` is None where it cannot be read or is not public."""

    record: Record | None
    site_ids: tuple[int, ...] = ()


def item_of(item: Table, *, member: str) -> Item:
    """Return an item of the API."""
    sites = tuple(number for site in tables_of(item.get("o:site")) if (number := count_of(site.get("o:id"))))
    number = count_of(item.get("o:id"))
    if number is None or item.get("o:is_public") is False:
        return Item(None, sites)
    texts = list(_texts(item))
    classes = _classes(item)
    if "dcterms:title" not in item and (title := first_text(item.get("o:title"))):
        texts.insert(0, ("title", title))  # from another property; a title that is not public is not told so either
    texts += [("type", _CAMEL.sub(" ", name)) for name in classes]
    host = _host(item, classes)
    if host is not None:  # the volume is the journal's
        texts = [(name, text) for name, text in texts if name not in {"volume", "isPartOf"}]
    try:
        record = record_from_texts(texts, member=member, own_id=str(number), url=_api_address(item), host=host)
    except UnreadableError:
        return Item(None, sites)
    if tables_of(item.get("o:media")) and record.is_online is None:
        record = msgspec.structs.replace(record, is_online=True)
    return Item(record, sites)


def _api_address(item: Table) -> str | None:
    address = first_text(item.get("@id"))
    return address if address.startswith(("http://", "https://")) else None


def _classes(item: Table) -> list[str]:
    """Return the item's own classes without their vocabulary: ["o:Item", "bibo:Book"] gives ["Book"]."""
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    return [name.rpartition(":")[2] for name in names if isinstance(name, str) and not name.startswith("o:")]


def _texts(item: Table) -> Iterator[tuple[str, str]]:
    for term, values in item.items():
        element = _ELEMENTS.get(term)
        if element is None:
            continue
        for value in tables_of(values):
            if value.get("is_public") is not False and (text := _text(value)):
                yield element, text


def _text(value: Table) -> str:
    """Return what a value says: a literal, the label of an address or the address, the title of a linked item."""
    said = first_text(value.get("@value")) or first_text(value.get("o:label")) or first_text(value.get("display_title"))
    if value.get("type") == "html":
        said = _TAGS.sub(" ", said)
    if said:
        return said
    address = first_text(value.get("@id"))
    return address if value.get("type") == "uri" else ""


def _host(item: Table, classes: list[str]) -> Host | None:
    """Return what an article or chapter stands in."""
    titles = [_text(value) for value in tables_of(item.get("dcterms:isPartOf"))]
    if not _ARTICLES.intersection(classes) or not titles or not titles[0]:
        return None
    volume, issue, pages = (
        next((text for value in tables_of(item.get(term)) if (text := _text(value))), None)
        for term in ("bibo:volume", "bibo:issue", "bibo:pages")
    )
    return Host(titles[0], volume=volume, issue=issue, pages=pages)


def slugs_of(found: object) -> dict[int, str]:
    """Return the slugs of the public sites by their numbers, the first site first."""
    return {
        number: slug
        for site in items_of(found)
        if site.get("o:is_public") is not False
        and (number := count_of(site.get("o:id"))) is not None
        and (slug := first_text(site.get("o:slug")))
    }
