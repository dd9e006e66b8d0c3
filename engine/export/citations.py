"""An edition as the line of a list of references, in the styles that students are asked for.

By citeproc-py over the CSL files in `styles/`. What it does not do itself is done here: editions in words, a full stop
inside quotation marks where English wants it. A text is never markup: "<" in a title stays a sign. See
docs/decisions/0013-citation-styles-of-our-own.md.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from engine.export.csl import Item, item
from engine.model import Material, Reason, Record
from engine.normalise.imprint import is_publishing_house
from engine.sentences import Language, say

if TYPE_CHECKING:
    from citeproc import CitationStylesStyle

STYLES = ("bgddt", "apa", "mla", "chicago", "ieee")
"""Every style, in the order in which they are offered."""

_NUMBERED = frozenset({"bgddt", "ieee"})
_LONGEST_TEXT = 2_000
_MOST_NAMES = 50
_LOCALES: dict[Language, str] = {"vi": "vi-VN", "en": "en-US"}

# Signs of private use: where italics begin and end, and a "<" of a title, which citeproc-py would take for a tag.
_BEGIN, _END, _LESS = "\ue000", "\ue001", "\ue002"
_MASK = str.maketrans({"<": _LESS, _BEGIN: None, _END: None, _LESS: None})
_PARTS = re.compile(f"{_BEGIN}([^{_END}]*){_END}|([^{_BEGIN}{_END}]+)")
_STOP_TWICE = re.compile(f"([.?!…])({_END}?[”’]?)[.](?!\\.)")
_NUMBER = re.compile(r"\A(?:\[1\]|1\.)\s*")  # of numbered styles: its place in the list, which we do not know
_STOP_OUTSIDE = re.compile("([”’]+)([.,])")

_writing = threading.Lock()  # citeproc-py keeps what it is writing in the style itself


class Span(NamedTuple):
    """A piece of a citation in one kind of letters."""

    text: str
    is_italic: bool


class Citation(NamedTuple):
    """A citation in one style."""

    style: str
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The citation without its italics."""
        return "".join(span.text for span in self.spans)


@lru_cache(maxsize=512)
def citations(record: Record, language: Language) -> tuple[Citation, ...]:
    """Return a record in every style, its terms in a language. It takes tens of milliseconds: keep it off the loop.

    The Vietnamese style says "tr." of a Vietnamese work and "pp." of others, whatever the language of the page.
    """
    return tuple(citation(record, style, language) for style in STYLES)


def citation(record: Record, style: str, language: Language) -> Citation:
    """Return a record in one style.

    >>> from engine.model import Person
    >>> book = Record("m", "1", "Kinh tế vi mô", people=(Person("Lê Văn An"),), year=2012, publisher="NXB Trẻ")
    >>> citation(book, "bgddt", "vi").text
    'Lê Văn An (2012), Kinh tế vi mô, NXB Trẻ.'
    """
    spoken: Language = language
    if style == "bgddt":
        spoken = "vi" if record.languages[:1] in {("vie",), ()} else "en"
    with _writing:
        written = _written(_cited(record, spoken), style, spoken)
    return Citation(style, tuple(_spans(_tidied(written, stops_inside=spoken == "en" and style != "bgddt"))))


def style_file(style: str) -> bytes:
    """Return a style as a CSL file, to be used in Zotero, Mendeley or Word too."""
    return files("engine.export").joinpath("styles", f"{style}.csl").read_bytes()


def _cited(record: Record, language: Language) -> Item:
    """Return what a style is given: CSL-JSON with the edition in words, and nothing that could be taken for markup."""
    found = item(record)
    found.pop("abstract", None)
    if record.edition_number is not None:
        found["edition"] = _edition(record.edition_number, language)
    if record.material is not Material.THESIS and is_publishing_house(record.publisher or ""):
        found["publisher"] = say(Reason("export.house", {"name": str(found["publisher"])}), language)
    return {name: _masked(value) for name, value in found.items() if value}


def _edition(number: int, language: Language) -> str:
    """Return which edition it is in words; nothing for the first.

    >>> _edition(3, "vi"), _edition(3, "en"), _edition(11, "en"), _edition(1, "en")
    ('tái bản lần 3', '3rd ed.', '11th ed.', '')
    """
    if number < 2:
        return ""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    told = f"{number}{ending}" if language == "en" else number
    return say(Reason("export.edition", {"number": told}), language)


def _masked(value: object) -> object:
    if isinstance(value, str):
        return value.translate(_MASK)[:_LONGEST_TEXT]
    if isinstance(value, list):
        return [
            {part: str(text).translate(_MASK)[:_LONGEST_TEXT] for part, text in name.items()}
            for name in value[:_MOST_NAMES]
        ]
    return value


def _written(cited: Item, style: str, language: Language) -> str:
    from citeproc import Citation as Cited  # noqa: PLC0415 - read when the first citation is wanted
    from citeproc import CitationItem, CitationStylesBibliography  # noqa: PLC0415
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    source = CiteProcJSON([{**cited, "id": "cited"}])
    bibliography = CitationStylesBibliography(_style(style, language), source, _Marks)
    bibliography.register(Cited([CitationItem("cited")]))
    written = "".join(map(str, bibliography.bibliography()))
    return _NUMBER.sub("", written, count=1) if style in _NUMBERED else written


@cache
def _style(style: str, language: Language) -> CitationStylesStyle:
    from citeproc import CitationStylesStyle  # noqa: PLC0415 - as above

    path = files("engine.export").joinpath("styles", f"{style}.csl")
    return CitationStylesStyle(str(path), locale=_LOCALES[language], validate=False)


class _Marks:
    """What citeproc-py calls a formatter: italics between signs of private use, all else as it is."""

    @staticmethod
    def preformat(text: str) -> str:
        return text

    @staticmethod
    def Italic(text: object) -> str:  # noqa: N802 - citeproc-py's name
        return f"{_BEGIN}{text}{_END}"

    Oblique = Italic
    Bold = Light = Underline = Superscript = Subscript = SmallCaps = str


def _tidied(written: str, *, stops_inside: bool) -> str:
    """Return a citation without doubled stops; with stops and commas inside quotation marks where that is wanted."""
    text = _STOP_TWICE.sub(r"\1\2", " ".join(written.split()))
    if stops_inside:
        text = _STOP_TWICE.sub(r"\1\2", _STOP_OUTSIDE.sub(r"\2\1", text))
    return text


def _spans(text: str) -> Iterator[Span]:
    for part in _PARTS.finditer(text):
        yield Span((part[1] or part[2] or "").replace(_LESS, "<"), part[1] is not None)
