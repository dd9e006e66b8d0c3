"""Tells whether a member's own address has moved: from where the redirects of its searches ended. Pure.

A Koha leads a search with one hit to the record, a login leads to its page, a session begins with a detour: none of
these is a new address. Only a path that leads on whenever it is asked for, and leads on to the same path under another
beginning, is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import httpx

_LEAST = 2
"""Once is no habit: the first search of a session may be led around."""


def moved_to(member_url: str, led: Iterable[tuple[httpx.URL, httpx.URL]]) -> str | None:
    """Return the address that a member has moved to, None where it has not.

    `led` are the addresses that were asked for, each with the one that answered.

    >>> asked, came = httpx.URL("http://a.example/opac/search?q=1"), httpx.URL("https://a.example/opac/search?q=1")
    >>> moved_to("http://a.example/opac/", [(asked, came), (asked, came)])
    'https://a.example/opac/'
    """
    ends: dict[httpx.URL, list[httpx.URL]] = defaultdict(list)
    for asked, came in led:
        ends[_bare(asked)].append(_bare(came))
    base = _bare(httpx.URL(member_url))
    for asked, came_to in ends.items():
        if len(came_to) >= _LEAST and len(set(came_to)) == 1 and (found := _moved(base, asked, came_to[0])):
            return found
    return None


def _moved(base: httpx.URL, asked: httpx.URL, came: httpx.URL) -> str | None:
    """Return a member's address changed as the address of a request was; None where it says nothing of it."""
    if asked.host != base.host or asked == came:
        return None
    if asked.path == base.path:
        return str(came)
    if asked.path == came.path:
        return str(came.copy_with(path=base.path))
    own = base.path.rstrip("/")
    rest = asked.path.removeprefix(own)
    if not asked.path.startswith(f"{own}/") or not came.path.endswith(rest):
        return None
    slash = "/" if base.path.endswith("/") else ""
    return str(came.copy_with(path=came.path.removesuffix(rest) + slash or "/"))


def _bare(url: httpx.URL) -> httpx.URL:
    return url.copy_with(query=None, fragment=None)
