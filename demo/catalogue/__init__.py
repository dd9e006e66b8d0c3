"""The shipped catalogue: bibliographic facts of editions, one row each in the tables of this folder.

A row says where it is from (`origin`) and which of its facts are made up (`made_up`): `demo/SOURCES.md` explains both.
Knows nothing of libraries, cataloguers or protocols.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent

COLUMNS = (
    "title", "subtitle", "volume", "people", "publisher", "place", "year", "edition", "isbn", "issn", "language",
    "material", "degree", "ddc", "subjects", "pages", "series", "url", "origin", "made_up", "checked",
)  # fmt: skip


class Credit(msgspec.Struct, frozen=True):
    """One who had a part: a Vietnamese name in its own order, another as "Family, Given"; the role in one word."""

    name: str
    role: str = "author"
    is_body: bool = False


class Edition(msgspec.Struct, frozen=True):
    """One edition. `id` is the table's name and the row's number: `literature-12`.

    `isbn` is 13 bare digits; `year` is 0 and text is "" where unknown; `edition` is a number, 0 for a first or unknown
    one. `made_up` names the columns whose values are invented, or says `all`.
    """

    id: str
    title: str
    subtitle: str = ""
    volume: str = ""
    people: tuple[Credit, ...] = ()
    publisher: str = ""
    place: str = ""
    year: int = 0
    edition: int = 0
    isbn: str = ""
    issn: str = ""
    language: str = "vie"
    material: str = "book"
    degree: str = ""
    ddc: str = ""
    subjects: tuple[str, ...] = ()
    pages: int = 0
    series: str = ""
    url: str = ""
    origin: str = "general-knowledge"
    made_up: tuple[str, ...] = ()
    checked: str = ""


def people(text: str) -> tuple[Credit, ...]:
    """Return the people of a table's cell: names divided by "; ", a role after "|", a body marked with "*".

    >>> people("Mankiw, N. Gregory; Khoa Kinh tế học|translator*")[1]
    Credit(name='Khoa Kinh tế học', role='translator', is_body=True)
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, _, role = part.removesuffix("*").partition("|")
        found.append(Credit(name.strip(), role.strip() or "author", part.endswith("*")))
    return tuple(found)


def _edition(table: str, number: int, row: dict[str, str]) -> Edition:
    return Edition(
        id=f"{table}-{number}",
        title=row["title"],
        subtitle=row["subtitle"],
        volume=row["volume"],
        people=people(row["people"]),
        publisher=row["publisher"],
        place=row["place"],
        year=int(row["year"] or 0),
        edition=int(row["edition"] or 0),
        isbn=row["isbn"],
        issn=row["issn"],
        language=row["language"],
        material=row["material"],
        degree=row["degree"],
        ddc=row["ddc"],
        subjects=tuple(filter(None, (each.strip() for each in row["subjects"].split(";")))),
        pages=int(row["pages"] or 0),
        series=row["series"],
        url=row["url"],
        origin=row["origin"],
        made_up=tuple(row["made_up"].split()),
        checked=row["checked"],
    )


@cache
def editions() -> tuple[Edition, ...]:
    """Return every edition of the catalogue, in the order of the tables' names and rows."""
    found = []
    for table in sorted(FOLDER.glob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as rows:
            reader = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ValueError(f"{table.name}: columns {reader.fieldnames}, expected {COLUMNS}")
            found += [_edition(table.stem, number, row) for number, row in enumerate(reader, 1)]
    return tuple(found)
