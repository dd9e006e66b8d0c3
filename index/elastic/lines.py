"""The lines of bulk requests: what is to be done, and with what. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from index.elastic.documents import Document

REQUEST_BYTES = 400_000
"""One request holds about so much: packing and sending it holds the event loop up for some milliseconds only."""

Lines = list[Document]


def in_parts(operations: Lines) -> Iterator[list[bytes]]:
    """Return lines as bodies of requests, none of them large."""
    part: list[bytes] = []
    size_bytes = 0
    for line in operations:
        encoded = msgspec.json.encode(line)
        if part and size_bytes + len(encoded) > REQUEST_BYTES and _is_action(line):
            yield part
            part, size_bytes = [], 0
        part.append(encoded)
        size_bytes += len(encoded) + 1
    if part:
        yield part


def halves(part: list[bytes]) -> tuple[list[bytes], ...]:
    """Return the body of a request as two; () where it says one thing only.

    >>> halves([b'{"index":{}}', b'{"a":1}', b'{"delete":{}}'])
    ([b'{"index":{}}', b'{"a":1}'], [b'{"delete":{}}'])
    """
    actions = [number for number, line in enumerate(part) if _is_action(msgspec.json.decode(line, type=Document))]
    if len(actions) < 2:
        return ()
    middle = actions[len(actions) // 2]
    return part[:middle], part[middle:]


def _is_action(line: Document) -> bool:
    """Whether a line says what is done, and is not the document it is done with."""
    return len(line) == 1 and next(iter(line)) in {"index", "create", "update", "delete"}
