"""The table of formats: what can be had, how it is called, and who writes it. All else reads this table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.export import bibtex, csl, jsonld, ris
from engine.model import Record
from engine.text import folded_key

_LONGEST_NAME = 60


class Format(NamedTuple):
    """A format: its name in addresses and commands, its name to people, media type, suffix of files, writer."""

    name: str
    label: str
    media_type: str
    suffix: str
    write: Callable[[Sequence[Record]], bytes]


def _marcxml(records: Sequence[Record]) -> bytes:
    from engine.export import marc  # noqa: PLC0415 - pymarc is read when the first record is wanted

    return marc.marcxml(records)


def _iso2709(records: Sequence[Record]) -> bytes:
    from engine.export import marc  # noqa: PLC0415 - as above

    return marc.iso2709(records)


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("ris", "RIS", "application/x-research-info-systems", "ris", ris.ris),
        Format("bibtex", "BibTeX", "application/x-bibtex", "bib", bibtex.bibtex),
        Format("csl-json", "CSL-JSON", "application/vnd.citationstyles.csl+json", "json", csl.csl_json),
        Format("marcxml", "MARCXML", "application/marcxml+xml", "xml", _marcxml),
        Format("marc", "MARC 21", "application/marc", "mrc", _iso2709),
        Format("json-ld", "JSON-LD", "application/ld+json", "jsonld", jsonld.jsonld),
    )
}
"""Every format by its name, in the order in which they are offered."""

BY_UNAPI = ("ris", "bibtex")
"""The formats that reference managers are offered by unAPI: names stay whole in them. Zotero would rather take MARC."""


def file_name(records: Sequence[Record], chosen: Format) -> str:
    """Return a name for the file that every system can keep: ASCII, without spaces.

    >>> file_name([Record("m", "1", "Đường lối: đổi mới?")], FORMATS["ris"])
    'duong-loi-doi-moi.ris'
    """
    stem = folded_key(records[0].title) if len(records) == 1 else ""
    safe = re.sub("[^a-z0-9]+", "-", stem)[:_LONGEST_NAME].strip("-")
    return f"{safe or 'lien-thu'}.{chosen.suffix}"
