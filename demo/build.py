"""Builds the tables of the catalogue that come from other catalogues. They are shipped; this is how they came.

    LIENTHU_CORPUS=... python -m demo.build

Writes `catalogue/open_*.tsv` and `catalogue/university_shelf_list.tsv`, and into the rows written from general
knowledge, in the column `checked`, whether the same title and year stand in one of those catalogues. `demo/SOURCES.md`
names the sources, their licences and what is taken. Only facts are taken, never a summary or a note.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pymarc
from pymarc.marcxml import parse_xml_to_array

from demo.catalogue import COLUMNS, FOLDER
from demo.isbn import with_check
from demo.vietnamese import unmarked

MOST_FROM_SHELF_LIST: Final = 150
MOST_FROM_OPEN: Final = 180
Row = dict[str, str]

_RANK: Final = re.compile(r"\b(GS|PGS|TSKH|TS|ThS|KS|BS|CN|PTS)\b\.?\s*,?\s*")
_LEFT_OUT: Final = re.compile("Chuyển pháp luân|^Đe ")
"""Rows of the shelf list that no demonstration needs: a banned tract, a misread word."""

_NOT_FOR_STUDENTS: Final = re.compile("Large type books|Readers|Juvenile|touch and feel", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"^[A-Za-zÀ-ɏḀ-ỿ]")


def main() -> None:
    """Build the tables from the corpus that the environment names."""
    if "LIENTHU_CORPUS" not in os.environ:
        sys.exit("LIENTHU_CORPUS must name the folder with marc/marc2bibframe2, marc/catmandu_marc and the shelf list")
    marc = Path(os.environ["LIENTHU_CORPUS"]) / "marc"
    shelf_list = list(_shelf_list(marc / "vietnamese_university_catalogue" / "shelf_list.csv.gz"))
    open_rows = list(_open_records(marc))
    _write("open_cc0", [row for row in open_rows if row["origin"] == "cc0-marc2bibframe2"][:MOST_FROM_OPEN])
    _write("open_cc_by", [row for row in open_rows if row["origin"] == "cc-by-boston-university"])
    _write("university_shelf_list", _chosen(shelf_list))
    _check({*map(_key, shelf_list), *map(_key, open_rows)})


def _write(table: str, rows: list[Row]) -> None:
    with (FOLDER / f"{table}.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, COLUMNS, restval="", delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
        )
        writer.writeheader()
        writer.writerows(rows)
    print(f"{table}: {len(rows)} editions")  # noqa: T201 - a person waits


def _clean(text: str | None) -> str:
    plain = unicodedata.normalize("NFC", text or "").replace("\u200b", "").replace('"', "")
    return re.sub(r"\s+", " ", plain).strip(" /:;,.=|[]")


def _key(row: Mapping[str, str]) -> tuple[str, str]:
    return re.sub(r"\W+", " ", unmarked(row["title"]).lower()).strip(), row["year"]


def _shelf_list(path: Path) -> Iterator[Row]:
    """Yield title, author, year and class of a Vietnamese university library's shelf list, and nothing else of it."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            title, _, subtitle = _clean(row["ten_sach"]).partition(":")
            year = _clean(row["nam_xb"])
            yield {
                "title": title.strip(),
                "subtitle": subtitle.strip(),
                "volume": "".join(re.findall(r"\d+", row["tap"])[:1]),
                "people": _RANK.sub("", _clean(row["tac_gia"])),
                "year": year if re.fullmatch(r"(19|20)\d\d", year) else "",
                "ddc": "".join(re.findall(r"^\d{3}(?:\.\d+)?", row["cspl_ddc"])),
                "language": "vie" if re.search("[ăâđêôơư]|[\u1ea0-\u1ef9]", title.lower()) else "eng",
                "material": "book",
                "origin": "university-shelf-list",
            }


