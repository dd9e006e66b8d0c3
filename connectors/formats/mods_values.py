"""What single elements of MODS mean. Each takes one top element and returns what it says of one target."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from connectors.formats.agents import build_person
from connectors.formats.draft import TitleStatement
from connectors.formats.fields import inner_text, local_name
from connectors.formats.tidy import tidy, undot
from connectors.formats.titles import build_statement, volume_of
from engine.model import (
    ClassNumber,
    Degree,
    Material,
    Person,
    PersonKind,
)
from engine.normalise.imprint import place, publisher
from engine.normalise.languages import language
from engine.normalise.materials import degree, material
from engine.normalise.years import year

_BY_TYPE = {
    "text": Material.BOOK, "cartographic": Material.MAP, "notated music": Material.SCORE,
    "sound recording": Material.SOUND, "sound recording-musical": Material.SOUND,
    "sound recording-nonmusical": Material.SOUND, "still image": Material.IMAGE, "moving image": Material.FILM,
    "three dimensional object": Material.OBJECT, "software, multimedia": Material.SOFTWARE,
    "mixed material": Material.MIXED,
}  # fmt: skip
_ELIDED = ("'", "\u2019", "-")
_KINDS = {"corporate": PersonKind.CORPORATE, "conference": PersonKind.MEETING}


def below(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Return the children of a name, whatever their namespace."""
    return (child for child in element if local_name(child) == name)


def said(element: etree._Element) -> str:
    """Return an element's text, clean."""
    return tidy(inner_text(element))


def texts(element: etree._Element) -> Iterator[str]:
    """Say the text itself."""
    if text := said(element):
        yield text


def record_ids(element: etree._Element) -> Iterator[str]:
    """Read recordInfo/recordIdentifier."""
    for child in below(element, "recordIdentifier"):
        yield from texts(child)


def statement(element: etree._Element) -> TitleStatement | None:
    """Return the title that a titleInfo holds, its article before it."""
    parts: dict[str, list[str]] = {}
    for child in element:
        if text := inner_text(child).strip():
            parts.setdefault(local_name(child), []).append(text)
    title = next(iter(parts.get("title", ())), "")
    if title and (article := next(iter(parts.get("nonSort", ())), "")):
        title = f"{article.rstrip()}{'' if article.endswith(_ELIDED) else ' '}{title}"
    return build_statement(
        title, parts.get("subTitle", []), [], parts.get("partNumber", []), parts.get("partName", []), None
    )


def main_titles(element: etree._Element) -> Iterator[TitleStatement]:
    """Read a titleInfo without type, or marked as primary."""
    if (element.get("type") is None or element.get("usage") == "primary") and (found := statement(element)):
        yield found


def other_titles(element: etree._Element) -> Iterator[str]:
    """Read a titleInfo that says to be another form."""
    if element.get("type") is not None and element.get("usage") != "primary" and (found := statement(element)):
        yield found.title if found.subtitle is None else f"{found.title} : {found.subtitle}"


def enumerated(element: etree._Element) -> dict[str, str]:
    """Return the numbers of a part by their kind (volume, issue, pages)."""
    found: dict[str, str] = {}
    for child in element:
        kind = (child.get("type") or child.get("unit") or "").lower()
        if local_name(child) == "detail":
            number = next((said(one) for one in below(child, "number")), "")
            found.setdefault("issue" if kind in {"issue", "number", "no."} else kind or "volume", number)
        elif local_name(child) == "extent":
            limits = [said(one) for name in ("start", "end") for one in below(child, name)]
            listed = [said(one) for one in below(child, "list")]
            found.setdefault("pages", "-".join(limits) or "".join(listed))
    return {kind: text for kind, text in found.items() if text}


def volumes(element: etree._Element) -> Iterator[str]:
    """Read the volume of a part that is not an article's."""
    found = enumerated(element)
    if "volume" in found and "pages" not in found and (number := volume_of(found["volume"])):
        yield number


