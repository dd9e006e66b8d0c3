"""What a person typed as the address of a library, and what a member is called after it. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

import httpx
import msgspec

from engine.errors import SettingsError

_PORTS: Final = {"http": 80, "https": 443}
_PLACE: Final = re.compile(r"\[?[A-Za-z0-9._:-]+\]?:\d{1,5}(?:/[^/?#]*)?")


class Address(msgspec.Struct, frozen=True):
    """An address to find out about.

    `urls` are asked over HTTP in turn until one answers. `place` is `host:port[/database]` where a protocol other than
    HTTP may be spoken, None where the address says that it is HTTP. `scheme` is the protocol that the address names.
    """

    urls: tuple[str, ...]
    place: str | None
    scheme: str
    host: str
    is_private: bool


def read_address(typed: str, schemes: frozenset[str]) -> Address:
    """Return the address that was typed; `schemes` are those of systems that are not asked over HTTP.

    Raises SettingsError for what is no address.

    >>> read_address("opac.example.org", frozenset()).urls
    ('https://opac.example.org', 'http://opac.example.org')
    >>> read_address("z3950.example.org:210/sach", frozenset({"z3950"})).place
    'z3950.example.org:210/sach'
    """
    text = typed.strip()
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower() if separator else ""
    if scheme and scheme not in _PORTS and scheme not in schemes:
        known = ", ".join(sorted(schemes | set(_PORTS)))
        raise SettingsError(typed, None, f"`{scheme}://` is not spoken here; known are: {known}")
    bare = rest if separator else text
    url = _url(typed, f"{scheme if scheme in _PORTS else 'http'}://{bare}")
    is_private = _is_private(url.host)
    if scheme in schemes:
        return Address((), bare, scheme, url.host, is_private)
    if scheme:
        return Address((_whole(url),), None, scheme, url.host, is_private)
    secure, plain = _whole(url.copy_with(scheme="https")), _whole(url)
    if _PLACE.fullmatch(bare):
        return Address((plain, secure), bare, "", url.host, is_private)
    return Address((plain, secure) if is_private else (secure, plain), None, "", url.host, is_private)


def _url(typed: str, text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise SettingsError(typed, None, f"this is no address: {error}") from error
    if not url.host or " " in url.host:
        raise SettingsError(typed, None, "this is no address; http(s)://host/... or host:port is expected")
    return url.copy_with(fragment=None, userinfo=b"")


def _whole(url: httpx.URL) -> str:
    return str(url.copy_with(path="/")) if not url.path else str(url)


def _is_private(host: str) -> bool:
    """Whether a host was typed as a machine of one's own: a private address, or localhost."""
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return host.lower() in {"localhost", "localhost."}


def member_id(url: str) -> str:
    """Return the id of a member after the host of its address.

    >>> member_id("https://www.opac.example.edu.vn/cgi-bin/koha"), member_id("http://127.0.0.1:7101/biblio")
    ('opac-example-edu-vn', '127-0-0-1-7101')
    """
    parsed = httpx.URL(url)
    host = parsed.raw_host.decode("ascii").removeprefix("www.")
    port = f"-{parsed.port}" if parsed.port else ""
    return re.sub(r"[^a-z0-9]+", "-", f"{host}{port}".lower()).strip("-") or "library"
