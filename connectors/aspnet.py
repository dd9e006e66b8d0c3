"""ASP.NET's forms: what a browser would send back of one, post-backs, anti-forgery tokens, and forms that have expired.

WebForms pages keep their state in hidden inputs (`__VIEWSTATE`, `__EVENTVALIDATION`, ...) that must come back whole;
ASP.NET Core wants a token beside its cookie. Either is refused when it has grown old: then the form is fetched again,
once. Knows no system and no member.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup, Tag

from connectors.html import attribute, html_of, refuse_other_pages
from connectors.http.course import ACCEPT_STATUS, IDEMPOTENT
from connectors.http.guard import failure_of_status
from engine.errors import UnreadableError

_POST_BACK: Final = re.compile(
    r"""(?:__doPostBack\(|WebForm_PostBackOptions\()\s*(['"])(?P<target>[^'"]{1,300})\1\s*,\s*(['"])(?P<argument>[^'"]{0,300})\3"""
)
_PRESSED: Final = frozenset({"submit", "button", "image", "reset", "file", "password"})
STALE_STATUSES: Final = frozenset({400, 401, 403, 419, 440, 500})
"""What ASP.NET answers to a form or a token that it no longer takes."""

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

    `send` asks with it; when the answer says that it is stale, the page is fetched again, once.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, *, uses: int = 40) -> None:
        self._client, self._url, self._uses = client, url, uses
        self._page: BeautifulSoup | None = None
        self._at = url
        self._left = 0
        self._turn = asyncio.Lock()

    async def page(self, *, instead_of: BeautifulSoup | None = None) -> tuple[BeautifulSoup, str]:
        """Return the page and its address, fetched anew after `uses` questions or if it is the one to be replaced."""
        async with self._turn:
            if self._page is None or self._left <= 0 or self._page is instead_of:
                response = await self._client.get(self._url)
                self._page, self._at = await html_of(response), str(response.url)
                self._left = self._uses
            self._left -= 1
            return self._page, self._at

    async def send(
        self,
        make: Send,
        is_stale: Callable[[httpx.Response], bool] = lambda _: False,
        *,
        accepted: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """Return the answer to what is made of the page; raises what its status means where a second try is no use.

        `accepted` are further statuses that come back as answers.
        """
        page, url = await self.page()
        response = await self._ask(make(page, url), accepted)
        if response.status_code in STALE_STATUSES or is_stale(response):
            page, url = await self.page(instead_of=page)
            response = await self._ask(make(page, url), accepted)
        if response.status_code in STALE_STATUSES:
            raise failure_of_status(response.status_code, wait_s=None)
        return response

    async def _ask(self, request: httpx.Request, accepted: frozenset[int]) -> httpx.Response:
        request.extensions = {**request.extensions, ACCEPT_STATUS: STALE_STATUSES | accepted, IDEMPOTENT: True}
        return await self._client.send(request)