def enumerations(element: etree._Element) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Read volume, issue and pages of an article."""
    found = enumerated(element)
    if found:
        yield found.get("volume"), found.get("issue"), found.get("pages")


def _person(element: etree._Element) -> Iterator[tuple[Person, bool]]:
    parts: dict[str, list[str]] = {}
    roles: list[str] = []
    for child in element:
        if local_name(child) == "namePart":
            parts.setdefault(child.get("type") or "", []).append(inner_text(child))
        elif local_name(child) == "role":
            terms = list(below(child, "roleTerm"))
            roles += [said(term) for term in sorted(terms, key=lambda term: term.get("type") != "code")]
            roles += [] if terms else [said(child)]
    kind = _KINDS.get(element.get("type") or "", PersonKind.PERSON)
    whole = parts.get("", [])
    if kind is PersonKind.PERSON and ("family" in parts or "given" in parts):
        name = ", ".join(tidy(parts[part][0]) for part in ("family", "given") if part in parts)
        whole = [name]
    whole = whole or [said(one) for one in below(element, "displayForm")]
    if not whole:
        return
    # Several name parts of a human are the name and then what else the cataloguer knew.
    units = whole[1:] if kind is not PersonKind.PERSON else []
    dates = next(iter(parts.get("date", ())), "")
    built = build_person(whole[0], kind=kind, units=units, dates=dates, roles=roles)
    if built is not None:
        yield built


def primary_names(element: etree._Element) -> Iterator[tuple[Person, bool]]:
    """Read a name that is marked as the main entry."""
    if element.get("usage") == "primary":
        yield from _person(element)


def other_names(element: etree._Element) -> Iterator[tuple[Person, bool]]:
    """Read any other name."""
    if element.get("usage") != "primary":
        yield from _person(element)


def _is_publication(element: etree._Element) -> bool:
    return element.get("eventType") in {None, "publication"}


def publishers(element: etree._Element) -> Iterator[str]:
    """Read publishers."""
    if _is_publication(element):
        yield from filter(None, (publisher(said(child)) for child in below(element, "publisher")))


def places(element: etree._Element) -> Iterator[str]:
    """Read places in words, not as codes."""
    if _is_publication(element):
        for child in below(element, "place"):
            for term in below(child, "placeTerm"):
                if term.get("type") != "code" and (found := place(said(term))):
                    yield found


def years_issued(element: etree._Element) -> Iterator[int]:
    """Read dateIssued: the one as printed, or its start."""
    if _is_publication(element):
        for child in below(element, "dateIssued"):
            if child.get("point") != "end" and (found := year(said(child))) is not None:
                yield found


def other_years(element: etree._Element) -> Iterator[int]:
    """Read any other date."""
    for name in ("copyrightDate", "dateCreated", "dateOther", "date", "dateIssued"):
        for child in below(element, name):
            if (found := year(said(child))) is not None:
                yield found


def editions(element: etree._Element) -> Iterator[str]:
    """Read a statement of edition."""
    for child in below(element, "edition"):
        if text := undot(said(child)):
            yield text


def languages(element: etree._Element) -> Iterator[str]:
    """Read the languages of the text, not of its parts or its original."""
    if element.get("objectPart") not in {None, "text"}:
        return
    terms = list(below(element, "languageTerm"))
    for term in sorted(terms, key=lambda term: term.get("type") != "code"):
        if (found := language(said(term))) is not None:
            yield found
    if not terms and (found := language(said(element))) is not None:
        yield found


def issuance(element: etree._Element) -> Iterator[Material]:
    """Say that what is issued as a serial is a journal."""
    if any(said(child) in {"serial", "continuing"} for child in below(element, "issuance")):
        yield Material.JOURNAL


def types(element: etree._Element) -> Iterator[Material]:
    """Read typeOfResource."""
    word = said(element).lower()
    if element.get("collection") == "yes":
        yield Material.MIXED
    elif element.get("manuscript") == "yes" and word == "text":
        yield Material.MANUSCRIPT
    elif (found := _BY_TYPE.get(word)) is not None:
        yield found


def genres(element: etree._Element) -> Iterator[Material]:
    """Read genre terms."""
    if (found := material(said(element))) is not None:
        yield found


def degrees(element: etree._Element) -> Iterator[Degree]:
    """Read the degree of a genre, or of a note about a thesis."""
    if local_name(element) == "note" and element.get("type") not in {"thesis", "dissertation"}:
        return
    if (found := degree(said(element))) is not None:
        yield found


def online(element: etree._Element) -> Iterator[bool]:
    """Read the form: electronic, or print."""
    for child in below(element, "form"):
        word = said(child).lower()
        if word in {"electronic", "remote", "online resource", "cr"}:
            yield True
        elif word in {"print", "volume", "nc"}:
            yield False


def extents(element: etree._Element) -> Iterator[str]:
    """Read the extent."""
    for child in below(element, "extent"):
        yield from texts(child)


def subjects(element: etree._Element) -> Iterator[str]:
    """Read a heading, its parts in order with ` -- ` between them."""
    parts: list[str] = []
    for child in element:
        name = local_name(child)
        if name in {"topic", "geographic", "temporal", "genre", "occupation"}:
            parts.append(undot(said(child)))
        elif name == "name":
            parts.append(undot(tidy(", ".join(said(part) for part in below(child, "namePart")))))
        elif name == "titleInfo" and (found := statement(child)) is not None:
            parts.append(found.title)
        elif name == "hierarchicalGeographic":
            parts += [said(place_name) for place_name in child]
    if line := " -- ".join(filter(None, parts)):
        yield line


def classes(element: etree._Element) -> Iterator[ClassNumber]:
    """Read a class number under its authority."""
    authority = (element.get("authority") or "").lower()
    if number := said(element).replace("/", ""):
        yield ClassNumber(authority if authority in {"ddc", "udc", "lcc", "nlm", "bbk"} else "local", number)


def notes(element: etree._Element) -> Iterator[str]:
    """Read notes, but not the statement of responsibility."""
    if element.get("type") != "statement of responsibility":
        yield from texts(element)


def responsibilities(element: etree._Element) -> Iterator[str]:
    """Read the statement of responsibility."""
    if element.get("type") == "statement of responsibility":
        yield from texts(element)
