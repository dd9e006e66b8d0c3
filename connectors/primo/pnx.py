"""Reads a record of Primo: its normalised XML as JSON (PNX), and what `delivery` says of copies. Pure.

`addata` is the best structured, `display` is as shown, with suffixes like `$$Q` that are cut off.
Source: Primo Technical Guide, the PNX record; answers of Primo VE and classic Primo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import msgspec

from connectors.formats.headings import web_address
from connectors.formats.named_texts import record_from_texts
from connectors.reading.json import Table, first_text, table_of, tables_of, texts_of
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Host, Link, LinkKind, Record, Service

_CODED = re.compile(r"\$\$([A-Z0-9])")
_LABEL = re.compile(r"(?i)^\s*(isbn|issn|doi|oclc|e-?isbn|e-?issn)\b\s*(?:\([^)]*\))?\s*[:.]?\s*")
_STATES: Final = {"available": True, "unavailable": False, "not_available": False}
_TYPES: Final = {
    "newspaper_article": "article", "magazinearticle": "article", "review": "article", "reference_entry": "chapter",
    "text_resource": "", "other": "", "dissertations": "dissertation", "web_resource": "e-resource",
}  # fmt: skip

_FIELDS = (
    ("addata", "isbn", "isbn"),
    ("addata", "eisbn", "isbn"),
    ("addata", "issn", "issn"),
    ("addata", "eissn", "issn"),
    ("addata", "doi", "doi"),
    ("addata", "oclcid", "oclc"),
    ("addata", "edition", "hasVersion"),
    ("display", "edition", "hasVersion"),
    ("addata", "cop", "publisher.place"),
    ("display", "language", "language"),
    ("display", "creationdate", "date.issued"),
    ("addata", "risdate", "date.issued"),
    ("addata", "date", "date.issued"),
    ("display", "format", "extent"),
    ("addata", "seriestitle", "isPartOf"),
    ("display", "series", "isPartOf"),
    ("addata", "abstract", "abstract"),
    ("display", "description", "description"),
)
"""Section, field, and the name that `formats.named_texts` reads it under; the better one first."""


def plain(text: str) -> str:
    """Return a shown value without its coded suffixes.

    >>> plain("Nguyễn Văn A$$QNguyễn Văn A"), plain("$$CISBN$$V978")
    ('Nguyễn Văn A', '')
    """
    return text.partition("$$")[0].strip()


def coded(text: str) -> dict[str, str]:
    """Return the coded parts of a value, the first of each code.

    >>> coded("$$Uhttps://a.example.org$$EToàn văn")
    {'U': 'https://a.example.org', 'E': 'Toàn văn'}
    """
    pieces = _CODED.split(text)[1:]
    found: dict[str, str] = {}
    for code, value in zip(pieces[::2], pieces[1::2], strict=True):
        found.setdefault(code, value.strip())
    return found


def record(document: Table, member: str, record_url: str) -> Record:
    """Return the record of one document; UnreadableError where it has no title or no id."""
    pnx = table_of(document.get("pnx"))
    control, display, addata = (table_of(pnx.get(name)) for name in ("control", "display", "addata"))
    own_id = plain(first_text(control.get("recordid")))
    if not own_id:
        raise UnreadableError("a record without control.recordid")
    context = first_text(document.get("context")) or ("PC" if own_id.startswith(("TN_", "cdi_")) else "L")
    url = record_url.replace("{id}", quote(own_id, safe="")).replace("{context}", quote(context, safe=""))
    texts = list(_texts(display, addata))
    found = record_from_texts(texts, member=member, own_id=own_id, url=url, host=_host(display, addata))
    links = [
        link for name in ("linktorsrc", "linktopdf", "linktohtml") for link in _links(table_of(pnx.get("links")), name)
    ]
    holdings = delivered(document) or _shelves(display)
    return msgspec.structs.replace(found, links=tuple(dict.fromkeys(links)), holdings=holdings)


def _texts(display: Table, addata: Table) -> Iterator[tuple[str, str]]:
    title = plain(first_text(display.get("title")))
    yield "title", title or first_text(addata.get("atitle")) or first_text(addata.get("btitle"))
    for text in texts_of(display.get("lds_alttitle") or addata.get("addtitle")):
        yield "alternative", plain(text)
    yield from _people(display, addata)
    for text in texts_of(addata.get("pub")) or _shown(display.get("publisher")):
        yield "publisher", text
    for kind in _shown(display.get("type")) or texts_of(addata.get("genre")):
        yield "type", _TYPES.get(kind.lower(), kind)
    for subject in _shown(display.get("subject")):
        for part in subject.split(" ; "):
            yield "subject", part
    for section, key, name in _FIELDS:
        for text in texts_of((addata if section == "addata" else display).get(key)):
            yield name, plain(text)
    for text in texts_of(display.get("identifier")):
        yield from _identifier(text)


def _shown(value: object) -> list[str]:
    return [text for one in texts_of(value) if (text := plain(one))]


def _people(display: Table, addata: Table) -> Iterator[tuple[str, str]]:
    """Return people: `addata` has them one by one, `display` several in one text; roles stand in `display` only."""
    main = texts_of(addata.get("au")) or [name for text in _shown(display.get("creator")) for name in text.split(";")]
    for name in [*main, *texts_of(addata.get("aucorp"))]:
        yield "creator", name
    others = _shown(display.get("contributor"))
    for name in [part for text in others for part in text.split(";")] or texts_of(addata.get("addau")):
        yield "contributor", name


def _identifier(text: str) -> Iterator[tuple[str, str]]:
    """Return the numbers of an identifier: `$$CISBN$$V978…` or `ISBN: 978…; ISSN: …`."""
    if "$$" in text:
        parts = coded(text)
        pieces = [f"{parts.get('C', '')}: {parts.get('V', '')}"] if parts.get("V") else []
    else:
        pieces = text.split(";")
    for piece in pieces:
        piece = re.sub(r"<[^>]*>", "", piece)  # noqa: PLW2901 - labels may stand in <b>
        if found := _LABEL.match(piece):
            name = found[1].lower().replace("-", "").removeprefix("e")
            yield name, piece[found.end() :]


def _host(display: Table, addata: Table) -> Host | None:
    """Return what an article or chapter stands in."""
    kinds = {text.lower() for text in (*_shown(display.get("type")), *texts_of(addata.get("format")))}
    title = first_text(addata.get("jtitle"))
    if not title and kinds & {"book_chapter", "book_chapters"}:
        title = first_text(addata.get("btitle"))
    if not title or not (first_text(addata.get("atitle")) or kinds & {"article", "articles", "book_chapter"}):
        return None
    pages = "-".join(filter(None, (first_text(addata.get("spage")), first_text(addata.get("epage")))))
    return Host(
        title,
        issn=first_text(addata.get("issn")) or None,
        volume=first_text(addata.get("volume")) or None,
        issue=first_text(addata.get("issue")) or None,
        pages=first_text(addata.get("pages")) or pages or None,
    )


def _links(links: Table, name: str) -> Iterator[Link]:
    for text in texts_of(links.get(name)):
        parts = coded(text)
        url = parts.get("U", "" if "$$" in text else text)
        if web_address(url):
            yield Link(url, LinkKind.FULL_TEXT, parts.get("D") or None)


def delivered(document: Table) -> tuple[Holding, ...]:
    """Return the holdings that `delivery` tells of: shelves with their state, and electronic services."""
    delivery = table_of(document.get("delivery"))
    shelves = tables_of(delivery.get("holding")) or tables_of(delivery.get("bestlocation"))
    services = tables_of(delivery.get("electronicServices"))
    found = [
        Holding(
            branch=first_text(one.get("mainLocation")) or None,
            location=first_text(one.get("subLocation")) or None,
            call_number=first_text(one.get("callNumber")).strip("() ") or None,
            availability=_state(first_text(one.get("availabilityStatus"))),
        )
        for one in shelves
    ]
    found += [
        Holding(
            location=first_text(one.get("packageName")) or None,
            availability=(Availability(Service.REMOTE, available=True),),
            url=url if web_address(url := first_text(one.get("serviceUrl"))) else None,
        )
        for one in services
    ]
    if not found and any(
        word.startswith(("fulltext", "not_restricted")) for word in texts_of(delivery.get("availability"))
    ):
        url = first_text(delivery.get("availabilityLinksUrl"))
        remote = (Availability(Service.REMOTE, available=True),)
        found.append(Holding(availability=remote, url=url if web_address(url) else None))
    return tuple(dict.fromkeys(found))


def says_delivery(document: Table) -> bool:
    """Whether a document says anything of delivery: one that was asked not to says nothing."""
    delivery = table_of(document.get("delivery"))
    return any(delivery.get(name) for name in ("holding", "bestlocation", "availability", "electronicServices"))


def _shelves(display: Table) -> tuple[Holding, ...]:
    """Return the shelves that classic Primo shows: `$$IINST$$LLIB$$1Shelf$$2(call number)$$Savailable`."""
    found = []
    for text in texts_of(display.get("availlibrary")):
        parts = coded(text)
        if parts:
            found.append(
                Holding(
                    branch=parts.get("L") or parts.get("I") or None,
                    location=parts.get("1") or None,
                    call_number=parts.get("2", "").strip("() ") or None,
                    availability=_state(parts.get("S", "")),
                )
            )
    return tuple(dict.fromkeys(found))


def _state(word: str) -> tuple[Availability, ...] | None:
    """Return what a status means; "check_holdings" and what else there is leaves it open."""
    state = _STATES.get(word.lower())
    return (Availability(Service.LOAN, state),) if state is not None else None
