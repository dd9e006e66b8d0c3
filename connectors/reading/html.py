"""HTML from outside, parsed without trust by BeautifulSoup over lxml; large pages off the event loop.

A page is an answer only if it is whole and is the page that was asked for: what a login, a challenge or an error page
looks like in general is known here, what a result page must hold is known to each connector.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final, TypeVar

import httpx
from bs4 import BeautifulSoup, Tag

from engine.errors import FaultError, RefusedError, UnreadableError

_T = TypeVar("_T")
LARGE_BYTES: Final = 60_000
"""Pages larger than this are parsed in a thread: parsing costs about 1 ms for 10 kB."""

_CHARSET: Final = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""")
_TITLE_LETTERS: Final = 80
_DOCUMENT: Final = re.compile(rb"(?i)<!doctype html|<html[\s>]")
_ELEMENT_END: Final = re.compile(rb"(?i)(?:</[a-z][a-z0-9]*\s*>|-->)\s*\Z")
_XML_DECLARATION: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,400}\?>\s*)+")  # of pages in XHTML
_DOCUMENT_END: Final = re.compile(rb"(?i)</html\s*>")


def parse_html(body: bytes, *, charset: str | None = None) -> BeautifulSoup:
    """Return a page as a tree. The encoding is the header's `charset`, else the page's own word for it, else UTF-8.

    Raises UnreadableError for an empty body and for what has no element at all.
    """
    if not body.strip():
        raise UnreadableError("an empty page")
    declared = _CHARSET.search(body, 0, 4096)
    encoding = charset or (declared[1].decode("ascii") if declared else "utf-8")
    page = BeautifulSoup(_XML_DECLARATION.sub(b"", body, count=1), "lxml", from_encoding=encoding)
    if page.find(name=True) is None:
        raise UnreadableError("no HTML: not one element")
    return page


async def read_beside(read: Callable[[bytes], _T], body: bytes, *, large: int = LARGE_BYTES) -> _T:
    """Return what is read of a body, in a thread if it is large."""
    return await asyncio.to_thread(read, body) if len(body) >= large else read(body)


async def html_of(response: httpx.Response) -> BeautifulSoup:
    """Return the page of an answer, parsed in a thread if it is large."""
    charset = response.charset_encoding
    if len(response.content) < LARGE_BYTES:
        return parse_html(response.content, charset=charset)
    return await asyncio.to_thread(parse_html, response.content, charset=charset)


def text_of(tag: Tag | None) -> str:
    """Return the words of an element with single spaces; "" for no element."""
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""


def attribute(tag: Tag | None, name: str) -> str:
    """Return an attribute as one text; "" where there is none."""
    found = tag.get(name) if tag is not None else None
    return " ".join(found) if isinstance(found, list) else (found or "")


def title_of(page: BeautifulSoup) -> str:
    """Return what a page calls itself, for a failure to name it by."""
    return text_of(page.title)[:_TITLE_LETTERS]


def generator_of(page: Tag) -> str:
    """Return what a page says it was made by, empty if nothing."""
    return attribute(page.select_one('meta[name="generator" i]'), "content")


def is_whole(body: bytes) -> bool:
    """Whether a page that begins as a document also ends as one, and a fragment ends with the end of an element.

    >>> is_whole(b"<html><body>a</body></html> <!-- 12 ms -->"), is_whole(b"<html><body><p>a"), is_whole(b"<li>a</li>")
    (True, False, True)
    """
    if not _DOCUMENT.search(body, 0, 4096):
        return bool(_ELEMENT_END.search(body, max(0, len(body) - 2_000)))
    return bool(_DOCUMENT_END.search(body, max(0, len(body) - 20_000)))


def refuse_other_pages(page: BeautifulSoup) -> None:
    """Raise for a page that is plainly not the one asked for: to log in, to prove to be human, to be sorry.

    To be called where what a result page must hold is not there, so that the failure can say what came instead:
    RefusedError for a login or a challenge, FaultError for an error page, UnreadableError for anything else.
    """
    title = title_of(page)
    if page.select_one("input[type=password]") is not None:
        raise RefusedError(f"a login page: {title!r}")
    if _CHALLENGE.search(str(page.head or "")[:20_000]) or _CHALLENGE_WORDS.search(title) or _is_wall(page):
        raise RefusedError(f"a page that asks whether we are human: {title!r}")
    if _ERROR_WORDS.search(title):
        raise FaultError(f"an error page: {title!r}")
    raise UnreadableError(f"not the page that was asked for: {title!r}")


def _is_wall(page: BeautifulSoup) -> bool:
    """Whether a page is only there to have a browser prove itself: by its scripts, or since it has nothing else."""
    parts = page.find_all(["script", "iframe", "meta"], limit=60)
    said = " ".join(attribute(part, "src") + attribute(part, "id") + (part.string or "")[:5_000] for part in parts)
    return bool(_WALL.search(said) or (_SETS_AND_RELOADS.search(said) and len(text_of(page.body)) < _FEW_LETTERS))


_FEW_LETTERS: Final = 300
_WALL: Final = re.compile(
    r"(?i)anubis|_cf_chl_opt|_Incapsula_Resource|sucuri_cloudproxy|awsWafCookieDomainList|token\.awswaf|bunkerweb"
    r"|/\.well-known/\.git\.gammaspectra\.live/|haproxy-protection|/ddosxlab|__ddg"
)
_SETS_AND_RELOADS: Final = re.compile(
    r"document\.cookie\s*=[\s\S]{0,2000}location\s*(?:=(?!=)|\.(?:reload|replace|assign)\b|\.href\s*=(?!=))"
)
_CHALLENGE: Final = re.compile(r"(?i)anubis|cf-chl|cf_chl|challenge-platform|recaptcha/api|hcaptcha\.com|ddos-guard")
_CHALLENGE_WORDS: Final = re.compile(
    r"(?i)just a moment|are you (?:a )?(?:human|robot|not a bot)|you(?:'|’)re not a bot|you are not a bot"
    r"|attention required|bot check|bot detection|chờ một chút"
    r"|xác minh bạn là (?:con )?người|không phải (?:là )?(?:robot|người máy)"
)
_ERROR_WORDS: Final = re.compile(
    r"(?i)\b(?:50[0-4]|40[0-9])\b|internal server error|runtime error|server error in|bad gateway|service unavailable"
    r"|not found|software error|lỗi máy chủ|đã xảy ra lỗi"
)
