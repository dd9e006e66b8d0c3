"""The addresses of OAI-PMH's requests, and its dates. Pure.

Source: The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0, sections 2.5, 3.1 and 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from engine.ports import Listing

_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?)?\s*Z?")


def address(base: str, verb: str, more: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    """Return the address of a request. What `base` has of a query stays; nothing that is sent can leave its place.

    >>> address("https://a.example/oai", "ListRecords", {"resumptionToken": "dim////100&x"}, {})
    'https://a.example/oai?verb=ListRecords&resumptionToken=dim%2F%2F%2F%2F100%26x'
    """
    pairs = {"verb": verb, **more, **{name: text for name, text in parameters.items() if name not in more}}
    query = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs.items())
    return f"{base}{'&' if '?' in base else '?'}{query}"


def list_arguments(listing: Listing, token: str | None) -> dict[str, str]:
    """Return the arguments of one page of a list: of the first one all, of any other the token alone."""
    if token is not None:
        return {"resumptionToken": token}
    told = {"metadataPrefix": listing.prefix, "from": listing.since or "", "set": listing.set}
    return {name: text for name, text in told.items() if text}


def seconds_of(stamp: str | None) -> float | None:
    """Return a date of the protocol as seconds since the epoch; None for what is none.

    Koha writes its earliest date with a blank for the T, which is taken too.

    >>> seconds_of("2026-11-22T17:44:35Z"), seconds_of("1970-01-02"), seconds_of("hôm nay")
    (1795369475.0, 86400.0, None)
    """
    found = _STAMP.fullmatch((stamp or "").strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def day_of(stamp: str) -> str:
    """Return the day of a date of either granularity."""
    return stamp[:10]
