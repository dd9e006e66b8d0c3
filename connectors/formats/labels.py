"""Labels on a library's pages ("Thông tin xuất bản: H. : Trẻ, 2010") -> texts for `connectors.formats.labelled`.

What labels mean is data (`labels.toml`), in Vietnamese and English. A text whose label is not known is told by its
shape where that can be done: an imprint, an extent, an ISBN, a list of linked keywords.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from bs4 import BeautifulSoup, NavigableString, Tag

from connectors.reading.html import text_of
from engine.text import folded_key

_LABELS: Final = frozenset({"b", "strong", "label", "dt", "th", "i"})
_LABEL_CLASSES: Final = frozenset({"label", "title-label", "lbl"})
_LINES: Final = frozenset({"p", "li", "dd", "dl", "tr", "div"})
_LABEL_IN_TEXT: Final = re.compile(r"^\s*(?P<label>[^\d\W][^:\n]{0,38}?)\s*:\s*")
_ISBN: Final = re.compile(r"\b97[89][-\s]?\d[\d\s-]{8,13}\d\b")
_EXTENT: Final = re.compile(r"^\D{0,12}\d+\s*(?:tr|trang|p|pp|tờ|t)\b|\d\s*cm\b", re.IGNORECASE)
_IMPRINT: Final = re.compile(r"\S.*[:,].*\d{4}\D{0,3}$")
_MOST_LETTERS: Final = 8_000


@cache
def _names() -> dict[str, str]:
    table = tomllib.loads(files("connectors.formats").joinpath("labels.toml").read_text("utf-8"))["labels"]
    return {folded_key(label): name for name, labels in table.items() for label in labels}


def name_of_label(label: str) -> str | None:
    """Return the name of the text behind a label, "" if it is of no use, None if the label is not known.

    >>> name_of_label("Thông tin xuất bản:"), name_of_label("TÁC GIẢ"), name_of_label("Quà tặng")
    ('imprint', 'people', None)
    """
    return _names().get(folded_key(label.strip(" :*\u00a0")))


def name_of_shape(value: str, *, has_links: bool = False) -> str | None:
    """Return the name of a text by what it looks like, None where that says nothing.

    >>> name_of_shape("H. : Trẻ, 2010"), name_of_shape("391tr. ; 28cm"), name_of_shape("Một câu.")
    ('imprint', 'extent', None)
    """
    if _ISBN.search(value):
        return "isbn"
    if _EXTENT.search(value):
        return "extent"
    if _IMPRINT.fullmatch(value) and len(value) < 200:
        return "imprint"
    return "subjects" if has_links else None


def labelled_texts(container: Tag) -> list[tuple[str, str]]:
    """Return the (name, text) pairs of the labelled lines inside an element, each line once, innermost lines only."""
    found: list[tuple[str, str]] = []
    for line in _inside(container):
        if line.name not in _LINES:
            continue
        if line.name != "dl" and any(inner.name in _LINES for inner in _inside(line)) and not _is_pair(line):
            continue
        for label, value, has_links in _pairs_of(line):
            name = name_of_label(label)
            if name is None and label:
                name = name_of_shape(value, has_links=has_links)
            if name and value:
                found.append((name, value[:_MOST_LETTERS]))
    return list(dict.fromkeys(found))


def _inside(tag: Tag) -> Iterator[Tag]:
    """Return the elements inside of one, in their order; cheaper than a selector."""
    return (inner for inner in tag.descendants if isinstance(inner, Tag))


def _is_label(tag: Tag) -> bool:
    return tag.name in _LABELS or not _LABEL_CLASSES.isdisjoint(tag.get("class") or ())


def _is_pair(line: Tag) -> bool:
    """Whether a line is a row of two cells."""
    return line.name == "tr" and len(line.find_all(["td", "th"], recursive=False)) == 2


def _pairs_of(line: Tag) -> Iterator[tuple[str, str, bool]]:
    """Return label, value and whether the value has links, of the line or of the pairs that it is a list of."""
    cells = line.find_all(["td", "th", "dt", "dd"], recursive=False)
    if line.name == "tr" and len(cells) == 2:
        yield text_of(cells[0]), _value(cells[1]), cells[1].a is not None
        return
    if line.name == "dl":
        yield from _pairs_of_list([cell for cell in cells if not cell.find("dl")])
        return
    if line.name in {"dd", "td", "dt"} and line.parent is not None and line.parent.name == "dl":
        return
    yield from _pair_of_line(line)


def _pairs_of_list(terms: list[Tag]) -> Iterator[tuple[str, str, bool]]:
    """Return the pairs of a definition list: term and definition, two definitions of which one is a label, or lines."""
    if any(term.name == "dt" for term in terms):
        for at, term in enumerate(terms[:-1]):
            if term.name == "dt" and terms[at + 1].name == "dd":
                yield text_of(term), _value(terms[at + 1]), terms[at + 1].a is not None
    elif len(terms) == 2 and text_of(terms[0]).endswith(":") and name_of_label(text_of(terms[0])) is not None:
        yield text_of(terms[0]), _value(terms[1]), terms[1].a is not None
    else:
        for term in terms:
            yield from _pair_of_line(term)


def _pair_of_line(line: Tag) -> Iterator[tuple[str, str, bool]]:
    text = text_of(line)
    label_tag = next((tag for tag in _inside(line) if _is_label(tag)), None)
    label = text_of(label_tag)
    if label_tag is not None and label and text.startswith(label) and len(label) < len(text):
        yield label, _listed(line, text[len(label) :].strip(" :\u00a0")), _has_links(line)
    elif (found := _LABEL_IN_TEXT.match(text)) and name_of_label(found["label"]) is not None:
        yield found["label"], _listed(line, text[found.end() :]), _has_links(line)


def _has_links(line: Tag) -> bool:
    return len(line.find_all("a")) > 0


def _value(tag: Tag) -> str:
    return _listed(tag, text_of(tag))


def _listed(tag: Tag, text: str) -> str:
    """Return a text in which links that stand side by side are a list."""
    links = [words for link in tag.find_all("a") if (words := text_of(link))]
    if len(links) > 1 and ";" not in text and " ".join(links) == text.replace(",", " ").replace("  ", " "):
        return "; ".join(links)
    return text


def text_outside(page: BeautifulSoup | Tag, rows: list[Tag]) -> str:
    """Return the words of a page that stand in none of its rows, scripts and hidden parts left out."""
    inside = {id(row) for row in rows}
    words: list[str] = []
    for string in page.find_all(string=True):
        if type(string) is not NavigableString:
            continue
        if any(id(parent) in inside or _is_hidden(parent) for parent in string.parents):
            continue
        words.append(str(string))
    return " ".join(" ".join(words).split())


def _is_hidden(tag: Tag) -> bool:
    style = str(tag.get("style") or "").replace(" ", "").lower()
    return tag.name in {"script", "style", "noscript", "template", "option", "head"} or "display:none" in style
