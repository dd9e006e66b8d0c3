"""COinS -> Record: what a page tells reference managers of a title, in the attribute of an empty `span.Z3988`.

Source: OpenURL 1.0 (ANSI/NISO Z39.88) key/encoded-value formats for books, journals and dissertations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl

from connectors.formats.named_texts import record_from_texts
from engine.errors import UnreadableError
from engine.model import Record

_ELEMENTS: Final = {
    "rft.btitle": "title", "rft.title": "title", "rft.atitle": "title", "rft.au": "creator",
    "rft.aucorp": "creator", "rft.pub": "publisher", "rft.place": "publisher.place", "rft.date": "date",
    "rft.isbn": "isbn", "rft.issn": "issn", "rft.edition": "description.edition", "rft.series": "isPartOf",
    "rft.tpages": "extent",
}  # fmt: skip
_GENRES: Final = {
    "book": "book",
    "bookitem": "chapter",
    "article": "article",
    "journal": "journal",
    "dissertation": "thesis",
}
_MOST_KEYS: Final = 100


def texts_of_coins(title: str) -> Iterator[tuple[str, str]]:
    """Return the named texts of a COinS attribute, as `formats.named_texts` reads them."""
    pairs = parse_qsl(title, max_num_fields=_MOST_KEYS) if title.count("&") < _MOST_KEYS else []
    told = dict(reversed(pairs))
    has_title = False
    for key, value in pairs:
        element = _ELEMENTS.get(key)
        if element is None or (element == "title" and has_title):
            continue
        has_title = has_title or element == "title"
        yield element, value
    if "rft.au" not in told and (family := told.get("rft.aulast")):
        given = told.get("rft.aufirst", "")
        yield "creator", f"{family}, {given}" if given else family
    if genre := _GENRES.get(told.get("rft.genre", "")):
        yield "type", genre


def record_from_coins(title: str, *, member: str, own_id: str = "", url: str | None = None) -> Record | None:
    """Return the record that a COinS attribute describes, None where it holds no title.

    >>> record = record_from_coins("rft.btitle=Lu%E1%BA%ADt&rft.au=L%C3%AA+A&rft.date=2010", member="m", own_id="1")
    >>> record.title, record.people[0].name, record.year
    ('Luật', 'Lê A', 2010)
    """
    try:
        return record_from_texts(texts_of_coins(title), member=member, own_id=own_id, url=url)
    except UnreadableError:
        return None
