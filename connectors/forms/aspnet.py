"""ASP.NET's forms: what a browser would send back of one, post-backs, anti-forgery tokens, and forms that have expired.

WebForms pages keep their state in hidden inputs (`__VIEWSTATE`, `__EVENTVALIDATION`, ...) that must come back whole;
ASP.NET Core wants a token beside its cookie. Either is refused when it has grown old: then the form is fetched again,
once. Knows no system and no member.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple, TypeVar
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup, Tag

from connectors.forms.sending import sent
from connectors.http.course import ACCEPT_STATUS, IDEMPOTENT
from connectors.http.guard import failure_of_status
from connectors.reading.html import attribute, html_of, refuse_other_pages
from engine.errors import RefusedError, UnreadableError

_POST_BACK: Final = re.compile(
    r"""(?:__doPostBack\(|WebForm_PostBackOptions\()\s*(['"])(?P<target>[^'"]{1,300})\1\s*,\s*(['"])(?P<argument>[^'"]{0,300})\3"""
)
_PRESSED: Final = frozenset({"submit", "button", "image", "reset", "file", "password"})
STALE_STATUSES: Final = frozenset({400, 401, 403, 419, 440, 500})
"""What ASP.NET answers to a form or a token that it no longer takes."""

_T = TypeVar("_T")
_MOST_FIELDS: Final = 2000


class Form(NamedTuple):
    """A form as a browser would send it back if nobody touched it. `action` is a whole address."""

    action: str
    is_post: bool
    fields: dict[str, str]

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the fields with these values in them."""
        return {**self.fields, **values}

    def posted_back(self, target: str, argument: str = "") -> dict[str, str]:
        """Return the fields as `__doPostBack(target, argument)` sends them."""
        return self.filled({"__EVENTTARGET": target, "__EVENTARGUMENT": argument})


def form_of(page: BeautifulSoup, url: str, selector: str = "form") -> Form:
    """Return the first form that a selector finds on the page of an address.

    Raises RefusedError, FaultError or UnreadableError where there is none.
    """
    tag = page.select_one(selector)
    if tag is None:
        refuse_other_pages(page)
        raise UnreadableError(f"no form {selector!r}")
    fields: dict[str, str] = {}
    for control in tag.select("input[name], select[name], textarea[name]")[:_MOST_FIELDS]:
        if (value := _value_of(control)) is not None:
            fields[attribute(control, "name")] = value
    is_post = attribute(tag, "method").lower() == "post"
    return Form(urljoin(url, attribute(tag, "action") or url), is_post, fields)


def _value_of(control: Tag) -> str | None:
    """Return what a control adds to its form, None if nothing: a button not pressed, a box not ticked."""
    if control.name == "select":
        options = control.select("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        if not chosen:
            return None
        return attribute(chosen[0], "value") if chosen[0].has_attr("value") else chosen[0].get_text(strip=True)
    if control.name == "textarea":
        return control.get_text()
    kind = attribute(control, "type").lower()
    if kind in _PRESSED or (kind in {"checkbox", "radio"} and not control.has_attr("checked")):
        return None
    return attribute(control, "value") or ("on" if kind in {"checkbox", "radio"} else "")


def post_back_of(script: str) -> tuple[str, str] | None:
    """Return target and argument of the post-back that a link or a click makes, None if it makes none.

    >>> post_back_of("javascript:__doPostBack('grid$ctl14','Page$2')")
    ('grid$ctl14', 'Page$2')
    """
    found = _POST_BACK.search(script.replace("&#39;", "'").replace("&quot;", '"'))
    return (found["target"], found["argument"]) if found else None


def token_of(page: BeautifulSoup) -> str:
    """Return the anti-forgery token of an ASP.NET Core page, "" where there is none."""
    tag = page.select_one(
        "#requestVerificationToken, #RequestVerificationToken, input[name=__RequestVerificationToken]"
    )
    return attribute(tag, "value") or attribute(tag, "content")


Send = Callable[[BeautifulSoup, str], httpx.Request]
"""Makes the request out of the page that holds the form and its address."""


class Kept:
    """The page that holds a form or a token, kept until the server no longer takes what it says.

    `ask` asks with it; where a page that was kept from before is no longer taken (a status of `STALE_STATUSES`, a login
    or any other page instead of an answer), it is fetched again, once.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, *, uses: int = 40) -> None:
        self._client, self._url, self._uses = client, url, uses
        self._page: BeautifulSoup | None = None
        self._at = url
        self._left = 0
        self._turn = asyncio.Lock()

    async def page(self, *, instead_of: BeautifulSoup | None = None) -> tuple[BeautifulSoup, str]:
        """Return the page and its address, fetched anew after `uses` questions or if it is the one to be replaced."""
        page, at, _ = await self._current(instead_of)
        return page, at

    async def _current(self, instead_of: BeautifulSoup | None) -> tuple[BeautifulSoup, str, bool]:
        """Return the page, its address, and whether it was fetched just now."""
        async with self._turn:
            is_new = self._page is None or self._left <= 0 or self._page is instead_of
            if is_new:
                response = await self._client.get(self._url)
                self._page, self._at = await html_of(response), str(response.url)
                self._left = self._uses
            assert self._page is not None
            self._left -= 1
            return self._page, self._at, is_new

    async def ask(
        self, make: Send, read: Callable[[httpx.Response], Awaitable[_T]], *, accepted: frozenset[int] = frozenset()
    ) -> _T:
        """Return what is read of the answer to what is made of the page. `accepted` statuses are answers too."""
        page, url, is_new = await self._current(None)
        response = await self._sent(make(page, url), accepted)
        if response.status_code not in STALE_STATUSES:
            try:
                return await read(response)
            except (UnreadableError, RefusedError):
                if is_new:
                    raise
        page, url, _ = await self._current(page)
        response = await self._sent(make(page, url), accepted)
        if response.status_code in STALE_STATUSES:
            raise failure_of_status(response.status_code, wait_s=None)
        return await read(response)

    async def _sent(self, request: httpx.Request, accepted: frozenset[int]) -> httpx.Response:
        return await sent(self._client, request, {ACCEPT_STATUS: STALE_STATUSES | accepted, IDEMPOTENT: True})
