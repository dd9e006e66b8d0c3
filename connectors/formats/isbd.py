"""Descriptions punctuated as on a catalogue card (ISBD), taken apart: title, responsibility, edition, imprint, extent.

Vietnamese OPACs print them loosely: "Mắt biếc: Truyện dài/ Nguyễn Nhật Ánh. - H.: Trẻ, 2010. - 300tr. ; 20cm". The
marks between areas are full stop and dash in any spacing; a slash counts as one of responsibility only beside a blank.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from connectors.formats.draft import TitleStatement
from connectors.formats.tidy import tidy, unbracket, undot
from connectors.formats.titles import build_statement
from engine.normalise.editions import edition_number
from engine.normalise.imprint import place as known_place
from engine.normalise.imprint import publisher as known_publisher
from engine.normalise.years import year as known_year
from engine.text import clean, folded_key

_AREA: Final = re.compile(r"\s*\.\s*[-–—]{1,2}\s+|\s+[-–—]{2}\s+|\s+\.\s*[-–—]\s*")
_RESPONSIBILITY: Final = re.compile(r"\s+/\s*|\s*/\s+")
_EXTENT: Final = re.compile(r"\d\s*(?:tr|trang|p|pp|pages?|tờ|t|s|bl|v|q|cm|mm|phút|min)\b|\btr\.", re.IGNORECASE)
_YEAR_AT_END: Final = re.compile(r"(?:^|[\s,;(\[c©])\[?\d{4}[?)\]]*\s*(?:[-–]\s*(?:\d{2,4})?)?\s*\.?$")
_SERIES: Final = re.compile(r"\((?P<series>[^()]{2,200})\)\.?")
_ISBN: Final = re.compile(r"\bISBN\b|\b97[89][-\s]?\d", re.IGNORECASE)
_NO_YEAR: Final = re.compile(r"[\s,;]*\[?k\.?\s*n\.?\]?$", re.IGNORECASE)
_NOTE_LETTERS: Final = 2000


class Imprint(NamedTuple):
    """Where, by whom and when something was published."""

    place: str | None = None
    publisher: str | None = None
    year: int | None = None


class Description(NamedTuple):
    """The areas of an ISBD description as they were printed; "" for one that is not there."""

    title: str = ""
    responsibility: str = ""
    edition: str = ""
    imprint: str = ""
    extent: str = ""
    series: str = ""
    isbn: str = ""
    notes: tuple[str, ...] = ()


def parse_isbd(text: str) -> Description:
    """Return the areas of a description; what an area is, is told by what stands in it.

    >>> found = parse_isbd("Luật dân sự / Lê Văn A. - Tái bản lần 2. - H. : Tư pháp, 2015. - 300tr. ; 21cm")
    >>> found.title, found.responsibility, found.edition, found.imprint, found.extent
    ('Luật dân sự', 'Lê Văn A', 'Tái bản lần 2', 'H. : Tư pháp, 2015', '300tr. ; 21cm')
    """
    first, *areas = _AREA.split(clean(text))
    title, responsibility = split_responsibility(first)
    found: dict[str, str] = {}
    notes: list[str] = []
    for area in areas:
        area = undot(area.strip().lstrip("."))  # noqa: PLW2901 - the area without the marks around it
        if not area:
            continue
        kind = _kind_of_area(area, found)
        if kind == "extent" and (series := _SERIES.search(area)) and "series" not in found:
            found["series"] = series["series"]
            area = area[: series.start()].strip(" .-–")  # noqa: PLW2901 - the extent before its series
        if kind == "notes":
            notes.append(area[:_NOTE_LETTERS])
        elif kind == "series":
            found[kind] = area.strip("()")
        elif area:
            found[kind] = area
    return Description(title=title, responsibility=responsibility, notes=tuple(notes), **found)


def _kind_of_area(area: str, found: dict[str, str]) -> str:
    is_extent = bool(_EXTENT.search(area))
    kinds = {
        "imprint": "imprint" not in found and bool(_YEAR_AT_END.search(area)) and not is_extent,
        "edition": not found.keys() & {"edition", "imprint"} and edition_number(area) is not None,
        "extent": "extent" not in found and is_extent,
        "series": "series" not in found and area.startswith("(") and area.endswith(")"),
        "isbn": "isbn" not in found and bool(_ISBN.search(area)),
        "notes": True,
    }
    return next(kind for kind, is_it in kinds.items() if is_it)


def is_card(text: str) -> bool:
    """Whether a text has areas behind a statement of responsibility, as no mere title has.

    >>> is_card("Nắng trong vườn / Thạch Lam. - In lần thứ 2"), is_card("Hà Nội. - Ngày ấy")
    (True, False)
    """
    area = _AREA.search(text)
    return area is not None and _RESPONSIBILITY.search(text, 1, area.start()) is not None


def split_responsibility(text: str) -> tuple[str, str]:
    """Return a title and what stands behind its slash.

    >>> split_responsibility("Mắt biếc: Truyện dài/ Nguyễn Nhật Ánh"), split_responsibility("Mạng TCP/IP")
    (('Mắt biếc: Truyện dài', 'Nguyễn Nhật Ánh'), ('Mạng TCP/IP', ''))
    """
    found = _RESPONSIBILITY.search(text, 1)
    if found is None:
        return text.strip(" ."), ""
    return text[: found.start()].strip(), text[found.end() :].strip()


def statement_of(title: str, responsibility: str = "", *, volume: str = "", part: str = "") -> TitleStatement | None:
    """Return the statement of a title as printed, with or without its responsibility behind a slash."""
    head, behind = split_responsibility(clean(title))
    who = responsibility or behind
    statement = build_statement(head, [], [], [volume] if volume else [], [part] if part else [], who or None)
    if statement is not None and behind and not responsibility:
        return statement._replace(is_guess=True)
    return statement


def parse_imprint(text: str) -> Imprint:
    """Return place, publisher and year of a publication statement, in whatever order OPACs print them.

    >>> tuple(parse_imprint("H.: Lao động, 2022")), tuple(parse_imprint("Hà Nội : Nxb. Giáo dục, 2019."))
    (('Hà Nội', 'Lao động', 2022), ('Hà Nội', 'Giáo dục', 2019))
    >>> tuple(parse_imprint("[K.đ.], [k.n.]"))
    (None, None, None)
    >>> tuple(parse_imprint("2017, Giáo dục, H.")), tuple(parse_imprint("Trẻ, 2010")), tuple(parse_imprint("2010"))
    (('Hà Nội', 'Giáo dục', 2017), (None, 'Trẻ', 2010), (None, None, 2010))
    """
    line = _NO_YEAR.sub("", unbracket(tidy(text)).strip(" ."))
    year = known_year(line)
    before, colon, behind = line.partition(":")
    if colon:
        return Imprint(known_place(before), known_publisher(_without_year(behind)), year)
    parts = [part for piece in re.split(r"[,;]", line) if (part := unbracket(_without_year(piece)))]
    places = [part for part in parts if _is_place(part)]
    others = [part for part in parts if part not in places and known_place(part) is not None]
    return Imprint(
        known_place(places[0]) if places else None,
        known_publisher(", ".join(others)) if others else None,
        year,
    )


def _without_year(text: str) -> str:
    return re.sub(r"(?:^|[\s,;(\[]+)[c©]?\[?\d{4}[?)\]]*(?:\s*[-–]\s*\d{0,4})?[\s.)\]]*$", "", text).strip(" ,;.")


def _is_place(text: str) -> bool:
    """Whether a piece is a place that is known by another name or abbreviation, or is a city's name as it stands."""
    found = known_place(text)
    return found is not None and (folded_key(found) != folded_key(text) or folded_key(text) in _CITIES)


_CITIES: Final = frozenset({
    "ha noi", "tp ho chi minh", "thanh pho ho chi minh", "ho chi minh", "hue", "da nang", "hai phong", "can tho",
    "thai nguyen", "vinh", "nghe an", "da lat", "sai gon", "new york", "london", "oxford", "cambridge", "paris",
})  # fmt: skip