def _chosen(rows: list[Row]) -> list[Row]:
    """Return a spread of well-formed Vietnamese rows, each title and year once."""
    seen: set[tuple[str, str]] = set()
    by_class: dict[str, list[Row]] = {}
    for row in rows:
        people = [each.strip(" .") for each in re.split(r"[,;]|\s-\s", row["people"]) if each.strip(" .")]
        fits = (
            row["language"] == "vie"
            and row["year"]
            and row["ddc"]
            and 8 < len(row["title"]) < 90
            and 1 <= len(people) <= 3
            and all(2 <= len(name.split()) <= 4 and name.istitle() for name in people)
            and not re.search(r"\d|[.…()=]", row["title"] + row["subtitle"] + row["people"])
            and not _LEFT_OUT.search(row["title"])
        )
        if fits and _key(row) not in seen:
            seen.add(_key(row))
            row["people"] = "; ".join(people)
            by_class.setdefault(row["ddc"][:2], []).append(row)
    each = max(1, MOST_FROM_SHELF_LIST // max(1, len(by_class)) + 1)
    spread = [row for _, found in sorted(by_class.items()) for row in found[:: max(1, len(found) // each)][:each]]
    return spread[:MOST_FROM_SHELF_LIST]


def _open_records(marc: Path) -> Iterator[Row]:
    seen: set[tuple[str, str]] = set()
    sources = [(path, "cc0-marc2bibframe2") for path in sorted((marc / "marc2bibframe2").rglob("*.xml*"))]
    sources.append((marc / "catmandu_marc" / "bu_bibs.mrc", "cc-by-boston-university"))
    for path, origin in sources:
        for record in _records(path):
            row = _open_row(record, origin)
            if row and _key(row) not in seen:
                seen.add(_key(row))
                yield row


def _records(path: Path) -> Iterator[pymarc.Record]:
    if path.suffix == ".mrc":
        # Records stand on lines of their own there, and a lying length would end a reader that counts.
        for chunk in path.read_bytes().split(b"\x1d"):
            if chunk.strip():
                reader = pymarc.MARCReader(chunk.lstrip() + b"\x1d", to_unicode=True, permissive=True)
                yield from (record for record in reader if record)
        return
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        records = parse_xml_to_array(io.BytesIO(body))  # type: ignore[no-untyped-call] # pymarc leaves it untyped
    except Exception:  # noqa: BLE001 - the corpus has broken files on purpose
        return
    yield from (record for record in records if record)


def _open_row(record: pymarc.Record, origin: str) -> Row | None:
    """Return the facts of a record that describes a book fully enough, else None."""
    field = record.get("245")
    imprint = record.get("264") or record.get("260")
    if field is None or imprint is None or str(record.leader)[6:8] != "am":
        return None
    year = re.search(r"(1[5-9]|20)\d\d", imprint.get("c") or "")
    title = _clean(field.get("a"))
    fixed = (record["008"].data or "") if record.get("008") else ""
    language = fixed[35:38]
    if not year or not 3 < len(title) < 140 or not language.isalpha() or not _SCRIPT.match(title) or language == "zxx":
        return None
    people = [_person(each) for tag in ("100", "110", "700") for each in record.get_fields(tag) if not each.get("t")]
    pages = re.search(r"(\d+)\s*(?:p|S|s)\b", (record["300"].get("a") or "") if record.get("300") else "")
    numbers = [_thirteen(each.get("a") or "") for each in record.get_fields("020")]
    classes = [_clean(each.get("a")).replace("/", "") for each in record.get_fields("082")]
    subjects = dict.fromkeys(_clean(each.get("a")) for each in record.get_fields("650") if each.get("a"))
    edition = re.match(r"(\d+)", (record["250"].get("a") or "") if record.get("250") else "")
    if _NOT_FOR_STUDENTS.search(" ".join((title, *subjects))) or (origin.startswith("cc0") and not any(numbers)):
        return None
    return {
        "title": title,
        "subtitle": _clean(field.get("b")),
        "people": "; ".join(dict.fromkeys(filter(None, people))),
        "publisher": _clean(imprint.get("b")).split(" : ")[0],
        "place": _clean(imprint.get("a")),
        "year": year.group(),
        "edition": edition.group(1) if edition else "",
        "isbn": next(filter(None, numbers), ""),
        "language": language,
        "material": "book",
        "ddc": next((number for number in classes if re.fullmatch(r"\d{3}(\.\d+)?", number)), ""),
        "subjects": "; ".join(list(subjects)[:4]).replace(";;", ";"),
        "pages": pages.group(1) if pages else "",
        "origin": origin,
    }


def _thirteen(text: str) -> str:
    number = re.sub(r"[^0-9X]", "", text.upper().partition(" ")[0])
    if len(number) == 10:
        return with_check("978" + number[:9])
    return number if len(number) == 13 and number == with_check(number[:12]) else ""


def _person(field: pymarc.Field) -> str:
    name = _clean(field.get("a")).replace(";", ",")
    role = (field.get("e") or field.get("4") or "").lower()
    kind = "|editor" if role.startswith(("ed", "hrsg")) else "|translator" if role.startswith(("tr", "übers")) else ""
    return name and name + kind + ("*" if field.tag == "110" else "")


def _check(known: set[tuple[str, str]]) -> None:
    """Say in the rows from general knowledge whether another catalogue has the title, and the year."""
    titles = {title for title, _ in known}
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        for row in rows:
            if row["origin"] == "general-knowledge":
                title, year = _key(row)
                row["checked"] = "title year" if (title, year) in known else "title" if title in titles else ""
        if any(row["origin"] == "general-knowledge" for row in rows):
            _write(path.stem, rows)


if __name__ == "__main__":
    main()
