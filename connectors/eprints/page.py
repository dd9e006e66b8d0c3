"""Reads the page of hits of EPrints. Pure.

Sources: EPrints, EPrints::Paginate (three `span.ep_search_number` in `div.ep_search_controls`: first, last, all; none
where nothing was found) and EPrints::Plugin::Screen::AbstractSearch (3.2 answers a search without hits with its form
and a warning). What a row says is a citation, whose layout is the repository's own.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from bs4 import BeautifulSoup, Tag

from connectors.eprints.request import record_url
from connectors.formats.named_texts import record_from_texts
from connectors.reading.html import attribute, refuse_other_pages, text_of, title_of
from connectors.reading.none_found import says_none
from engine.errors import FaultError, UnreadableError
from engine.model import Record
from engine.normalise.years import year

_NUMBER: Final = re.compile(r"^(?:https?://[^/]+)?(?:/[\w.~-]+)*?/(?:id/eprint/)?(\d+)/?$")
_REPOSITORY: Final = re.compile(r"/export_([A-Za-z0-9_-]+?)_[A-Z][A-Za-z0-9]*\b")
_VERSION: Final = re.compile(r"(?i)eprints\s*(\d+)\.(\d+)")
_TROUBLE: Final = re.compile(r"(?i)eprints system error|\bsystem error\b")
_YEAR_IN_BRACKETS: Final = re.compile(r"\(\s*(?:\w+\s+)*(\d{4})\s*\)")


class Hits(msgspec.Struct, frozen=True):
    """A page of hits. `rows`: numbers of records and what the page says of each; `repository` "" where not told."""

    total: int
    rows: tuple[tuple[str, Record | None], ...]
    repository: str = ""
    version: tuple[int, int] | None = None
    is_whole: bool = True


def hits_of(page: BeautifulSoup, *, member: str, base: str) -> Hits:
    """Return a page of hits. Raises what a page in its place means."""
    controls = page.select_one(".ep_search_controls, .ep_search_results, .ep_paginate_list")
    numbers = [_count(text_of(tag)) for tag in page.select(".ep_search_number")[:3]]
    rows = [_row(tag, member, base) for tag in page.select(".ep_search_result, .ep_paginate_result")]
    found = tuple({number: record for number, record in rows if number}.items())
    total = numbers[-1] if numbers else None
    if total is None and not found:
        if controls is None and not _is_form_with_a_warning(page) and not says_none(text_of(page.body)):
            if _TROUBLE.search(title_of(page)):
                raise FaultError(f"an error page: {title_of(page)!r}")
            refuse_other_pages(page)
        total = 0
    if total is None:
        raise UnreadableError("hits without a count")
    repository = _REPOSITORY.search(" ".join(_addresses(page)))
    is_whole = len(numbers) < 3 or numbers[0] is None or numbers[1] is None or len(rows) > numbers[1] - numbers[0]
    generator = " ".join(attribute(tag, "content") for tag in page.select("meta[name='Generator' i]"))
    told = _VERSION.search(generator)
    version = (int(told[1]), int(told[2])) if told else None
    return Hits(total, found, repository[1] if repository else "", version, is_whole)


def _is_form_with_a_warning(page: BeautifulSoup) -> bool:
    form = page.select_one("form [name='q'], form [name='_action_search'], .ep_search_fields")
    return form is not None and page.select_one(".ep_msg_warning") is not None


def _addresses(page: BeautifulSoup) -> list[str]:
    return [attribute(tag, "href") for tag in page.select("a[href*='/export_'], link[href*='/export_']")]


def _count(text: str) -> int | None:
    digits = re.sub(r"[.,\s]", "", text)
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _row(tag: Tag, member: str, base: str) -> tuple[str, Record | None]:
    """Return the number of a row and what it says: the title is what links to the record."""
    for link in tag.select("a[href]"):
        found = _NUMBER.match(attribute(link, "href").strip())
        title = text_of(link).rstrip(". ")
        if found is None or not title:
            continue
        texts = [("title", title)]
        texts += [("creator", text_of(name)) for name in tag.select(".person_name")]
        dated = _YEAR_IN_BRACKETS.search(text_of(tag))
        if dated and year(dated[1]):
            texts.append(("date", dated[1]))
        try:
            record = record_from_texts(texts, member=member, own_id=found[1], url=record_url(base, found[1]))
        except UnreadableError:
            return found[1], None
        return found[1], record
    return "", None
