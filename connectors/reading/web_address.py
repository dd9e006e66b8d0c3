"""Builds the addresses that are asked for, and takes apart those that pages link to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urljoin, urlsplit, urlunsplit


def with_pairs(base: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return an address with parameters; those of the address itself stay, unless they are said anew.

    >>> with_pairs("https://lib.example.org/index.php?lang=vi", [("keywords", "kinh tế & luật")])
    'https://lib.example.org/index.php?lang=vi&keywords=kinh%20t%E1%BA%BF%20%26%20lu%E1%BA%ADt'
    """
    parts = urlsplit(base)
    said = list(pairs)
    names = {name for name, _ in said}
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in names]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in [*kept, *said])
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def below(base: str, path: str) -> str:
    """Return the address of a path below that of a server, which may itself have a path but no parameters.

    >>> below("https://lib.example.org/omeka/", "api/items"), below("https://lib.example.org", "api")
    ('https://lib.example.org/omeka/api/items', 'https://lib.example.org/api')
    """
    parts = urlsplit(base)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{path.lstrip('/')}", "", ""))


def linked(page: str, href: str) -> str | None:
    """Return where a link of a page leads to, None where it is no web address.

    >>> linked("https://lib.example.org/a/b", "../c?x=1#top"), linked("https://lib.example.org/", "javascript:go()")
    ('https://lib.example.org/c?x=1', None)
    """
    try:
        parts = urlsplit(urljoin(page, href.strip()))
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))


def parameter_of(url: str, name: str) -> str:
    """Return a parameter of an address, "" where it has none of that name.

    >>> parameter_of("index.php?p=show_detail&id=77", "id")
    '77'
    """
    return next((value for key, value in parse_qsl(urlsplit(url).query) if key == name), "")
