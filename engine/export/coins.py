"""COinS: what browsers' reference managers find in the `title` of an empty `<span class="Z3988">`.

Source: OpenURL 1.0 (ANSI/NISO Z39.88) key/encoded-value formats for books, journals and dissertations.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote_plus

from engine.export.kinds import kind_of
from engine.export.names import Name, credits_of
from engine.export.texts import doi_of, isbns_of, issn_of, language_of, line, pages_of, school_of, web_of, whole_title
from engine.model import PersonKind, Record

_FORMATS = {
    "article": "journal",
    "journal": "journal",
    "proceeding": "journal",
    "dissertation": "dissertation",
}
_MOST_AUTHORS = 10


@lru_cache(maxsize=512)  # a row is written anew for each snapshot
def coins(record: Record) -> str:
    """Return a record as the value of the attribute, to be escaped as any other where it is written.

    >>> coins(Record("m", "1", "Luật & đời", year=2010)).split("&")[2:5]
    ['rft.genre=book', 'rft.btitle=Lu%E1%BA%ADt+%26+%C4%91%E1%BB%9Di', 'rft.date=2010']
    """
    return "&".join([f"{key}={_quoted(value)}" for key, value in _values(record) if value])


def _quoted(value: str) -> str:
    return value if value.isalnum() and value.isascii() else quote_plus(value)


def _name(name: Name) -> str:
    # With a comma it is not parted at its last blank.
    return name.inverted if name.given or " " not in name.family else f"{name.family.replace(',', '.')},"


def _values(record: Record) -> Iterator[tuple[str, str]]:
    genre = kind_of(record).genre
    form = _FORMATS.get(genre, "book")
    is_part = record.host is not None
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"
    if form != "dissertation":
        yield "rft.genre", genre
    yield (
        {"book": "rft.btitle", "dissertation": "rft.title", "journal": "rft.jtitle"}[form]
        if not is_part
        else ("rft.atitle"),
        whole_title(record),
    )
    if record.host is not None:
        yield "rft.jtitle" if form == "journal" else "rft.btitle", line(record.host.title)
        yield "rft.volume", line(record.host.volume)
        yield "rft.issue", line(record.host.issue)
        yield "rft.spage", pages_of(record)[0]
        yield "rft.epage", pages_of(record)[1]
    yield "rft.date", str(record.year) if record.year is not None else ""
    yield from _people(record)
    yield "rft.inst" if form == "dissertation" else "rft.pub", school_of(record)
    yield "rft.place", line(record.place)
    yield "rft.edition", line(record.edition)
    yield "rft.series", line(record.series[0].title) if record.series else ""
    yield "rft.isbn", next(iter(isbns_of(record)), "")
    yield "rft.issn", issn_of(record)
    yield "rft.language", language_of(record)
    yield "rft_id", f"info:doi/{doi_of(record)}" if doi_of(record) else web_of(record)


def _people(record: Record) -> Iterator[tuple[str, str]]:
    bodies = {line(person.name) for person in record.people if person.kind is not PersonKind.PERSON}
    authors, editors, _ = credits_of(record)
    for name in (authors or editors)[:_MOST_AUTHORS]:
        is_body = name.is_whole and name.family in bodies
        yield ("rft.aucorp", name.family) if is_body else ("rft.au", _name(name))
