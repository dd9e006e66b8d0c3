"""Where the server of a DSpace stands, as its interface for people says it: from version 7 on another program. Pure.

The interface gives its settings to the browser as `assets/config.json` (from 7.2 on), and in the state of each page
that it renders itself. Source: the public documentation of its settings; Angular's way to write a state.
"""

from __future__ import annotations

import html
import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from connectors.reading.json import first_text, parse_json, table_of
from engine.errors import LienThuError

CONFIG: Final = "/assets/config.json"

_REST: Final = re.compile(r'"rest"\s*:\s*(\{[^{}]{1,1000}\})')
_INTERFACE: Final = re.compile(rb"<ds-(?:app|root)[\s>]|dspace-angular")
_BASE: Final = re.compile(rb"""(?i)<base\s+href=["']([^"'?#]{1,200})""")
_ANGULAR: Final = {"&q;": '"', "&a;": "&", "&s;": "'", "&l;": "<", "&g;": ">"}
_ADDRESS: Final = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")
_USUAL_PORTS: Final = frozenset({"", "80", "443"})


def is_interface(body: bytes) -> bool:
    """Whether a page is of the interface of version 7 or later."""
    return _INTERFACE.search(body[:400_000]) is not None


def root_of(body: bytes, url: str) -> str:
    """Return the address at which the interface begins, as a page of it says, else the root of the page's host.

    >>> root_of(b'<head><base href="/kho/"></head>', "https://a.example/kho/items/1"), root_of(b"", "https://a.example/x")
    ('https://a.example/kho', 'https://a.example')
    """
    found = _BASE.search(body[:20_000])
    root = urljoin(url, found[1].decode("ascii", "replace") if found else "/")
    return root.rstrip("/") if urlsplit(root).netloc == urlsplit(url).netloc else urljoin(url, "/").rstrip("/")


def server_in(body: bytes) -> str:
    """Return the address of the server out of a page's state or the settings, without `/api`; "" where none is told.

    >>> server_in(b'{"rest": {"ssl": true, "host": "api.example.org", "port": 443, "nameSpace": "/server"}}')
    'https://api.example.org/server'
    """
    text = body.decode("utf-8", "replace")
    if "&q;rest&q;" in text:
        text = re.sub("|".join(_ANGULAR), lambda found: _ANGULAR[found[0]], text)
    elif "&quot;rest&quot;" in text:
        text = html.unescape(text)
    return next((address for found in _REST.findall(text) if (address := _address(found))), "")


def _address(told: str) -> str:
    """Return the address in the table `rest`: whole, or put together of its parts."""
    try:
        rest = table_of(parse_json(told.encode()))
    except LienThuError:
        return ""
    address = first_text(rest.get("baseUrl"))
    if not address and (host := first_text(rest.get("host"))):
        port = str(rest.get("port") or "")
        scheme = "https" if rest.get("ssl") is True or first_text(rest.get("ssl")) == "true" else "http"
        space = "/".join(["", *filter(None, first_text(rest.get("nameSpace")).split("/"))])
        address = f"{scheme}://{host}{'' if port in _USUAL_PORTS else f':{port}'}{space}"
    address = address.rstrip("/").removesuffix("/api")
    return address if _ADDRESS.fullmatch(address) else ""
