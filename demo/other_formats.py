"""Dublin Core and MODS of an entry. Sources: DCMES 1.1 and oai_dc; MODS 3.7."""

from __future__ import annotations

from typing import Final

from demo.entries import Copy, Entry, Name, State
from demo.marc21 import RELATORS
from demo.xml_text import element, joined

_TYPES: Final = {
    "book": "Sách", "journal": "Tạp chí", "map": "Bản đồ", "e-resource": "Tài liệu điện tử", "article": "Bài viết",
}  # fmt: skip
DEGREES: Final = {"bachelor": "Khóa luận tốt nghiệp", "master": "Luận văn thạc sĩ", "doctor": "Luận án tiến sĩ"}
_RESOURCES: Final = {
    "map": "cartographic",
    "film": "moving image",
    "sound": "sound recording",
    "score": "notated music",
}


def link(entry: Entry) -> str:
    """Return the address of an entry in its digital library: made up, under a name that can never exist."""
    return f"https://thuvienso.song-cau.example/handle/TVSSC/{entry.id}"


def dublin_core(entry: Entry) -> str:
    """Return the record as simple Dublin Core in an oai_dc frame, with a link and who may read."""
    edition = entry.edition
    is_open = edition.material == "thesis" and int(entry.id) % 3 != 0
    title = joined((entry.title, entry.volume), ". ") + (f" : {entry.subtitle}" if entry.subtitle else "")
    inner = [
        element("dc:title", title),
        *(_dc_name(name) for name in entry.names),
        *(element("dc:subject", subject) for subject in entry.subjects),
        element("dc:subject", edition.ddc and f"DDC {edition.ddc}"),
        element("dc:publisher", entry.publisher),
        element("dc:date", entry.date),
        element("dc:type", DEGREES.get(edition.degree) or _TYPES.get(edition.material, "Sách")),
        element("dc:format", f"{edition.pages} tr." if edition.pages else ""),
        element("dc:format", "application/pdf" if is_open else ""),
        *(element("dc:identifier", f"ISBN {typed}") for typed in entry.isbns),
        element("dc:identifier", edition.issn and f"ISSN {edition.issn}"),
        element("dc:identifier", link(entry)),
        element("dc:source", edition.series),
        element("dc:language", entry.language),
        element("dc:rights", "Truy cập mở" if is_open else "Chỉ đọc tại thư viện"),
    ]
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{"".join(inner)}</oai_dc:dc>'
    )


def _dc_name(name: Name) -> str:
    tag = "dc:creator" if name.role in {"author", "editor"} else "dc:contributor"
    return element(tag, name.text + (" (hướng dẫn)" if name.role == "advisor" else ""))


def mods(entry: Entry) -> str:
    """Return the record as MODS 3.7 with one location a copy."""
    edition = entry.edition
    genre = DEGREES.get(edition.degree) or {"journal": "periodical"}.get(edition.material, "")
    issuance = "continuing" if edition.material == "journal" else "monographic"
    inner = [
        _frame("titleInfo", element("title", entry.title), element("subTitle", entry.subtitle),
               element("partNumber", entry.volume)),
        *(_mods_name(name) for name in entry.names),
        element("typeOfResource", _RESOURCES.get(edition.material, "text")),
        element("genre", genre),
        _frame(
            "originInfo",
            _frame("place", element("placeTerm", entry.place, type="text")),
            element("publisher", entry.publisher),
            element("dateIssued", entry.date),
            element("dateIssued", str(edition.year or ""), encoding="marc"),
            element("edition", entry.edition_statement),
            element("issuance", issuance),
        ),
        _frame("language", element("languageTerm", entry.language, type="code", authority="iso639-2b")),
        _frame("physicalDescription", element("extent", f"{edition.pages} tr." if edition.pages else "")),
        element("note", entry.statement, type="statement of responsibility"),
        *(_frame("subject", element("topic", subject)) for subject in entry.subjects),
        element("classification", edition.ddc, authority="ddc"),
        _frame('relatedItem type="series"', _frame("titleInfo", element("title", edition.series))),
        *(element("identifier", typed, type="isbn") for typed in entry.isbns),
        element("identifier", edition.issn, type="issn"),
        *(_mods_copy(copy) for copy in entry.copies),
        _frame("location", element("url", edition.url, access="object in context")),
        _frame("recordInfo", element("recordIdentifier", entry.id, source="DEMO-VN")),
    ]  # fmt: skip
    return f'<mods xmlns="http://www.loc.gov/mods/v3" version="3.7">{"".join(inner)}</mods>'


def _frame(name: str, *inner: str) -> str:
    """Return an element around others, or nothing where they are nothing."""
    text = "".join(inner)
    return f"<{name}>{text}</{name.partition(' ')[0]}>" if text else ""


def _mods_name(name: Name) -> str:
    term = element("roleTerm", RELATORS.get(name.role, "oth"), type="code", authority="marcrelator")
    kind = "corporate" if name.is_body else "personal"
    return f'<name type="{kind}">{element("namePart", name.text)}<role>{term}</role></name>'


def _mods_copy(copy: Copy) -> str:
    note = {
        State.ON_LOAN: f"Đang mượn, hạn trả {copy.due:%d/%m/%Y}" if copy.due else "Đang mượn",
        State.READING_ROOM: "Chỉ đọc tại chỗ", State.LOST: "Mất", State.IN: "Có sẵn",
    }[copy.state]  # fmt: skip
    return (
        f"<location>{element('physicalLocation', copy.branch_name)}<holdingSimple><copyInformation>"
        f"{element('subLocation', copy.shelf)}{element('shelfLocator', copy.call_number)}"
        f"{element('note', note, type='availability')}{element('itemIdentifier', copy.barcode, type='barcode')}"
        "</copyInformation></holdingSimple></location>"
    )
