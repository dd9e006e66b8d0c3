"""The feed of a search: no well-formed XML before Koha 20, so only what stands between its tags is read. Pure."""

from __future__ import annotations

import html
import re
from typing import Final

from connectors.koha.page import Results
from connectors.koha.rows import Row, number_in
from engine.errors import UnreadableError
from engine.text import clean

_TOTAL: Final = re.compile(r"<opensearch:totalResults>\s*(\d{1,11})\s*</")
_ITEM: Final = re.compile(r"<item>(.*?)</item>", re.DOTALL)
_TAGS: Final = re.compile(r"<[^<>]{1,2000}>")
_AUTHOR: Final = re.compile(r"<p>\s*(?:By|Bởi|của)\s(?P<author>[^<>]{1,500}?)\.\s*\n(?P<rest>[^<>]{0,2000})")


def parse_feed(body: bytes) -> Results:
    """Return what a feed says. Raises UnreadableError for what is no feed, or one without a count.

    A format that a version does not know gives 200 and an XML declaration with nothing after it.
    """
    text = body.decode("utf-8", "replace")
    total = _TOTAL.search(text)
    if total is None or "<rss" not in text:
        raise UnreadableError("no feed of a search")
    rows = tuple(row for item in _ITEM.findall(text) if (row := _row(item)) is not None)
    if int(total[1]) and "<item" in text and not rows:
        raise UnreadableError(f"a feed of {total[1]} hits, none of which can be read")
    return Results(rows=rows, total=int(total[1]), is_whole="</rss>" in text.rstrip()[-200:])


def _row(item: str) -> Row | None:
    number = number_in(_inside(item, "guid")) or number_in(_inside(item, "link"))
    if not number:
        return None
    about = _AUTHOR.search(_inside(item, "description"))
    rest = _plain(about["rest"]) if about else ""
    isbn = _plain(_inside(item, "dc:identifier")).removeprefix("ISBN").strip(" :")
    imprint = re.match(r"(.{0,200}?\b(?:1[5-9]|20)\d\d)\b", rest)
    return Row(
        number=number,
        title=_plain(_inside(item, "title")),
        authors=(_plain(about["author"]),) if about else (),
        imprint=imprint[1] if imprint else "",
        isbns=(isbn,) if isbn else (),
    )


def _inside(item: str, name: str) -> str:
    found = re.search(rf"<{name}(?:\s[^<>]{{0,200}})?>(.*?)</{name}>", item, re.DOTALL)
    return found[1].removeprefix("<![CDATA[").removesuffix("]]>") if found else ""


def _plain(text: str) -> str:
    return clean(html.unescape(_TAGS.sub(" ", text)))
