"""What a declared source answers, read with the four verbs. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from connectors.declared.patterns import bounded
from connectors.declared.points import json_values, tags
from connectors.declared.settings import DeclaredSettings, Taking
from connectors.formats.labelled import record_from_texts
from connectors.lists.numbered import Sheet
from connectors.reading.html import attribute, refuse_other_pages, text_of
from engine.errors import UnreadableError
from engine.model import Record

_ADDRESSES: Final = frozenset({"href", "src", "data-href", "data-url", "action"})
_MOST_TEXTS: Final = 200
_MOST_LETTERS: Final = 20_000
_NUMBER: Final = re.compile(r"\d[\d.,\s\u00a0]*")


def taken(node: object, taking: Taking, url: str) -> list[str]:
    """Return the texts that are taken from a page, a row or JSON; addresses are made whole.

    >>> taken({"type": "S", "year": 2010}, Taking(point="$.type", map={"S": "book"}), "")
    ['book']
    """
    texts: list[str] = []
    for text in _texts(node, taking, url):
        found = bounded(taking.pattern).found(text) if taking.pattern else text
        if found is None:
            continue
        found = _mapped(" ".join(found.split()), taking.map)
        if found:
            texts.append(found[:_MOST_LETTERS])
    return texts[:_MOST_TEXTS]


def _texts(node: object, taking: Taking, url: str) -> list[str]:
    if isinstance(node, Tag):
        found = tags(node, taking.point)
        if not taking.attribute:
            return [text_of(tag) for tag in found]
        texts = [attribute(tag, taking.attribute).strip() for tag in found]
        if taking.attribute in _ADDRESSES:
            return [urljoin(url, text) if _is_address(text) else text for text in texts if text]
        return texts
    values = json_values(node, taking.point) if taking.point else [node]
    return [said for value in values for said in _said(value)]


def is_there(node: object, taking: Taking, url: str) -> bool:
    """Whether a sign is there: an element without words is one too, if no more than its presence is asked."""
    if isinstance(node, Tag) and not (taking.attribute or taking.pattern):
        return bool(tags(node, taking.point))
    return bool(taken(node, taking, url))


def _is_address(text: str) -> bool:
    return not text.startswith("#") and urlsplit(text).scheme in {"", "http", "https"}


def _said(value: object) -> list[str]:
    """Return a value of JSON as texts: a list as several, a table as none."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (int, float)):
        return [str(value)]
    return [said for inner in value for said in _said(inner)] if isinstance(value, list) else []


def _mapped(text: str, table: dict[str, str]) -> str:
    if not table:
        return text
    if text in table:
        return table[text]
    folded = {key.casefold(): value for key, value in table.items()}
    return folded.get(text.casefold(), text)


def read_answer(answer: object, settings: DeclaredSettings, url: str, member: str, *, is_whole: bool = True) -> Sheet:
    """Return what an answer says: its rows as records, None for one that cannot be read, and its count.

    Raises RefusedError, FaultError or UnreadableError for what is no answer to a search.
    """
    if settings.page is not None and not is_there(answer, settings.page, url):
        _refuse(answer, f"what `page` points to ({settings.page.point!r}) is not there")
    total = _count(taken(answer, settings.total, url)) if settings.total is not None else None
    rows = _rows(answer, settings.rows)
    if not rows:
        says_none = settings.none is not None and is_there(answer, settings.none, url)
        if total == 0 or (not total and says_none):
            return Sheet((), 0)
        if total:
            return Sheet((), total, is_whole=is_whole)
        _refuse(answer, f"neither rows ({settings.rows.point!r}) nor a sign that nothing was found")
    records = tuple(_record(row, settings, url, member) for row in rows)
    goes_on = is_there(answer, settings.next, url) if settings.next is not None else None
    return Sheet(records, total or None, is_whole=is_whole, goes_on=goes_on)


def _rows(answer: object, rows: Taking) -> list[object]:
    if isinstance(answer, Tag):
        return list(tags(answer, rows.point))
    return [row for row in json_values(answer, rows.point) if not isinstance(row, list)]


def _refuse(answer: object, problem: str) -> None:
    if isinstance(answer, BeautifulSoup):
        refuse_other_pages(answer)
    raise UnreadableError(problem)


def _count(texts: list[str]) -> int | None:
    """Return the last number of a text, whatever stands between its thousands."""
    numbers = [number for text in texts for number in _NUMBER.findall(text)]
    return int(re.sub(r"\D", "", numbers[-1])) if numbers else None


def _record(row: object, settings: DeclaredSettings, url: str, member: str) -> Record | None:
    texts = [(name, text) for name, taking in settings.record.each() for text in taken(row, taking, url)]
    said = dict(reversed(texts))
    if settings.record_url and "id" in said:
        texts.append(("url", urljoin(url, settings.record_url.replace("{id}", quote(said["id"], safe="")))))
    elif "id" not in said and "url" in said:
        texts.append(("id", said["url"]))
    try:
        return record_from_texts(texts, member)
    except UnreadableError:
        return None
