"""BibTeX, in UTF-8 as today's programs read it.

Titles stand in two pairs of braces: styles put titles into small letters, and "Lịch sử Việt Nam" must not become "lịch
sử việt nam". A name that may not be parted stands in braces too. Keys are ASCII: what classic BibTeX can read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from engine.export.kinds import kind_of, thesis_words
from engine.export.names import Name, credits_of
from engine.export.texts import (
    doi_of,
    isbns_of,
    issn_of,
    language_of,
    line,
    page_count_of,
    pages_of,
    school_of,
    shown_edition,
    web_of,
    whole_title,
)
from engine.model import Record
from engine.text import folded_key, folded_stop_syllables

# A brace behind a backslash still counts as a brace for BibTeX, so commands stand for braces.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{letter: f"\\{letter}" for letter in "$&#_%"},
    }
)
_IN_ADDRESSES = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D"})
_AND = re.compile(r"\band\b", re.IGNORECASE)
_NOT_IN_KEYS = re.compile("[^a-z0-9]")
_SCHOOL = frozenset({"phdthesis", "mastersthesis"})
_PLACE_OF_HOST = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
_PLACE_OF_PUBLISHER = {"techreport": "institution", **dict.fromkeys(_SCHOOL, "school")}


def bibtex(records: Sequence[Record]) -> bytes:
    """Return the records as one file. Keys that would be the same get letters behind them, in the file's order."""
    return "\n".join(map(_entry, records, citation_keys(records))).encode()


def escaped(text: str) -> str:
    r"""Return a text as TeX prints it.

    >>> escaped("50% {R&D}")
    '50\\% \\textbraceleft{}R\\&D\\textbraceright{}'
    """
    return text.translate(_ESCAPES)


def citation_keys(records: Sequence[Record]) -> list[str]:
    """Return a key of its own for each record: name, year, first word.

    >>> from engine.model import Person
    >>> one = Record("m", "1", "Đường lối", people=(Person("Đỗ Văn Ân"),), year=2010)
    >>> citation_keys([one, one])
    ['dovanan2010duong', 'dovanan2010duonga']
    """
    keys: dict[str, None] = {}
    for record in records:
        key = base = _key(record)
        number = 0
        while key in keys:
            key, number = base + _letters(number), number + 1
        keys[key] = None
    return list(keys)


def _letters(number: int) -> str:
    return (_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)


def _key(record: Record) -> str:
    authors, editors, _ = credits_of(record)
    name = _plain((authors or editors)[0].family) if authors or editors else ""
    words = [plain for word in folded_key(record.title).split() if (plain := _plain(word))]
    word = next((word for word in words if word not in folded_stop_syllables()), words[0] if words else "")
    if not name and not word:  # letters that are not Latin
        return f"lienthu{zlib.crc32(f'{record.member}~{record.id}'.encode(errors='replace')):08x}"
    return f"{name}{abs(record.year or 0) or ''}{word}"


def _plain(text: str) -> str:
    return _NOT_IN_KEYS.sub("", folded_key(text))[:40]


def _name(name: Name) -> str:
    if name.is_whole:
        return f"{{{escaped(name.family)}}}"
    return ", ".join(f"{{{part}}}" if _AND.search(part) else part for part in map(escaped, (name.family, name.given)))


def _entry(record: Record, key: str) -> str:
    kind = kind_of(record).bibtex
    fields = [f"  {name} = {{{value}}}" for name, value in _fields(record, kind) if value]
    return f"@{kind}{{{key},\n" + ",\n".join(fields) + "\n}\n"


def _fields(record: Record, kind: str) -> Iterator[tuple[str, str]]:
    authors, editors, translators = credits_of(record)
    yield "title", f"{{{escaped(whole_title(record))}}}"
    for role, names in (("author", authors), ("editor", editors), ("translator", translators)):
        yield role, " and ".join(map(_name, names))
    yield "year", str(record.year) if record.year is not None else ""
    yield _PLACE_OF_PUBLISHER.get(kind, "publisher"), escaped(school_of(record))
    yield "address", escaped(line(record.place))
    yield "edition", escaped(shown_edition(record))
    yield "type", escaped(thesis_words(record))
    yield from _where(record, kind)
    yield "isbn", escaped(" ".join(isbns_of(record)))
    yield "issn", escaped(issn_of(record))
    yield "doi", escaped(doi_of(record))
    yield "url", web_of(record).translate(_IN_ADDRESSES)
    yield "language", language_of(record)
    yield "keywords", escaped(", ".join(line(subject).replace(",", " ") for subject in record.subjects))
    yield "abstract", escaped(line(record.summary))
    if kind == "unpublished":
        yield "note", "Manuscript"  # BibTeX wants one


def _where(record: Record, kind: str) -> Iterator[tuple[str, str]]:
    host = record.host
    if host is None:
        yield "volume", escaped(line(record.volume))
        yield "pagetotal", page_count_of(record)
        if record.series:
            yield "series", f"{{{escaped(line(record.series[0].title))}}}"
            yield "number", escaped(line(record.series[0].number))
        return
    yield _PLACE_OF_HOST.get(kind, "booktitle"), f"{{{escaped(line(host.title))}}}"
    yield "volume", escaped(line(host.volume))
    yield "number", escaped(line(host.issue))
    yield "pages", "--".join(map(escaped, filter(None, pages_of(record))))
