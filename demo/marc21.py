"""MARC 21 of an entry, with the holdings of each kind of system: 852, Koha's 952, Alma's AVA and AVE.

Source: MARC 21 Format for Bibliographic Data; the holdings as Koha and Alma document them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from demo.entries import Copy, Entry, State
from demo.xml_text import Subfields, composed, escaped, joined, subfields

NAMESPACE: Final = "http://www.loc.gov/MARC21/slim"
Field = tuple[str, str, Subfields]
"""Tag, the two indicators, subfields."""

RELATORS: Final = {
    "author": "aut", "editor": "edt", "compiler": "com", "translator": "trl", "advisor": "ths", "reviser": "red",
    "introducer": "aui", "illustrator": "ill", "issuer": "isb",
}  # fmt: skip
_TERMS: Final = {
    "editor": "chủ biên", "compiler": "biên soạn", "translator": "dịch", "advisor": "hướng dẫn", "reviser": "hiệu đính",
    "introducer": "giới thiệu", "illustrator": "minh hoạ", "author": "",
}  # fmt: skip
_LEADERS: Final = {
    "book": "nam", "thesis": "nam", "journal": "nas", "e-resource": "nam", "map": "nem", "film": "ngm", "sound": "njm",
    "score": "ncm",
}  # fmt: skip
_THESIS_NOTES: Final = {
    "bachelor": "Khóa luận tốt nghiệp", "master": "Luận văn thạc sĩ", "doctor": "Luận án tiến sĩ",
}  # fmt: skip


def leader(entry: Entry) -> str:
    """Return a leader with blanks where the lengths stood, as Koha's Zebra sends it."""
    return f"     {_LEADERS.get(entry.edition.material, 'nam')} a22     7a 4500"


