"""Says a search as the address of one GET request. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from connectors.sru.settings import Dialect, Packing, Version
from engine.errors import UnsupportedError

LONGEST_URL: Final = 8_000
"""Letters. Many servers refuse a longer request line with 414, others cut it off."""


def search_url(base: str, speaking: Dialect, query: str, *, start: int, count: int) -> str:
    """Return the address that asks for `count` records from place `start`, counted from 1.

    Parameters that stand in the base address stay, unless the search says them itself. Spaces are written
    `%20`, since PICA servers take a `+` for a plus.
    Raises UnsupportedError for a question that makes the address longer than servers take.

    >>> url = search_url("http://127.0.0.1/sru?x-collection=GGC", Dialect(), '"kinh tế"', start=21, count=20)
    >>> url.split("?")[1].split("&")[:4]
    ['x-collection=GGC', 'version=1.1', 'operation=searchRetrieve', 'query=%22kinh%20t%E1%BA%BF%22']
    """
    said: dict[str, str] = {}
    if speaking.version is not Version.V2_0:
        said |= {"version": speaking.version.value, "operation": "searchRetrieve"}
    by_query = f" sortBy {speaking.sort}" if speaking.sort and speaking.version is Version.V1_2 else ""
    said |= {"query": query + by_query, "startRecord": str(start), "maximumRecords": str(count)}
    if speaking.schemas:
        said["recordSchema"] = speaking.schemas[0]
    if speaking.packing is not Packing.NONE:
        said["recordXMLEscaping" if speaking.version is Version.V2_0 else "recordPacking"] = speaking.packing.value
    if speaking.sort and not by_query:
        said["sortKeys"] = speaking.sort
    url = with_parameters(base, said | speaking.parameters)
    if len(url) > LONGEST_URL:
        raise UnsupportedError(f"an address of {len(url)} letters; servers take {LONGEST_URL}")
    return url


def explain_url(base: str, version: Version) -> str:
    """Return the address of the explain record."""
    said = {} if version is Version.V2_0 else {"version": version.value, "operation": "explain"}
    return with_parameters(base, said)


def with_parameters(base: str, said: dict[str, str]) -> str:
    """Return an address with parameters; those of the address that are said anew give way."""
    parts = urlsplit(base)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in said]
    pairs = [*kept, *said.items()]
    text = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, text, ""))


def _quoted(text: str) -> str:
    return text if text.isascii() and text.isalnum() else quote(text, safe="")
