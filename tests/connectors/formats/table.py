"""The table of docs/formats.md: which share of the records of each set gave each field.

    LIENTHU_CORPUS=... python -m tests.connectors.formats.table

reads every MARC file of the corpus and writes the table between the marks in docs/formats.md.
"""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from connectors.formats import record_from_xml, records_from_iso2709
from connectors.formats.fields import local_name
from engine.errors import UnreadableError
from engine.model import Record, Role

DOCS = Path(__file__).parents[3] / "docs" / "formats.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

COLUMNS: dict[str, Callable[[Record], object]] = {
    "subtitle": lambda record: record.subtitle,
    "volume": lambda record: record.volume,
    "other title": lambda record: record.other_titles,
    "people": lambda record: record.people,
    "role other than author": lambda record: any(one.role is not Role.AUTHOR for one in record.people),
    "publisher": lambda record: record.publisher,
    "place": lambda record: record.place,
    "year": lambda record: record.year,
    "edition": lambda record: record.edition,
    "language": lambda record: record.languages,
    "material": lambda record: record.material,
    "digital": lambda record: record.is_online,
    "extent": lambda record: record.extent,
    "series": lambda record: record.series,
    "subject": lambda record: record.subjects,
    "summary": lambda record: record.summary,
    "note": lambda record: record.notes,
    "identifier": lambda record: record.identifiers,
    "class": lambda record: record.classes,
    "host": lambda record: record.host,
    "link": lambda record: record.links,
    "holding": lambda record: record.holdings,
    "repaired": lambda record: record.raw,
}


_NOTHING = (None, False, ())


def body_of(file: Path) -> bytes:
    """Return a file's bytes, decompressed."""
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def records_of(file: Path) -> Iterator[Record | UnreadableError]:
    """Return everything that a file holds; one that is not well-formed XML is read as far as it goes."""
    name = file.name.removesuffix(".gz")
    if name.endswith((".mrc", ".marc")):
        yield from records_from_iso2709(body_of(file), member="corpus")
    elif name.endswith(".xml"):
        parser = etree.XMLParser(remove_comments=True, remove_pis=True, recover=True)
        for element in etree.fromstring(body_of(file), parser).iter():
            if local_name(element) == "record" and any(child.get("tag") for child in element):
                try:
                    yield record_from_xml(element, member="corpus")
                except UnreadableError as error:
                    yield error


def sets_of(corpus: Path) -> dict[str, list[Record | UnreadableError]]:
    """Return what every file of each set of MARC records gave, in the order of the files."""
    found: dict[str, list[Record | UnreadableError]] = {}
    for folder in sorted(path for path in (corpus / "marc").iterdir() if path.is_dir()):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        found[folder.name] = [record for file in files for record in records_of(file)]
    return found


def rows_of(sets: dict[str, list[Record | UnreadableError]]) -> dict[str, dict[str, str]]:
    """Return the table: set -> column -> what stands there."""
    table: dict[str, dict[str, str]] = {}
    for name, found in sets.items():
        records = [record for record in found if isinstance(record, Record)]
        given = Counter(
            column for record in records for column, value_of in COLUMNS.items() if value_of(record) not in _NOTHING
        )
        table[name] = {"records": str(len(records)), "unreadable": str(len(found) - len(records))} | {
            column: _share(given[column], len(records)) for column in COLUMNS
        }
    return table


def _share(part: int, whole: int) -> str:
    """Return a share in percent; a dash for none, so that 0 is a few."""
    return f"{100 * part / whole:.0f}" if part else "–"


def written(table: dict[str, dict[str, str]]) -> str:
    """Return the table in Markdown, a row for each field and a column for each set."""
    names = list(table)
    lines = [f"| | {' | '.join(name.replace('_', ' ') for name in names)} |", f"|---|{'---:|' * len(names)}"]
    fields = ["records", "unreadable", *COLUMNS]
    lines += [f"| {field} | {' | '.join(table[name][field] for name in names)} |" for field in fields]
    return "\n".join(lines)


def main() -> None:
    """Write the table into the docs."""
    table = written(rows_of(sets_of(Path(os.environ["LIENTHU_CORPUS"]))))
    before, _, rest = DOCS.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCS.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
