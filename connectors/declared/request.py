"""What a declared source is sent: placeholders filled in, each escaped for where it stands. Pure."""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.parse import quote, urlencode, urljoin

import httpx

from connectors.declared.settings import Request
from connectors.forms.aspnet import Form

_HOLE: Final = re.compile(r"\{([a-z0]+)\}")


def holes_filled(words: str, start: int, count: int, page_size: int) -> dict[str, str]:
    """Return what the placeholders stand for, of a place counted from 1.

    >>> holes_filled("a", 21, 20, 20)["page"], holes_filled("a", 21, 20, 20)["start0"]
    ('2', '20')
    """
    page = (start - 1) // page_size + 1
    return {
        "words": words,
        "page": str(page),
        "page0": str(page - 1),
        "start": str(start),
        "start0": str(start - 1),
        "count": str(count),
    }


def built(base: str, request: Request, holes: dict[str, str], form: Form | None = None) -> httpx.Request:
    """Return the request. A form's own fields are sent along, and to where the form says unless the request does."""
    path = _filled_path(request.path, holes)
    url = base.rstrip("/") + path if path else base
    parameters = {name: _filled(text, holes) for name, text in request.parameters.items()}
    if form is not None:
        url = urljoin(form.action, url) if path else form.action
        parameters = form.filled(parameters)
    if request.method == "GET":
        return httpx.Request("GET", _with_query(url, parameters), headers=request.headers)
    if request.body:
        body = json.dumps(_filled_json(request.body, holes), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **request.headers}
        return httpx.Request("POST", _with_query(url, parameters), content=body, headers=headers)
    return httpx.Request("POST", url, data=parameters, headers=request.headers)


def _with_query(url: str, parameters: dict[str, str]) -> str:
    if not parameters:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters, quote_via=quote, safe='')}"


def _filled(text: str, holes: dict[str, str]) -> str:
    return _HOLE.sub(lambda hole: holes[hole[1]], text)


def _filled_path(path: str, holes: dict[str, str]) -> str:
    """Return a path in which what fills a placeholder is one segment, or one parameter, and no more."""
    return _HOLE.sub(lambda hole: quote(holes[hole[1]], safe="").replace(".", "%2E"), path)


def _filled_json(value: object, holes: dict[str, str]) -> object:
    """Return JSON with its placeholders filled; one that stands alone and is a number becomes a number."""
    if isinstance(value, str):
        alone = _HOLE.fullmatch(value)
        if alone and alone[1] != "words":
            return int(holes[alone[1]])
        return _filled(value, holes)
    if isinstance(value, dict):
        return {name: _filled_json(inner, holes) for name, inner in value.items()}
    return [_filled_json(inner, holes) for inner in value] if isinstance(value, list) else value
