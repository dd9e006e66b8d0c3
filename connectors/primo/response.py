"""Reads Primo's answers to a search, in JSON and as pages. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import msgspec
from bs4 import BeautifulSoup, Tag

from connectors.formats.isbd import parse_imprint
from connectors.formats.named_texts import record_from_texts
from connectors.lists.by_place import Listed
from connectors.primo import pnx
from connectors.reading.html import attribute, refuse_other_pages, text_of
from connectors.reading.json import Table, count_of, first_text, table_of, tables_of
from engine.errors import FaultError, RefusedError, UnreadableError, UnsupportedError
from engine.model import Availability, Holding, Record, Service

_PAGE_STATES = (
    (".EXLResultStatusAvailable", True),
    (".EXLResultStatusNotAvailable", False),
)
_TYPE = re.compile(r"EXLResultMediaTYPE(\w+)")


def listed(answer: Table, member: str, record_url: str) -> Listed:
    """Return the records of one answer in JSON; raise what its error means, UnreadableError where it has neither."""
    info = table_of(answer.get("info"))
    documents = answer.get("docs")
    refuse_errors(answer, info)
    total = count_of(info.get("total"))
    if total is None or not isinstance(documents, list):
        raise UnreadableError("JSON without info.total and docs: not Primo's answer to a search")
    return Listed(tuple(_row(one, member, record_url) for one in tables_of(documents)), total)


def refuse_errors(answer: Table, info: Table) -> None:
    """Raise what an error in an answer means."""
    details = table_of(info.get("errorDetails"))
    message = first_text(details.get("errorMessages")) or first_text(answer.get("errorMessage"))
    code = first_text(answer.get("errorCode")) or first_text(info.get("errorCode"))
    if not message and not code:
        return
    said = f"Primo says: {message or code}"[:180]
    lower = said.lower()
    if any(word in lower for word in ("token", "unauthori", "forbidden", "permission", "not allowed")):
        raise RefusedError(said)
    if any(word in lower for word in ("query", "invalid", "offset", "parameter")):
        raise UnsupportedError(said)
    raise FaultError(said)


def _row(document: Table, member: str, record_url: str) -> Record | None:
    try:
        return pnx.record(document, member, record_url)
    except UnreadableError:
        return None


def listed_page(page: BeautifulSoup, url: str, member: str, record_url: str) -> Listed:
    """Return the rows of one of the older pages; UnreadableError and its like for a page that is none."""
    rows = [row for row in page.select(".EXLResult") if _id_of(row, url)]
    total = _total(page)
    if rows:
        return Listed(tuple(_page_row(row, url, member, record_url) for row in rows), total)
    if page.select_one(".EXLNoResultsDivTitle, .EXLNoResults, #noResultsDiv") is not None or total == 0:
        return Listed((), 0)
    refuse_other_pages(page)
    raise AssertionError  # the line above always raises


def _total(page: BeautifulSoup) -> int | None:
    for found in page.select(".EXLResultsNumbers em, #resultsNumbersTile em, .PaginationLabel strong"):
        digits = re.sub(r"[\s.,\u00a0\u202f']", "", text_of(found))
        number = re.search(r"\d+", digits)
        if number and len(number[0]) < 13:
            return int(number[0])
    return None


def _id_of(row: Tag, url: str) -> str:
    for link in row.select(".EXLResultTitle a, a.EXLThumbnailLinkMarker, .EXLDetailsTab a, a[href*='doc=']"):
        found = parse_qs(urlsplit(urljoin(url, attribute(link, "href"))).query).get("doc")
        if found:
            return found[0]
    return ""


def _imprint(text: str) -> list[tuple[str, str]]:
    """Return place, publisher and year of the line below the people; some have less than "Hà Nội : Giáo dục, 2010"."""
    found = parse_imprint(text) if re.search(r"\w\]? ?: ", text) else None
    said = [("publisher.place", found.place), ("publisher", found.publisher)] if found else []
    return [(name, value) for name, value in (*said, ("date.issued", text)) if value]


def _page_row(row: Tag, url: str, member: str, record_url: str) -> Record | None:
    own_id = _id_of(row, url)
    texts = [("title", text_of(row.select_one(".EXLResultTitle")))]
    texts += [("creator", name) for name in re.split(r"\s*;\s", text_of(row.select_one(".EXLResultAuthor")))]
    fourth = text_of(row.select_one(".EXLResultFourthLine"))
    texts += _imprint(fourth)
    kind = _TYPE.search(" ".join(attribute(one, "class") for one in (row, *row.select("[class*=EXLResultMediaTYPE]"))))
    if kind:
        texts.append(("type", kind[1]))
    address = record_url.replace("{id}", quote(own_id, safe="")).replace("{context}", "L")
    try:
        found = record_from_texts(texts, member=member, own_id=own_id, url=address)
    except UnreadableError:
        return None
    holding = Holding(
        branch=text_of(row.select_one(".EXLAvailabilityLibraryName")) or None,
        location=text_of(row.select_one(".EXLAvailabilityCollectionName")) or None,
        call_number=text_of(row.select_one(".EXLAvailabilityCallNumber")).strip("() ") or None,
        availability=next(
            ((Availability(Service.LOAN, state),) for path, state in _PAGE_STATES if row.select_one(path) is not None),
            None,
        ),
    )
    return msgspec.structs.replace(found, holdings=(holding,)) if holding != Holding() else found
