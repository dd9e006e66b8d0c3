"""What single elements of MODS mean. Each takes one top element and returns what it says of one target."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from connectors.formats.agents import build_person
from connectors.formats.draft import TitleStatement
from connectors.formats.fields import inner_text, local_name
from connectors.formats.headings import link_kind, parse_enumeration, web_address
from connectors.formats.numbers import bare, wrong
from connectors.formats.tidy import tidy, undot
from connectors.formats.titles import build_statement, volume_of
from engine.model import (
    ClassNumber,
    Degree,
    Holding,
    Host,
    Identifier,
    Link,
    LinkKind,
    Material,
    Person,
    PersonKind,
    Scheme,
    Series,
)
from engine.normalise.identifiers import doi, handle, isbn, issn, lccn, oclc
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
_READERS: dict[str, Callable[[str], Identifier | None]] = {
    "isbn": isbn, "issn": issn, "issn-l": issn, "doi": doi, "hdl": handle, "handle": handle, "lccn": lccn, "oclc": oclc,
}  # fmt: skip
_SCHEMES = {
    "urn": Scheme.NBN, "nbn": Scheme.NBN, "ismn": Scheme.ISMN, "ean": Scheme.EAN, "upc": Scheme.EAN,
    "uri": Scheme.URI, "music publisher": Scheme.PUBLISHER_NUMBER, "issue number": Scheme.PUBLISHER_NUMBER,
}  # fmt: skip


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


def _statement(element: etree._Element) -> TitleStatement | None:
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
    if (element.get("type") is None or element.get("usage") == "primary") and (found := _statement(element)):
        yield found


def other_titles(element: etree._Element) -> Iterator[str]:
    """Read a titleInfo that says to be another form."""
    if element.get("type") is not None and element.get("usage") != "primary" and (found := _statement(element)):
        yield found.title if found.subtitle is None else f"{found.title} : {found.subtitle}"


def _enumerated(element: etree._Element) -> dict[str, str]:
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
    found = _enumerated(element)
    if "volume" in found and "pages" not in found and (number := volume_of(found["volume"])):
        yield number


def enumerations(element: etree._Element) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Read volume, issue and pages of an article."""
    found = _enumerated(element)
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


def series(element: etree._Element) -> Iterator[Series]:
    """Read a related item that is a series."""
    if element.get("type") == "series":
        for child in below(element, "titleInfo"):
            if (found := _statement(child)) is not None:
                name = found.title
                name, _, number = name.partition(" ; ")
                yield Series(undot(name), found.volume or number or None)


def hosts(element: etree._Element) -> Iterator[Host]:
    """Read a related item that is a host."""
    if element.get("type") != "host":
        return
    title = next((found for child in below(element, "titleInfo") if (found := _statement(child))), None)
    if title is None:
        return
    numbers: dict[str, str] = {}
    for child in below(element, "identifier"):
        kind = (child.get("type") or "").lower()
        number = _READERS[kind](bare(said(child))) if kind in {"isbn", "issn"} else None
        if number is not None:
            numbers.setdefault(kind, number.value)
    part: dict[str, str] = {}
    for child in below(element, "part"):
        part = _enumerated(child)
        for text in below(child, "text"):
            volume, issue, pages = parse_enumeration(said(text))
            told = {"volume": volume, "issue": issue, "pages": pages}
            part = {kind: number for kind, number in told.items() if number} | part
    yield Host(
        title.title,
        issn=numbers.get("issn"),
        isbn=numbers.get("isbn"),
        volume=part.get("volume"),
        issue=part.get("issue"),
        pages=part.get("pages"),
    )


def subjects(element: etree._Element) -> Iterator[str]:
    """Read a heading, its parts in order with ` -- ` between them."""
    parts: list[str] = []
    for child in element:
        name = local_name(child)
        if name in {"topic", "geographic", "temporal", "genre", "occupation"}:
            parts.append(undot(said(child)))
        elif name == "name":
            parts.append(undot(tidy(", ".join(said(part) for part in below(child, "namePart")))))
        elif name == "titleInfo" and (found := _statement(child)) is not None:
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


def identifiers(element: etree._Element) -> Iterator[Identifier]:
    """Read an identifier by its type."""
    kind = (element.get("type") or "").strip().lower()
    text = said(element)
    if not text:
        return
    if reader := _READERS.get(kind):
        found = reader(bare(text) if kind in {"isbn", "issn"} else text)
    elif "doi.org/" in text:
        found = doi(text)
    elif "hdl.handle.net/" in text:
        found = handle(text)
    else:
        found = Identifier(_SCHEMES.get(kind, Scheme.OTHER), text)
    if found is not None:
        yield wrong(found) if element.get("invalid") == "yes" else found


def links(element: etree._Element) -> Iterator[Link]:
    """Read location/url."""
    for child in below(element, "url"):
        url = said(child)
        label = tidy(child.get("displayLabel") or child.get("note") or "")
        if not web_address(url):
            continue
        kind = LinkKind.COVER if child.get("access") == "preview" else link_kind(label, "")
        if child.get("access") in {"raw object", "object in context"} and kind is LinkKind.RELATED:
            kind = LinkKind.FULL_TEXT
        yield Link(url, kind, label or None)


def other_links(element: etree._Element) -> Iterator[Link]:
    """Read addresses of identifiers, and of related items that are neither series nor host."""
    if local_name(element) == "identifier":
        url = said(element)
        if web_address(url):
            yield Link(url)
    elif element.get("type") not in {"series", "host"}:
        for child in below(element, "location"):
            yield from links(child)


def pages(element: etree._Element) -> Iterator[str]:
    """Read the address that MODS marks as the record's page."""
    for child in below(element, "url"):
        if child.get("usage") in {"primary", "primary display"} and web_address(url := said(child)):
            yield url


def holdings(element: etree._Element) -> Iterator[Holding]:
    """Read location: the library, its call number, and its copies (holdingSimple)."""
    branch = next((said(child) for child in below(element, "physicalLocation")), "") or None
    shelf = next((said(child) for child in below(element, "shelfLocator")), "") or None
    is_told = False
    for simple in below(element, "holdingSimple"):
        for copy in below(simple, "copyInformation"):
            one = {local_name(child): said(child) for child in reversed(copy)}
            is_told = True
            yield Holding(
                branch=branch,
                location=one.get("subLocation") or None,
                call_number=one.get("shelfLocator") or shelf,
                item=one.get("itemIdentifier") or None,
                note=one.get("note") or one.get("enumerationAndChronology") or None,
            )
    if not is_told and (branch or shelf):
        yield Holding(branch=branch, call_number=shelf)
