"""Primo's normalised record (PNX) of an entry: what is shown, and what citations are made of.

Source: PNX as the interfaces of Primo give it as JSON; values may carry `$$Q` and `$$V` parts.
"""

from __future__ import annotations

from typing import Final

from demo.entries import Entry

TYPES: Final = {"book": "book", "thesis": "dissertation", "journal": "journal", "map": "map", "article": "article"}


def display(entry: Entry) -> dict[str, list[str]]:
    """Return what readers are shown."""
    edition = entry.edition
    names = [f"{name.text}$$Q{name.text}" for name in entry.names]
    said = {
        "source": ["Alma"],
        "type": [TYPES.get(edition.material, "other")],
        "language": [edition.language],
        "title": [entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")],
        "creator": names[:1] if entry.heads_name else [],
        "contributor": names[1:] if entry.heads_name else names,
        "subject": list(entry.subjects),
        "publisher": [": ".join(filter(None, (entry.place, entry.publisher)))],
        "creationdate": [entry.date],
        "edition": [entry.edition_statement],
        "format": [f"{edition.pages} tr. ; 24 cm" if edition.pages else ""],
        "identifier": [f"$$CISBN$$V{number}" for number in entry.isbns],
        "series": [f"{edition.series}$$Q{edition.series}" if edition.series else ""],
        "mms": [entry.id],
        "version": ["1"],
    }
    return {name: kept for name, values in said.items() if (kept := [value for value in values if value])}


def addata(entry: Entry) -> dict[str, list[str]]:
    """Return what citations are made of."""
    edition = entry.edition
    people = [name.text for name in entry.names if not name.is_body]
    said = {
        "au": people[:1],
        "addau": people[1:],
        "aucorp": [name.text for name in entry.names if name.is_body],
        "btitle": [entry.title],
        "date": [str(edition.year or "")],
        "isbn": [number.partition(" ")[0].replace("-", "") for number in entry.isbns],
        "issn": [edition.issn],
        "cop": [entry.place],
        "pub": [entry.publisher],
        "format": ["journal" if edition.material == "journal" else "book"],
        "genre": [TYPES.get(edition.material, "unknown")],
        "ristype": [{"thesis": "THES", "journal": "JOUR"}.get(edition.material, "BOOK")],
        "edition": [entry.edition_statement],
        "seriestitle": [edition.series],
    }
    return {name: kept for name, values in said.items() if (kept := [value for value in values if value])}
