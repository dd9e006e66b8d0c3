"""JSON from outside, read without trust: what came instead is named, and every value is asked what it is.

Members write one value as a text, as a number, as a list of either, or as an object around it; readers here take all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import httpx
import msgspec

from connectors.reading.html import parse_html, refuse_other_pages
from engine.errors import UnreadableError
from engine.model import MOST_HITS

MOST_VALUES = 200
"""Of one field no more are read."""

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)

Table = Mapping[str, object]
_EMPTY: Table = {}


def parse_json(body: bytes) -> object:
    r"""Return what a JSON body holds.

    Raises UnreadableError for nothing, for what is no JSON and for JSON cut off; RefusedError and FaultError for a
    page of HTML that logs in, challenges or says sorry. One bad letter costs itself and not the page: servers cut
    texts within a letter, and write line breaks into them.

    >>> parse_json('{"total": 1}'.encode())
    {'total': 1}
    >>> parse_json(rb'{"abstract": "cut within a smile \ud83d"}')
    {'abstract': 'cut within a smile �'}
    """
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise UnreadableError("an empty answer instead of JSON")
    if text.startswith(b"<"):
        refuse_other_pages(parse_html(text))
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        try:
            return _leniently(text)
        except (ValueError, RecursionError):
            raise UnreadableError(f"no JSON, or JSON cut off: {error}") from error


def _leniently(body: bytes) -> object:
    """Return what JSON holds in whose texts stand half letters, bytes that are no UTF-8, or bare controls."""
    text = _ESCAPE.sub(lambda found: "\ufffd" if found[1] else found[0], body.decode("utf-8", "replace"))
    return json.loads(text, strict=False, parse_constant=lambda _: None)  # NaN and Infinity are no JSON and no value


def json_of(response: httpx.Response) -> Table:
    """Return the object that an answer holds; UnreadableError where it holds something else."""
    found = parse_json(response.content)
    if not isinstance(found, dict):
        raise UnreadableError(f"JSON that is no object but {type(found).__name__}")
    return found


def table_of(value: object) -> Table:
    """Return an object as it is, anything else as an object without keys."""
    return value if isinstance(value, dict) else _EMPTY


def tables_of(value: object) -> list[Table]:
    """Return the objects of a list, or the one object in its place."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def texts_of(value: object) -> list[str]:
    """Return every text and number of a value, of lists and of lists in them; nothing that is empty."""
    return list(_texts(value, 0))[:MOST_VALUES]


def _texts(value: object, depth: int) -> Iterator[str]:
    match value:
        case bool() | None:
            return
        case str():
            if text := value.strip():
                yield text
        case int() | float():
            yield str(value)
        case Sequence() if depth < 4:
            for one in value:
                yield from _texts(one, depth + 1)
        case _:
            return


def first_text(value: object) -> str:
    """Return the first text of a value, "" for none."""
    return next(_texts(value, 0), "")


def count_of(value: object) -> int | None:
    """Return a count that came as a number or as digits; None for anything else.

    >>> count_of(7), count_of("1,204"), count_of(True), count_of("-1")
    (7, 1204, None, None)
    >>> count_of(12.0), count_of(1e30), count_of(float("nan"))
    (12, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value < MOST_HITS and value == int(value) else None
    digits = first_text(value).replace(",", "").replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < len(str(MOST_HITS)) else None


def at(value: object, path: str) -> object:
    """Return what stands at a path of keys divided by dots; a key that holds dots itself goes first; None for nothing.

    >>> at({"a": {"b": 1}, "a.b": 2}, "a.b"), at({"a": [{"b": 1}, {"b": 2}]}, "a.b"), at({}, "a")
    (2, [1, 2], None)
    """
    if isinstance(value, list):
        return [found for one in value if (found := at(one, path)) is not None] or None
    if not isinstance(value, dict):
        return None
    if path in value:
        return value[path]
    head, dot, rest = path.partition(".")
    return at(value.get(head), rest) if dot else None