def control_fields(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield 001, 005 and 008."""
    edition = entry.edition
    year = f"{edition.year:04}" if edition.year else "uuuu"
    kind = "t" if edition.material == "thesis" else " "
    country = {"vie": "vm ", "eng": "xxu", "fre": "fr ", "rus": "ru ", "chi": "cc ", "ger": "gw "}.get(
        edition.language, "xx "
    )
    language = entry.language if len(entry.language) == 3 else "   "
    yield "001", entry.id
    yield "005", "20240315081500.0"
    yield "008", f"200101s{year}    {country}    {kind} b    000 0 {language.lower()} d"


def fields(entry: Entry) -> Iterator[Field]:
    """Yield the data fields up to 856, without holdings."""
    edition = entry.edition
    for typed in entry.isbns:
        yield "020", "  ", (("a", typed), ("c", entry.price))
    if edition.issn:
        yield "022", "  ", (("a", edition.issn),)
    yield "040", "  ", (("a", "DEMO"), ("b", "vie"))
    yield "041", "0 ", (("a", entry.language),)
    if edition.ddc:
        yield "082", "04", (("2", "23" if edition.year > 2012 else "14"), ("a", edition.ddc))
    yield from _names(entry, first=True)
    yield "245", "10" if entry.heads_name else "00", _title(entry)
    if entry.edition_statement:
        yield "250", "  ", (("a", entry.edition_statement),)
    tag = "264" if edition.year >= 2016 else "260"
    yield tag, " 1" if tag == "264" else "  ", _imprint(entry)
    yield "300", "  ", _extent(entry)
    if edition.series:
        yield "490", "0 ", (("a", edition.series),)
    if edition.degree:
        note = f"{_THESIS_NOTES[edition.degree]} -- {edition.publisher}, {edition.year}"
        yield "502", "  ", (("a", note),)
    for subject in entry.subjects:
        if entry.subjects_are_controlled:
            yield "650", " 7", (("a", subject[:1].upper() + subject[1:]), ("2", "Bộ TK TVQG"))
        else:
            yield "653", "  ", (("a", subject),)
    yield from _names(entry, first=False)
    if edition.url:
        yield "856", "40", (("u", edition.url), ("z", "Toàn văn"))


def _names(entry: Entry, *, first: bool) -> Iterator[Field]:
    for place, name in enumerate(entry.names):
        if (place == 0 and entry.heads_name) is not first:
            continue
        code, term = RELATORS.get(name.role, "oth"), _TERMS.get(name.role, "")
        ends = (("e", term),) if entry.edition.language == "vie" else (("4", code),)
        tag = ("1" if first else "7") + ("10" if name.is_body else "00")
        yield tag, "2 " if name.is_body else "1 " if "," in name.text else "0 ", (("a", name.text), *ends)


def _title(entry: Entry) -> Subfields:
    after_title = " :" if entry.subtitle else "." if entry.volume else " /" if entry.statement else ""
    after_subtitle = "." if entry.volume else " /" if entry.statement else ""
    return (
        ("a", entry.title + after_title),
        ("b", entry.subtitle and entry.subtitle + after_subtitle),
        ("n", entry.volume and entry.volume + (" /" if entry.statement else "")),
        ("c", entry.statement),
    )


def _imprint(entry: Entry) -> Subfields:
    return (
        ("a", entry.place and entry.place + " :"),
        ("b", entry.publisher and entry.publisher + ","),
        ("c", entry.date),
    )


def _extent(entry: Entry) -> Subfields:
    edition = entry.edition
    unit = "tr." if edition.language == "vie" else " p."
    return (
        ("a", f"{edition.pages}{unit} ;" if edition.pages else ""),
        ("c", "24cm" if edition.language == "vie" else "25 cm"),
    )


def holdings_852(entry: Entry) -> Iterator[Field]:
    """Yield one 852 a copy, without availability: a plain catalogue knows no loans."""
    for copy in entry.copies:
        yield (
            "852",
            "  ",
            (("a", "DEMO"), ("b", copy.branch_name), ("c", copy.shelf), ("j", copy.call_number), ("p", copy.barcode)),
        )


def holdings_952(entry: Entry) -> Iterator[Field]:
    """Yield one 952 a copy, in codes, as Koha puts items into its records."""
    yield "942", "  ", (("2", "ddc"), ("c", "BK"))
    for number, copy in enumerate(entry.copies, 1):
        yield "952", "  ", (
            ("0", "0"), ("1", "1" if copy.state is State.LOST else "0"), ("2", "ddc"), ("4", "0"),
            ("7", "1" if copy.state is State.READING_ROOM else "0"), ("9", f"{entry.id}{number}"),
            ("a", copy.branch), ("b", copy.branch), ("c", copy.shelf), ("d", "2021-09-06"),
            ("l", str(len(copy.barcode) % 7)), ("o", copy.call_number), ("p", copy.barcode),
            ("q", copy.due.isoformat() if copy.due else ""), ("r", "2021-09-06"), ("w", "2021-09-06"), ("y", "BK"),
        )  # fmt: skip
    yield "999", "  ", (("c", entry.id), ("d", entry.id))


def holdings_alma(entry: Entry) -> Iterator[Field]:
    """Yield AVA for each place of printed copies, and AVE for what is on line."""
    places: dict[tuple[str, str], list[Copy]] = defaultdict(list)
    for copy in entry.copies:
        places[copy.branch, copy.shelf].append(copy)
    for number, here in enumerate(places.values(), 1):
        first = here[0]
        away = sum(copy.state in {State.ON_LOAN, State.LOST} for copy in here)
        yield "AVA", "  ", (
            ("0", entry.id), ("8", f"22{entry.id}{number:04}"), ("a", "84HPU_INST"), ("b", first.branch),
            ("c", first.shelf), ("d", first.call_number), ("e", "unavailable" if away == len(here) else "available"),
            ("f", str(len(here))), ("g", str(away)), ("j", first.shelf.upper().replace(" ", "_")), ("k", "0"),
            ("p", str(number)), ("q", first.branch_name),
        )  # fmt: skip
    if entry.edition.url:
        yield (
            "AVE",
            "  ",
            (
                ("0", entry.id),
                ("8", f"53{entry.id}"),
                ("e", "Available"),
                ("m", "Demo Press e-books"),
                ("u", entry.edition.url),
            ),
        )


def iso2709(entry: Entry, holdings: Iterator[Field]) -> bytes:
    """Return the record as ISO 2709 in UTF-8, with lengths that are true."""
    texts = [(tag, text.encode() + b"\x1e") for tag, text in control_fields(entry)]
    for tag, ends, pairs in (*fields(entry), *holdings):
        inner = "".join(f"\x1f{code}{text}" for code, text in pairs if text)
        texts.append((tag, f"{ends}{inner}\x1e".encode()))
    directory, start = "", 0
    for tag, text in texts:
        directory += f"{tag}{len(text):04}{start:05}"
        start += len(text)
    base = 24 + len(directory) + 1
    body = directory.encode() + b"\x1e" + b"".join(text for _, text in texts) + b"\x1d"
    head = f"{24 + len(body):05}{leader(entry)[5:9]}a22{base:05}{leader(entry)[17:20]}4500"
    return head.encode() + body


def marcxml(entry: Entry, holdings: Iterator[Field], *, namespace: str = NAMESPACE) -> str:
    """Return the record as MARCXML; an empty namespace for systems that forget it."""
    head = f' xmlns="{namespace}"' if namespace else ""
    parts = [f"<record{head}>", f"<leader>{leader(entry)}</leader>"]
    parts += [f'<controlfield tag="{tag}">{escaped(text)}</controlfield>' for tag, text in control_fields(entry)]
    for tag, ends, pairs in (*fields(entry), *holdings):
        inner = subfields(pairs)
        if inner:
            parts.append(f'<datafield tag="{tag}" ind1="{ends[0]}" ind2="{ends[1]}">{inner}</datafield>')
    parts.append("</record>")
    return composed(joined(parts, ""), is_decomposed=entry.is_decomposed)
