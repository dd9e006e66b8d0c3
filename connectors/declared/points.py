"""Where something stands: a CSS selector in a page, or a path in JSON. A point that begins with `$` is of JSON. Pure.

The paths are a small part of JSONPath: `$` is the answer, and inside of rows the row; `.name` or `["any name"]` goes to
a member, `[2]` to a place counted from 0 (`[-1]` is the last), `[*]` to every place of a list or value of a table.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import soupsieve
from bs4 import BeautifulSoup, Tag

_STEP: Final = re.compile(
    r"""\.(?P<name>[^\s.\[\]"'*]+)|\[\s*(?:(?P<place>-?\d+)|(?P<every>\*)|"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*\]"""
)
_MOST_VALUES: Final = 5000

Step = str | int | None
"""A name, a place, or None for every one."""


def is_json_point(point: str) -> bool:
    """Whether a point is a path in JSON."""
    return point.startswith("$")


@lru_cache(maxsize=1024)
def json_steps(point: str) -> tuple[Step, ...]:
    """Return the steps of a path. Raises ValueError with what is wrong and how to mend it.

    >>> json_steps('$.docs[*].title["vi vn"][0]')
    ('docs', None, 'title', 'vi vn', 0)
    """
    steps: list[Step] = []
    at = 1
    while at < len(point):
        step = _STEP.match(point, at)
        if step is None:
            known = '.name, ["any name"], [0] or [*]'
            raise ValueError(f"no JSON path from letter {at + 1} on ({point[at:]!r}); write steps like {known}")
        if step["place"] is not None:
            steps.append(int(step["place"]))
        elif step["every"]:
            steps.append(None)
        else:
            steps.append(step["name"] or step["double"] or step["single"] or "")
        at = step.end()
    return tuple(steps)


@lru_cache(maxsize=1024)
def css(point: str) -> soupsieve.SoupSieve:
    """Return a selector. Raises ValueError with what is wrong."""
    try:
        return soupsieve.compile(point)
    except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:  # the second: CSS that soupsieve cannot do
        problem = str(error).splitlines()[0].rstrip(". ")
        raise ValueError(f"not a CSS selector: {problem}; write one like div.result > a.title") from error


def check_point(point: str) -> None:
    """Raise ValueError for a point that points nowhere in either language."""
    if is_json_point(point):
        json_steps(point)
    elif point:
        css(point)


def json_values(value: object, point: str) -> list[object]:
    """Return what stands at a path, in its order; nothing where it leads nowhere.

    >>> json_values({"docs": [{"t": "a"}, {"t": "b"}, {}]}, "$.docs[*].t")
    ['a', 'b']
    """
    values = [value]
    for step in json_steps(point):
        values = [inner for one in values for inner in _inside(one, step)][:_MOST_VALUES]
    return values


def _inside(value: object, step: Step) -> list[object]:
    if step is None:
        if isinstance(value, list):
            return value
        return list(value.values()) if isinstance(value, dict) else []
    if isinstance(step, int):
        return [value[step]] if isinstance(value, list) and -len(value) <= step < len(value) else []
    return [value[step]] if isinstance(value, dict) and step in value else []


def tags(node: BeautifulSoup | Tag, point: str) -> list[Tag]:
    """Return the elements that a selector finds, in their order; the element itself for an empty point."""
    return list(css(point).select(node, limit=_MOST_VALUES)) if point else [node]
