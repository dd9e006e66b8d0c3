"""eMicLib's JSON: what is asked, and what its lists of items say. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode, urljoin

from connectors.emiclib.settings import EmiclibSettings, Way
from connectors.formats.isbd import is_card
from connectors.formats.labelled import record_from_texts
from connectors.lists.numbered import Sheet
from connectors.questions.expressions import sought
from connectors.reading.json import count_of, first_text
from engine.errors import UnreadableError
from engine.model import Expression, Field, Record

_TAGS: Final = re.compile(r"<[^<>]{0,300}>")
_TOTALS: Final = ("total", "totalrecord", "totalrecords", "totalcount", "recordstotal", "count")
_LISTS: Final = ("data", "items", "result", "results", "list", "value")
_LONG: Final = 200


def words_by_field(expression: Expression | None) -> dict[Field, str]:
    """Return the words that each of the boxes of the search gets.

    >>> from engine.model import And, Clause
    >>> words_by_field(And((Clause("kinh tế"), Clause("Mankiw", Field.PERSON))))[Field.PERSON]
    'Mankiw'
    """
    words: dict[Field, str] = {}
    for clause in sought(expression):
        field = clause.field if clause.field in {Field.TITLE, Field.PERSON} else Field.ANY
        words[field] = f"{words[field]} {clause.text}" if field in words else clause.text
    return words


def search_url(base: str, settings: EmiclibSettings, way: Way, words: dict[Field, str], number: int) -> str:
    """Return the address of a page of items, counted from 1; the advanced search only where fields are asked."""
    is_advanced = bool(words.keys() & {Field.TITLE, Field.PERSON})
    pages = {"pageIndex": str(number - 1 + settings.first_page), "pageSize": str(settings.page_size)}
    anywhere, title, author = (words.get(field, "") for field in (Field.ANY, Field.TITLE, Field.PERSON))
    if way is Way.JSON:
        name = "SearchAdvance" if is_advanced else "Search"
        asked = {"docType": settings.doc_type, **pages, "searchText": anywhere}
        asked |= {"title": title, "author": author, "language": ""} if is_advanced else {}
    elif is_advanced:
        name = "SearchAdvanceBooth"
        asked = {"keyWord": anywhere, "title": title, "author": author, **pages, "booth": settings.booth}
    else:
        name = "SearchBooth"
        asked = {"searchText": anywhere, **pages, "itemType": settings.doc_type, "booth": settings.booth}
    return f"{base.rstrip('/')}/api/Item/{name}?{urlencode(asked, quote_via=quote)}"


RECORD_PAGES: Final = {Way.JSON: "ODetail.aspx?intItemId={id}", Way.JSON_BOOTH: "Item/ItemDetail/{id}"}
"""Pages of records beside the two generations of the interface. Inferred: that the ids are the same ones."""


def read_items(answer: object, opac: str, member: str, size: int, record: str = RECORD_PAGES[Way.JSON]) -> Sheet:
    """Return what a list of items says. An empty list is the system's own word for no hits.

    `record` is the address of a record's page beside `opac`, with {id}.

    Raises UnreadableError for what is no list of items.
    """
    total: int | None = None
    if isinstance(answer, dict):
        keys = {key.lower(): value for key, value in answer.items()}
        if "message" in keys and not any(isinstance(keys.get(name), list) for name in _LISTS):
            raise UnreadableError(f"no items but a message: {first_text(keys['message'])[:80]!r}")
        total = next((count for name in _TOTALS if (count := count_of(keys.get(name))) is not None), None)
        answer = next((keys[name] for name in _LISTS if isinstance(keys.get(name), list)), None)
    if not isinstance(answer, list):
        raise UnreadableError("JSON, but no list of items")
    if not answer:
        return Sheet((), total or 0)
    items = [{key.lower(): value for key, value in item.items()} for item in answer if isinstance(item, dict)]
    if not any("title" in item for item in items):
        raise UnreadableError("a list, but not of items with titles")
    rows = tuple(_record(item, urljoin(f"{opac.rstrip('/')}/", record), member) for item in items)
    return Sheet(rows, total, goes_on=len(answer) >= size)


def _record(item: Mapping[str, object], page: str, member: str) -> Record | None:
    def said(*names: str) -> str:
        return next((text for name in names if (text := _plain(first_text(item.get(name))))), "")

    own, content, href = said("id", "itemid"), said("content"), said("href", "url")
    title = said("title")
    texts = [("id", own), ("isbd" if is_card(title) else "title", title), ("people", said("author"))]
    texts += [("publisher", said("publisher")), ("year", said("publishedyear", "publishyear", "year"))]
    if is_card(content):
        texts = [pair for pair in texts if pair[0] != "title"] + [("isbd", content)]
    else:
        texts.append(("summary" if len(content) >= _LONG else "notes", content if content != title else ""))
    if href.startswith(("http://", "https://", "/")):
        texts.append(("url", urljoin(page, href)))
    elif own:
        texts.append(("url", page.replace("{id}", quote(own, safe=""))))
    try:
        return record_from_texts([pair for pair in texts if pair[1]], member)
    except UnreadableError:
        return None


def _plain(text: str) -> str:
    """Return text without the tags that mark the words found."""
    return html.unescape(_TAGS.sub("", text)).strip()
