"""MARC 21, as ISO 2709 and as MARCXML, for library systems. By pymarc; no ISBD punctuation between subfields.

What is written is the merged description, so each library's own record is not lost to it: fields that only a cataloguer
could know (sources of headings, dates of entry) stay empty. Source: MARC 21 Format for Bibliographic Data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree
from pymarc import Field, Indicators, Leader, Subfield
from pymarc import Record as MarcRecord

from engine.export.kinds import thesis_words
from engine.export.texts import line, school_of
from engine.model import Host, Identifier, Material, Person, PersonKind, Record, Role, Scheme

_NAMESPACE = "http://www.loc.gov/MARC21/slim"
_LONGEST_TEXT = 9_000  # bytes; a field of ISO 2709 has 9,999 at most, a record 99,999
_LONGEST_RECORD = 90_000

# Leader 06 and 07, and the places of 008 that tell texts apart.
_TYPES = {
    Material.JOURNAL: "as",
    Material.ARTICLE: "ab",
    Material.CHAPTER: "aa",
    Material.MAP: "em",
    Material.SCORE: "cm",
    Material.SOUND: "jm",
    Material.FILM: "gm",
    Material.IMAGE: "km",
    Material.MANUSCRIPT: "tm",
    Material.SOFTWARE: "mm",
    Material.E_RESOURCE: "mm",
    Material.OBJECT: "rm",
    Material.MIXED: "pc",
}
_CODED = {
    Material.THESIS: (24, "m"),
    Material.REPORT: (24, "t"),
    Material.CONFERENCE: (29, "1"),
    Material.SOFTWARE: (26, "b"),
}
_RELATORS = {
    Role.AUTHOR: "aut",
    Role.EDITOR: "edt",
    Role.COMPILER: "com",
    Role.TRANSLATOR: "trl",
    Role.ILLUSTRATOR: "ill",
    Role.ADVISOR: "ths",
    Role.REVISER: "red",
    Role.INTRODUCER: "aui",
    Role.COMPOSER: "cmp",
    Role.PERFORMER: "prf",
    Role.DIRECTOR: "drt",
    Role.CARTOGRAPHER: "ctg",
    Role.PUBLISHER: "pbl",
    Role.ISSUER: "isb",
    Role.OTHER: "oth",
}
_TAGS = {PersonKind.PERSON: "00", PersonKind.CORPORATE: "10", PersonKind.MEETING: "11"}
_NUMBERS = {
    Scheme.ISBN: ("020", "  "),
    Scheme.ISSN: ("022", "  "),
    Scheme.ISMN: ("024", "2 "),
    Scheme.EAN: ("024", "3 "),
    Scheme.DOI: ("024", "7 "),
    Scheme.HANDLE: ("024", "7 "),
    Scheme.URI: ("024", "7 "),
    Scheme.LCCN: ("010", "  "),
    Scheme.NBN: ("015", "  "),
    Scheme.PUBLISHER_NUMBER: ("028", "5 "),
}
_SOURCES = {Scheme.DOI: "doi", Scheme.HANDLE: "hdl", Scheme.URI: "uri"}
_CLASSES = {"ddc": ("082", "04"), "udc": ("080", "  "), "lcc": ("050", " 4"), "nlm": ("060", " 4")}


def iso2709(records: Sequence[Record]) -> bytes:
    """Return the records as one stream in UTF-8."""
    return b"".join(marc_record(record).as_marc() for record in records)


def marcxml(records: Sequence[Record]) -> bytes:
    """Return the records as one collection."""
    collection = etree.Element(f"{{{_NAMESPACE}}}collection", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]  # None is the default namespace
    for record in records:
        _add(collection, marc_record(record))
    return etree.tostring(collection, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add(collection: etree._Element, marc: MarcRecord) -> None:
    element = etree.SubElement(collection, f"{{{_NAMESPACE}}}record")
    etree.SubElement(element, f"{{{_NAMESPACE}}}leader").text = str(marc.leader)
    for field in marc.fields:
        if field.is_control_field():
            etree.SubElement(element, f"{{{_NAMESPACE}}}controlfield", tag=field.tag).text = field.data
            continue
        first, second = field.indicators or Indicators(" ", " ")
        data = etree.SubElement(element, f"{{{_NAMESPACE}}}datafield", tag=field.tag, ind1=first, ind2=second)
        for subfield in field.subfields:
            etree.SubElement(data, f"{{{_NAMESPACE}}}subfield", code=subfield.code).text = subfield.value


def marc_record(record: Record) -> MarcRecord:
    """Return the record as pymarc has it. Of what is too long for ISO 2709 the end is left out."""
    marc = MarcRecord(force_utf8=True)
    kind = _TYPES.get(record.material or Material.BOOK, "am")
    marc.leader = Leader(f"00000n{kind} a2200000uc 4500")
    fields = [Field(tag="001", data=f"{record.member}~{line(record.id)}"), Field(tag="008", data=_coded(record))]
    size = 0
    for tag, indicators, subfields in _fields(record):
        filled = [Subfield(code, _short(value)) for code, value in subfields if value]
        size += sum(len(one.value.encode()) + 20 for one in filled)
        if size > _LONGEST_RECORD:
            break
        if any(one.code not in "2e4" for one in filled):
            fields.append(Field(tag=tag, indicators=Indicators(*indicators), subfields=filled))
    marc.add_field(*fields)  # type: ignore[no-untyped-call]  # pymarc
    return marc


_Data = tuple[str, str, list[tuple[str, str]]]


def _short(text: str) -> str:
    return text if len(text) * 4 < _LONGEST_TEXT else text.encode()[:_LONGEST_TEXT].decode(errors="ignore")


def _coded(record: Record) -> str:
    """Return field 008: what is not known is left to the fill character."""
    year = f"{record.year:04}" if record.year is not None and 0 < record.year < 10_000 else ""
    language = (record.languages or ("und",))[0]
    places = list(f"000000{'s' if year else 'n'}{year or 'uuuu'}    xx {'|' * 17}{language:3} d")
    if record.is_online:
        places[29 if record.material in {Material.MAP, Material.IMAGE, Material.FILM} else 23] = "o"
    if record.material in _CODED:
        place, code = _CODED[record.material]
        places[place] = code
    return "".join(places)


def _fields(record: Record) -> Iterator[_Data]:
    yield from (_number(one) for one in record.identifiers if one.scheme is not Scheme.OTHER)
    if len(record.languages) > 1:
        yield "041", "0 ", [("a", code) for code in record.languages]
    yield from (_class_number(one.scheme, line(one.number)) for one in record.classes)
    people = [person for person in record.people if line(person.name)]
    lead = next((person for person in people if person.role is Role.AUTHOR), None)
    if people and people[0].role in {Role.EDITOR, Role.COMPILER}:
        lead = people[0]  # as Vietnamese cataloguers enter a "chủ biên"
    if lead is not None:
        yield _person("1", lead)
    yield (
        "245",
        "10" if lead else "00",
        [
            ("a", line(record.title)),
            ("n", line(record.volume)),
            ("p", line(record.part_title)),
            ("b", line(record.subtitle)),
            ("c", line(record.responsibility)),
        ],
    )
    yield from (("246", "3 ", [("a", line(title))]) for title in record.other_titles)
    yield "250", "  ", [("a", line(record.edition))]
    year = str(record.year) if record.year is not None else ""
    yield "264", " 1", [("a", line(record.place)), ("b", line(record.publisher)), ("c", year)]
    yield "300", "  ", [("a", line(record.extent))]
    yield from (("490", "0 ", [("a", line(one.title)), ("v", line(one.number))]) for one in record.series)
    if record.material is Material.THESIS:
        yield "502", "  ", [("b", thesis_words(record)), ("c", school_of(record)), ("d", year)]
    yield "520", "  ", [("a", line(record.summary))]
    yield from (("650", " 4", [("a", line(subject))]) for subject in record.subjects)
    yield from (_person("7", person) for person in people if person is not lead)
    if record.host is not None:
        yield _host(record.host)
    for link in record.links:
        yield "856", "40", [("u", line(link.url)), ("y", line(link.label))]
    yield from (("500", "  ", [("a", line(note))]) for note in record.notes)
    for holding in record.holdings:
        yield (
            "852",
            "  ",
            [
                ("b", line(holding.branch)),
                ("c", line(holding.location)),
                ("h", line(holding.call_number)),
                ("p", line(holding.item)),
                ("z", line(holding.note)),
            ],
        )


def _number(one: Identifier) -> _Data:
    if one.scheme is Scheme.OCLC:
        return "035", "  ", [("a", f"(OCoLC){line(one.value)}")]
    tag, indicators = _NUMBERS[one.scheme]
    return tag, indicators, [("a" if one.valid else "z", line(one.value)), ("2", _SOURCES.get(one.scheme, ""))]


def _class_number(scheme: str, number: str) -> _Data:
    tag, indicators = _CLASSES.get(scheme, ("084", "  "))
    return tag, indicators, [("a", number), ("2", "" if scheme in _CLASSES else line(scheme))]


def _person(hundreds: str, person: Person) -> _Data:
    """Return an access point; a personal name without a comma is in direct order, which has an indicator of its own."""
    name = line(person.name)
    first = "2" if person.kind is not PersonKind.PERSON else "1" if "," in name else "0"
    dates = line(person.dates) if person.kind is PersonKind.PERSON else ""
    return hundreds + _TAGS[person.kind], f"{first} ", [("a", name), ("d", dates), ("4", _RELATORS[person.role])]


def _host(host: Host) -> _Data:
    where = ", ".join(
        filter(None, (host.volume and f"Vol. {line(host.volume)}", host.issue and f"no. {line(host.issue)}"))
    )
    related = ", ".join(filter(None, (where, host.pages and f"p. {line(host.pages)}")))
    return (
        "773",
        "0 ",
        [("t", line(host.title)), ("g", related), ("x", line(host.issn)), ("z", line(host.isbn))],
    )
