"""What comes of a tim-kiem OPAC: fragments of rows, and pages of single records. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urljoin

import msgspec
from bs4 import BeautifulSoup, Tag

from connectors.formats.labelled import record_from_texts
from connectors.formats.labels import labelled_texts, text_outside
from connectors.formats.marc_table import record_of_page
from connectors.lists.numbered import Sheet
from connectors.reading.counts import counts
from connectors.reading.html import attribute, refuse_other_pages, text_of
from connectors.reading.none_found import says_none
from engine.errors import UnreadableError
from engine.model import Record

_BLOCK: Final = "result-block__main__bookContainer"
_DETAIL: Final = "/chi-tiet-tai-lieu/"


class Row(msgspec.Struct, frozen=True):
    """One row: the record as the list tells it, and the slug of its own page."""

    record: Record
    slug: str


def read_rows(page: BeautifulSoup, base: str, member: str) -> tuple[Sheet, dict[str, str]]:
    """Return what a fragment or a page of results says, and the slug of each record by its id.

    Raises RefusedError, FaultError or UnreadableError for what is no page of results.
    """
    blocks = _blocks(page)
    outside = text_outside(page, blocks)
    first, last, total = counts(outside)
    if not blocks:
        if total == 0 or (total is None and says_none(outside)):
            return Sheet((), 0), {}
        if total is None or page.select_one("input[type=password]") is not None:
            refuse_other_pages(page)
        raise UnreadableError(f"{total} hits and not one row")
    slugs: dict[str, str] = {}
    rows: list[Record | None] = []
    for block in blocks:
        row = _row(block, base, member)
        rows.append(row.record if row else None)
        if row:
            slugs[row.record.id] = row.slug
    is_whole = last is None or first is None or len(blocks) >= last - first + 1
    return Sheet(tuple(rows), total, first, is_whole), slugs


def _blocks(page: BeautifulSoup) -> list[Tag]:
    """Return the elements that are rows: by their class, else those with an id around links to records."""
    blocks = [block for block in page.select(f".{_BLOCK}") if block.find_parent(class_=_BLOCK) is None]
    if blocks:
        return blocks
    found = [link.find_parent(attrs={"data-id": True}) for link in page.select(f'a[href*="{_DETAIL}"]')]
    return list({id(tag): tag for tag in found if tag is not None}.values())


def _row(block: Tag, base: str, member: str) -> Row | None:
    links = [link for link in block.select(f'a[class*="_title"][href], a[href*="{_DETAIL}"]') if text_of(link)]
    if not links:
        return None
    href = attribute(links[0], "href").partition("?")[0]
    slug = unquote(href.rstrip("/").rpartition("/")[2])
    own = attribute(block, "data-id") or slug
    if not own:
        return None
    texts = [("id", own), ("title", text_of(links[0])), ("url", urljoin(base, href))]
    labelled = labelled_texts(block)
    authors = text_of(block.select_one(".authors"))
    if authors and not any(name == "people" for name, _ in labelled):
        texts.append(("people", authors.partition(":")[2] or authors))
    summary = text_of(block.select_one(f'[class*="{_BLOCK}__info_summary"]'))
    if summary and not any(name == "summary" for name, _ in labelled):
        label, colon, behind = summary.partition(":")
        texts.append(("summary", behind if colon and len(label) < 20 else summary))
    try:
        return Row(record_from_texts([*texts, *(pair for pair in labelled if pair[0] != "title")], member), slug)
    except UnreadableError:
        return None


def completed(row: Record, page: BeautifulSoup) -> Record:
    """Return a record as its own page tells it in MARC, under the id and address of the list; else as it is."""
    try:
        full = record_of_page(page, "table.marc21, table[class*=marc]", row.member)
    except UnreadableError:
        return row
    return under_its_id(row, full) if full is not None else row


def under_its_id(row: Record, full: Record) -> Record:
    """Return the fuller record under the id and address of the list, and with what only the list says."""
    return msgspec.structs.replace(
        full,
        id=row.id,
        url=row.url,
        summary=full.summary or row.summary,
        subjects=full.subjects or row.subjects,
        classes=full.classes or row.classes,
    )


def title_of_record(page: BeautifulSoup) -> str:
    """Return what a record's own page calls it."""
    return attribute(page.select_one('meta[property="og:title"]'), "content")
